import type { Location, Server, Upstream } from "../../ingress-nginx/index.js";
import { settingOf, type AnnotationKey } from "../../mappings/index.js";
import type { ExternalAuth, Features } from "../features.js";

/** Variables that name the host of the request; the controller accepts no braces in auth-url. */
const OWN_HOST = /^(https?):\/\/\$(?:host|http_host|best_http_host|server_name)(\/[^?#$]*)?(\?[^#$]*)?$/i;

/**
 * `https://$host/oauth2/auth` asks a path of the same host: nginx goes out and comes back in to whatever serves it. The feature then names that
 * Service, or the host itself where something stands in between and only one host is meant.
 */
export function withOwnHost(features: Features, server: Server): Features {
  const { externalAuth } = features;
  const parts = externalAuth === undefined ? null : OWN_HOST.exec(externalAuth.url.trim());
  if (externalAuth === undefined || parts === null) return features;
  const [, scheme = "https", path = "/", query = ""] = parts;
  const asked = locationAt(server, path);
  // A path that asks the same service, or that nothing serves, lets nobody in.
  if (asked === undefined || asksService(asked, externalAuth)) return features;
  const service = serviceOf(asked, scheme.toLowerCase());
  if (service !== undefined)
    return {
      ...features,
      externalAuth: { ...externalAuth, ownHost: true, service: { ...service, path: path + query } },
    };
  if (server.kind !== "exact" || server.aliases.length > 0) return features;
  return {
    ...features,
    externalAuth: { ...externalAuth, ownHost: true, url: `${scheme}://${server.host}${path}${query}` },
  };
}

const META = /[\\^$*+?()[\]{}|.]/;

/** The location of a literal path, where that can be told without running the expressions of the host. */
function locationAt({ locations, regexMode }: Server, path: string): Location | undefined {
  if (regexMode === undefined) {
    const below = locations.filter((location) => location.pathType === "Prefix" && isBelow(path, location.path));
    const [longest] = [...below].sort((a, b) => b.path.length - a.path.length);
    return locations.find((location) => location.pathType === "Exact" && location.path === path) ?? longest;
  }
  for (const location of locations) {
    const [start = ""] = location.path.split(META);
    if (!path.toLowerCase().startsWith(start.toLowerCase())) continue;
    return META.test(location.path) ? undefined : location;
  }
  return undefined;
}

function isBelow(path: string, prefix: string): boolean {
  return path === prefix || path.startsWith(prefix.endsWith("/") ? prefix : `${prefix}/`);
}

function asksService({ settings }: Location, { isGlobal }: ExternalAuth): boolean {
  return settings.has("auth-url") || (isGlobal && settingOf(settings, "enable-global-auth")?.value !== false);
}

/** What changes a request on its way to the pods, or who may send it. */
const IN_BETWEEN: readonly AnnotationKey[] = [
  "allowlist-source-range",
  "denylist-source-range",
  "auth-type",
  "backend-protocol",
  "configuration-snippet",
  "permanent-redirect",
  "rewrite-target",
  "temporal-redirect",
  "upstream-vhost",
];

function serviceOf(
  { backend, settings, denied, httpsRedirect }: Location,
  scheme: string,
): { readonly namespace: string; readonly name: string; readonly port: number } | undefined {
  const isChanged = IN_BETWEEN.some((key) => settings.has(key)) || denied !== undefined;
  if (backend.kind !== "service" || isChanged || (scheme === "http" && httpsRedirect !== undefined)) return undefined;
  const { namespace, name, port, service }: Upstream = backend.upstream;
  return port.kind === "number" && service?.type !== "ExternalName"
    ? { namespace, name, port: port.number }
    : undefined;
}
