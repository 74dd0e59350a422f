import { finding } from "../../findings/index.js";
import type { Translator } from "../translator.js";
import { HERE, originsOf } from "./parts.js";

/** limit-connections: only totals over all clients exist, and those would let one client lock out the others. */
export const connectionLimit: Translator<"connectionLimit"> = (feature, rule) => ({
  verdict: "unsupported",
  findings: [
    finding("CONNECTION_LIMIT_DROPPED", originsOf(feature), { ingress: rule.owner.id, limit: feature.perClient }, HERE),
  ],
});
