import { finding } from "../../../findings/index.js";
import type { FeatureOf, PlannedRule } from "../../../plan/index.js";
import { originsOf } from "../../parts.js";
import type { TargetContext, Translation } from "../../translator.js";

/** Adds that calls have the usual headers from now on, or the authority at least, where nginx sent them without (backend-protocol in small letters; older ones). */
export function withGrpcHeaders(
  translation: Translation,
  feature: FeatureOf<"backendProtocol">,
  rule: PlannedRule,
  { target }: TargetContext,
): Translation {
  if (!feature.isWithoutHeaders && !feature.isWithoutAuthority) return translation;
  const at = originsOf(feature, "backend-protocol");
  const code = feature.isWithoutHeaders ? "GRPC_HEADERS_START" : "GRPC_AUTHORITY_STARTS";
  const found = finding(code, at, { ingress: rule.owner.id }, { target });
  const verdict = translation.verdict === "exact" ? "equivalent" : translation.verdict;
  return { ...translation, verdict, findings: [...translation.findings, found] };
}
