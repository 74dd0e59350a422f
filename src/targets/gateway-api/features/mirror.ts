import { finding } from "../../../findings/index.js";
import type { JsonObject } from "../../../kubernetes/index.js";
import type { FeatureOf, PlannedRule } from "../../../plan/index.js";
import type { Crossing } from "../grants.js";
import { isGrpcRule } from "../grpc.js";
import { answersFor, originsOf } from "../../parts.js";
import type { TargetContext, Translation, Translator } from "../../translator.js";

/** Where a mirror-target leads: scheme, host, port and what nginx appends behind them. */
export type MirrorUrl = {
  readonly scheme: "http" | "https";
  readonly host: string;
  readonly port: number;
  /** The Service that the host is the cluster name of. */
  readonly service?: { readonly name: string; readonly namespace: string };
  /** Whether every copy goes to the path of its request. */
  readonly keepsPath: boolean;
};

/** What a target makes of a mirror that is no Service of the cluster. */
export type OtherMirror = (
  url: MirrorUrl,
  of: { readonly feature: FeatureOf<"mirror">; readonly rule: PlannedRule; readonly context: TargetContext },
) => { readonly backendRef: JsonObject; readonly translation: Partial<Translation> } | undefined;

const URL_PARTS = /^(https?):\/\/([^/:$?#]+)(?::(\d{1,5}))?(.*)$/;
const SERVICE_HOST = /^([a-z](?:[-a-z0-9]*[a-z0-9])?)\.([a-z0-9](?:[-a-z0-9]*[a-z0-9])?)\.svc(?:\.cluster\.local)?\.?$/;

function mirrorUrl(target: string): MirrorUrl | undefined {
  const [, scheme, host, port, rest = ""] = URL_PARTS.exec(target) ?? [];
  if (host === undefined || (scheme !== "http" && scheme !== "https")) return undefined;
  const [, name, namespace] = SERVICE_HOST.exec(host.toLowerCase()) ?? [];
  return {
    scheme,
    host: host.toLowerCase(),
    port: Number(port ?? (scheme === "https" ? 443 : 80)),
    ...(name === undefined || namespace === undefined ? {} : { service: { name, namespace } }),
    keepsPath: /^\/?\$(?:request_uri|\{request_uri\})$/.test(rest),
  };
}

/** mirror-target as RequestMirror: to a Service of the cluster with plain HTTP, or to whatever `other` makes of the rest. */
export function mirror(other?: OtherMirror): Translator<"mirror"> {
  return (feature, rule, context) => {
    const { target } = context;
    const at = originsOf(feature, "mirror-target");
    const args = { ingress: rule.owner.id, target: feature.target };
    const url = mirrorUrl(feature.target);
    const made = url === undefined ? undefined : destination(url, { feature, rule, context }, other);
    if (url === undefined || made === undefined)
      return { verdict: "unsupported", findings: [finding("MIRROR_UNSUPPORTED", at, args, { target })] };
    const hasSamePath = url.keepsPath && rule.features.rewrite === undefined;
    const path = hasSamePath ? [] : [finding("MIRROR_PATH_DIFFERS", at, args, { target })];
    const host = finding("MIRROR_DIFFERS", at, { ...args, host: feature.host ?? url.host }, { target });
    return {
      ...made.translation,
      verdict: hasSamePath ? "equivalent" : "partial",
      findings: [host, ...path, ...(made.translation.findings ?? [])],
      filters: [{ type: "RequestMirror", requestMirror: { backendRef: made.backendRef } }],
      answers: [
        ...answersFor(feature, ["mirror-host"], "unsupported", "MIRROR_DIFFERS"),
        ...(feature.body ? [] : answersFor(feature, ["mirror-request-body"], "unsupported", "MIRROR_DIFFERS")),
      ],
    };
  };
}

function destination(
  url: MirrorUrl,
  of: Parameters<OtherMirror>[1],
  other: OtherMirror | undefined,
): ReturnType<OtherMirror> {
  if (url.service === undefined || url.scheme === "https") return other?.(url, of);
  const { name, namespace } = url.service;
  const { route } = of.context;
  const isForeign = namespace !== route.namespace;
  const crossing: Crossing = {
    from: {
      group: "gateway.networking.k8s.io",
      kind: isGrpcRule(of.rule) ? "GRPCRoute" : "HTTPRoute",
      namespace: route.namespace,
    },
    to: { group: "", kind: "Service", name, namespace },
    ingress: of.rule.owner.id,
    origin: originsOf(of.feature, "mirror-target")[0],
  };
  return {
    backendRef: { name, ...(isForeign ? { namespace } : {}), port: url.port },
    translation: { crossings: isForeign ? [crossing] : [] },
  };
}
