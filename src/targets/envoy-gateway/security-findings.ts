import { finding, type Finding } from "../../findings/index.js";
import type { ControllerKeyName } from "../../ingress-nginx/index.js";
import type { Origin } from "../../kubernetes/index.js";
import type { Plan } from "../../plan/index.js";
import type { TargetOptions } from "../translator.js";
import { answers202 } from "./auth-url.js";
import { blockedClients } from "./blocked-clients.js";
import { checkedHeaders, clearedHeaders } from "./external-auth-spec.js";
import { gatewaySecurity, isGuarded } from "./gateway-security.js";
import type { GlobalAuth } from "./global-auth.js";
import { HERE } from "./parts.js";
import { securityName } from "./security-policies.js";

/** What is different about the ConfigMap's access rules in policies of the Gateway, and what of them is lost. */
export function securityFindings(plan: Plan, options: TargetOptions): Finding[] {
  const { refused, inCase } = blockedClients(plan.controller);
  const lost = [
    ...refused.flatMap((item) => {
      const origin = originOf(plan, item.key);
      return origin === undefined ? [] : [finding("BLOCKED_CLIENT_LOST", origin, item, HERE)];
    }),
    ...inCase.flatMap((item) => {
      const origin = originOf(plan, item.key);
      return origin === undefined ? [] : [finding("BLOCKED_CLIENT_IN_CASE", origin, item, HERE)];
    }),
  ];
  const keys = isGuarded(plan, options) ? keptKeys(plan) : [];
  const [first, ...rest] = keys.flatMap((key) => originOf(plan, key) ?? []);
  if (first === undefined) return lost;
  const { auth } = gatewaySecurity(plan);
  const args = { policy: `${options.gatewayNamespace}/${securityName(options)}`, keys };
  return [
    ...lost,
    finding("GATEWAY_SECURITY_REPLACEABLE", [first, ...rest], args, HERE),
    ...(auth === undefined ? [] : authFindings(auth, options)),
  ];
}

const LISTS = ["whitelist-source-range", "denylist-source-range", "block-cidrs"] as const;
const BLOCKS = ["block-user-agents", "block-referers"] as const;

function keptKeys(plan: Plan): ControllerKeyName[] {
  const { auth, lists, blocked } = gatewaySecurity(plan);
  const isSet = (key: ControllerKeyName): boolean => plan.controller.changed.some((setting) => setting.key === key);
  return [
    ...(auth === undefined ? [] : (["global-auth-url"] as const)),
    ...(lists === undefined ? [] : LISTS.filter(isSet)),
    ...(blocked.length === 0 ? [] : BLOCKS.filter(isSet)),
  ];
}

function originOf({ controller }: Plan, key: ControllerKeyName): Origin | undefined {
  return controller.changed.find((setting) => setting.key === key)?.origin;
}

function authFindings({ feature, url }: GlobalAuth, options: TargetOptions): Finding[] {
  const cleared = clearedHeaders([feature]);
  const kept = feature.responseHeaders.filter((name) => !cleared.includes(name.toLowerCase()));
  const named = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(", ");
  const args = {
    url: feature.url,
    headers: checkedHeaders(feature, options).join(", "),
    kept: named(kept),
    cleared: named(cleared),
    answers202: answers202(url),
  };
  const isBackend = url.scheme === "https" || url.service === undefined;
  const isVerified = url.scheme === "https" && url.service === undefined;
  return [
    finding("GLOBAL_AUTH_CONTRACT", feature.origin, args, args.answers202 ? { ...HERE, verdict: "partial" } : HERE),
    ...(isBackend ? [finding("BACKEND_API_NEEDED", feature.origin, {}, HERE)] : []),
    ...(isVerified ? [finding("GLOBAL_AUTH_TLS_VERIFIED", feature.origin, { host: url.host }, HERE)] : []),
  ];
}
