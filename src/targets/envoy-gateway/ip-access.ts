import { finding } from "../../findings/index.js";
import type { JsonObject } from "../../kubernetes/index.js";
import type { PolicyPatch, Translator } from "../translator.js";
import { readNetwork } from "./networks.js";
import { HERE, originsOf } from "./parts.js";

/**
 * Address lists as SecurityPolicy authorization. The first rule that matches decides, so the deny rule stands first, and
 * an allow list refuses everybody else; both proxies answer 403 (authorization.go, buildIPPredicate).
 */
export const ipAccess: Translator<"ipAccess"> = (feature, rule, { options }) => {
  const rules = [addressRule("denied", "Deny", feature.deny), addressRule("allowed", "Allow", feature.allow)];
  const authorization = {
    defaultAction: feature.allow.length > 0 ? "Deny" : "Allow",
    rules: rules.filter((entry) => entry !== undefined),
  };
  // Without the Gateway's policies nobody in this output says where the client's address comes from.
  const severity = options.emitGateway ? "low" : "medium";
  return {
    verdict: "exact",
    findings: [finding("CLIENT_ADDRESS_SOURCE", originsOf(feature), { ingress: rule.owner.id }, { ...HERE, severity })],
    policies: [{ kind: "SecurityPolicy", spec: { authorization } }],
  };
};

function addressRule(name: string, action: "Allow" | "Deny", list: readonly string[]): JsonObject | undefined {
  const clientCIDRs = [...new Set(list.flatMap((text) => readNetwork(text)?.cidr ?? []))];
  return clientCIDRs.length === 0 ? undefined : { name, action, principal: { clientCIDRs } };
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
