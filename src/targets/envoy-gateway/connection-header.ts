import { finding } from "../../findings/index.js";
import type { Translator } from "../translator.js";
import { HERE, originsOf } from "./parts.js";

/** connection-proxy-header: a hop-by-hop header that Envoy manages itself. */
export const connectionHeader: Translator<"connectionHeader"> = (feature, rule) => ({
  verdict: "unsupported",
  findings: [
    finding("CONNECTION_HEADER_DROPPED", originsOf(feature), { ingress: rule.owner.id, value: feature.value }, HERE),
  ],
});
