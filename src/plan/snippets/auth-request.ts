import type { Origin } from "../../kubernetes/index.js";
import type { Directive, ParsedConfig } from "../../nginx-config/index.js";
import { misplacedIn, misplacedInside, secondOnes } from "./misplaced.js";

/** What an auth-snippet asks of the request to the auth service, for targets that can ask the same. */
export type AuthRequest = {
  /** Headers of the client that go along under their own name, lower case. */
  readonly passed: readonly string[];
  /** Headers of the client that do not go along, lower case. */
  readonly withheld: readonly string[];
  /** Headers that describe the client's request, as written. */
  readonly described: readonly { readonly name: string; readonly of: "method" | "path" }[];
  readonly origin: Origin;
  /** How long the service may take. */
  readonly seconds?: number;
  readonly fates: ReadonlyMap<Directive, AuthFate>;
};

/** `asked`: it is in the request where the target asks the service at all; `described`: where it also says what the client's request was. */
export type AuthFate =
  | { readonly kind: "asked" }
  | { readonly kind: "described" }
  | { readonly kind: "idle" | "refused" | "lost"; readonly reason: string };

/** What the template says itself in the location of the check, and nginx takes once (ingress-nginx 1.15.1, nginx.tmpl). */
const OF_TEMPLATE = new Set([
  "proxy_intercept_errors",
  "proxy_pass_request_body",
  "proxy_pass_request_headers",
  "proxy_buffering",
  "proxy_buffer_size",
  "proxy_buffers",
  "proxy_request_buffering",
  "proxy_ssl_server_name",
  "client_max_body_size",
  "proxy_http_version",
  "proxy_pass",
  "internal",
]);

/** Values that a check has without being told: the client's request as the gateway sees it. */
const OF_REQUEST: Readonly<Record<string, readonly string[]>> = {
  host: ["$host", "$http_host", "$best_http_host"],
  "x-forwarded-host": ["$host", "$http_host", "$best_http_host"],
  "x-forwarded-for": ["$remote_addr", "$proxy_add_x_forwarded_for"],
  "x-forwarded-proto": ["$scheme", "$pass_access_scheme", "$http_x_forwarded_proto"],
  "x-request-id": ["$req_id", "$request_id"],
};
/** Headers that nothing but a proxy in front of an auth service writes, and what they say. */
const DESCRIBING: Readonly<Record<string, { readonly value: string; readonly of: "method" | "path" }>> = {
  "x-forwarded-method": { value: "$request_method", of: "method" },
  "x-forwarded-uri": { value: "$request_uri", of: "path" },
};
const OF_PATH = /\$(?:request_uri|uri|escaped_request_uri|args|scheme:\/\/)/;
const NO_HEADER = "the policy sends headers of the client along and adds none of its own";

/**
 * Follows an auth-snippet. It stands in the internal location of the check, behind the controller's own directives.
 *
 * @param of whether an annotation sets the method
 */
export function authRequestOf(
  { directives }: ParsedConfig,
  of: {
    readonly origin: Origin;
    readonly hasMethod: boolean;
  },
): AuthRequest {
  const passed: string[] = [];
  const withheld: string[] = [];
  const described: { readonly name: string; readonly of: "method" | "path" }[] = [];
  let seconds: number | undefined;
  const fates = new Map<Directive, AuthFate>();
  const repeated = secondOnes(directives);
  for (const directive of directives) {
    const { name, args } = directive;
    const [header = "", value = ""] = args;
    const known = refusedHere(directive, of.hasMethod, repeated);
    if (known !== undefined) fates.set(directive, known);
    else if (name === "proxy_set_header") {
      const fate = headerFate(header.toLowerCase(), value);
      const describing = DESCRIBING[header.toLowerCase()];
      if (typeof fate !== "string" && fate.kind === "described" && describing !== undefined)
        described.push({ name: header, of: describing.of });
      fates.set(directive, fate === "passed" || fate === "withheld" ? ASKED : fate);
      if (fate === "passed") passed.push(header.toLowerCase());
      if (fate === "withheld") withheld.push(header.toLowerCase());
    } else if (name === "proxy_read_timeout" && secondsOf(header) !== undefined) {
      seconds = secondsOf(header);
      fates.set(directive, ASKED);
    } else fates.set(directive, otherFate(directive));
  }
  return { passed, withheld, described, origin: of.origin, fates, ...(seconds === undefined ? {} : { seconds }) };
}

const ASKED: AuthFate = { kind: "asked" };
const lost = (reason: string): AuthFate => ({ kind: "lost", reason });

function refusedHere(directive: Directive, hasMethod: boolean, repeated: ReadonlySet<Directive>): AuthFate | undefined {
  const { name } = directive;
  if (name === "location") return { kind: "refused", reason: "nginx takes no location inside of an exact one" };
  if (OF_TEMPLATE.has(name) || (name === "proxy_method" && hasMethod))
    return {
      kind: "refused",
      reason: "the controller writes it into the location of the check already, and nginx takes it once",
    };
  if (repeated.has(directive)) return { kind: "refused", reason: `nginx takes ${name} once in a location` };
  const misplaced = misplacedIn(directive, "location") ?? misplacedInside(directive, "location")[0];
  return misplaced === undefined ? undefined : { kind: "refused", reason: misplaced.reason };
}

/** A header of the check: the client's own of the same name, none, or something that a policy cannot make up. */
function headerFate(name: string, value: string): "passed" | "withheld" | AuthFate {
  if (value === `$http_${name.replaceAll("-", "_")}`) return "passed";
  if (value === "")
    return name === "authorization" || name === "host" ? lost("the policy always sends this header along") : "withheld";
  const own = Object.hasOwn(OF_REQUEST, name) ? OF_REQUEST[name] : undefined;
  if (own?.includes(value) === true) return ASKED;
  if (Object.hasOwn(DESCRIBING, name) && DESCRIBING[name]?.value === value) return { kind: "described" };
  if (value === "$request_method") return lost(`the check has the client's method in its request line; ${NO_HEADER}`);
  return lost(OF_PATH.test(value) ? `the check has the client's host and path; ${NO_HEADER}` : NO_HEADER);
}

const ANSWER = /^(?:more_set_headers|more_clear_headers|add_header|add_trailer|expires)$/;

function otherFate({ name, args, block }: Directive): AuthFate {
  if (ANSWER.test(name))
    return args.some((text) => /^www-authenticate/i.test(text))
      ? lost("the auth service's own challenge goes to the client")
      : { kind: "idle", reason: "the headers of a check's answer go to no client" };
  if (name === "proxy_method") return args[0] === "GET" ? ASKED : lost("the check has the client's own method");
  if (name === "return" && /^2\d\d$/.test(args[0] ?? ""))
    return lost("it lets everybody in without asking; the service is asked instead");
  if (
    name === "if" &&
    block?.every(({ name: inner, args: [status = ""] }) => inner === "return" && /^2\d\d$/.test(status)) === true
  )
    return lost("it lets some requests in without asking; the service is asked for them as well");
  return lost("nothing stands between the gateway and the auth service");
}

/** nginx time in whole seconds. */
function secondsOf(text: string): number | undefined {
  const [, number, unit = "s"] = /^(\d+)(s|m)?$/.exec(text) ?? [];
  return number === undefined ? undefined : Number(number) * (unit === "m" ? 60 : 1);
}
