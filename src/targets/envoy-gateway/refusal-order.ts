import { finding } from "../../findings/index.js";
import { asksPassword, type PlannedRule } from "../../plan/index.js";
import type { TargetContext, Translation } from "../translator.js";
import { blockedClients } from "./blocked-clients.js";
import { HERE, NOTHING_TO_DO } from "./parts.js";

/** Where several checks stand before a backend, another one than in nginx may be the first to refuse. */
export function refusalOrder(rule: PlannedRule, { plan }: Pick<TargetContext, "plan">): Translation {
  const { externalAuth } = rule.features;
  const basicAuth = asksPassword(rule.features) ? rule.features.basicAuth : undefined;
  // Blocks and lists are one authorization, in nginx's order, and both answer 403.
  if (basicAuth === undefined && externalAuth === undefined) return NOTHING_TO_DO;
  const ipAccess = rule.features.ipAccess ?? snippetList(rule);
  const blocks = blockedClients(plan.controller).rules.length > 0;
  const checks = [
    ...(blocks ? ["the block of user agents or referers"] : []),
    ...(ipAccess === undefined ? [] : ["the address list"]),
    ...(basicAuth === undefined ? [] : ["the password"]),
    ...(externalAuth === undefined ? [] : ["the auth service"]),
  ];
  const first = ipAccess ?? basicAuth ?? externalAuth;
  if (first === undefined || checks.length < 2) return NOTHING_TO_DO;
  const args = { ingress: rule.owner.id, checks: checks.join(", ") };
  return {
    ...NOTHING_TO_DO,
    findings: [finding("REFUSAL_ORDER_CHANGED", first.settings[0]?.origin ?? rule.origin, args, HERE)],
  };
}

/** allow and deny of snippets, which become the same authorization as the annotations' lists. */
function snippetList({ features }: PlannedRule): PlannedRule["features"]["snippets"] {
  const lists = (features.snippets?.parts ?? []).some(
    ({ where, config }) =>
      (where === "configuration" || where === "server") &&
      config.directives.some(({ name }) => name === "allow" || name === "deny"),
  );
  return lists ? features.snippets : undefined;
}
