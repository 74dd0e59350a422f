import type { Neighbour, NeighbourEntry } from "../neighbours/index.js";

const OUTCOMES: Readonly<Record<NeighbourEntry["becomes"], string>> = {
  certificate:
    "Kept: in a Certificate object, or as an annotation of the Gateway or ListenerSet where cert-manager makes the same certificate from that.",
  gateway: "Kept on the Gateway, where its reader looks for it; that needs all Ingresses to agree.",
  route: "Kept on every route of the Ingress.",
  objects: "Kept on every object that is written for the Ingress alone, and on its routes.",
  lost: "Not kept: its reader reads no routes.",
  "not-ours": "Not kept: ingress-nginx never read it.",
  record: "Not kept: a tool's own record about the Ingress.",
  class: "Decides whether ingress-nginx serves the Ingress; routes name their Gateway instead.",
};

/** A page about an annotation that another program reads. */
export function neighbourText(key: string, entry: NeighbourEntry, reader: Neighbour): string {
  const { meaning, becomes, as, reason, remedy } = entry;
  return [
    `# ${key}`,
    "",
    meaning,
    "",
    `- Read by: ${reader.title}`,
    ...(entry.key === key ? [] : [`- Described as: ${entry.key}`]),
    `- Source: ${reader.cite}`,
    "",
    "## What becomes of it",
    "",
    OUTCOMES[becomes],
    ...(as === undefined ? [] : ["", `On the route it is called ${as}.`]),
    ...(reason === undefined ? [] : ["", `It ${reason}.`]),
    ...(remedy === undefined ? [] : ["", remedy]),
    "",
    `## ${reader.title}`,
    "",
    `- With Ingresses: ${reader.reads}`,
    `- Afterwards: ${reader.afterwards}`,
    "",
  ].join("\n");
}
