import { convert, type ConvertOptions, type ConvertResult } from "../../../src/index.js";
import { readSnapshot } from "../../../src/input/index.js";
import type {
  ExistingGateway,
  JsonObject,
  KubernetesObject,
  ObjectHead,
  Snapshot,
} from "../../../src/kubernetes/index.js";
import { announced } from "./announced.js";
import { inWorld, worldIn } from "./batch.js";
import { egctlInput, type EgctlInput } from "./egctl-input.js";
import { listAt } from "./json-access.js";
import { translate, type Translation } from "./egctl.js";
import { questionOf, recall, remember, type Remembered } from "./memory.js";
import { refusals } from "./status.js";
import { proxyProblems } from "./xds.js";

const GROUP = "gateway.networking.k8s.io";
const NAME_LABEL = "kubernetes.io/metadata.name";

export type Case = {
  readonly name: string;
  readonly sources: readonly { readonly name: string; readonly text: string }[];
  readonly options: Partial<ConvertOptions>;
};

/** What Envoy Gateway says to the output of one case. */
export type Checked = {
  readonly name: string;
  /** Objects of the output that were judged. */
  readonly judged: number;
  readonly adapted: readonly string[];
  /** Refusals, and traps in the proxy's configuration, that no finding names. */
  readonly unnamed: readonly string[];
  /** Those that a finding names. */
  readonly named: readonly string[];
  /** Codes of the conversion's findings. */
  readonly codes: ReadonlySet<string>;
  /** For tests that go on with the proxy's configuration. */
  readonly translated: Translated;
};

export type Translated = {
  readonly snapshot: Snapshot;
  readonly options: Partial<ConvertOptions>;
  /** The conversion's objects as they are written. */
  readonly output: readonly KubernetesObject[];
  /** What egctl was given, in namespaces marked with `world`. */
  readonly objects: readonly KubernetesObject[];
  readonly world: string;
  readonly dumps: readonly JsonObject[];
};

type Prepared = Pick<Translated, "snapshot" | "options" | "output"> & {
  readonly name: string;
  readonly codes: ReadonlySet<string>;
  readonly input: EgctlInput;
};

/** Cases in one call of egctl: half a second of every call is its start. */
const BATCH = 15;
const PROCESSES = 2;

/** Converts the cases and lets Envoy Gateway's translator judge them, several in one call, each in namespaces of its own. */
export async function checkCases(egctl: string, cases: readonly Case[]): Promise<Map<string, Checked>> {
  const prepared: Prepared[] = [];
  for (const one of cases) prepared.push(await prepare(one));
  const known = prepared.flatMap((one) => recalled(one) ?? []);
  const unknown = prepared.filter(({ name }) => !known.some((checked) => checked.name === name));
  // The settings of a proxy hold for its whole GatewayClass, and egctl reads one of these.
  const alone = unknown.filter(({ input }) => input.objects.some(({ kind }) => kind === "EnvoyProxy"));
  const together = unknown.filter((one) => !alone.includes(one));
  const batches = [...alone.map((one) => [one]), ...chunks(together, BATCH)];
  const checked = new Map(known.map((one) => [one.name, one]));
  const next = batches[Symbol.iterator]();
  const work = async (): Promise<void> => {
    for (const batch of next) for (const one of await checkBatch(egctl, batch)) checked.set(one.name, one);
  };
  await Promise.all(Array.from({ length: PROCESSES }, work));
  return checked;
}

/** Lets Envoy Gateway's translator judge sets of objects of which no finding says anything, in one call. */
export async function checkObjects(
  egctl: string,
  sets: ReadonlyMap<string, readonly KubernetesObject[]>,
): Promise<Map<string, Checked>> {
  const snapshot = readSnapshot([]);
  const prepared = [...sets].map(([name, output]) => ({
    name,
    codes: new Set<string>(),
    input: egctlInput(output, snapshot),
    ...{ snapshot, output, options: {} },
  }));
  return new Map((await checkBatch(egctl, prepared)).map((checked) => [checked.name, checked]));
}

async function prepare({ name, sources, options }: Case): Promise<Prepared> {
  const snapshot = readSnapshot(sources);
  const result = await convert({ ...options, snapshot, target: "envoy-gateway" });
  const output = [...result.resources.map(({ object }) => object), ...(await foreignGateway(options, snapshot))];
  return { name, codes: codesOf(result), input: egctlInput(output, snapshot), snapshot, options, output };
}

const codesOf = (result: ConvertResult): ReadonlySet<string> => new Set(result.findings.map((found) => found.code));

