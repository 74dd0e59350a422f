import type { TargetName } from "../findings/index.js";
import type { IngressId, OwnedResource } from "../kubernetes/index.js";
import { printYaml } from "../output/index.js";
import type { CheckView } from "../report/index.js";

type Resources = ReadonlyMap<TargetName, readonly OwnedResource[]>;

type Index = {
  readonly byTarget: ReadonlyMap<TargetName, ReadonlyMap<IngressId, readonly OwnedResource[]>>;
  readonly counts: ReadonlyMap<TargetName, ReadonlyMap<string, number>>;
};

/** The objects of a check by the Ingress that they come from; looked through and printed only when a format asks for them. */
export function emittedView(resources: Resources): Pick<CheckView, "objectsOf" | "objectCounts"> {
  let known: Index | undefined;
  const index = (): Index => (known ??= indexOf(resources));
  return {
    objectCounts: () => index().counts,
    objectsOf: (ingress, target) =>
      (index().byTarget.get(target)?.get(ingress) ?? []).map(({ object }) => ({
        target,
        title: `${object.kind} ${object.metadata.name}`,
        yaml: printYaml(object),
      })),
  };
}

/** Objects of more Ingresses than this (ListenerSets) say nothing about one of them. */
const MOST_SOURCES = 3;

function indexOf(resources: Resources): Index {
  const byTarget = new Map<TargetName, Map<IngressId, OwnedResource[]>>();
  const counts = new Map<TargetName, Map<string, number>>();
  for (const [target, list] of resources) {
    const byIngress = new Map<IngressId, OwnedResource[]>();
    const ofKind = new Map<string, number>();
    for (const resource of list) {
      const { kind } = resource.object;
      ofKind.set(kind, (ofKind.get(kind) ?? 0) + 1);
      if (resource.owner === "platform" || resource.from.length > MOST_SOURCES) continue;
      for (const id of resource.from) {
        const own = byIngress.get(id);
        if (own === undefined) byIngress.set(id, [resource]);
        else own.push(resource);
      }
    }
    byTarget.set(target, byIngress);
    counts.set(target, ofKind);
  }
  return { byTarget, counts };
}
