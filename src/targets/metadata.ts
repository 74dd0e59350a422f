import type { IngressId, OwnedResource } from "../kubernetes/index.js";
import type { Carried, Neighbours } from "../neighbours/index.js";

const ROUTES: ReadonlySet<string> = new Set(["HTTPRoute", "GRPCRoute", "TLSRoute"]);

/**
 * Gives objects the labels and annotations of their Ingresses that hold for them as well. A route has those of the Ingress that it is named after, the
 * first of its origins; any other object has the annotations for all objects that its Ingresses agree on.
 */
export function withMetadata(
  resources: readonly OwnedResource[],
  { carried }: Pick<Neighbours, "carried">,
): readonly OwnedResource[] {
  if (carried.size === 0) return resources;
  return resources.map((resource) => {
    if (resource.owner !== "app") return resource;
    return ROUTES.has(resource.object.kind) ? routeWith(resource, carried) : objectWith(resource, carried);
  });
}

function routeWith(resource: OwnedResource, carried: ReadonlyMap<IngressId, Carried>): OwnedResource {
  const [owner] = resource.from;
  const own = owner === undefined ? undefined : carried.get(owner);
  return own === undefined ? resource : dressed(resource, { ...own.objects, ...own.routes }, own.labels);
}

function objectWith(resource: OwnedResource, carried: ReadonlyMap<IngressId, Carried>): OwnedResource {
  const [first, ...rest] = new Set(resource.from);
  const own = first === undefined ? undefined : carried.get(first)?.objects;
  if (own === undefined) return resource;
  const others = rest.map((id) => carried.get(id)?.objects ?? {});
  const agreed = Object.entries(own).filter(([key, value]) => others.every((other) => other[key] === value));
  return dressed(resource, Object.fromEntries(agreed), {});
}

type Texts = Readonly<Record<string, string>>;

function dressed(resource: OwnedResource, annotations: Texts, labels: Texts): OwnedResource {
  const { object } = resource;
  if (isEmpty(annotations) && isEmpty(labels)) return resource;
  const { name, namespace } = object.metadata;
  const all = {
    labels: { ...object.metadata.labels, ...labels },
    annotations: { ...object.metadata.annotations, ...annotations },
  };
  const metadata = {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    ...(isEmpty(all.labels) ? {} : { labels: sorted(all.labels) }),
    ...(isEmpty(all.annotations) ? {} : { annotations: sorted(all.annotations) }),
  };
  return { ...resource, object: { ...object, metadata } };
}

function isEmpty(texts: Texts): boolean {
  for (const _ in texts) return false;
  return true;
}

const sorted = (texts: Texts): Texts => Object.fromEntries(Object.entries(texts).sort(([a], [b]) => (a < b ? -1 : 1)));
