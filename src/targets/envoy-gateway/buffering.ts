import { finding, worseVerdict, type Finding, type Verdict } from "../../findings/index.js";
import type { AnnotationKey } from "../../mappings/index.js";
import type { Translator } from "../translator.js";
import { HERE, answersFor, hasSetting, originsOf } from "./parts.js";

const SIZES = [
  "proxy-buffer-size",
  "proxy-buffers-number",
  "proxy-busy-buffers-size",
  "proxy-max-temp-file-size",
  "client-body-buffer-size",
] as const satisfies readonly AnnotationKey[];

/** proxy-*buffering and sizes. Envoy streams both ways, which is what `off` asks for. */
export const buffering: Translator<"buffering"> = (feature, rule) => {
  const ingress = rule.owner.id;
  const findings: Finding[] = [];
  const sizes = SIZES.filter((key) => hasSetting(feature, key));
  const request: Verdict = feature.request === "on" ? "equivalent" : "exact";
  const response: Verdict = feature.response === "on" ? "unsupported" : "exact";
  if (feature.request === "on") {
    findings.push(finding("REQUEST_BODY_STREAMED", originsOf(feature, "proxy-request-buffering"), { ingress }, HERE));
  }
  if (feature.response === "on") {
    findings.push(finding("RESPONSE_NOT_BUFFERED", originsOf(feature, "proxy-buffering"), { ingress }, HERE));
  }
  if (sizes.length > 0) {
    const args = { ingress, keys: sizes.map((key) => `"${key}"`).join(", ") };
    findings.push(finding("BUFFER_SIZE_DROPPED", originsOf(feature, ...sizes), args, HERE));
  }
  return {
    verdict: worseVerdict(worseVerdict(request, response), sizes.length > 0 ? "unsupported" : "exact"),
    findings,
    answers: [
      ...answersFor(
        feature,
        ["proxy-request-buffering"],
        request,
        ...(request === "exact" ? [] : ["REQUEST_BODY_STREAMED"]),
      ),
      ...answersFor(feature, ["proxy-buffering"], response, ...(response === "exact" ? [] : ["RESPONSE_NOT_BUFFERED"])),
      ...answersFor(feature, SIZES, "unsupported", "BUFFER_SIZE_DROPPED"),
    ],
  };
};
