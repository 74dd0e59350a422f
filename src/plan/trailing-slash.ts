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
  const paths = pathsOf(server);
  if (location.pathType === "Prefix" && paths.exact.has(path)) return false;
  if (isGrpc(location)) return false;
  return !paths.all.has(path.slice(0, -1));
}

/** Whether a denied location `/docs/` closes `/docs` too, which nginx served from another location. */
export function deniesWithoutSlash(server: Server, { path, pathType, denied }: Location): boolean {
  if (denied === undefined || server.denied !== undefined || server.regexMode !== undefined) return false;
  if (pathType === "Exact" || path === "/" || !path.endsWith("/")) return false;
  return !pathsOf(server).all.has(path.slice(0, -1));
}

/** No gRPC call has a path with a slash at its end: calls are always /service/method. */
const isGrpc = ({ settings }: Location): boolean =>
  /^grpcs?$/i.test(settingOf(settings, "backend-protocol")?.value.trim() ?? "");

/** `exact`: of the locations for one path that add the slash themselves; beside one that is denied the location below the path does. */
type Paths = { readonly all: ReadonlySet<string>; readonly exact: ReadonlySet<string> };

/** Asked for each location with a final slash: a host may have thousands. */
const PATHS = new WeakMap<Server, Paths>();

function pathsOf(server: Server): Paths {
  const known = PATHS.get(server);
  if (known !== undefined) return known;
  const { locations } = server;
  const exact = locations.filter((one) => one.pathType === "Exact" && one.denied === undefined && !isGrpc(one));
  const made = { all: new Set(locations.map(({ path }) => path)), exact: new Set(exact.map(({ path }) => path)) };
  PATHS.set(server, made);
  return made;
}
