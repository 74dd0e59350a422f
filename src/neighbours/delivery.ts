import { finding, type Finding } from "../findings/index.js";
import type { NginxModel, ServedIngress } from "../ingress-nginx/index.js";
import type { NeighbourOptions } from "./types.js";
import { below, type JsonObject, type JsonValue, type NeighbourObject } from "../kubernetes/index.js";

/** Canaries of Flagger and Rollouts of Argo that shift traffic by an Ingress, which they write canaries of. */
export function deliveryFindings(
  objects: readonly NeighbourObject[],
  model: NginxModel,
  options: NeighbourOptions,
): Finding[] {
  const relevant = objects.filter(({ kind }) => kind === "Canary" || kind === "Rollout");
  if (relevant.length === 0) return [];
  const served = new Map(model.served.map((ingress) => [ingress.id, ingress]));
  return relevant.flatMap((object) =>
    object.kind === "Canary" ? flagger(object, served, options) : rollout(object, served, options),
  );
}

type Served = ReadonlyMap<string, ServedIngress>;

function flagger(object: NeighbourObject, served: Served, { gateway, routesOf }: NeighbourOptions): Finding[] {
  const { namespace, name, spec, origin } = object;
  const ingress = textAt(spec, "ingressRef", "name");
  if (ingress === undefined) return [];
  const id = `${namespace}/${ingress}`;
  const hosts = [...new Set(served.get(id)?.ingress.rules.flatMap(({ host }) => host ?? []) ?? [])];
  const apex = textAt(spec, "service", "name") ?? textAt(spec, "targetRef", "name") ?? name;
  return [
    finding("FLAGGER_CANARY_OF_INGRESS", below(origin, "spec", "ingressRef"), {
      canary: `${namespace}/${name}`,
      ingress: id,
      hosts,
      apex,
      routes: routesOf(id),
      gateway: gateway ?? { namespace: "NAMESPACE", name: "GATEWAY" },
    }),
  ];
}

function rollout(object: NeighbourObject, served: Served, { routesOf }: NeighbourOptions): Finding[] {
  const { namespace, name, spec, origin } = object;
  const canary = objectAt(spec, "strategy", "canary");
  const nginx = objectAt(canary, "trafficRouting", "nginx");
  const many = nginx?.["stableIngresses"];
  const ingresses = [
    textAt(nginx, "stableIngress"),
    ...(Array.isArray(many) ? (many as readonly JsonValue[]) : []),
  ].filter((item): item is string => typeof item === "string");
  if (nginx === undefined || ingresses.length === 0) return [];
  const ids = [...new Set(ingresses)].map((ingress) => `${namespace}/${ingress}`);
  return [
    finding("ROLLOUT_OF_INGRESS", below(origin, "spec", "strategy", "canary", "trafficRouting", "nginx"), {
      rollout: `${namespace}/${name}`,
      namespace,
      ingresses: ids,
      routes: ids.flatMap((id) => (served.has(id) ? routesOf(id) : [])),
      stable: textAt(canary, "stableService") ?? "the stable Service",
      canary: textAt(canary, "canaryService") ?? "the canary Service",
    }),
  ];
}

function valueAt(root: JsonObject | undefined, steps: readonly string[]): JsonValue | undefined {
  let value: JsonValue | undefined = root;
  for (const step of steps) value = isObject(value) ? value[step] : undefined;
  return value;
}

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function objectAt(root: JsonObject | undefined, ...steps: readonly string[]): JsonObject | undefined {
  const value = valueAt(root, steps);
  return isObject(value) ? value : undefined;
}

function textAt(root: JsonObject | undefined, ...steps: readonly string[]): string | undefined {
  const value = valueAt(root, steps);
  return typeof value === "string" && value !== "" ? value : undefined;
}
