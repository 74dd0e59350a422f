import { finding, type Finding } from "../findings/index.js";
import type { Ingress, Origin, Snapshot } from "../kubernetes/index.js";
import { annotationOrigin, below, ingressId } from "../kubernetes/index.js";
import type { Catalogue } from "../mappings/index.js";
import type { UnservedIngress } from "./model.js";
import type { ModelOptions } from "./options.js";

const CONTROLLER = "k8s.io/ingress-nginx";
const CLASS_ANNOTATION = "kubernetes.io/ingress.class";

type Selection =
  | { readonly kind: "served"; readonly finding?: Finding }
  | { readonly kind: "unserved"; readonly reason: UnservedIngress["reason"]; readonly finding: Finding };

/**
 * Whether the controller serves an Ingress (store.go GetIngressClass): the field before the annotation, and no fallback from one to
 * the other. Where the input cannot tell (no IngressClass object, no class at all), the likelier reading is taken and named.
 */
export function selectIngress(
  ingress: Ingress,
  snapshot: Snapshot,
  catalogue: Catalogue,
  options: ModelOptions,
): Selection {
  const selection = selectByClass(ingress, snapshot, catalogue, options);
  if (selection.kind === "unserved") return selection;
  const found = refused(ingress, options);
  return found === undefined ? selection : { kind: "unserved", reason: "rejected", finding: found };
}

/** What the controller does not load whatever its annotations say (store/store.go, AddFunc of the Ingress handler). */
function refused(ingress: Ingress, { controllerFlags }: ModelOptions): Finding | undefined {
  const id = ingressId(ingress);
  if (!OFF.test(controllerFlags.get("deep-inspect") ?? "true")) {
    for (const { path, origin } of ingress.rules.flatMap(({ paths }) => paths)) {
      const part = suspiciousPart(path);
      if (part !== undefined) return finding("PATH_SUSPICIOUS", origin, { ingress: id, path, part });
    }
  }
  if (ingress.defaultBackend === undefined || !ON.test(controllerFlags.get("disable-catch-all") ?? "false"))
    return undefined;
  return finding("CATCH_ALL_DISABLED", below(ingress.origin, "spec", "defaultBackend"), { ingress: id });
}

/** Go's texts for true and false. */
const ON = /^(?:1|t|true)$/i;
const OFF = /^(?:0|f|false)$/i;

/** What keeps the controller from loading an Ingress wherever it stands in a path (inspector/rules.go; hosts and Secrets cannot have it). */
function suspiciousPart(path: string): string | undefined {
  const end = path.lastIndexOf(";");
  const directive = ["alias", "root"].find((name) => path.includes(name) && path.indexOf(name) < end);
  if (directive !== undefined) return `${directive} … ;`;
  return /\/etc\/(?:passwd|shadow|group|nginx|ingress-controller)|\/var\/run\/secrets|_by_lua/.exec(path)?.[0];
}

function selectByClass(ingress: Ingress, snapshot: Snapshot, catalogue: Catalogue, options: ModelOptions): Selection {
  const annotated = ingress.annotations[CLASS_ANNOTATION];
  const name = ingress.ingressClassName ?? annotated;
  if (name === undefined) return selectWithoutClass(ingress, snapshot, options);
  const origin = classOrigin(ingress);
  const ours = isOurs(name, ingress.ingressClassName !== undefined, snapshot, options);
  const args = { ingress: ingressId(ingress), class: name };
  if (ours === true) return { kind: "served" };
  const carriesOurs = Object.keys(ingress.annotations).some((key) => key.startsWith(`${catalogue.prefix}/`));
  if (ours === undefined && carriesOurs) return { kind: "served", finding: finding("CLASS_ASSUMED", origin, args) };
  return {
    kind: "unserved",
    reason: "other-class",
    finding: finding("OTHER_CLASS", origin, args, carriesOurs ? { severity: "medium", verdict: "unsupported" } : {}),
  };
}

/** Several classes that are converted together: mostly several controllers, each with an address of its own. */
export function severalClasses(served: readonly Ingress[], snapshot: Snapshot, options: ModelOptions): Finding[] {
  const first = new Map<string, Origin>();
  let isAssumed = false;
  for (const ingress of served) {
    const name = ingress.ingressClassName ?? ingress.annotations[CLASS_ANNOTATION];
    if (name === undefined || first.has(name)) continue;
    first.set(name, classOrigin(ingress));
    if (isOurs(name, ingress.ingressClassName !== undefined, snapshot, options) === undefined) isAssumed = true;
  }
  const [origin, ...more] = first.values();
  if (origin === undefined || more.length === 0) return [];
  const args = { classes: [...first.keys()].sort() };
  return [finding("CLASSES_TOGETHER", [origin, ...more], args, isAssumed ? {} : { severity: "medium" })];
}

const classOrigin = (ingress: Ingress): Origin =>
  ingress.ingressClassName === undefined
    ? annotationOrigin(ingress.origin, CLASS_ANNOTATION)
    : below(ingress.origin, "spec", "ingressClassName");

/** `undefined`: the input does not say. */
function isOurs(name: string, byField: boolean, snapshot: Snapshot, options: ModelOptions): boolean | undefined {
  if (options.ingressClasses !== undefined && options.ingressClasses.length > 0)
    return options.ingressClasses.includes(name);
  const object = byField ? snapshot.ingressClasses.get(name) : undefined;
  if (object !== undefined)
    return object.controller === (options.controllerFlags.get("controller-class") ?? CONTROLLER);
  if (name === (options.controllerFlags.get("ingress-class") ?? "nginx")) return true;
  return undefined;
}

function selectWithoutClass(ingress: Ingress, snapshot: Snapshot, options: ModelOptions): Selection {
  const args = { ingress: ingressId(ingress) };
  if (options.controllerFlags.get("watch-ingress-without-class") === "true") return { kind: "served" };
  const fallback = [...snapshot.ingressClasses.values()].find((candidate) => candidate.isDefault);
  if (fallback !== undefined && fallback.controller !== CONTROLLER) {
    return {
      kind: "unserved",
      reason: "other-class",
      finding: finding("OTHER_CLASS", ingress.origin, { ...args, class: fallback.name }),
    };
  }
  if (options.withoutClass === "skip")
    return { kind: "unserved", reason: "no-class", finding: finding("NO_CLASS", ingress.origin, args) };
  return fallback === undefined
    ? { kind: "served", finding: finding("NO_CLASS_ASSUMED", ingress.origin, args) }
    : { kind: "served" };
}
