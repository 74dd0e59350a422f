import { finding, type Finding } from "../../findings/index.js";
import { assertNever, type JsonObject, type OwnedResource } from "../../kubernetes/index.js";
import type { Upstream } from "../../ingress-nginx/index.js";
import type { FeatureOf, PlannedRule } from "../../plan/index.js";
import { withGrpcHeaders } from "../gateway-api/features/grpc-headers.js";
import type { TargetContext, Translation, Translator } from "../translator.js";
import { backendName, backendObject, externalNameOf, upstreamKey, upstreamsOf } from "./backend-object.js";
import { backendTlsSpec, nameCheck } from "./backend-tls-spec.js";
import { GROUP, HERE, NOTHING_TO_DO, appResource, listenerProtocols, originsOf } from "./parts.js";

type Protocol = FeatureOf<"backendProtocol">;
type Of = { readonly feature: Protocol; readonly rule: PlannedRule; readonly context: TargetContext };

/** backend-protocol. TLS without verification needs a Backend; BackendTLSPolicy always verifies (backendtlspolicy.go). */
export const backendProtocol: Translator<"backendProtocol"> = (feature, rule, context) => {
  const of = { feature, rule, context };
  switch (feature.protocol) {
    case "HTTP":
      return NOTHING_TO_DO;
    case "HTTPS":
      return overTls(of, { alpnProtocols: ["http/1.1"] }, {});
    case "GRPCS":
      return withGrpcHeaders(overTls(of, {}, { appProtocols: ["gateway.envoyproxy.io/h2c"] }), feature, rule, context);
    case "GRPC":
      return withGrpcHeaders(NOTHING_TO_DO, feature, rule, context);
    case "AUTO_HTTP":
      return byListener(of);
    case "FCGI":
      return {
        verdict: "unsupported",
        findings: [
          finding("BACKEND_FASTCGI", originsOf(feature, "backend-protocol"), { ingress: rule.owner.id }, HERE),
        ],
        close: { status: 503, reason: "FastCGI backends cannot be reached" },
      };
    default:
      return assertNever(feature.protocol);
  }
};

/** AUTO_HTTP follows the client's scheme, which is fixed where all listeners of the route have the same. */
function byListener(of: Of): Translation {
  const plain = listenerProtocols(of.context).has("HTTP");
  const secure = listenerProtocols(of.context).has("HTTPS");
  if (!plain && secure) return overTls(of, { alpnProtocols: ["http/1.1"] }, {});
  if (!secure) return NOTHING_TO_DO;
  const at = originsOf(of.feature, "backend-protocol");
  return {
    verdict: "partial",
    findings: [finding("BACKEND_SCHEME_FIXED", at, { ingress: of.rule.owner.id, scheme: "HTTP" }, HERE)],
  };
}

function overTls(of: Of, tls: JsonObject, more: JsonObject): Translation {
  const { feature, rule, context } = of;
  const { namespace } = context.route;
  const origins = originsOf(feature, "backend-protocol");
  const settings = rule.features.backendTls;
  const findings: Finding[] = [finding("BACKEND_API_NEEDED", origins, {}, HERE)];
  const resources: OwnedResource[] = [];
  const backendRefs = new Map<string, JsonObject>();
  for (const upstream of upstreamsOf(rule)) {
    const spec = { ...backendTlsSpec(settings, namespace), ...sniOf(upstream, settings), ...tls };
    resources.push(appResource(backendObject(upstream, { rule, namespace }, { ...more, tls: spec }), rule, origins));
    if (settings !== undefined)
      resources.push(...nameCheck(settings, { rule, namespace, backend: backendName(upstream, rule) }));
    backendRefs.set(upstreamKey(upstream), { group: GROUP, kind: "Backend", name: backendName(upstream, rule) });
    findings.push(...tlsFindings(of, upstream));
  }
  return { verdict: "equivalent", findings, resources, backendRefs };
}

function tlsFindings({ feature, rule }: Of, upstream: Upstream): Finding[] {
  const ingress = rule.owner.id;
  const backend = upstreamKey(upstream);
  const at = originsOf(feature, "backend-protocol");
  const host = externalNameOf(upstream);
  const isOutside = host !== undefined;
  const isBalanced = rule.features.affinity ?? rule.features.hashBy;
  // A headless Service's name resolves to the pods, so nothing is lost there.
  const hasOneAddress = !isOutside && upstream.service?.clusterIP !== "None";
  return [
    ...(rule.features.backendTls === undefined
      ? [finding("BACKEND_TLS_UNVERIFIED", at, { ingress, backend: isOutside ? host : backend, isOutside }, HERE)]
      : []),
    ...(isBalanced !== undefined && hasOneAddress
      ? [
          finding(
            "BALANCING_SINGLE_ENDPOINT",
            originsOf(isBalanced),
            { ingress, what: "stickiness to one pod", backend },
            HERE,
          ),
        ]
      : []),
  ];
}

/** nginx sends no server name without proxy-ssl settings; external hosts need one to pick their certificate. */
function sniOf(upstream: Upstream, settings: FeatureOf<"backendTls"> | undefined): JsonObject {
  const host = externalNameOf(upstream)?.replace(/\.$/, "");
  return settings?.name === undefined && host !== undefined && !/^[\d.:]+$/.test(host) ? { sni: host } : {};
}
