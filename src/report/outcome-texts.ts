import type { Outcome } from "../neighbours/index.js";

/** What became of an annotation of another program, in the words of the reports. */
export const OUTCOME_TEXTS: Readonly<Record<Outcome, string>> = {
  certificate: "kept, in a Certificate or on the Gateway or ListenerSet",
  gateway: "kept, on the Gateway",
  route: "kept, on the routes",
  objects: "kept, on all objects of the Ingress",
  lost: "not kept",
  "not-ours": "never had an effect here",
  record: "a record of the Ingress alone",
  inert: "has no effect today",
  class: "says whose the Ingress is",
  unknown: "not kept",
  "not-converted": "the Ingress is not converted",
};
