import { argsOf, type Finding } from "../../findings/index.js";
import type { Directive } from "../../nginx-config/index.js";
import type { SnippetSource, Without } from "../nginx/snippets/sources.js";

/** A finding that says that directives are not carried over, and those directives. */
export type LostDirectives = { readonly finding: Finding; readonly without: Without };

/** How much differs without some directives; infinite where nginx answers as before without them. */
type Remaining = (without: Without) => number;

/** What findings say is lost of snippets: each by itself, and whether that announces all that differs at one request. */
export type LostSnippets = {
  readonly each: readonly LostDirectives[];
  readonly all: Without;
  readonly announce: (remaining: Remaining) => boolean;
  /** With those whose paths are closed in return, for answers that reach no application. */
  readonly announceAll: (remaining: Remaining) => boolean;
};

/**
 * Directives that findings name as lost. Such a finding announces what the answer of ingress-nginx would be without them, and nothing else: where the
 * Gateway does not answer like that either, the rest of the snippet was not translated rightly.
 */
export function lostSnippets(findings: readonly Finding[]): LostSnippets | undefined {
  const each = findings.flatMap((finding) => {
    if (argsOf("SNIPPET_DIRECTIVE_IDLE", finding) !== undefined) return [];
    const without = lostBy(finding);
    return without === undefined ? [] : [{ finding, without }];
  });
  if (each.length === 0) return undefined;
  const isOpen = ({ finding }: LostDirectives): boolean => argsOf("SNIPPET_MAY_PROTECT", finding)?.closed !== true;
  // With a line that nginx refuses there is no answer at all to compare with, so that such lines are left out every time.
  const isRefused = ({ finding }: LostDirectives): boolean =>
    argsOf("SNIPPET_DIRECTIVE_REFUSED", finding) !== undefined;
  const refused = each.filter(isRefused);
  const lost = each.filter((one) => !isRefused(one));
  const covered = coveredBy(each, findings);
  const known = new Map<string, Without>();
  // What is prepared for one selection serves all requests.
  const without = (chosen: Selection): Without => {
    const all = chosen.length === 0 ? refused : [...chosen, ...covered, ...refused];
    const key = all.map((one) => [...each, ...covered].indexOf(one)).join(" ");
    const made = known.get(key) ?? allOf(all);
    known.set(key, made);
    return made;
  };
  const announced =
    (candidates: Selection) =>
    (remaining: Remaining): boolean => {
      const left = (chosen: Selection): number => remaining(without(chosen));
      if (selections(candidates).some((chosen) => left(chosen) === 0)) return true;
      if (refused.length > 0 && left([]) === 0) return true;
      return candidates.length > MOST_COMBINED && leavesNothing(candidates, left);
    };
  return {
    each,
    all: allOf([...each, ...covered]),
    announce: announced(lost.filter(isOpen)),
    announceAll: announced(lost),
  };
}

type Selection = readonly LostDirectives[];

/** A directive may be lost on some paths of its Ingress only: one after the other is put back while no more differs with it. */
function leavesNothing(all: Selection, left: (chosen: Selection) => number): boolean {
  let chosen = all;
  let least = left(chosen);
  while (chosen.length > 0) {
    const tried = chosen.map((one) => {
      const rest = chosen.filter((other) => other !== one);
      return { rest, differs: left(rest) };
    });
    const best = tried.reduce((a, b) => (b.differs < a.differs ? b : a));
    if (best.differs === 0) return true;
    if (best.differs > least) return false;
    least = best.differs;
    chosen = best.rest;
  }
  return false;
}

/** Directives that have no effect because the same one further inside counts, where that one is lost: without it they would count. */
function coveredBy(lost: readonly LostDirectives[], findings: readonly Finding[]): readonly LostDirectives[] {
  const names = new Set(
    lost.flatMap(({ finding }) => argsOf("SNIPPET_DIRECTIVE_LOST", finding)?.text.split(" ").slice(0, 1) ?? []),
  );
  return findings.flatMap((finding) => {
    const idle = argsOf("SNIPPET_DIRECTIVE_IDLE", finding);
    const without = idle !== undefined && names.has(idle.text.split(" ")[0] ?? "") ? lostBy(finding) : undefined;
    return without === undefined ? [] : [{ finding, without }];
  });
}

/** Beyond this many, not every selection is tried. */
const MOST_COMBINED = 6;

/** All directives, then every smaller selection of them, larger ones first; of many, all, all but one, and each by itself. */
function selections(lost: Selection): readonly Selection[] {
  if (lost.length > MOST_COMBINED)
    return [lost, ...lost.map((one) => lost.filter((other) => other !== one)), ...lost.map((one) => [one])];
  const subsets = lost.reduce<Selection[]>(
    (known, one) => [...known.map((chosen) => [...chosen, one]), ...known],
    [[]],
  );
  return subsets.filter((chosen) => chosen.length > 0).sort((a, b) => b.length - a.length);
}

function allOf(lost: readonly LostDirectives[]): Without {
  return {
    isLeftOut: (directive, from) => lost.some(({ without }) => without.isLeftOut(directive, from)),
    isForgiven: (from) => lost.some(({ without }) => without.isForgiven(from)),
  };
}

function lostBy(finding: Finding): Without | undefined {
  const objects = new Set(finding.at.map(({ object }) => object));
  // A text of the ConfigMap belongs to no Ingress.
  const isFrom = ({ ingress, key }: SnippetSource, wanted: string): boolean =>
    key === wanted && (ingress === undefined ? isOfConfigMap(finding) : objects.has(`Ingress ${ingress}`));
  const lost =
    argsOf("SNIPPET_DIRECTIVE_LOST", finding) ??
    argsOf("SNIPPET_DIRECTIVE_REFUSED", finding) ??
    argsOf("SNIPPET_DIRECTIVE_IDLE", finding);
  if (lost !== undefined)
    return {
      isLeftOut: ({ name, at }, from) => isFrom(from, lost.key) && at.line === lost.line && begins(lost.text, name),
      isForgiven: () => false,
    };
  const opened = argsOf("SNIPPET_MAY_PROTECT", finding);
  if (opened !== undefined) {
    const lines = linesIn(opened.directives);
    return {
      isLeftOut: (directive, from) => isFrom(from, opened.key) && refuses(directive, lines),
      isForgiven: () => false,
    };
  }
  const unreadable = argsOf("SNIPPET_UNREADABLE", finding);
  if (unreadable !== undefined) return { isLeftOut: () => false, isForgiven: (from) => isFrom(from, unreadable.key) };
  const key = argsOf("CONTROLLER_SETTING_NOT_CARRIED", finding)?.key;
  if (key?.endsWith("-snippet") !== true) return undefined;
  const isWhole = (from: SnippetSource): boolean => from.ingress === undefined && from.key === key;
  return { isLeftOut: (_, from) => isWhole(from), isForgiven: isWhole };
}

const isOfConfigMap = ({ at }: Finding): boolean => at[0].object.startsWith("ConfigMap ");

const begins = (text: string, name: string): boolean => text === name || text.startsWith(`${name} `);

/** `deny (line 3), return 403 (line 4, 7)` as lines. */
function linesIn(directives: string): ReadonlySet<number> {
  const lists = [...directives.matchAll(/\(line ([\d, ]+)\)/g)];
  return new Set(lists.flatMap(([, list = ""]) => list.split(", ").map(Number)));
}

/** A directive that refuses requests, or the block around one. */
function refuses({ at, block }: Directive, lines: ReadonlySet<number>): boolean {
  return lines.has(at.line) || block?.some((inner) => refuses(inner, lines)) === true;
}
