import ipaddr from "ipaddr.js";
import type { ControllerConfig, Location, Server, Settings } from "../../ingress-nginx/index.js";
import { settingOf } from "../../mappings/index.js";
import { inAnyNetwork } from "../addresses.js";
import type { Authentication, Gate } from "../decision.js";
import { expressionOf } from "../expressions.js";
import type { ProbeRequest } from "../request.js";
import { innermost, type Levels } from "./snippets/header-effects.js";
import type { Placed } from "./snippets/sources.js";
import { expanded } from "./variables.js";

export type Access = {
  readonly gate: Gate;
  readonly satisfy: "all" | "any";
  /** An allow list names the client; a deny list that does not name it has no opinion. */
  readonly isListed: boolean;
};

/** The checks of a location (nginx.tmpl: deny, allow, auth_request, auth_basic; all of them without `satisfy any`). */
export function accessOf(
  { server, location, levels }: { readonly server: Server; readonly location: Location; readonly levels: Levels },
  request: ProbeRequest,
  controller: ControllerConfig,
): Access {
  const { settings } = location;
  const { address, isListed } = addressOutcome(settings, request.address, controller, levels);
  const password = passwordCheck(settings);
  return {
    isListed,
    gate: {
      authentication: [
        ...certificateCheck(server, request),
        ...(isExempt(location, controller) ? [] : [...serviceCheck(settings, request, controller), ...password]),
        ...(password.length > 0 ? [] : snippetPassword(levels)),
      ],
      address,
    },
    satisfy: (settingOf(settings, "satisfy")?.value ?? satisfyOf(levels)) === "any" ? "any" : "all",
  };
}

/** no-auth-locations of the ConfigMap exempts by the beginning of the location's path, from passwords as well (nginx.tmpl). */
export function isExempt(location: Location, controller: ControllerConfig): boolean {
  return controller.list("no-auth-locations").some((item) => location.path.startsWith(item));
}

function passwordCheck(settings: Settings): Authentication[] {
  const type = settingOf(settings, "auth-type");
  if (type === undefined || settingOf(settings, "auth-secret") === undefined) return [];
  return [{ kind: "password", scheme: type.value === "basic" ? "basic" : "digest" }];
}

/** The annotation, else the ConfigMap's service for all that do not opt out (template.go, shouldApplyGlobalAuth). */
function serviceCheck(settings: Settings, request: ProbeRequest, controller: ControllerConfig): Authentication[] {
  const own = settingOf(settings, "auth-url")?.value;
  if (own !== undefined) return [{ kind: "service", url: askedAt(own, request) }];
  const global = controller.value("global-auth-url").text;
  if (global === "" || settingOf(settings, "enable-global-auth")?.value === false) return [];
  return [{ kind: "service", url: askedAt(global, request) }];
}

/** Whether the location asks an auth service: it has an `add_header` of its own then, for the service's cookie (nginx.tmpl). */
export function asksService(location: Location, controller: ControllerConfig): boolean {
  const { settings } = location;
  if (isExempt(location, controller)) return false;
  if (settingOf(settings, "auth-url") !== undefined) return true;
  return controller.value("global-auth-url").text !== "" && settingOf(settings, "enable-global-auth")?.value !== false;
}

/** Sign-in page of the location's auth service, or of the one that the ConfigMap asks of locations without their own. */
export function signinOf(
  settings: Settings,
  controller: ControllerConfig,
): { readonly signin: string; readonly parameter: string } {
  if (settingOf(settings, "auth-url") !== undefined)
    return {
      signin: settingOf(settings, "auth-signin")?.value ?? "",
      parameter: settingOf(settings, "auth-signin-redirect-param")?.value ?? "rd",
    };
  const isAsked =
    controller.value("global-auth-url").text !== "" && settingOf(settings, "enable-global-auth")?.value !== false;
  return {
    signin: isAsked ? controller.value("global-auth-signin").text : "",
    parameter: controller.value("global-auth-signin-redirect-param").text || "rd",
  };
}

/** The path and query of the request at the end of an auth-url, which Envoy appends by itself. */
const WHOLE_PATH = /\/?\$(?:request_uri|\{request_uri\})$/;

/**
 * `namespace/service:port/path` for a Service of the cluster, else `host:port/path`; `{path}` stands for the path of the request. Variables are filled
 * in for each request (nginx.tmpl, `set $target` before `proxy_pass $target`); one that cannot be predicted stays as it is written.
 */