/** The Gateway that the user has with `--no-gateway`: the one of the input, or what would have been written without the option. */
async function foreignGateway(options: Partial<ConvertOptions>, snapshot: Snapshot): Promise<KubernetesObject[]> {
  const { parentRef, gateway, ...rest } = options;
  if (parentRef === undefined || gateway !== false) return [];
  const existing = snapshot.gateways.get(`${parentRef.namespace}/${parentRef.name}`);
  if (existing !== undefined) return existingGateway(existing, snapshot);
  const result = await convert({
    ...rest,
    snapshot,
    target: "envoy-gateway",
    gatewayName: parentRef.name,
    gatewayNamespace: parentRef.namespace,
  });
  return result.resources.flatMap(({ object }) =>
    object.kind === "Gateway" || (object.kind === "ReferenceGrant" && JSON.stringify(object.spec).includes('"Gateway"'))
      ? [object]
      : [],
  );
}

/** A Gateway that works already may read its Secrets. Selectors by labels become names of namespaces, which every check here understands. */
function existingGateway(
  { namespace, name, spec, listeners }: ExistingGateway,
  snapshot: Snapshot,
): KubernetesObject[] {
  const homes = new Set(listeners.flatMap(({ certificates }) => certificates.map((secret) => secret.split("/")[0])));
  const grants = [...homes].flatMap((home = "") =>
    home === namespace
      ? []
      : [
          {
            apiVersion: `${GROUP}/v1beta1`,
            kind: "ReferenceGrant",
            metadata: { name, namespace: home },
            spec: { from: [{ group: GROUP, kind: "Gateway", namespace }], to: [{ group: "", kind: "Secret" }] },
          },
        ],
  );
  const byName = listAt(spec, "listeners").map((listener, index): JsonObject => {
    const labels = listeners[index]?.allowedRoutes.labels;
    if (labels === undefined) return listener;
    const values = [...snapshot.namespaces.values()]
      .filter((head) => labels.every(({ key, values }) => values.includes(labelOf(head, key))))
      .map((head) => head.name);
    const matchExpressions = [{ key: NAME_LABEL, operator: "In", values }];
    return { ...listener, allowedRoutes: { namespaces: { from: "Selector", selector: { matchExpressions } } } };
  });
  const object = { apiVersion: `${GROUP}/v1`, kind: "Gateway", metadata: { name, namespace } };
  return [{ ...object, spec: { ...spec, listeners: byName } }, ...grants];
}

const labelOf = ({ name, labels }: ObjectHead, key: string): string =>
  key === NAME_LABEL ? name : (labels[key] ?? "");

async function checkBatch(egctl: string, batch: readonly Prepared[]): Promise<Checked[]> {
  const worlds = batch.map((one, index) => ({ one, world: `w${index}`, objects: objectsIn(one, `w${index}`) }));
  const shared = batch[0]?.input.objects.filter((object) => isShared(object)) ?? [];
  const answer = await translate(egctl, [...shared, ...worlds.flatMap(({ objects }) => objects)]);
  return worlds.map(({ one, world }) => {
    const own = { world, answer: answerFor(answer, world) };
    remember(questionOf(one.input.objects), own);
    return checkedOf(one, own);
  });
}

function recalled(one: Prepared): Checked | undefined {
  const known = recall(questionOf(one.input.objects));
  return known === undefined ? undefined : checkedOf(one, known);
}

function checkedOf(one: Prepared, { world, answer }: Remembered): Checked {
  const objects = objectsIn(one, world);
  const { snapshot, options, output } = one;
  const translated = { snapshot, options, output, objects, world, dumps: [...answer.xds.values()] };
  return { ...judge(one, objects, answer), codes: one.codes, translated };
}

/** GatewayClass and EnvoyProxy, which a call has once. */
const isShared = ({ kind }: KubernetesObject): boolean => kind === "GatewayClass" || kind === "EnvoyProxy";

function objectsIn({ input }: Prepared, world: string): KubernetesObject[] {
  return input.objects.filter((object) => !isShared(object)).map((object) => inWorld(object, world));
}

/** What of the answer is about one world; its proxies carry the names of its Gateways. */
function answerFor(answer: Translation, world: string): Translation {
  return {
    objects: answer.objects.filter((object) => isShared(object) || worldIn(object.metadata.namespace ?? "") === world),
    xds: new Map([...answer.xds].filter(([key]) => worldIn(key) === world)),
  };
}

function judge(
  { name, codes, input }: Prepared,
  objects: readonly KubernetesObject[],
  answer: Translation,
): Omit<Checked, "translated" | "codes"> {
  const refused = refusals(objects, answer).map(
    ({ object, condition, message }) => `${object}: ${condition}: ${message}`,
  );
  const all = [...input.problems, ...refused, ...proxyProblems(objects, answer)];
  const named = all.filter((problem) => announced(problem, codes));
  return {
    name,
    judged: objects.length,
    adapted: input.adapted,
    named,
    unnamed: all.filter((problem) => !named.includes(problem)),
  };
}

function chunks<T>(list: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, index) =>
    list.slice(index * size, (index + 1) * size),
  );
}
