import type { JsonObject, KubernetesObject } from "../../../src/kubernetes/index.js";
import { nameOf } from "./egctl-input.js";
import { listAt, objectAt, textAt } from "./json-access.js";
import type { Translation } from "./egctl.js";

/** Something that Envoy Gateway says about an object and that is not plain consent. */
export type Refusal = { readonly object: string; readonly condition: string; readonly message: string };

/** Conditions that are good when they are true. */
const GOOD = new Set(["Accepted", "ResolvedRefs", "Programmed", "Resolved"]);
/** Without a cluster no address is assigned, so nothing is ever programmed. */
const OFFLINE = new Set(["AddressNotAssigned", "NoResources"]);
/**
 * Told of policies by design: the Gateway-wide one gives way to one of a listener or route, or is the base that a route's is
 * merged with; of more than 16 parents the status names the first ones.
 */
const INFORMATION = new Set(["Overridden", "Merged", "Aggregated"]);
/** Kinds that get no status. */
const WITHOUT_STATUS = new Set(["ReferenceGrant", "HTTPRouteFilter", "Service", "Secret", "ConfigMap", "Namespace"]);

/** Everything in the status of the objects that is not plain consent, and objects without any status or not in the answer. */
export function refusals(asked: readonly KubernetesObject[], answer: Translation): Refusal[] {
  const answered = new Map(answer.objects.map((object) => [nameOf(object), object]));
  return asked
    .filter(({ kind }) => !WITHOUT_STATUS.has(kind))
    .flatMap((object) => {
      const found = answered.get(nameOf(object));
      return found === undefined ? [refusal(object, "Missing", "it is not in the answer")] : refusalsOf(found);
    });
}

const refusal = (object: KubernetesObject, condition: string, message: string): Refusal => ({
  object: nameOf(object),
  condition,
  message,
});

function refusalsOf(object: KubernetesObject): Refusal[] {
  const status = objectAt({ ...object }, "status");
  const groups = [status, ...["listeners", "parents", "ancestors"].flatMap((field) => listAt(status, field))];
  const conditions = groups.flatMap((group) => listAt(group, "conditions"));
  if (conditions.length === 0) return [refusal(object, "NoStatus", "nothing took it up")];
  const attached = ["parents", "ancestors"].some((field) => field in status);
  const wantsParents = object.kind.endsWith("Route") || object.kind.endsWith("Policy");
  return [
    ...(wantsParents && !attached ? [refusal(object, "NoStatus", "nothing took it up")] : []),
    ...conditions.filter(isRefusal).map((condition) => describe(object, condition)),
    ...(wantsParents ? missingParents(object, status) : []),
  ];
}

function isRefusal(condition: JsonObject): boolean {
  const type = textAt(condition, "type") ?? "";
  if (INFORMATION.has(type) || OFFLINE.has(textAt(condition, "reason") ?? "")) return false;
  return (condition["status"] === "True") !== GOOD.has(type);
}

function describe(object: KubernetesObject, condition: JsonObject): Refusal {
  const type = textAt(condition, "type") ?? "";
  const reason = textAt(condition, "reason") ?? "";
  return refusal(object, GOOD.has(type) ? `not ${type}: ${reason}` : type, textAt(condition, "message") ?? "");
}

/** A route that one of its parents does not mention. */
function missingParents(object: KubernetesObject, status: JsonObject): Refusal[] {
  const wanted = listAt(object.spec, "parentRefs");
  const told = new Set(listAt(status, "parents").map((parent) => parentKey(objectAt(parent, "parentRef"))));
  return wanted
    .filter((ref) => !told.has(parentKey(ref)))
    .map((ref) => refusal(object, "NoStatus", `nothing of the parent ${parentKey(ref)}`));
}

const parentKey = (ref: JsonObject): string =>
  [textAt(ref, "namespace") ?? "", textAt(ref, "name") ?? "", textAt(ref, "sectionName") ?? ""].join("/");
