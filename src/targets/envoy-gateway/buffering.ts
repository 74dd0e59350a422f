import { finding, worseVerdict, type Finding, type Verdict } from "../../findings/index.js";
import type { AnnotationKey } from "../../mappings/index.js";
import type { FeatureOf, PlannedRule } from "../../plan/index.js";
import type { TargetContext, Translation, Translator } from "../translator.js";
import { isBodyHeld } from "./body-size.js";
import { HERE, answersFor, hasSetting, originsOf } from "./parts.js";
import { MOST_BYTES, formatBytes } from "./quantities.js";

/** Largest response header that Envoy takes; Envoy Gateway has no field for it (HttpProtocolOptions.max_response_headers_kb). */
const HEADER_BYTES = { http1: 80 * 1024, http2: 60 * 1024 } as const;
/** Envoy Gateway's default for connection.bufferLimit (internal/xds/translator/cluster.go). */
const DEFAULT_BUFFER = 32 * 1024;

type Buffering = FeatureOf<"buffering">;
type Of = { readonly feature: Buffering; readonly rule: PlannedRule; readonly context: TargetContext };
type Part = {
  readonly keys: readonly AnnotationKey[];
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
  /** Codes of the answers, where they are not those of the findings. */
  readonly codes?: readonly string[];
};

/**
 * proxy-*buffering and sizes. Envoy streams both ways, which is what `off` asks for; what nginx held of a message in memory becomes the limit of the
 * buffers towards the backend where it is larger than their default.
 */
export const buffering: Translator<"buffering"> = (feature, rule, context) => {
  const of = { feature, rule, context };
  const parts = [requestPart(of), requestMemoryPart(of), headerPart(of), responsePart(of), filePart(of)].filter(
    (part) => part.keys.length > 0,
  );
  const bytes = Math.min(Math.max(heldBytes(feature), feature.requestBytes ?? 0), MOST_BYTES);
  return {
    verdict: parts.map((part) => part.verdict).reduce(worseVerdict, "exact"),
    findings: parts.flatMap((part) => part.findings),
    answers: parts.flatMap(({ keys, verdict, findings, codes }) =>
      answersFor(feature, keys, verdict, ...(codes ?? findings.map((found) => found.code))),
    ),
    ...limitOf(bytes),
  };
};

function limitOf(bytes: number): Pick<Translation, "policies"> {
  if (bytes <= DEFAULT_BUFFER) return {};
  return { policies: [{ kind: "BackendTrafficPolicy", spec: { connection: { bufferLimit: formatBytes(bytes) } } }] };
}

/** What nginx holds of one response in memory, as far as an annotation says so. */
function heldBytes(feature: Buffering): number {
  const isSaid = written(feature, "proxy-buffering", "proxy-buffer-size", "proxy-buffers-number").length > 0;
  return isSaid ? feature.responseBytes : 0;
}

/** The keys among `keys` that the Ingress sets. */
function written(feature: Buffering, ...keys: readonly AnnotationKey[]): readonly AnnotationKey[] {
  return keys.filter((key) => hasSetting(feature, key));
}

/** proxy-request-buffering: `on` is kept only where a body limit makes Envoy collect the body. */
function requestPart({ feature, rule, context }: Of): Part {
  const keys = written(feature, "proxy-request-buffering");
  if (feature.request !== "on") return { keys, verdict: "exact", findings: [] };
  const { bodySize } = rule.features;
  if (bodySize !== undefined && isBodyHeld(bodySize, context.options))
    return { keys, verdict: "equivalent", findings: [], codes: ["BODY_LIMIT_BUFFERS"] };
  const at = originsOf(feature, "proxy-request-buffering");
  return {
    keys,
    verdict: "unsupported",
    findings: [finding("REQUEST_BODY_STREAMED", at, { ingress: rule.owner.id }, HERE)],
  };
}

/** client-body-buffer-size: memory or file, which neither clients nor pods can tell. */
function requestMemoryPart({ feature, rule }: Of): Part {
  const keys = written(feature, "client-body-buffer-size");
  if (feature.requestBytes === undefined) return { keys, verdict: "exact", findings: [] };
  const args = { ingress: rule.owner.id, size: sizeText(feature.requestBytes), limit: sizeText(DEFAULT_BUFFER) };
  const at = originsOf(feature, "client-body-buffer-size");
  return { keys, verdict: "equivalent", findings: [finding("REQUEST_BODY_MEMORY", at, args, HERE)] };
}

/** proxy-buffer-size: above all the largest response header. */
function headerPart({ feature, rule }: Of): Part {
  const keys = written(feature, "proxy-buffer-size");
  if (keys.length === 0) return { keys, verdict: "exact", findings: [] };
  const protocol = rule.features.backendProtocol?.protocol;
  const most = protocol === "GRPC" || protocol === "GRPCS" ? HEADER_BYTES.http2 : HEADER_BYTES.http1;
  const args = { ingress: rule.owner.id, size: sizeText(feature.headerBytes), most: sizeText(most) };
  const at = originsOf(feature, "proxy-buffer-size");
  return feature.headerBytes > most
    ? { keys, verdict: "partial", findings: [finding("RESPONSE_HEADER_LIMIT_LOWER", at, args, HERE)] }
    : { keys, verdict: "equivalent", findings: [finding("RESPONSE_HEADER_LIMIT", at, args, HERE)] };
}

/** proxy-buffering: on and what shapes it: Envoy reads ahead as far as its buffers go, and has no file for the rest. */
function responsePart({ feature, rule }: Of): Part {
  const keys = written(feature, "proxy-buffering", "proxy-buffers-number", "proxy-busy-buffers-size");
  // Keys that need buffering are without effect otherwise, and do not get here (inert.ts).
  const isOn = keys.some((key) => key !== "proxy-buffering") || feature.response === "on";
  if (!isOn) return { keys, verdict: "exact", findings: [] };
  const held = sizeText(Math.max(feature.responseBytes, DEFAULT_BUFFER));
  const file = feature.fileBytes === 0 ? "" : ` and up to ${sizeText(feature.fileBytes)} of it in a file`;
  const args = { ingress: rule.owner.id, held, nginx: `${sizeText(feature.responseBytes)}${file}` };
  return {
    keys,
    verdict: "partial",
    findings: [finding("RESPONSE_NOT_BUFFERED", originsOf(feature, ...keys), args, HERE)],
  };
}

/** proxy-max-temp-file-size: 0 is what Envoy does; any other size has no counterpart. */
function filePart({ feature, rule }: Of): Part {
  const keys = written(feature, "proxy-max-temp-file-size");
  if (keys.length === 0 || feature.fileBytes === 0) return { keys, verdict: "exact", findings: [] };
  const args = { ingress: rule.owner.id, size: sizeText(feature.fileBytes) };
  const at = originsOf(feature, "proxy-max-temp-file-size");
  return { keys, verdict: "unsupported", findings: [finding("RESPONSE_FILE_LOST", at, args, HERE)] };
}

/** A size for people: `128 KiB`. */
function sizeText(bytes: number): string {
  if (bytes === 0) return "0 B";
  return formatBytes(bytes).replace(/^(\d+)(Gi|Mi|Ki)?$/, (_all, digits: string, unit: string | undefined) =>
    unit === undefined ? `${digits} B` : `${digits} ${unit}B`,
  );
}
