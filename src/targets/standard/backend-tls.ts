import { finding, type Finding } from "../../findings/index.js";
import type { Upstream } from "../../ingress-nginx/index.js";
import { assertNever, type JsonObject, type OwnedResource } from "../../kubernetes/index.js";
import type { FeatureOf, PlannedRule } from "../../plan/index.js";
import { withGrpcHeaders } from "../gateway-api/features/grpc-headers.js";
import { NOTHING_TO_DO, answersFor, appResource, listenerProtocols, originsOf } from "../parts.js";
import type { TargetContext, Translation, Translator } from "../translator.js";
import { sectionOf } from "./tls-beside-http.js";

const HOSTNAME = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;

/** backend-protocol: gRPC is the route's kind, TLS a BackendTLSPolicy, which always verifies. */
export const backendProtocol: Translator<"backendProtocol"> = (feature, rule, context) => {
  switch (feature.protocol) {
    case "HTTP":
      return NOTHING_TO_DO;
    case "GRPC":
      return withGrpcHeaders(NOTHING_TO_DO, feature, rule, context);
    case "HTTPS":
      return overTls(feature, rule, context);
    case "GRPCS":
      return withGrpcHeaders(overTls(feature, rule, context), feature, rule, context);
    case "AUTO_HTTP":
      return byListener(feature, rule, context);
    case "FCGI":
      return {
        verdict: "unsupported",
        findings: [
          finding(
            "BACKEND_PROTOCOL_UNSUPPORTED",
            originsOf(feature),
            { ingress: rule.owner.id, protocol: feature.protocol },
            { target: context.target },
          ),
        ],
        close: { status: 503, reason: "FastCGI backends cannot be reached" },
      };
    default:
      return assertNever(feature.protocol);
  }
};

function byListener(feature: FeatureOf<"backendProtocol">, rule: PlannedRule, context: TargetContext): Translation {
  const protocols = listenerProtocols(context);
  if (!protocols.has("HTTPS")) return NOTHING_TO_DO;
  if (!protocols.has("HTTP")) return overTls(feature, rule, context);
  return {
    verdict: "partial",
    findings: [
      finding("BACKEND_AUTO_HTTP", originsOf(feature), { ingress: rule.owner.id }, { target: context.target }),
    ],
  };
}

function overTls(feature: FeatureOf<"backendProtocol">, rule: PlannedRule, context: TargetContext): Translation {
  const at = originsOf(feature, "backend-protocol");
  const findings: Finding[] = [];
  const resources: OwnedResource[] = [];
  const upstreams = rule.action.kind === "forward" ? rule.action.backends.map((backend) => backend.upstream) : [];
  // Such a rule is closed: there is no Service that the policy could be about.
  for (const upstream of upstreams.filter(({ isAddress }) => isAddress !== true)) {
    const service = `${upstream.namespace}/${upstream.name}`;
    const hostname = nameOf(upstream, rule.features.backendTls);
    resources.push(appResource(policyFor(upstream, hostname, rule), rule, at));
    findings.push(trustFinding(upstream, { ingress: rule.owner.id, hostname, service, at }, rule, context));
  }
  return { verdict: "partial", findings, resources };
}

type Secured = { readonly ingress: string; readonly hostname: string; readonly service: string };

/** Who vouches for the backends now. */
function trustFinding(
  { namespace }: Upstream,
  { at, ...args }: Secured & { readonly at: ReturnType<typeof originsOf> },
  { features: { backendTls: settings } }: PlannedRule,
  { target }: TargetContext,
): Finding {
  const authority = authorityOf(settings);
  if (settings === undefined || authority === undefined) return finding("BACKEND_TLS_STARTS", at, args, { target });
  const secretAt = originsOf(settings, "proxy-ssl-secret");
  const told = { ...args, secret: authority.name, from: authority.namespace, namespace };
  return finding("BACKEND_TLS_CA_IN_SECRET", secretAt, told, { target });
}

function nameOf(upstream: Upstream, settings: FeatureOf<"backendTls"> | undefined): string {
  const wanted = settings?.name?.toLowerCase() ?? "";
  if (HOSTNAME.test(wanted)) return wanted;
  const external = upstream.service?.type === "ExternalName" ? upstream.service.externalName : undefined;
  return external?.toLowerCase().replace(/\.$/, "") ?? `${upstream.name}.${upstream.namespace}.svc.cluster.local`;
}

/** One policy for each Ingress and Service port; the port by name, where the Service is known to have one (sectionName). */
function policyFor(
  upstream: Upstream,
  hostname: string,
  rule: PlannedRule,
): { apiVersion: string; kind: string; metadata: { name: string; namespace: string }; spec: JsonObject } {
  const number = upstream.port.kind === "number" ? upstream.port.number : undefined;
  const port = sectionOf(upstream);
  const authority = authorityOf(rule.features.backendTls);
  const trust =
    authority === undefined
      ? { wellKnownCACertificates: "System" }
      : { caCertificateRefs: [{ group: "", kind: "Secret", name: authority.name }] };
  return {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "BackendTLSPolicy",
    metadata: { name: policyName(rule.owner.ingress.name, upstream.name, number), namespace: upstream.namespace },
    spec: {
      targetRefs: [
        { group: "", kind: "Service", name: upstream.name, ...(port === undefined ? {} : { sectionName: port }) },
      ],
      validation: { ...trust, hostname },
    },
  };
}

/** The Secret whose authority nginx checks certificates against; undefined where it checks nothing. */
function authorityOf(settings: FeatureOf<"backendTls"> | undefined): FeatureOf<"backendTls">["secret"] {
  return settings?.verify === true ? settings.secret : undefined;
}

function policyName(ingress: string, service: string, port: number | undefined): string {
  const tail = `${port ?? 0}-tls`;
  return ingress === service ? `${service}-${tail}` : `${ingress}-${service}-${tail}`;
}

/** proxy-ssl-*: name and CA go into the policy; everything else is lost. */
export const backendTls: Translator<"backendTls"> = (feature, rule, { target }) => {
  // Only the server name counts, which the policy of backend-protocol carries.
  if (feature.secret === undefined) return NOTHING_TO_DO;
  const lost = feature.settings
    .map((setting) => setting.writtenKey)
    .filter((key) => !/proxy-ssl-(?:verify|name|server-name)$/.test(key))
    .map((key) =>
      key.endsWith("proxy-ssl-secret")
        ? `${key} (the client certificate; its CA is read from the Secret where the implementation allows that)`
        : key,
    );
  const at = originsOf(feature, "proxy-ssl-secret");
  return {
    verdict: "partial",
    findings: [finding("BACKEND_TLS_PARTIAL", at, { ingress: rule.owner.id, lost }, { target })],
    answers: answersFor(feature, WITHOUT_FIELD, "unsupported", "BACKEND_TLS_PARTIAL"),
  };
};

/** Settings that BackendTLSPolicy has nothing for. */
const WITHOUT_FIELD = ["proxy-ssl-ciphers", "proxy-ssl-protocols", "proxy-ssl-verify-depth"] as const;
