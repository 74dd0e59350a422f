import { finding, type Severity, type Verdict } from "../findings/index.js";
import { annotationOrigin, type Origin } from "../kubernetes/index.js";
import { neighbourById } from "./catalogue.js";
import type { Matched, NeighbourEntry, Said } from "./types.js";

const VERDICT_OF: Readonly<Record<Severity, Verdict>> = {
  blocker: "unsupported",
  high: "unsupported",
  medium: "partial",
  low: "equivalent",
  info: "exact",
};

/** What has to be said of the annotations of one Ingress that other programs read. Values are left out, so that equal Ingresses share a sentence. */
export function findingsOf(matched: Matched): Said[] {
  return [
    ...lostOnes(matched),
    ...foreignOnes(matched),
    ...unknownOnes(matched),
    ...(matched.served.isCanary ? canaryOnes(matched) : dnsSources(matched)),
  ];
}

function lostOnes(matched: Matched): Said[] {
  const groups = grouped(matched, (entry) =>
    entry?.becomes === "lost" ? `${entry.neighbour} ${entry.reason ?? ""} ${entry.remedy ?? ""}` : undefined,
  );
  return groups.flatMap(({ entry, keys }) => {
    if (entry === undefined) return [];
    const { severity = "medium", reason = "", remedy = "" } = entry;
    const { afterwards } = neighbourById(entry.neighbour);
    const args = { ingress: matched.served.id, keys, reason, reader: afterwards, remedy };
    const made = finding("NEIGHBOUR_LOST", placesOf(matched, keys), args, { severity, verdict: VERDICT_OF[severity] });
    return [{ finding: made, ingress: matched.served.id, keys }];
  });
}

function foreignOnes(matched: Matched): Said[] {
  const groups = grouped(matched, (entry) => (entry?.becomes === "not-ours" ? entry.neighbour : undefined));
  return groups.flatMap(({ entry, keys }) => {
    if (entry === undefined) return [];
    const args = { ingress: matched.served.id, keys, reader: neighbourById(entry.neighbour).title };
    return [
      { finding: finding("NEIGHBOUR_NOT_OURS", placesOf(matched, keys), args), ingress: matched.served.id, keys },
    ];
  });
}

function unknownOnes(matched: Matched): Said[] {
  const keys = matched.entries
    .flatMap(([key, entry]) => (entry === undefined && !matched.misspelt.has(key) ? [key] : []))
    .sort();
  if (keys.length === 0) return [];
  const args = { ingress: matched.served.id, keys };
  return [{ finding: finding("NEIGHBOUR_UNKNOWN", placesOf(matched, keys), args), ingress: matched.served.id, keys }];
}

function canaryOnes(matched: Matched): Said[] {
  const keys = keysThat(matched, (entry) => entry.becomes === "route" || entry.becomes === "objects");
  if (keys.length === 0) return [];
  const args = { ingress: matched.served.id, keys };
  return [
    {
      finding: finding("NEIGHBOUR_ON_CANARY", placesOf(matched, keys), args),
      ingress: matched.served.id,
      keys,
      outcome: "lost",
    },
  ];
}

function dnsSources(matched: Matched): Said[] {
  const keys = keysThat(matched, (entry) => entry.neighbour === "external-dns");
  if (keys.length === 0) return [];
  const args = { ingress: matched.served.id, keys };
  return [
    { finding: finding("EXTERNAL_DNS_SOURCES", placesOf(matched, keys), args), ingress: matched.served.id, keys },
  ];
}

function keysThat(matched: Matched, test: (entry: NeighbourEntry) => boolean): string[] {
  return matched.entries.flatMap(([key, entry]) => (entry !== undefined && test(entry) ? [key] : [])).sort();
}

type Group = { readonly entry: NeighbourEntry | undefined; readonly keys: string[] };

function grouped(
  { entries }: Matched,
  groupOf: (entry: NeighbourEntry | undefined) => string | undefined,
): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const [key, entry] of entries) {
    const name = groupOf(entry);
    if (name === undefined) continue;
    const known = groups.get(name);
    if (known === undefined) groups.set(name, { entry, keys: [key] });
    else known.keys.push(key);
  }
  for (const { keys } of groups.values()) keys.sort();
  return [...groups.values()];
}

function placesOf({ served }: Matched, keys: readonly string[]): readonly [Origin, ...Origin[]] {
  const [first = served.ingress.origin, ...rest] = keys.map((key) => annotationOrigin(served.ingress.origin, key));
  return [first, ...rest];
}
