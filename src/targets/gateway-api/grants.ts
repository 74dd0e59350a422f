import type { IngressId, JsonObject, Origin, OwnedResource } from "../../kubernetes/index.js";
import { chunks } from "../chunks.js";

/** A reference that crosses namespaces and therefore needs the consent of the namespace it points to. */
export type Crossing = {
  readonly from: { readonly group: string; readonly kind: string; readonly namespace: string };
  readonly to: { readonly group: string; readonly kind: string; readonly name: string; readonly namespace: string };
  readonly ingress: IngressId;
  readonly origin: Origin;
};

const MAX_ENTRIES = 16;

/**
 * One ReferenceGrant per referring kind and namespace, in the namespace that is referred to, naming exactly the objects (DESIGN: least privilege).
 * v1beta1 is accepted by every release of Gateway API.
 */
export function referenceGrants(crossings: readonly Crossing[]): OwnedResource[] {
  const groups = new Map<string, Crossing[]>();
  for (const crossing of crossings) {
    if (crossing.from.namespace === crossing.to.namespace) continue;
    const key = [crossing.to.namespace, crossing.from.kind, crossing.from.namespace, crossing.to.kind].join(" ");
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [crossing]);
    else known.push(crossing);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, group]) => grantsOf(group));
}

function grantsOf(group: readonly Crossing[]): OwnedResource[] {
  const first = group[0];
  if (first === undefined) return [];
  const { from, to } = first;
  const names = [...new Set(group.map((crossing) => crossing.to.name))].sort();
  const base = `${from.kind.toLowerCase()}-${from.namespace}-to-${to.kind.toLowerCase()}s`;
  return chunks(names, MAX_ENTRIES).map((part, index) => {
    const of = group.filter((crossing) => part.includes(crossing.to.name));
    const entries = part.map((name): JsonObject => ({ group: to.group, kind: to.kind, name }));
    return {
      object: {
        apiVersion: "gateway.networking.k8s.io/v1beta1",
        kind: "ReferenceGrant",
        metadata: { name: index === 0 ? base : `${base}-${index + 1}`, namespace: to.namespace },
        spec: { from: [{ ...from }], to: entries },
      },
      owner: "app",
      from: [...new Set(of.map((crossing) => crossing.ingress))],
      origins: uniqueOrigins(of.map((crossing) => crossing.origin)),
      file: "reference-grants",
    };
  });
}

function uniqueOrigins(origins: readonly Origin[]): Origin[] {
  const seen = new Map(
    origins.map((origin) => [`${origin.document.file} ${origin.object} ${origin.path.join("/")}`, origin]),
  );
  return [...seen.values()];
}
