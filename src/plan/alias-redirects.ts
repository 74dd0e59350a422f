import { finding, type Finding } from "../findings/index.js";
import {
  isFiledUnder,
  type ControllerConfig,
  type Location,
  type NginxModel,
  type Server,
} from "../ingress-nginx/index.js";
import { settingOf } from "../mappings/index.js";
import type { PlannedRoute } from "./plan.js";

/**
 * Aliases whose requests nginx redirects to HTTPS otherwise than those of their host: it asks for a certificate that is filed under the name of the
 * request or of the wildcard above it (lua_ingress.lua, redirect_to_https; certificate.lua), where the rules of a route know one host.
 */
export function aliasRedirects({ servers, controller }: NginxModel, routes: readonly PlannedRoute[]): Finding[] {
  const byHost = new Map(servers.map((server) => [server.host, server]));
  const isBelowCertificate = (name: string): boolean =>
    byHost.get(`*.${name.split(".").slice(1).join(".")}`)?.tls !== undefined;
  const redirected = new Set(
    routes.flatMap(({ purpose, hostnames }) => (purpose === "https-redirect" ? hostnames : [])),
  );
  return servers.flatMap((server) => {
    const { tls, host } = server;
    const ofHost = tls !== undefined || (server.kind !== "default" && isBelowCertificate(host));
    return server.aliases.flatMap(({ name: written, isRegex, setting }) => {
      const name = written.toLowerCase();
      const ofAlias = isFiledUnder(server, name) || isBelowCertificate(name);
      if (isRegex || ofAlias === ofHost || !redirects(server, controller)) return [];
      // Without a listener that ends TLS the host is not redirected either.
      if (!ofAlias && !redirected.has(name)) return [];
      const certificate = tls === undefined ? {} : { certificate: certificateOf(tls) };
      return [
        finding("ALIAS_HTTPS_REDIRECT", setting.origin, { alias: written, host, redirected: ofAlias, ...certificate }),
      ];
    });
  });
}

const certificateOf = ({ secret }: NonNullable<Server["tls"]>): string =>
  secret === undefined ? "the default certificate" : `the certificate in Secret ${secret.namespace}/${secret.name}`;

const redirects = ({ locations }: Server, controller: ControllerConfig): boolean =>
  locations.some((location) => asksForRedirect(location, controller));

/** By ssl-redirect, which force-ssl-redirect makes needless. */
function asksForRedirect({ settings, path, httpsRedirect, denied }: Location, controller: ControllerConfig): boolean {
  if (denied !== undefined || httpsRedirect?.kind === "force-ssl-redirect") return false;
  if (controller.list("no-tls-redirect-locations").some((prefix) => path.startsWith(prefix))) return false;
  return settingOf(settings, "ssl-redirect")?.value ?? controller.isOn("ssl-redirect");
}
