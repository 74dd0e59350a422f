import { finding, type Finding } from "../findings/index.js";
import type { ControllerConfig, Location, NginxModel, Server } from "../ingress-nginx/index.js";
import { settingOf } from "../mappings/index.js";

/**
 * Aliases whose requests nginx redirects to HTTPS otherwise than those of their host: it asks for a certificate that is filed under the name of the
 * request or of the wildcard above it (lua_ingress.lua, redirect_to_https; certificate.lua), where the rules of a route know one host.
 */
export function aliasRedirects({ servers, controller }: NginxModel): Finding[] {
  const byHost = new Map(servers.map((server) => [server.host, server]));
  const isBelowCertificate = (name: string): boolean =>
    byHost.get(`*.${name.split(".").slice(1).join(".")}`)?.tls !== undefined;
  return servers.flatMap((server) => {
    const ofHost = server.tls !== undefined || (server.kind !== "default" && isBelowCertificate(server.host));
    return server.aliases.flatMap(({ name, isRegex, setting }) => {
      const ofAlias = server.tls !== undefined || isBelowCertificate(name.toLowerCase());
      if (isRegex || ofAlias === ofHost || !redirects(server, controller)) return [];
      return [finding("ALIAS_HTTPS_REDIRECT", setting.origin, { alias: name, host: server.host, redirected: ofAlias })];
    });
  });
}

const redirects = ({ locations }: Server, controller: ControllerConfig): boolean =>
  locations.some((location) => asksForRedirect(location, controller));

/** By ssl-redirect, which force-ssl-redirect makes needless. */
function asksForRedirect({ settings, path, httpsRedirect, denied }: Location, controller: ControllerConfig): boolean {
  if (denied !== undefined || httpsRedirect?.kind === "force-ssl-redirect") return false;
  if (controller.list("no-tls-redirect-locations").some((prefix) => path.startsWith(prefix))) return false;
  return settingOf(settings, "ssl-redirect")?.value ?? controller.isOn("ssl-redirect");
}
