import { finding, type Finding } from "../findings/index.js";
import type { NginxModel, ServedIngress, Server } from "../ingress-nginx/index.js";
import { settingOf } from "../mappings/index.js";

/** Path below which oauth2-proxy answers by itself. */
const PREFIX = "/oauth2";

/**
 * Pairs of a protected Ingress and the one that serves oauth2-proxy beside it (oauth2-proxy, docs/configuration/integrations/nginx.md). The redirect of
 * auth-signin leads to the second one; without it nobody can sign in.
 */
export function signInPairs({ servers, served }: NginxModel): Finding[] {
  const protectedOnes = served.filter(({ settings }) => signInUrl(settings) !== undefined);
  if (protectedOnes.length === 0) return [];
  const byHost = new Map(servers.map((server) => [server.host, server]));
  return protectedOnes.flatMap((ingress) => {
    const signin = settingOf(ingress.settings, "auth-signin");
    const target = signInUrl(ingress.settings);
    if (signin === undefined || target === undefined) return [];
    const own = servers.filter((server) => server.ingresses.includes(ingress));
    const asked = target.host === undefined ? own : [byHost.get(target.host)].filter((server) => server !== undefined);
    const answering = asked.flatMap((server) => answeringIngress(server, target.path) ?? []);
    const [partner] = answering;
    const hosts = asked.map(({ host }) => host);
    if (partner !== undefined && answering.length === asked.length) {
      if (partner === ingress) return [];
      return [
        finding("OAUTH2_PROXY_PAIR", [signin.origin, partner.ingress.origin], {
          ingress: ingress.id,
          partner: partner.id,
          path: target.path,
        }),
      ];
    }
    // A sign-in page on a host that is not in the input is somebody else's.
    const missing = asked
      .filter((server) => answeringIngress(server, target.path) === undefined)
      .map(({ host }) => host);
    if (hosts.length === 0 || missing.length === 0) return [];
    return [finding("OAUTH2_PROXY_MISSING", signin.origin, { ingress: ingress.id, path: target.path, hosts: missing })];
  });
}

/** Host and path that auth-signin leads to, where the path is one of oauth2-proxy; without host: the request's own. */
function signInUrl(settings: ServedIngress["settings"]): { readonly host?: string; readonly path: string } | undefined {
  const text = settingOf(settings, "auth-signin")?.value;
  const parts = text === undefined ? null : /^https?:\/\/([^/?#]+)(\/[^?#$]*)/i.exec(text.trim());
  const [, host = "", path = ""] = parts ?? [];
  if (!path.startsWith(`${PREFIX}/`)) return undefined;
  return host.startsWith("$") ? { path } : { host: host.toLowerCase().replace(/:\d+$/, ""), path };
}

/** The Ingress whose location answers for the path, without asking for a sign-in itself. */
function answeringIngress({ locations, regexMode }: Server, path: string): ServedIngress | undefined {
  if (regexMode !== undefined) return locations.find((location) => location.path.startsWith(PREFIX))?.owner;
  const below = locations.filter(
    (location) => path === location.path || path.startsWith(location.path.replace(/\/?$/, "/")),
  );
  const [longest] = [...below].sort((a, b) => b.path.length - a.path.length);
  if (longest === undefined || longest.implicit || longest.settings.has("auth-url")) return undefined;
  // The path / is the application's own, unless nothing of the host asks for a sign-in: then the host is oauth2-proxy's.
  const isApplication = longest.path === "/" && locations.some(({ settings }) => settings.has("auth-url"));
  return isApplication ? undefined : longest.owner;
}
