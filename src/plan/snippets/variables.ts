import type { Location, Server, Upstream } from "../../ingress-nginx/index.js";
import type { Variables } from "./conditions.js";
import { unsetVariables } from "./known-variables.js";
import { mappedValue, type VariableMap } from "./maps.js";

/** Variables whose value is the same for every request of the server on one port; those that a route does not see at all stand with undefined. */
export function serverVariables(server: Server, scheme: "http" | "https"): Variables {
  const isOneHost = server.kind === "exact" && server.aliases.length === 0;
  const host = isOneHost ? server.host : undefined;
  return new Map([
    ...unsetVariables(server).map((name) => [name, ""] as const),
    ["host", host],
    ["http_host", host],
    ["best_http_host", host],
    ["server_name", server.kind === "default" ? "_" : host],
    ["scheme", scheme],
    ["https", scheme === "https" ? "on" : ""],
  ]);
}

const portText = ({ ref }: Upstream): string => ("number" in ref ? `${ref.number}` : ref.name);

export function variablesOf(server: Server, { owner, backend, path }: Location, scheme: "http" | "https"): Variables {
  const upstream = backend.kind === "service" ? backend.upstream : undefined;
  return new Map([
    ...serverVariables(server, scheme),
    ["namespace", owner.ingress.namespace],
    ["ingress_name", owner.ingress.name],
    ["service_name", upstream?.name ?? ""],
    ["service_port", upstream === undefined ? "" : portText(upstream)],
    ["location_path", path],
  ]);
}

/** The request's own host and scheme stay variables, so that hosts with the same rules share a route. */
const OF_REQUEST = new Set(["host", "http_host", "best_http_host", "server_name", "scheme", "https"]);

export function constantsOf(variables: Variables): ReadonlyMap<string, string> {
  return new Map(
    [...variables].flatMap(([name, value]) => (value === undefined || OF_REQUEST.has(name) ? [] : [[name, value]])),
  );
}

/** Maps of what is known beforehand are known as well. */
export function withMapped(variables: Variables, maps: readonly VariableMap[]): Variables {
  if (maps.length === 0) return variables;
  const known = new Map(variables);
  for (const map of maps) {
    const value = mappedValue(map, known);
    if (value !== undefined) known.set(map.variable, value);
  }
  return known;
}
