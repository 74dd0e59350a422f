import type { JsonObject } from "../../kubernetes/index.js";
import { inAnyNetwork } from "../addresses.js";
import { expressionOf } from "../expressions.js";
import type { Authentication, Gate } from "../decision.js";
import type { ProbeRequest } from "../request.js";
import { list, number, object, strings, text } from "./json.js";
import type { ObjectIndex } from "./objects.js";

/** The checks of a SecurityPolicy, or why its routes answer 500. */
export type SecurityChecks =
  | {
      readonly kind: "checks";
      readonly authentication: readonly Authentication[];
      readonly address: Gate["address"];
      readonly statusOnError: number;
      /** The service's answer puts its own Authorization in the place of the client's, before the password is checked. */
      readonly replacesCredentials: boolean;
    }
  | { readonly kind: "invalid" };

export const NO_CHECKS: SecurityChecks = {
  kind: "checks",
  authentication: [],
  address: "no-list",
  statusOnError: 403,
  replacesCredentials: false,
};

/** What a SecurityPolicy of `namespace` asks of a client. */
export function checksOf(
  spec: JsonObject,
  namespace: string,
  request: ProbeRequest,
  index: ObjectIndex,
): SecurityChecks {
  const external = spec["extAuth"] === undefined ? undefined : serviceOf(object(spec["extAuth"]), namespace, index);
  if (external === null) return { kind: "invalid" };
  if (spec["basicAuth"] !== undefined && !isReadable(object(object(spec["basicAuth"])["users"]), namespace, index))
    return { kind: "invalid" };
  return {
    kind: "checks",
    authentication: [
      ...(external === undefined ? [] : [external]),
      ...(spec["basicAuth"] === undefined ? [] : [{ kind: "password", scheme: "basic" } as const]),
    ],
    address: authorizationOutcome(object(spec["authorization"]), request),
    statusOnError: number(object(spec["extAuth"])["statusOnError"]) ?? 403,
    replacesCredentials: strings(object(object(spec["extAuth"])["http"])["headersToBackend"]).some(
      (name) => name.toLowerCase() === "authorization",
    ),
  };
}

/** Whether the password file is named, and its Secret may be read from the policy's namespace. */
function isReadable(users: JsonObject, namespace: string, index: ObjectIndex): boolean {
  const name = text(users["name"]);
  const target = text(users["namespace"]) ?? namespace;
  return (
    name !== undefined &&
    index.allows({ from: { kind: "SecurityPolicy", namespace }, to: { kind: "Secret", namespace: target, name } })
  );
}

/** Null: the backend needs a grant that does not exist, which makes the policy invalid. */
function serviceOf(spec: JsonObject, namespace: string, index: ObjectIndex): Authentication | null {
  const http = object(spec["http"]);
  const [ref] = list(http["backendRefs"]);
  const name = text(ref?.["name"]) ?? "";
  const target = text(ref?.["namespace"]) ?? namespace;
  const kind = text(ref?.["kind"]) ?? "Service";
  if (!index.allows({ from: { kind: "SecurityPolicy", namespace }, to: { kind, namespace: target, name } }))
    return null;
  const backend =
    kind === "Backend"
      ? (index.backends.get(`${target}/${name}`) ?? "")
      : `${target}/${name}:${number(ref?.["port"]) ?? 0}`;
  const fixed = text(http["pathOverride"]);
  return { kind: "service", url: `${backend}${fixed ?? `${text(http["path"]) ?? ""}{path}`}` };
}

/** Rules in order, then the default action; all parts of a rule have to hold (authorization.go). */
function authorizationOutcome(authorization: JsonObject, request: ProbeRequest): Gate["address"] {
  if (Object.keys(authorization).length === 0) return "no-list";
  for (const rule of list(authorization["rules"])) {
    const { clientCIDRs } = object(rule["principal"]);
    const isAddressed = clientCIDRs === undefined || inAnyNetwork(request.address, strings(clientCIDRs));
    const condition = text(rule["cel"]);
    if (isAddressed && (condition === undefined || holds(condition, request)))
      return rule["action"] === "Allow" ? "allowed" : "denied";
  }
  return authorization["defaultAction"] === "Allow" ? "allowed" : "denied";
}

/** The conditions that converted output uses: searches in the client certificate's subject and in headers. Others never hold. */
function holds(condition: string, request: ProbeRequest): boolean {
  return condition.split(/ \|\| (?=\(')/).some((part) => partHolds(part, request));
}

function partHolds(condition: string, { scheme, credentials, headers }: ProbeRequest): boolean {
  const [, header, quoted] =
    /^\('([a-z-]+)' in request\.headers \? request\.headers\['\1'\] : ''\) == (".*")$/s.exec(condition) ?? [];
  if (header !== undefined && quoted !== undefined) return (headers[header] ?? "") === JSON.parse(quoted);
  const [, searched, call = "", written] =
    /^(?:\('([a-z-]+)' in request\.headers \? request\.headers\['\1'\] : ''\)|connection\.subject_peer_certificate)\.(contains|matches)\((".*")\)$/s.exec(
      condition,
    ) ?? [];
  const argument: unknown = written === undefined ? undefined : JSON.parse(written);
  if (typeof argument !== "string") return false;
  if (searched !== undefined) return finds(call, argument, headers[searched] ?? "");
  return scheme !== "http" && credentials.certificate !== "none" && finds(call, argument, credentials.subject);
}

function finds(call: string, argument: string, text: string): boolean {
  if (call === "contains") return text.includes(argument);
  const expression = expressionOf(argument);
  return expression.kind === "compiled" && expression.re.test(text);
}

/**
 * Status with which the filters refuse the request, in their order: external authentication, password, body limit, address list
 * (internal/xds/translator/httpfilters.go, newOrderedHTTPFilter).
 */
export function refusalOf(
  checks: Extract<SecurityChecks, { kind: "checks" }>,
  request: ProbeRequest,
  bodyLimit: number | undefined,
): number | undefined {
  const { authAnswer, password } = request.credentials;
  if (checks.authentication.some(({ kind }) => kind === "service") && authAnswer !== 200)
    return authAnswer >= 500 ? checks.statusOnError : authAnswer;
  if (
    checks.authentication.some(({ kind }) => kind === "password") &&
    (password !== "valid" || checks.replacesCredentials)
  )
    return 401;
  if (bodyLimit !== undefined && request.bodyBytes > bodyLimit) return 413;
  return checks.address === "denied" ? 403 : undefined;
}