function askedAt(written: string, request: ProbeRequest): string {
  const start = written.trim().replace(WHOLE_PATH, "");
  const url = `${expanded(start, request) ?? start}${WHOLE_PATH.test(written.trim()) ? "{path}" : ""}`;
  const [, scheme = "http", authority = "", path = ""] = /^(https?):\/\/([^/?#{]*)(.*)$/i.exec(url) ?? [];
  const [, host = "", port] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(authority) ?? [];
  const number = port === undefined ? (scheme.toLowerCase() === "https" ? 443 : 80) : Number(port);
  return `${serviceAt(inFull(host.toLowerCase()), number)}${path.startsWith("/") || path === "{path}" ? path : `/${path}`}`;
}

/** An IPv6 address without `::`, so that each has one spelling. */
const inFull = (host: string): string =>
  host.startsWith("[") && ipaddr.IPv6.isValid(host.slice(1, -1))
    ? ipaddr.IPv6.parse(host.slice(1, -1)).toNormalizedString()
    : host;

/** `namespace/name:port` for the cluster DNS name of a Service. */
function serviceAt(host: string, port: number): string {
  const [, name, namespace] = /^([^.]+)\.([^.]+)\.svc(?:\.[a-z0-9.-]+)?\.?$/.exec(host) ?? [];
  return name === undefined ? `${host.replace(/\.$/, "")}:${port}` : `${namespace ?? ""}/${name}:${port}`;
}

/** Client certificates are asked for at the handshake of the whole host. */
export function certificateCheck(server: Server, request: ProbeRequest): Authentication[] {
  const verify = settingOf(server.settings, "auth-tls-verify-client")?.value ?? "on";
  const isChecked = settingOf(server.settings, "auth-tls-secret") !== undefined && verify !== "off";
  if (!isChecked || request.scheme !== "https") return [];
  const mode = verify === "on" ? "required" : verify === "optional_no_ca" ? "unchecked" : "optional";
  return [{ kind: "certificate", mode }];
}

type AddressOutcome = { readonly address: Gate["address"]; readonly isListed: boolean };
type AddressRule = { readonly action: string; readonly range: string };

/**
 * The first rule that names the client decides, among those of the innermost block that has any (ngx_http_access_module): in a location the lists of the
 * Ingress, which replace those of the ConfigMap, and then its snippet; then the server's; then block-cidrs.
 */
export function addressOutcome(
  settings: Settings | undefined,
  address: string,
  controller: ControllerConfig,
  levels: Levels,
): AddressOutcome {
  const [http = [], server = [], ...inner] = levels.map(rulesOf);
  const generated = settings === undefined ? [] : generatedRules(settings, controller);
  const blocked = controller.list("block-cidrs").map((range) => ({ action: "deny", range }));
  const rules = [[...generated, ...inner.flat()], server, [...http, ...blocked]].find((list) => list.length > 0);
  if (rules === undefined) return { address: "no-list", isListed: false };
  const first = rules.find(({ range }) => range === "all" || inAnyNetwork(address, [range]));
  return { address: first?.action === "deny" ? "denied" : "allowed", isListed: first?.action === "allow" };
}

function generatedRules(settings: Settings, controller: ControllerConfig): AddressRule[] {
  const deny = settingOf(settings, "denylist-source-range")?.value ?? controller.list("denylist-source-range");
  const allow = settingOf(settings, "allowlist-source-range")?.value ?? controller.list("whitelist-source-range");
  return [
    ...deny.map((range) => ({ action: "deny", range })),
    ...allow.map((range) => ({ action: "allow", range })),
    ...(allow.length === 0 ? [] : [{ action: "deny", range: "all" }]),
  ];
}

const rulesOf = (level: readonly Placed[]): AddressRule[] =>
  level
    .filter(({ name }) => name === "allow" || name === "deny")
    .map(({ name, args }) => ({ action: name, range: args[0] ?? "" }));

const satisfyOf = (levels: Levels): string | undefined => innermost(levels, "satisfy")[0]?.args[0];

/** auth_basic of a snippet, whatever file it names. */
export function snippetPassword(levels: Levels): Authentication[] {
  const realm = innermost(levels, "auth_basic")[0]?.args[0] ?? "off";
  const hasFile = innermost(levels, "auth_basic_user_file").length > 0;
  return realm === "off" || !hasFile ? [] : [{ kind: "password", scheme: "basic" }];
}

/**
 * Status with which the access phase refuses the request; undefined lets it pass. nginx asks the address list, then the password, then the service
 * (the reverse of the module order), and stops at the first refusal; with `satisfy any` the first that agrees is enough, and 401 outweighs 403
 * (ngx_http_core_access_phase).
 */
export function refusalOf({ gate, satisfy, isListed }: Access, request: ProbeRequest): number | undefined {
  const answers: ("pass" | number)[] = [];
  if (gate.address === "denied") answers.push(403);
  else if (isListed) answers.push("pass");
  for (const kind of ["password", "service"] as const) {
    for (const check of gate.authentication) if (check.kind === kind) answers.push(answerOf(kind, request));
  }
  if (satisfy === "all") return answers.find((answer) => answer !== "pass");
  let refused: number | undefined;
  for (const answer of answers) {
    if (answer === "pass") return undefined;
    if (answer !== 401 && answer !== 403) return answer;
    if (refused !== 401) refused = answer;
  }
  return refused;
}

/** auth_request lets any 2xx pass, hands on 401 and 403, and makes 500 of everything else. */
function answerOf(kind: "password" | "service", { credentials }: ProbeRequest): "pass" | number {
  if (kind === "password") return credentials.password === "valid" ? "pass" : 401;
  const status = credentials.authAnswer;
  if (status >= 200 && status < 300) return "pass";
  return status === 401 || status === 403 ? status : 500;
}

/** The subject is searched for the expression, case-sensitively; it is empty without a certificate and on plain HTTP. */
export function lacksName(pattern: string, { scheme, credentials }: ProbeRequest): boolean {
  const expression = expressionOf(pattern);
  const subject = scheme === "http" || credentials.certificate === "none" ? "" : credentials.subject;
  return expression.kind === "refused" || !expression.re.test(subject);
}
