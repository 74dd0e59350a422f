import type { Translator } from "../translator.js";
import { NOTHING_TO_DO } from "./parts.js";

/** service-upstream: the cluster address instead of the pods, which is what routing type Service does. */
export const serviceUpstream: Translator<"serviceUpstream"> = () => ({
  ...NOTHING_TO_DO,
  policies: [{ kind: "BackendTrafficPolicy", spec: { routingType: "Service" } }],
});
