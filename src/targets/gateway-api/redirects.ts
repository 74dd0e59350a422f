import { finding, type Finding, type Verdict } from "../../findings/index.js";
import type { JsonObject, Origin, OwnedResource } from "../../kubernetes/index.js";
import type { PlannedAction, PlannedRule, RedirectTarget } from "../../plan/index.js";
import { isPlainPath } from "../../plan/index.js";
import type { TargetDefinition } from "../definition.js";
import type { TargetContext } from "../translator.js";
import { renderPath, takesPortableForms } from "./matches.js";

type Redirect = Exclude<PlannedAction, { kind: "forward" } | { kind: "respond" }>;

export type RenderedRedirect = {
  /** Absent: the redirect cannot be said and the rule has to be closed. */
  readonly filters?: readonly JsonObject[];
  readonly resources?: readonly OwnedResource[];
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
  /** Findings of the whole run that the annotation's answer names as well. */
  readonly alsoNamed?: readonly string[];
};

type Making = { readonly rule: PlannedRule; readonly definition: TargetDefinition; readonly context: TargetContext };

/** Statuses of redirects in Gateway API, and those that nginx's `return` sends with a Location (ngx_http_script_return_code). */
const STATUSES: readonly number[] = [301, 302, 303, 307, 308];

/** Filters of a redirecting action; the redirect filter keeps the request's query, nginx drops it for redirect annotations. */
export function renderRedirect(action: Redirect, making: Making): RenderedRedirect {
  const { rule } = making;
  switch (action.kind) {
    case "https-redirect": {
      const keepsSlash = rule.owner.settings.get("preserve-trailing-slash")?.value === true;
      return {
        ...redirecting({ scheme: "https" }, action.status, []),
        ...(keepsSlash ? {} : { verdict: "equivalent", alsoNamed: ["HTTPS_REDIRECT_TRAILING_SLASH"] }),
      };
    }
    case "host-redirect": {
      const { hostname } = action;
      const args = { ingress: rule.owner.id, hostname };
      const differs = finding("WWW_REDIRECT_DIFFERS", originOf(action, rule), args, here(making));
      return redirecting({ hostname }, action.status, [differs]);
    }
    case "app-root": {
      if (action.path.includes("$")) return unsupported(action, action.path, "it has variables of the request", making);
      if (action.keepsQuery === true) return redirecting({ path: fullPath(action.path) }, action.status, []);
      const args = { ingress: rule.owner.id, location: action.path };
      const keepsQuery = finding("REDIRECT_KEEPS_QUERY", originOf(action, rule), args, here(making));
      return redirecting({ path: fullPath(action.path) }, action.status, [keepsQuery]);
    }
    case "redirect":
      return explicitRedirect(action, making);
  }
}

const originOf = (action: Redirect, rule: PlannedRule): Origin => action.settings[0]?.origin ?? rule.origin;
const here = ({ definition }: Making): { readonly target: TargetDefinition["name"] } => ({ target: definition.name });
const fullPath = (path: string): JsonObject => ({ type: "ReplaceFullPath", replaceFullPath: path });

function redirecting(requestRedirect: JsonObject, statusCode: number, findings: readonly Finding[]): RenderedRedirect {
  return {
    filters: [{ type: "RequestRedirect", requestRedirect: { ...requestRedirect, statusCode } }],
    verdict:
      findings.length === 0
        ? "exact"
        : findings.some(({ verdict }) => verdict === "partial")
          ? "partial"
          : "equivalent",
    findings,
  };
}

/** What stands in front of the request's own path, or of a part of it; a prefix match is replaced together with what it matched. */
function prefixed(
  { pathPrefix = "", replaced = "" }: RedirectTarget,
  { rule, definition, context }: Making,
): JsonObject | undefined {
  const path = renderPath(rule.matches[0].path, takesPortableForms(context.route, definition, context));
  if (path.type === "RegularExpression" || path.refused !== undefined || !path.value.startsWith(replaced))
    return undefined;
  if (path.type === "Exact") return fullPath(`${pathPrefix}${path.value.slice(replaced.length)}`);
  // The prefix "/" is replaced with its slash, every other one up to its last slash (envoy-gateway, internal/xds/translator/route.go).
  const matched = path.value === "/" ? path.value : path.value.replace(/\/$/, "");
  const replacement = `${pathPrefix}${matched.slice(replaced.length)}`;
  return { type: "ReplacePrefixMatch", replacePrefixMatch: replacement === "" ? "/" : replacement };
}

