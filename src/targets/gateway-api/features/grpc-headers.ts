import { finding } from "../../../findings/index.js";
import type { FeatureOf, PlannedRule } from "../../../plan/index.js";
import { originsOf } from "../../parts.js";
import type { TargetContext, Translation } from "../../translator.js";

/** Adds that calls have the usual headers from now on, where nginx sent them without (backend-protocol in small letters). */
export function withGrpcHeaders(
  translation: Translation,
  feature: FeatureOf<"backendProtocol">,
  rule: PlannedRule,
  { target }: TargetContext,
): Translation {
  if (!feature.isWithoutHeaders) return translation;
  const at = originsOf(feature, "backend-protocol");
  const found = finding("GRPC_HEADERS_START", at, { ingress: rule.owner.id }, { target });
  const verdict = translation.verdict === "exact" ? "equivalent" : translation.verdict;
  return { ...translation, verdict, findings: [...translation.findings, found] };
}
