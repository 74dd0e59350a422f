import { annotationOrigin, ingressId, type Ingress } from "../kubernetes/index.js";
import { finding, FINDINGS, type FindingCode } from "./catalogue.js";
import { isControllerDefault } from "./controller-defaults.js";
import type { Finding } from "./finding.js";
import { suggestKey } from "./suggest.js";

/** Prefix of annotations that speak to this tool; none of them reaches the output. */
const OWN_PREFIX = "ingress2gateway.dev/";

/** `CODE[,CODE] reason`, one or several lines. */
const IGNORE_ANNOTATION = `${OWN_PREFIX}ignore`;

/** A finding that somebody decided not to hear about, with who says so and why. */
export type Suppressed = {
  readonly finding: Finding;
  /** `annotation`: on the Ingress itself; `policy`: severities in the config file. */
  readonly by: "annotation" | "policy";
  readonly reason: string;
};

export type Settled = { readonly findings: readonly Finding[]; readonly suppressed: readonly Suppressed[] };

type Line = { readonly codes: readonly string[]; readonly reason: string };

/** The codes of a line are joined by commas; what follows the last of them is the reason. */
const LINE = /^([^\s,]+(?:[ \t]*,[ \t]*[^\s,]+)*)[ \t,]*(.*)$/;

function parseLines(value: string): readonly Line[] {
  return value.split(/\r?\n/).flatMap((text) => {
    const [, codes, reason] = LINE.exec(text.trim()) ?? [];
    return codes === undefined || reason === undefined
      ? []
      : [{ codes: codes.split(/\s*,\s*/), reason: reason.trim() }];
  });
}

/** What the annotations ask for: reasons by object and code; codes that matched are taken out of `unused`. */
type Requests = {
  readonly reasons: ReadonlyMap<string, ReadonlyMap<string, string>>;
  readonly problems: readonly Finding[];
};

/**
 * Takes out the findings that the annotation `ingress2gateway.dev/ignore` of their own Ingress names by code.
 *
 * @param findings of all targets that are looked at, so that a code which only one of them raises counts as used
 * @returns the rest, with findings about suppressions that are wrong or match nothing, and what was suppressed
 */
export function applySuppressions(findings: readonly Finding[], ingresses: readonly Ingress[]): Settled {
  const { reasons, problems } = requestsOf(ingresses);
  if (reasons.size === 0)
    return { findings: problems.length === 0 ? findings : [...findings, ...problems], suppressed: [] };
  const used = new Set<string>();
  const suppressed: Suppressed[] = [];
  const kept = findings.filter((found) => {
    const reason = isControllerDefault(found.code) ? undefined : reasons.get(found.at[0].object)?.get(found.code);
    if (reason === undefined) return true;
    used.add(`${found.at[0].object} ${found.code}`);
    suppressed.push({ finding: found, by: "annotation", reason });
    return false;
  });
  return { findings: [...kept, ...problems, ...unusedOf(ingresses, reasons, used)], suppressed };
}

function requestsOf(ingresses: readonly Ingress[]): Requests {
  const reasons = new Map<string, Map<string, string>>();
  const problems: Finding[] = [];
  for (const ingress of ingresses) {
    for (const key in ingress.annotations) {
      if (!key.startsWith(OWN_PREFIX)) continue;
      const value = ingress.annotations[key] ?? "";
      const at = annotationOrigin(ingress.origin, key);
      if (key === IGNORE_ANNOTATION) {
        const read = readRequest(value, ingressId(ingress), at);
        problems.push(...read.problems);
        if (read.reasons.size > 0) reasons.set(ingress.origin.object, read.reasons);
      } else problems.push(finding("SUPPRESSION_KEY_UNKNOWN", at, { ingress: ingressId(ingress), key }));
    }
  }
  return { reasons, problems };
}

function readRequest(
  value: string,
  ingress: string,
  at: Finding["at"][0],
): { readonly reasons: Map<string, string>; readonly problems: readonly Finding[] } {
  const reasons = new Map<string, string>();
  const lines = parseLines(value);
  const problems = lines.flatMap(({ codes, reason }) => {
    const unknown = codes.filter((code) => !isCode(code));
    const known = codes.filter(isCode);
    if (reason !== "") for (const code of known) reasons.set(code, reasons.get(code) ?? reason);
    return [
      ...unknown.map((code) => finding("SUPPRESSION_UNKNOWN_CODE", at, { ingress, code, ...nearestCode(code) })),
      ...(reason === "" ? [finding("SUPPRESSION_WITHOUT_REASON", at, { ingress, codes })] : []),
    ];
  });
  if (lines.length === 0) problems.push(finding("SUPPRESSION_WITHOUT_REASON", at, { ingress, codes: [] }));
  return { reasons, problems };
}

function unusedOf(
  ingresses: readonly Ingress[],
  reasons: Requests["reasons"],
  used: ReadonlySet<string>,
): readonly Finding[] {
  return ingresses.flatMap((ingress) => {
    const { object } = ingress.origin;
    const at = annotationOrigin(ingress.origin, IGNORE_ANNOTATION);
    return [...(reasons.get(object)?.keys() ?? [])]
      .filter((code) => !used.has(`${object} ${code}`))
      .map((code) =>
        finding("SUPPRESSION_UNUSED", at, {
          ingress: ingressId(ingress),
          code,
          isForTheWholeRun: isControllerDefault(code),
        }),
      );
  });
}

/** Whether a text is a finding code of this version. */
export function isCode(text: string): text is FindingCode {
  return Object.hasOwn(FINDINGS, text);
}

/** The code that a misspelt one most likely means. */
export function nearestCode(code: string): { readonly suggestion?: string } {
  const comparable = (text: string): string => text.toLowerCase().replaceAll("_", "-");
  const codes = new Map(Object.keys(FINDINGS).map((known) => [comparable(known), known]));
  const suggestion = codes.get(suggestKey(comparable(code), codes.keys()) ?? "");
  return suggestion === undefined ? {} : { suggestion };
}
