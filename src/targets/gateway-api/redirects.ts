import { finding, type Finding, type Verdict } from "../../findings/index.js";
import type { JsonObject, Origin } from "../../kubernetes/index.js";
import type { PlannedAction, PlannedRule } from "../../plan/index.js";
import { isPlainPath } from "../../plan/index.js";
import type { TargetDefinition } from "../definition.js";

type Redirect = Exclude<PlannedAction, { kind: "forward" } | { kind: "respond" }>;

export type RenderedRedirect = {
  /** Absent: the redirect cannot be said and the rule has to be closed. */
  readonly filter?: JsonObject;
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
  /** Findings of the whole run that the annotation's answer names as well. */
  readonly alsoNamed?: readonly string[];
};

const STATUSES: readonly number[] = [301, 302, 303, 307, 308];

/** RequestRedirect filter of an action; Gateway API keeps the request's query, nginx drops it for redirect annotations. */
export function renderRedirect(
  action: Redirect,
  rule: PlannedRule,
  definition: TargetDefinition,
  httpsPort: number,
): RenderedRedirect {
  const origin: Origin = action.settings[0]?.origin ?? rule.origin;
  const target = { target: definition.name };
  const status = nearestStatus(action.status);
  const findings: Finding[] = [];
  if (status !== action.status)
    findings.push(
      finding(
        "REDIRECT_STATUS_CHANGED",
        origin,
        { ingress: rule.owner.id, wanted: action.status, written: status },
        target,
      ),
    );
  const done = (requestRedirect: JsonObject): RenderedRedirect => ({
    filter: { type: "RequestRedirect", requestRedirect: { ...requestRedirect, statusCode: status } },
    verdict: findings.length === 0 ? "exact" : "equivalent",
    findings,
  });
  switch (action.kind) {
    case "https-redirect":
      return {
        ...done({ scheme: "https", ...(httpsPort === 443 ? {} : { port: httpsPort }) }),
        ...(rule.owner.settings.get("preserve-trailing-slash")?.value === true
          ? {}
          : { verdict: "equivalent", alsoNamed: ["HTTPS_REDIRECT_TRAILING_SLASH"] }),
      };
    case "host-redirect":
      findings.push(
        finding("WWW_REDIRECT_DIFFERS", origin, { ingress: rule.owner.id, hostname: action.hostname }, target),
      );
      return done({ hostname: action.hostname });
    case "app-root":
      findings.push(finding("REDIRECT_KEEPS_QUERY", origin, { ingress: rule.owner.id, location: action.path }, target));
      return done({ path: { type: "ReplaceFullPath", replaceFullPath: action.path } });
    case "redirect":
      return explicitRedirect(action, rule, { origin, definition, findings, done });
  }
}

type Making = {
  readonly origin: Origin;
  readonly definition: TargetDefinition;
  readonly findings: Finding[];
  readonly done: (filter: JsonObject) => RenderedRedirect;
};

function explicitRedirect(
  action: Extract<Redirect, { kind: "redirect" }>,
  rule: PlannedRule,
  { origin, definition, findings, done }: Making,
): RenderedRedirect {
  const { to } = action;
  const refuse = (reason: string): RenderedRedirect => ({
    verdict: "unsupported",
    findings: [
      finding(
        "REDIRECT_UNSUPPORTED",
        origin,
        { ingress: rule.owner.id, location: to.literal ?? "", reason },
        { target: definition.name },
      ),
    ],
  });
  if (to.hostname === undefined && to.path === undefined) return refuse("it is not a plain http or https URL");
  if (
    to.hostname !== undefined &&
    !/^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/.test(to.hostname)
  )
    return refuse("its host is not a DNS name");
  if (to.hostname !== undefined && /^[\d.]+$/.test(to.hostname)) return refuse("its host is an IP address");
  if (to.query !== undefined) return refuse("Gateway API cannot write a query of its own into Location");
  if (to.path !== undefined && !isPlainPath(to.path)) return refuse("its path has characters that Gateway API refuses");
  if (to.literal !== undefined)
    findings.push(
      finding(
        "REDIRECT_KEEPS_QUERY",
        origin,
        { ingress: rule.owner.id, location: to.literal },
        { target: definition.name },
      ),
    );
  return done({
    scheme: to.scheme,
    hostname: to.hostname,
    port: to.port,
    path: to.path === undefined ? undefined : { type: "ReplaceFullPath", replaceFullPath: to.path },
  });
}

/** 300 and 304 to 306 do not exist here; the nearest code with the same permanence is taken. */
function nearestStatus(status: number): number {
  if (STATUSES.includes(status)) return status;
  return status === 300 ? 302 : 302;
}
