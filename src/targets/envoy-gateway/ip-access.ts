import { finding, type Finding } from "../../findings/index.js";
import type { JsonObject, Origin } from "../../kubernetes/index.js";
import type { PlannedRule } from "../../plan/index.js";
import type { PolicyPatch, TargetOptions, Translator } from "../translator.js";
import { authorizationOf } from "./authorization.js";
import { comparesSubject } from "./certificate-subject.js";
import { isFromConfigMap, isGuarded } from "./gateway-security.js";
import { readNetwork } from "./networks.js";
import { HERE, NOTHING_TO_DO, originsOf } from "./parts.js";

/**
 * Address lists as SecurityPolicy authorization; both proxies answer 403 (authorization.go, buildIPPredicate). Beside a comparison of client
 * certificates the lists stand in the policy of that, because a policy has one authorization.
 */
export const ipAccess: Translator<"ipAccess"> = (feature, rule, { plan, options }) => {
  // The Gateway's policy holds the lists of the ConfigMap for all routes that have none of their own.
  if (isFromConfigMap(feature) && isGuarded(plan, options)) return NOTHING_TO_DO;
  return {
    verdict: "exact",
    findings: [addressSource(originsOf(feature), rule, options)],
    policies: comparesSubject(rule)
      ? []
      : [{ kind: "SecurityPolicy", spec: { authorization: authorizationOf(feature) } }],
  };
};

/** For lists of annotations and of snippets. Without the Gateway's policies nobody in this output says where the client's address comes from. */
export function addressSource(
  at: readonly [Origin, ...Origin[]],
  rule: PlannedRule,
  { emitGateway }: TargetOptions,
): Finding {
  const severity = emitGateway ? "low" : "medium";
  return finding("CLIENT_ADDRESS_SOURCE", at, { ingress: rule.owner.id }, { ...HERE, severity });
}

type Entry = { readonly action: "Allow" | "Deny"; readonly address: string };

/** allow and deny of a snippet in their order; `all` ends the list. undefined when an address is none (a variable, a socket). */
export function accessList(list: readonly Entry[]): PolicyPatch | undefined {
  const end = list.findIndex(({ address }) => address === "all");
  const counted = end < 0 ? list : list.slice(0, end);
  const rules: JsonObject[] = [];
  for (const [index, { action, address }] of counted.entries()) {
    const network = readNetwork(address);
    if (network === undefined) return undefined;
    rules.push({ name: `snippet-${index + 1}`, action, principal: { clientCIDRs: [network.cidr] } });
  }
  const defaultAction = list[end]?.action ?? "Allow";
  const spec = { authorization: { defaultAction, ...(rules.length === 0 ? {} : { rules }) } };
  return { kind: "SecurityPolicy", spec };
}
