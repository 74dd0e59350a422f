import type { JsonObject, KubernetesObject, Snapshot } from "../../../src/kubernetes/index.js";
import { listAt, objectAt, textAt, without } from "./json-access.js";
import { namespaceOf, standIns } from "./stand-ins.js";

const GROUP = "gateway.networking.k8s.io";
const ENVOY_GROUP = "gateway.envoyproxy.io";
/** All Gateways are put into this class, which egctl reads one of. */
const CLASS = "eg";

/** What egctl is given, and how it differs from the output. */
export type EgctlInput = {
  readonly objects: readonly KubernetesObject[];
  /** Objects of the output that egctl cannot judge as they are, each with what was done instead. */
  readonly adapted: readonly string[];
  /** What the adaptations would have hidden, checked here: attachments by label, listeners that collide. */
  readonly problems: readonly string[];
};

/** Kinds of other programs, which egctl refuses and which say nothing to Envoy Gateway. */
const SET_ASIDE: ReadonlySet<string> = new Set(["Certificate"]);

/**
 * Makes the output into what `egctl x translate` reads: a GatewayClass and the objects that the output refers to are added; a
 * ListenerSet, which egctl drops, becomes a Gateway of its own; selectors of namespaces, which find nothing
 * because egctl drops labels, become `All` after they were checked here.
 */
export function egctlInput(written: readonly KubernetesObject[], snapshot: Snapshot): EgctlInput {
  const output = written.filter(({ kind }) => !SET_ASIDE.has(kind));
  const sets = output.filter((object) => object.kind === "ListenerSet");
  const problems = [...attachmentProblems(output), ...collisions(output)];
  const asGateways = sets.length === 0 ? output : output.flatMap((object) => withoutListenerSets(object, output));
  const open = asGateways.map(withOpenNamespaces).flatMap(withoutModules);
  const [proxies, others] = [open.filter(isProxy), open.filter((object) => !isProxy(object))];
  if (proxies.length > 1) throw new Error("egctl reads one EnvoyProxy only");
  const [proxy] = proxies;
  const controlled: KubernetesObject[] = [
    gatewayClass(proxy),
    ...(proxy === undefined ? [] : [proxy]),
    ...others.map((object) => ofClass(proxies.length > 0 ? withoutParameters(object) : object)),
  ];
  return {
    objects: [...controlled, ...standIns(others, snapshot)],
    adapted: [
      ...sets.map((set) => `${nameOf(set)}: checked as a Gateway of its own`),
      ...proxies.map((found) => `${nameOf(found)}: checked as the one of the GatewayClass`),
      ...output.filter(hasModules).map((found) => `${nameOf(found)}: checked without its Wasm modules`),
    ],
    problems,
  };
}

const hasModules = (object: KubernetesObject): boolean =>
  object.kind === "EnvoyExtensionPolicy" && object.spec["wasm"] !== undefined;

/** egctl fetches no modules, and refuses any policy that names one (buildWasms: "wasm cache is not initialized"). */
function withoutModules(object: KubernetesObject): KubernetesObject[] {
  if (!hasModules(object)) return [object];
  const spec = without(object.spec, "wasm");
  return Object.keys(spec).every((key) => key === "targetRefs") ? [] : [{ ...object, spec }];
}

const ofClass = (object: KubernetesObject): KubernetesObject =>
  object.kind === "Gateway" ? { ...object, spec: { ...object.spec, gatewayClassName: CLASS } } : object;

export const nameOf = ({ kind, metadata }: KubernetesObject): string =>
  `${kind} ${metadata.namespace ?? "default"}/${metadata.name}`;

const isProxy = (object: KubernetesObject): boolean => object.kind === "EnvoyProxy";

function gatewayClass(proxy: KubernetesObject | undefined): KubernetesObject {
  const parametersRef =
    proxy === undefined
      ? {}
      : {
          parametersRef: {
            group: ENVOY_GROUP,
            kind: "EnvoyProxy",
            name: proxy.metadata.name,
            namespace: namespaceOf(proxy),
          },
        };
  return {
    apiVersion: `${GROUP}/v1`,
    kind: "GatewayClass",
    metadata: { name: CLASS },
    spec: { controllerName: `${ENVOY_GROUP}/gatewayclass-controller`, ...parametersRef },
  };
}

function withoutParameters(object: KubernetesObject): KubernetesObject {
  if (object.kind !== "Gateway") return object;
  const rest = without(objectAt(object.spec, "infrastructure"), "parametersRef");
  const spec = without(object.spec, "infrastructure");
  return { ...object, spec: Object.keys(rest).length === 0 ? spec : { ...spec, infrastructure: rest } };
}

