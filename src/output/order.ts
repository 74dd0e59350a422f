import type { OwnedResource } from "../kubernetes/index.js";

/** Compares by UTF-16 code unit: the same order on every machine and in every locale. */
export function byText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** What others refer to comes first; kinds that are not listed follow in alphabetical order. */
const KINDS = [
  "GatewayClass",
  "EnvoyProxy",
  "Gateway",
  "ListenerSet",
  "HTTPRoute",
  "GRPCRoute",
  "TLSRoute",
  "TCPRoute",
  "UDPRoute",
];

function kindRank(kind: string): number {
  const rank = KINDS.indexOf(kind);
  return rank === -1 ? KINDS.length : rank;
}

/** Order of objects within a file: kind, then name, then namespace. */
export function compareResources(a: OwnedResource, b: OwnedResource): number {
  return (
    kindRank(a.object.kind) - kindRank(b.object.kind) ||
    byText(a.object.kind, b.object.kind) ||
    byText(a.object.metadata.name, b.object.metadata.name) ||
    byText(a.object.metadata.namespace ?? "", b.object.metadata.namespace ?? "")
  );
}
