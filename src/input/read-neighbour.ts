import {
  neighbourSchema,
  type JsonObject,
  type JsonPath,
  type NeighbourObject,
  type SourceDocument,
} from "../kubernetes/index.js";

type Place = { readonly document: SourceDocument; readonly root: JsonPath; readonly defaultNamespace: string };

/** Reads an object of another program; undefined where it is not even named. */
export function readNeighbour(
  kind: NeighbourObject["kind"],
  raw: unknown,
  { document, root, defaultNamespace }: Place,
): NeighbourObject | undefined {
  const parsed = neighbourSchema.safeParse(raw);
  const metadata = parsed.data?.metadata;
  const name = metadata?.name ?? "";
  if (!parsed.success || name === "") return undefined;
  const named = metadata?.namespace ?? "";
  const namespace = kind === "ClusterIssuer" ? "" : named === "" ? defaultNamespace : named;
  const controller = (metadata?.ownerReferences ?? []).find((owner) => owner?.controller === true)?.kind ?? undefined;
  return {
    kind,
    namespace,
    name,
    ...(controller === undefined ? {} : { controlledBy: controller }),
    // What the parser gives is JSON.
    spec: (parsed.data.spec ?? {}) as JsonObject,
    origin: { document, path: root, object: `${kind} ${namespace === "" ? "" : `${namespace}/`}${name}` },
  };
}
