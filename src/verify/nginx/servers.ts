import { isFiledUnder, type NginxModel, type Server } from "../../ingress-nginx/index.js";
import { expressionOf } from "../expressions.js";

/** Which server block answers for a name. */
export type ServerChoice =
  | { readonly kind: "server"; readonly server: Server }
  /** The server that from-to-www-redirect adds for the other name. */
  | { readonly kind: "www-redirect"; readonly server: Server; readonly to: string }
  | { readonly kind: "none" };

/** Server names of the model, prepared for look-up. */
export type ServerIndex = {
  readonly exact: ReadonlyMap<string, ServerChoice>;
  /** Parents of wildcard hosts (`example.com` for `*.example.com`). */
  readonly wildcards: ReadonlyMap<string, Server>;
  /** Aliases that are regular expressions, in the order of the file. */
  readonly patterns: readonly { readonly pattern: string; readonly server: Server }[];
  readonly fallback: Server | undefined;
};

/**
 * Full names come before expressions whatever their order; of two blocks that claim a name the first in the file wins (nginx, server_name). The
 * redirecting servers stand before all others (nginx.tmpl), but are left out for names that are hosts.
 */
export function indexServers(model: NginxModel): ServerIndex {
  const exact = new Map<string, ServerChoice>();
  const wildcards = new Map<string, Server>();
  const patterns: { pattern: string; server: Server }[] = [];
  const claim = (name: string, choice: ServerChoice): void => {
    if (!exact.has(name)) exact.set(name, choice);
  };
  for (const server of model.servers) {
    if (server.fromToWww !== undefined) claim(server.fromToWww.twin, { kind: "www-redirect", server, to: server.host });
  }
  for (const server of model.servers) {
    if (server.kind === "exact") claim(server.host, { kind: "server", server });
    if (server.kind === "wildcard") wildcards.set(server.host.slice(2), server);
    for (const alias of server.aliases) {
      if (alias.isRegex) patterns.push({ pattern: alias.name.replace(/^~\*?/, ""), server });
      else if (alias.name.startsWith("*.")) wildcards.set(alias.name.slice(2).toLowerCase(), server);
      else claim(alias.name.toLowerCase(), { kind: "server", server });
    }
  }
  return { exact, wildcards, patterns, fallback: model.servers.find((server) => server.kind === "default") };
}

/** The server for a Host header; case does not count. */
export function chooseServer(index: ServerIndex, host: string): ServerChoice {
  const name = host.toLowerCase().replace(/\.$/, "");
  const exact = index.exact.get(name);
  if (exact !== undefined) return exact;
  const dot = name.indexOf(".");
  // Exactly one label of these characters (template.go, buildServerName).
  const wildcard =
    dot > 0 && /^[\w-]+$/.test(name.slice(0, dot)) ? index.wildcards.get(name.slice(dot + 1)) : undefined;
  if (wildcard !== undefined) return { kind: "server", server: wildcard };
  for (const { pattern, server } of index.patterns) {
    const expression = expressionOf(`(?i)${pattern}`);
    if (expression.kind === "compiled" && expression.re.test(name)) return { kind: "server", server };
  }
  return index.fallback === undefined ? { kind: "none" } : { kind: "server", server: index.fallback };
}

/** The server whose certificate, if only the default one, is filed under the name or the wildcard above it (certificate.lua, get_pem_cert_uid). */
function filedFor(index: ServerIndex, host: string): Server | undefined {
  const name = host.toLowerCase();
  const own = index.exact.get(name);
  if (own?.kind === "server" && isFiledUnder(own.server, name)) return own.server;
  const parent = name.slice(name.indexOf(".") + 1);
  const wildcard = index.wildcards.get(parent);
  return wildcard !== undefined && isFiledUnder(wildcard, `*.${parent}`) ? wildcard : undefined;
}

/** Whether any certificate is filed for the name (certificate.lua, configured_for_current_request). */
export const isCertified = (index: ServerIndex, host: string): boolean => filedFor(index, host) !== undefined;

/** The certificate that the handshake shows, by SNI. A host with tls but without a usable Secret has the default certificate filed under its name. */
export function certificateFor(
  index: ServerIndex,
  sni: string,
): { readonly namespace: string; readonly name: string } | "default" {
  return filedFor(index, sni)?.tls?.secret ?? "default";
}
