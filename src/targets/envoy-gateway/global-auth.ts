import type { JsonObject, KubernetesObject, OwnedResource } from "../../kubernetes/index.js";
import type { FeatureOf, Plan, PlannedRule } from "../../plan/index.js";
import type { Crossing } from "../gateway-api/grants.js";
import type { TargetOptions } from "../translator.js";
import { readAuthUrl, type AuthUrl } from "./auth-url.js";
import { externalAuthSpec } from "./external-auth-spec.js";
import { objectName } from "./object-name.js";
import { API_VERSION, GROUP } from "./parts.js";

/** The global-auth-* keys of the ConfigMap as the Gateway's policy asks them. */
export type GlobalAuth = {
  readonly feature: FeatureOf<"externalAuth">;
  readonly url: AuthUrl;
  /** A rule that is under it, for what needs an Ingress to name. */
  readonly rule: PlannedRule;
};

/** Asked for each rule and each policy; the answer is one for the Plan. */
const known = new WeakMap<Plan, { readonly auth: GlobalAuth | undefined }>();

/** The check that the ConfigMap asks for, where some rule is under it and its URL can be asked. */
export function globalAuthOf(plan: Plan): GlobalAuth | undefined {
  const found = known.get(plan) ?? { auth: findGlobalAuth(plan) };
  known.set(plan, found);
  return found.auth;
}

function findGlobalAuth({ routes }: Plan): GlobalAuth | undefined {
  for (const route of routes) {
    for (const rule of route.rules) {
      const feature = rule.features.externalAuth;
      if (feature?.isGlobal !== true || feature.ownHost === true) continue;
      const url = readAuthUrl(feature.url);
      return "refused" in url ? undefined : { feature, url, rule };
    }
  }
  return undefined;
}

/** The check as part of the Gateway's SecurityPolicy, with what it refers to. */
export function gatewayAuth(
  { feature, url, rule }: GlobalAuth,
  options: TargetOptions,
): {
  readonly extAuth: JsonObject;
  readonly resources: readonly OwnedResource[];
  readonly crossings: readonly Crossing[];
} {
  const { gatewayName, gatewayNamespace } = options;
  const { service } = url;
  if (url.scheme === "http" && service !== undefined) {
    const away = service.namespace === gatewayNamespace ? {} : { namespace: service.namespace };
    const crossing = {
      from: { group: GROUP, kind: "SecurityPolicy", namespace: gatewayNamespace },
      to: { group: "", kind: "Service", name: service.name, namespace: service.namespace },
      ingress: rule.owner.id,
      origin: feature.origin,
    };
    const extAuth = externalAuthSpec(feature, url, {
      backendRef: { name: service.name, ...away, port: url.port },
      options,
    });
    return { extAuth, resources: [], crossings: [crossing] };
  }
  const name = objectName(gatewayName, "auth", service?.name ?? url.host);
  const object = authBackend(url, { name, namespace: gatewayNamespace });
  return {
    extAuth: externalAuthSpec(feature, url, { backendRef: { group: GROUP, kind: "Backend", name }, options }),
    resources: [{ object, owner: "platform", from: [], origins: [feature.origin], file: "policies" }],
    crossings: [],
  };
}

/** A Backend for an auth service outside of the cluster, or behind TLS. */
export function authBackend(
  url: AuthUrl,
  metadata: { readonly name: string; readonly namespace: string },
): KubernetesObject {
  // A Service's certificate is never publicly valid, so checking it would only lock everybody out.
  const tls =
    url.service === undefined
      ? { wellKnownCACertificates: "System", sni: url.host }
      : { insecureSkipVerify: true, sni: url.host };
  const spec = {
    endpoints: [
      url.address === undefined
        ? { fqdn: { hostname: url.host, port: url.port } }
        : { ip: { address: url.address, port: url.port } },
    ],
    ...(url.scheme === "https" ? { tls } : {}),
  };
  return { apiVersion: API_VERSION, kind: "Backend", metadata, spec };
}
