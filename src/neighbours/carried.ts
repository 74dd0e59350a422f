import type { Ingress } from "../kubernetes/index.js";
import { labelEntry } from "./catalogue.js";

/** Metadata of an Ingress that objects made from it get. */
export type Carried = {
  /** On every object that is made from the Ingress alone, and on its routes. */
  readonly objects: Readonly<Record<string, string>>;
  /** On its routes. */
  readonly routes: Readonly<Record<string, string>>;
  /** On its routes: labels that are no program's record of the Ingress. */
  readonly labels: Readonly<Record<string, string>>;
};

const NONE: Readonly<Record<string, string>> = {};

/** Labels say whose the Ingress is (team, application, tier), which holds for its routes; records of tools hold for the Ingress alone. */
export function carriedLabels({ labels }: Ingress): Readonly<Record<string, string>> {
  if (labels === NONE) return NONE;
  const kept = Object.entries(labels).filter(([key]) => labelEntry(key) === undefined);
  return kept.length === 0 ? NONE : Object.fromEntries(kept);
}
