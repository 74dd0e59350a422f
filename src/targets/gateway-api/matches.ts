import { finding, type Finding } from "../../findings/index.js";
import type { JsonObject } from "../../kubernetes/index.js";
import type { PlannedMatch, PlannedPath, PlannedRoute, PlannedRule } from "../../plan/index.js";
import type { TargetDefinition } from "../definition.js";
import type { TargetContext } from "../translator.js";
import { hasTornBoundary } from "./encoded-regex.js";
import { fullMatchRegex, literalPrefix, searchRegex, wholeRegex } from "./regex.js";

/** A path match as it is written, and what that costs. */
export type RenderedPath = {
  readonly type: "Exact" | "PathPrefix" | "RegularExpression";
  readonly value: string;
  /** The regular expression of nginx became a literal. */
  readonly narrowed: boolean;
  /** The expression cannot be said; the value is the literal prefix that every match begins with, and the rule must be closed. */
  readonly refused?: string;
};

/** Whether the rules of the route take their portable forms. */
export function takesPortableForms(
  route: PlannedRoute,
  definition: Pick<TargetDefinition, "regex">,
  context: Pick<TargetContext, "options">,
): boolean {
  if (definition.regex === "unspecified") return route.portable !== "never";
  return route.portable === "together" && context.options.fidelity === "portable";
}

const LONGEST_PATH = 1024;

export function renderPath(path: PlannedPath, portable: boolean): RenderedPath {
  if (path.kind === "exact") return { type: "Exact", value: path.value, narrowed: false };
  if (path.kind === "prefix") return { type: "PathPrefix", value: path.value, narrowed: false };
  if (portable && path.portable !== undefined) {
    return {
      type: path.portable.kind === "exact" ? "Exact" : "PathPrefix",
      value: path.portable.value,
      narrowed: path.portable.value !== "/",
    };
  }
  const regex = path.isWhole === true ? wholeRegex(path.source) : fullMatchRegex(path.source);
  if ("refused" in regex)
    return { type: "PathPrefix", value: literalPrefix(path.source), narrowed: false, refused: regex.refused };
  if (regex.value.length > LONGEST_PATH)
    return {
      type: "PathPrefix",
      value: literalPrefix(path.source),
      narrowed: false,
      refused: `it is longer than ${LONGEST_PATH} characters`,
    };
  return { type: "RegularExpression", value: regex.value, narrowed: false };
}

/** Query matches of a rule, likewise. */
export function renderQueries({ queries = [] }: PlannedMatch): JsonObject[] {
  return queries.map(({ name, kind, value }): JsonObject =>
    kind === "exact" ? { type: "Exact", name, value } : { type: "RegularExpression", name, value: searchRegex(value) },
  );
}

/** Header matches of a rule; a pattern is searched for in nginx and has to match as a whole here. */
export function renderHeaders(match: PlannedMatch): { headers: JsonObject[]; refused?: string } {
  const headers: JsonObject[] = [];
  for (const header of match.headers ?? []) {
    if (header.kind === "exact") headers.push({ type: "Exact", name: header.name, value: header.value });
    else {
      const regex = wholeValueRegex(header.value);
      if ("refused" in regex) return { headers: [], refused: regex.refused };
      headers.push({ type: "RegularExpression", name: header.name, value: regex.value });
    }
  }
  return { headers };
}

function wholeValueRegex(pattern: string): { readonly value: string } | { readonly refused: string } {
  const own = wholeRegex(pattern);
  return "refused" in own ? own : wholeRegex(searchRegex(pattern));
}

/** `/app/(.*)` and `/app/.*` do not match `/app`, the prefix `/app` does. */
function wantsSlash(path: PlannedPath): boolean {
  return path.kind === "regex" && /[^/]\/(?:\.\*|\(\.\*\))$/.test(path.source);
}

export const isTorn = (path: PlannedPath): boolean => path.kind === "regex" && hasTornBoundary(path.source);

/** Findings about the paths of one route, one of a kind. */
export function pathFindings(
  rules: readonly { readonly rule: PlannedRule; readonly path: RenderedPath }[],
  { portable }: Pick<PlannedRoute, "portable">,
  definition: TargetDefinition,
): Finding[] {
  const findings: Finding[] = [];
  const sources = (list: typeof rules): string[] => [
    ...new Set(
      list.map(({ rule, path }) => (rule.matches[0].path.kind === "regex" ? rule.matches[0].path.source : path.value)),
    ),
  ];
  const narrowed = rules.filter(({ path }) => path.narrowed);
  const regexes = rules.filter(({ path }) => path.type === "RegularExpression");
  const target = { target: definition.name };
  const [first, ...rest] = narrowed;
  if (first !== undefined) {
    const args = {
      ingress: first.rule.owner.id,
      paths: sources(narrowed),
      prefixes: [...new Set(narrowed.map(({ path }) => path.value))],
      pairs: narrowed.map(({ rule, path }) => ({
        path: rule.matches[0].path.kind === "regex" ? rule.matches[0].path.source : path.value,
        prefix: path.value,
      })),
      bare: [...new Set(narrowed.flatMap(({ rule, path }) => (wantsSlash(rule.matches[0].path) ? path.value : [])))],
      reordered: portable === "singly",
    };
    findings.push(
      finding("PATH_MATCH_NARROWED", [first.rule.origin, ...rest.map(({ rule }) => rule.origin)], args, target),
    );
  }
  const [firstRegex, ...restRegexes] = regexes;
  if (firstRegex !== undefined && definition.regex === "unspecified") {
    const args = { ingress: firstRegex.rule.owner.id, paths: sources(regexes) };
    findings.push(
      finding(
        "REGEX_IMPLEMENTATION_SPECIFIC",
        [firstRegex.rule.origin, ...restRegexes.map(({ rule }) => rule.origin)],
        args,
        target,
      ),
    );
  }
  const [firstTorn, ...restTorn] = regexes.filter(({ rule }) => isTorn(rule.matches[0].path));
  if (firstTorn !== undefined) {
    const args = { ingress: firstTorn.rule.owner.id, paths: sources([firstTorn, ...restTorn]) };
    findings.push(
      finding(
        "WORD_BOUNDARY_BEHIND_ESCAPE",
        [firstTorn.rule.origin, ...restTorn.map(({ rule }) => rule.origin)],
        args,
        target,
      ),
    );
  }
  for (const { rule, path } of rules) {
    if (path.refused === undefined) continue;
    const source = rule.matches[0].path.kind === "regex" ? rule.matches[0].path.source : path.value;
    findings.push(
      finding(
        "REGEX_NOT_RE2",
        rule.origin,
        { ingress: rule.owner.id, path: source, reason: path.refused, prefix: path.value },
        target,
      ),
    );
  }
  return findings;
}
