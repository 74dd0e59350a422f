import type { JsonObject } from "../../kubernetes/index.js";

/** Exactly the namespaces that attach, by the label that every namespace has. */
export function allowedNamespaces(namespaces: readonly string[], home: string): JsonObject {
  if (namespaces.length === 1 && namespaces[0] === home) return { from: "Same" };
  return {
    from: "Selector",
    selector: { matchExpressions: [{ key: "kubernetes.io/metadata.name", operator: "In", values: namespaces }] },
  };
}
