import { finding, type Finding } from "../../findings/index.js";
import type { JsonObject } from "../../kubernetes/index.js";
import type { AnnotationKey } from "../../mappings/index.js";
import type { FeatureOf } from "../../plan/index.js";
import type { Translator } from "../translator.js";
import { HERE, answersFor, hasSetting, originsOf } from "./parts.js";
import { formatSeconds } from "./quantities.js";

type Timeouts = FeatureOf<"timeouts">;

const VALUES = [
  ["proxy-connect-timeout", "connect"],
  ["proxy-read-timeout", "read"],
  ["proxy-send-timeout", "send"],
] as const satisfies readonly (readonly [AnnotationKey, keyof Timeouts])[];

/**
 * proxy-*-timeout: pauses become the stream's idle timeout, never a limit for the whole request. requestTimeout is always
 * written because Envoy's own default ends every response after 15 s (route.go, getEffectiveRequestTimeout).
 */
export const timeouts: Translator<"timeouts"> = (feature, rule) => {
  const idle = Math.max(feature.read, feature.send);
  const findings: Finding[] = [];
  for (const [key, field] of VALUES) {
    if (feature[field] > 0) continue;
    const args = { ingress: rule.owner.id, key, value: `${feature[field]}` };
    findings.push(finding("TIMEOUT_NOT_POSITIVE", originsOf(feature, key), args, HERE));
  }
  const hasIdle = isWritten(feature, "proxy-read-timeout") || isWritten(feature, "proxy-send-timeout");
  if (idle > 0 && hasIdle) {
    const args = { ingress: rule.owner.id, read: feature.read, send: feature.send, idle };
    findings.push(finding("TIMEOUT_IDLE_BOTH_WAYS", originsOf(feature), args, HERE));
  }
  return {
    // The time to connect means the same on both sides; only the pauses do not.
    verdict: findings.length === 0 ? "exact" : "equivalent",
    findings,
    answers: feature.connect > 0 ? answersFor(feature, ["proxy-connect-timeout"], "exact") : [],
    policies: [{ kind: "BackendTrafficPolicy", spec: { timeout: timeoutSpec(feature, idle) } }],
  };
};

function timeoutSpec(feature: Timeouts, idle: number): JsonObject {
  const connects = feature.connect > 0 && isWritten(feature, "proxy-connect-timeout");
  const idles = idle > 0 && (isWritten(feature, "proxy-read-timeout") || isWritten(feature, "proxy-send-timeout"));
  return {
    ...(connects ? { tcp: { connectTimeout: formatSeconds(feature.connect) } } : {}),
    http: { requestTimeout: "0s", ...(idles ? { streamIdleTimeout: formatSeconds(idle) } : {}) },
  };
}

/** Whether an annotation asks for the value. A feature without annotations carries the ConfigMap's values as a whole. */
function isWritten(feature: Timeouts, key: AnnotationKey): boolean {
  return feature.settings.length === 0 || hasSetting(feature, key);
}