function explicitRedirect(action: Extract<Redirect, { kind: "redirect" }>, making: Making): RenderedRedirect {
  const { to } = action;
  const { rule } = making;
  const ingress = rule.owner.id;
  const origin = originOf(action, rule);
  const added = to.pathPrefix === undefined ? undefined : prefixed(to, making);
  const reason =
    to.pathPrefix !== undefined && added === undefined ? "only a prefix can be put in front of a path" : unsayable(to);
  if (reason !== undefined) return byAnswer(action, reason, making);
  const findings: Finding[] = [];
  const status = STATUSES.includes(action.status) ? action.status : 302;
  if (status !== action.status) {
    const args = { ingress, wanted: action.status, written: status };
    findings.push(finding("REDIRECT_STATUS_CHANGED", origin, args, here(making)));
  }
  const [port] = OWN_PORT.exec(to.literal ?? "") ?? [];
  if (port !== undefined && to.port === undefined) {
    const key = action.settings[0]?.writtenKey ?? "";
    findings.push(finding("REDIRECT_PORT_LEFT_OUT", origin, { ingress, key }, here(making)));
  }
  const keepsPath = to.path === undefined && to.pathPrefix === undefined;
  const dropping = to.literal ?? (to.dropsQuery === true ? `${shownTarget(to)}${keepsPath ? "/…" : ""}` : undefined);
  if (dropping !== undefined)
    findings.push(finding("REDIRECT_KEEPS_QUERY", origin, { ingress, location: dropping }, here(making)));
  if (to.decodes === true)
    findings.push(finding("REDIRECT_KEEPS_ENCODING", origin, { ingress, location: shownTarget(to) }, here(making)));
  if (to.repeatsQuery === true)
    findings.push(finding("REDIRECT_QUERY_ONCE", origin, { ingress, location: shownTarget(to) }, here(making)));
  const path = to.path === undefined ? added : fullPath(to.path);
  return redirecting({ scheme: to.scheme, hostname: to.hostname, port: to.port, path }, status, findings);
}

/** An address with the port that its scheme has anyway. */
const OWN_PORT = /^(?:http:\/\/[^/?]*:80|https:\/\/[^/?]*:443)(?=[/?]|$)/i;

const shownTarget = ({ scheme, hostname, port, path, pathPrefix }: RedirectTarget): string => {
  const authority = `${scheme ?? "$scheme"}://${hostname ?? "$host"}${port === undefined ? "" : `:${port}`}`;
  return `${authority}${path ?? (pathPrefix === undefined ? "" : `${pathPrefix}/…`)}`;
};

/** Why the redirect filter cannot write a Location. */
function unsayable(to: RedirectTarget): string | undefined {
  const { hostname, path, query } = to;
  if ([hostname, path, to.pathPrefix, to.scheme, to.port].every((part) => part === undefined))
    return "it is not a plain http or https URL";
  if (
    hostname !== undefined &&
    !/^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/.test(hostname)
  )
    return "its host is not a DNS name";
  if (hostname !== undefined && /^[\d.]+$/.test(hostname)) return "its host is an IP address";
  if (query !== undefined) return "Gateway API cannot write a query of its own into Location";
  if (path !== undefined && !isPlainPath(path)) return "its path has characters that Gateway API refuses";
  return undefined;
}

/** What header modifiers take (CRD, HTTPHeader.value). */
const HEADER_VALUE = /^[!-~]{1,4096}$/;

/** A constant Location as a fixed answer, where the target has one. */
function byAnswer(action: Extract<Redirect, { kind: "redirect" }>, reason: string, making: Making): RenderedRedirect {
  const { rule, definition, context } = making;
  const location = action.to.literal ?? "";
  const isConstant = HEADER_VALUE.test(location) && !location.includes("$") && STATUSES.includes(action.status);
  const answer = isConstant
    ? definition.answerLocation?.({ status: action.status, location }, rule, context)
    : undefined;
  const shown = action.to.literal ?? shownTarget(action.to);
  if (answer === undefined) return unsupported(action, shown, reason, making);
  const args = { ingress: rule.owner.id, location: shown, reason };
  const found = finding("REDIRECT_BY_ANSWER", originOf(action, rule), args, here(making));
  return { filters: answer.filters, resources: answer.resources, verdict: "equivalent", findings: [found] };
}

function unsupported(action: Redirect, location: string, reason: string, making: Making): RenderedRedirect {
  const args = { ingress: making.rule.owner.id, location, reason };
  const found = finding("REDIRECT_UNSUPPORTED", originOf(action, making.rule), args, here(making));
  return { verdict: "unsupported", findings: [found] };
}
