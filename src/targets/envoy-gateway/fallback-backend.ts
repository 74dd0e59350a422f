import { finding } from "../../findings/index.js";
import type { Translator } from "../translator.js";
import { HERE, originsOf } from "./parts.js";

/** default-backend: a fallback beside a Service reference is not possible (backend_types.go, Fallback). */
export const fallbackBackend: Translator<"fallbackBackend"> = (feature, rule) => {
  const service = `${feature.service.namespace}/${feature.service.name}`;
  const args = { ingress: rule.owner.id, service };
  return { verdict: "unsupported", findings: [finding("FALLBACK_BACKEND_LOST", originsOf(feature), args, HERE)] };
};
