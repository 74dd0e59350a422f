import type { ServedIngress } from "../ingress-nginx/index.js";
import type { DraftRule } from "./draft-rule.js";

/** 404 for every path, which is what nginx answers on a host without one. */
export function rootRule(owner: ServedIngress, rank = 0): DraftRule {
  return {
    name: "root",
    matches: [{ path: { kind: "prefix", value: "/" } }],
    action: {
      kind: "respond",
      status: 404,
      reason: "the host has no path with a backend",
      isIntended: true,
      settings: [],
    },
    features: {},
    owner,
    origin: owner.ingress.origin,
    rank,
    precedesHttps: false,
  };
}
