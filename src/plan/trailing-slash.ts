import type { Location, Server } from "../ingress-nginx/index.js";
import { settingOf } from "../mappings/index.js";

/**
 * Whether nginx answers the path of a location without its final slash with a 301 to the path with it: a location `/docs/`, Prefix or Exact, does, unless
 * something else matches `/docs` exactly or the location is denied and so proxies nothing (ngx_http_core_find_static_location, auto_redirect).
 */
export function addsTrailingSlash(server: Server, location: Location): boolean {
  const { path } = location;
  if (server.regexMode !== undefined || server.denied !== undefined || path === "/" || !path.endsWith("/"))
    return false;
  if (location.denied !== undefined) return false;
  const hasExactTwin = server.locations.some((other) => other.path === path && other.pathType === "Exact");
  if (location.pathType === "Prefix" && hasExactTwin) return false;
  // No gRPC call has such a path: calls are always /service/method.
  if (/^grpcs?$/i.test(settingOf(location.settings, "backend-protocol")?.value.trim() ?? "")) return false;
  const bare = path.slice(0, -1);
  return !server.locations.some((other) => other.path === bare);
}
