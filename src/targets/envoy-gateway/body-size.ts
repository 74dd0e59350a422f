import { finding } from "../../findings/index.js";
import type { FeatureOf } from "../../plan/index.js";
import type { TargetOptions, Translation, Translator } from "../translator.js";
import { HERE, NOTHING_TO_DO, originsOf } from "./parts.js";
import { formatBytes, MOST_BYTES } from "./quantities.js";

type Limit = Extract<FeatureOf<"bodySize">["limit"], { readonly kind: "bytes" }>;

/** From here on a single upload takes a share of Envoy's memory worth planning for. */
const LARGE_BODY = 32 * 1024 * 1024;

/** Marks a policy that must not have the default limit of all routes; never written (finishPolicy). */
export const NO_BODY_LIMIT = { limit: "0" } as const;

/** proxy-body-size: requestBuffer is the only limit there is, and it buffers (request_buffer.go). */
export const bodySize: Translator<"bodySize"> = (feature, rule, { options }) => {
  if (feature.limit.kind === "unlimited") {
    const policies = [{ kind: "BackendTrafficPolicy", spec: { requestBuffer: NO_BODY_LIMIT } }];
    return options.bodyLimit === "enforce" ? { ...NOTHING_TO_DO, policies } : NOTHING_TO_DO;
  }
  const limit = feature.limit.bytes > 0 ? formatBytes(feature.limit.bytes) : "0";
  const reason = reasonAgainst(feature.limit, feature.bufferingHarms, options.bodyLimit);
  if (reason !== undefined) {
    const args = { ingress: rule.owner.id, limit, reason };
    return {
      verdict: "unsupported",
      findings: [finding("BODY_LIMIT_NOT_ENFORCED", originsOf(feature, "proxy-body-size"), args, HERE)],
    };
  }
  return enforced(feature, rule.owner.id, feature.limit.bytes);
};

/** Whether the limit is written, so that Envoy holds the whole body before the backend gets it. */
export function isBodyHeld({ limit, bufferingHarms }: FeatureOf<"bodySize">, options: TargetOptions): boolean {
  return limit.kind === "bytes" && reasonAgainst(limit, bufferingHarms, options.bodyLimit) === undefined;
}

function reasonAgainst(limit: Limit, harms: readonly string[], mode: TargetOptions["bodyLimit"]): string | undefined {
  if (limit.bytes > MOST_BYTES) return "the limit is above 4 GiB, the most that Envoy can count";
  if (limit.bytes <= 0) return "a limit of zero bytes has no spelling";
  if (mode === "report") return "--body-limit report was asked for";
  if (mode === "auto" && harms.length > 0) return harms.join("; ");
  return undefined;
}

function enforced(feature: FeatureOf<"bodySize">, ingress: string, bytes: number): Translation {
  const severity = bytes > LARGE_BODY || feature.bufferingHarms.length > 0 ? "medium" : "low";
  const at = originsOf(feature, "proxy-body-size");
  return {
    verdict: "equivalent",
    findings: [finding("BODY_LIMIT_BUFFERS", at, { ingress, limit: formatBytes(bytes) }, { ...HERE, severity })],
    policies: [{ kind: "BackendTrafficPolicy", spec: { requestBuffer: { limit: formatBytes(bytes) } } }],
  };
}