/** The ListenerSet as a Gateway, references to it, and the policies of its Gateway once more for it. */
function withoutListenerSets(object: KubernetesObject, output: readonly KubernetesObject[]): KubernetesObject[] {
  if (object.kind === "ListenerSet") {
    return [{ ...object, kind: "Gateway", apiVersion: `${GROUP}/v1`, spec: without(object.spec, "parentRef") }];
  }
  const spec = without(object.spec, "allowedListeners");
  const renamed: KubernetesObject = {
    ...object,
    spec: {
      ...spec,
      ...mapList(spec, "parentRefs", pointAtGateway),
      ...mapList(spec, "targetRefs", pointAtGateway),
      ...(object.kind === "ReferenceGrant" ? mapList(spec, "from", pointAtGateway) : {}),
    },
  };
  return [renamed, ...copiesForSets(object, output)];
}

const pointAtGateway = (ref: JsonObject): JsonObject =>
  ref["kind"] === "ListenerSet" ? { ...ref, kind: "Gateway" } : ref;

function copiesForSets(policy: KubernetesObject, output: readonly KubernetesObject[]): KubernetesObject[] {
  const whole = listAt(policy.spec, "targetRefs").filter(
    (ref) => ref["kind"] === "Gateway" && ref["sectionName"] === undefined,
  );
  if (whole.length === 0) return [];
  return output
    .filter((object) => object.kind === "ListenerSet")
    .map((set) => ({
      ...policy,
      metadata: { name: `${policy.metadata.name}-for-${set.metadata.name}`, namespace: namespaceOf(set) },
      spec: { ...policy.spec, targetRefs: [{ group: GROUP, kind: "Gateway", name: set.metadata.name }] },
    }));
}

function mapList(spec: JsonObject, field: string, change: (item: JsonObject) => JsonObject): JsonObject {
  return spec[field] === undefined ? {} : { [field]: listAt(spec, field).map(change) };
}

function withOpenNamespaces(object: KubernetesObject): KubernetesObject {
  if (object.kind !== "Gateway") return object;
  return {
    ...object,
    spec: {
      ...object.spec,
      ...mapList(object.spec, "listeners", (listener) =>
        textAt(listener, "allowedRoutes", "namespaces", "from") === "Selector"
          ? {
              ...listener,
              allowedRoutes: { ...objectAt(listener, "allowedRoutes"), namespaces: { from: "All" } },
            }
          : listener,
      ),
    },
  };
}

/** Routes that a listener would not take, because their namespace lacks the label that it selects. */
function attachmentProblems(output: readonly KubernetesObject[]): string[] {
  const parents = new Map(
    output
      .filter((object) => object.kind === "Gateway" || object.kind === "ListenerSet")
      .map((object) => [nameOf(object), object]),
  );
  return output.flatMap((route) =>
    listAt(route.spec, "parentRefs").flatMap((ref) => {
      const kind = textAt(ref, "kind") ?? "Gateway";
      const id = `${kind} ${textAt(ref, "namespace") ?? namespaceOf(route)}/${textAt(ref, "name") ?? ""}`;
      const parent = parents.get(id);
      if (parent === undefined) return [`${nameOf(route)}: there is no ${id}`];
      const section = textAt(ref, "sectionName");
      const listeners = listAt(parent.spec, "listeners").filter(
        (listener) => section === undefined || listener["name"] === section,
      );
      const taken = listeners.some((listener) => takes(listener, namespaceOf(parent), namespaceOf(route)));
      return taken ? [] : [`${nameOf(route)}: no listener of ${id} (${section ?? "any"}) takes its namespace`];
    }),
  );
}

/** `allowedRoutes.namespaces` with the one label that every namespace has. */
function takes(listener: JsonObject, home: string, namespace: string): boolean {
  const from = textAt(listener, "allowedRoutes", "namespaces", "from") ?? "Same";
  if (from === "All") return true;
  if (from === "Same") return home === namespace;
  const selector = objectAt(listener, "allowedRoutes", "namespaces", "selector");
  const labels: JsonObject = { "kubernetes.io/metadata.name": namespace };
  return (
    Object.entries(objectAt(selector, "matchLabels")).every(([key, value]) => labels[key] === value) &&
    listAt(selector, "matchExpressions").every((expression) => {
      const values = Array.isArray(expression["values"]) ? (expression["values"] as readonly unknown[]) : [];
      return expression["operator"] === "In" && values.includes(labels[textAt(expression, "key") ?? ""]);
    })
  );
}

/** Listeners of one Gateway and its ListenerSets that share port and host name. */
function collisions(output: readonly KubernetesObject[]): string[] {
  const seen = new Map<string, string>();
  return output
    .filter((object) => object.kind === "Gateway" || object.kind === "ListenerSet")
    .flatMap((object) =>
      listAt(object.spec, "listeners").flatMap((listener) => {
        const layer = listener["protocol"] === "UDP" ? "UDP" : "TCP";
        const key = JSON.stringify([layer, listener["port"], listener["hostname"] ?? ""]);
        const first = seen.get(key);
        seen.set(key, first ?? nameOf(object));
        return first === undefined ? [] : [`${nameOf(object)}: listener ${key} stands in ${first} as well`];
      }),
    );
}
