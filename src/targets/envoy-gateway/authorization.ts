import type { JsonObject } from "../../kubernetes/index.js";
import { readNetwork } from "./networks.js";

export type AddressLists = { readonly allow: readonly string[]; readonly deny: readonly string[] };

/**
 * Who may come in, as the authorization of a SecurityPolicy: the first rule that matches decides, so refusals stand first; whatever has to hold for
 * everybody stands in the one rule that allows, because a condition that cannot be evaluated counts as not met (authorization_types.go).
 *
 * @param lists addresses: `deny` wins, and everybody else is refused when `allow` is not empty
 * @param condition CEL that every request has to meet besides
 */
export function authorizationOf(lists: AddressLists | undefined, condition?: string): JsonObject {
  const denied = networks(lists?.deny ?? []);
  const allowed = networks(lists?.allow ?? []);
  const isRestricted = (lists?.allow.length ?? 0) > 0;
  const rules: JsonObject[] = [];
  if (denied.length > 0) rules.push({ name: "denied", action: "Deny", principal: { clientCIDRs: denied } });
  // A list of which nothing can be read lets nobody in, whatever the condition says.
  if (allowed.length > 0 || (condition !== undefined && !isRestricted))
    rules.push({
      name: "allowed",
      action: "Allow",
      ...(allowed.length > 0 ? { principal: { clientCIDRs: allowed } } : {}),
      ...(condition === undefined ? {} : { cel: condition }),
    });
  return { defaultAction: isRestricted || condition !== undefined ? "Deny" : "Allow", rules };
}

function networks(list: readonly string[]): readonly string[] {
  return [...new Set(list.flatMap((text) => readNetwork(text)?.cidr ?? []))];
}
