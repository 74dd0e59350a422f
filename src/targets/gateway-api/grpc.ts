import type { Answer, Finding } from "../../findings/index.js";
import type { JsonObject } from "../../kubernetes/index.js";
import type { PlannedBackend, PlannedMatch, PlannedRule } from "../../plan/index.js";

/** Names as the GRPCRoute CRD takes them (CEL rules of `method`): identifiers, with dots between those of a service. */
const SERVICE = /^\/([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)\/?$/;
const METHOD = /^\/([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)\/([A-Za-z_]\w*)$/;

export function speaksGrpc(rule: PlannedRule): boolean {
  const protocol = rule.features.backendProtocol?.protocol;
  return rule.action.kind === "forward" && (protocol === "GRPC" || protocol === "GRPCS");
}

/**
 * Whether a gRPC rule can be a GRPCRoute: its paths are `/`, a service or a method, and nothing in it is for HTTP routes only (path and host
 * rewrites, CORS). All rules of one location are of one kind, or a GRPCRoute for a method would come before the rules that ask for a cookie.
 */
export function isGrpcRule(rule: PlannedRule): boolean {
  const { rewrite, upstreamHost, cors, canary } = rule.features;
  if (!speaksGrpc(rule) || rewrite !== undefined || upstreamHost !== undefined || cors !== undefined) return false;
  return canary?.byCookie !== true && rule.matches.every((match) => grpcMatch(match) !== undefined);
}

/** The gRPC form of a path match; `{}` matches every call. */
export function grpcMatch({ path }: PlannedMatch): JsonObject | undefined {
  if (path.kind === "regex") return undefined;
  if (path.kind === "prefix" && path.value === "/") return {};
  const service = path.kind === "prefix" ? SERVICE.exec(path.value)?.[1] : undefined;
  if (service !== undefined) return { method: { type: "Exact", service } };
  const method = METHOD.exec(path.value);
  if (method?.[1] === undefined || method[2] === undefined) return undefined;
  return { method: { type: "Exact", service: method[1], method: method[2] } };
}

/** GEP-1911, as Gateway API reads `appProtocol` of a Service port. */
export function saysHttp2({ upstream: { port, service } }: PlannedBackend): boolean {
  const number = port.kind === "number" ? port.number : undefined;
  return service?.ports.some((one) => one.port === number && one.appProtocol === "kubernetes.io/h2c") === true;
}

/** backend-protocol of a gRPC rule that speaks HTTP/2 only where its Service says so. */
export function protocolAnswers(rule: PlannedRule, findings: readonly Finding[]): Answer[] {
  const unsure = findings.find(({ code }) => code === "GRPC_AS_HTTP_ROUTE");
  if (unsure === undefined) return [];
  return (rule.features.backendProtocol?.settings ?? []).map((setting) => ({
    ingress: setting.ingress,
    key: setting.writtenKey,
    verdict: unsure.verdict,
    codes: [unsure.code],
  }));
}
