import type { Location, Server } from "../../ingress-nginx/index.js";
import type { PlannedPath } from "../plan.js";
import { isPlainPath } from "../portable.js";
import { addsTrailingSlash } from "../trailing-slash.js";
import { isExpression, isPrefix, type Block } from "./blocks.js";
import type { Condition } from "./conditions.js";
import { alternativesOf, compiled, quoted } from "./expressions.js";
import { meetingOf, soughtBy, wholePath, type PathSet, type Sought } from "./path-sets.js";

/** What an `if` asks about the path. */
export type PathQuestion = {
  /** `$request_uri`: as it was sent, with the query. */
  readonly isRaw: boolean;
  /** `below`: it begins with the text and a slash; where the text alone comes to is asked before. */
  readonly operator: "is" | "=" | "~" | "~*" | "below";
  readonly text: string;
  /** Who asks it: the server in front of every location, or one location; undefined where what holds then is no answer. */
  readonly answersIn: "server" | "location" | undefined;
};

/** Answers a question about the path for one place. */
export type AskPath = (question: PathQuestion) => Condition;

/** Where the paths come to, and what takes some of them away. */
type Place = {
  readonly set: PathSet;
  /** Longer paths of the host, which nginx prefers where both match. */
  readonly longer: readonly Longer[];
  /** Whether nginx chooses the place for one path; undefined where that is not known. */
  readonly isChosen: (path: string) => boolean | undefined;
  /** Whether a block of a snippet takes all that begins with the text. */
  readonly isTaken: (text: string) => boolean;
};

/** A longer path, and whether its location has the same snippet, so that it asks and answers the same. */
type Longer = { readonly set: PathSet; readonly isAlike: boolean };

const constant = (value: boolean): Condition => ({ kind: "constant", value });
const unknown = (reason: string): Condition => ({ kind: "unknown", reason });

/** For a location of the controller. */
export function askInLocation(server: Server, location: Location, blocks: readonly Block[]): AskPath {
  const set = setOf(server, location);
  const longer =
    set.kind !== "below"
      ? []
      : server.locations.flatMap((other): Longer[] => {
          const of = setOf(server, other);
          const isAlike = snippetOf(other) === snippetOf(location);
          return other !== location && of.kind === "below" && isBelow(of.path, set.path) ? [{ set: of, isAlike }] : [];
        });
  const isChosen = (path: string): boolean | undefined => {
    const chosen = chosenFor(server, blocks, path);
    return chosen === undefined ? undefined : chosen === location;
  };
  const isTaken = (text: string): boolean =>
    blocks.some((block) => isPrefix(block) && text.startsWith(block.text) && block.text.length > location.path.length);
  return (question) => asked(question, { set, longer, isChosen, isTaken });
}

const NOTHING = { longer: [], isTaken: () => false };

/** For one path, where something of the server's own answers. */
export function askAtPath(path: string): AskPath {
  return (question) => asked(question, { ...NOTHING, set: { kind: "exact", path }, isChosen: (one) => one === path });
}

/** For a `location` of a server snippet. */
export function askInBlock({ modifier, text }: Block): AskPath {
  if (modifier === "=") return askAtPath(text);
  const isOpen = modifier === "~" || modifier === "~*";
  const set: PathSet = isOpen ? { kind: "open" } : { kind: "text", text };
  const isChosen = (path: string): boolean | undefined => (isOpen || path.startsWith(text) ? undefined : false);
  return (question) => asked(question, { ...NOTHING, set, isChosen });
}

const snippetOf = ({ settings }: Location): unknown => settings.get("configuration-snippet")?.value;

const isBelow = (path: string, above: string): boolean => above === "/" || path.startsWith(`${above}/`);

function setOf({ regexMode }: Server, { path, pathType }: Location): PathSet {
  if (regexMode !== undefined) return { kind: "open" };
  if (pathType === "Exact") return { kind: "exact", path };
  // A path with a slash at its end is not chosen without it; the redirect to it answers then.
  return { kind: "below", path: path === "/" ? path : path.replace(/\/$/, "") };
}

/** The location of the controller for a path (ngx_http_core_find_location); null where something else answers, undefined where that is not known. */
export function chosenFor(server: Server, blocks: readonly Block[], path: string): Location | null | undefined {
  const { locations, regexMode } = server;
  if (blocks.some((block) => block.modifier === "=" && block.text === path)) return null;
  const own = blocks.filter((block) => isPrefix(block) && path.startsWith(block.text));
  const length = Math.max(-1, ...own.map(({ text }) => text.length));
  const tried = blocks.filter(isExpression).map(({ modifier, text }) => {
    return compiled(modifier === "~*" ? `(?i)${text}` : text)
      ?.matcher(path)
      .find();
  });
  if (regexMode !== undefined) {
    if (own.some(({ modifier, text }) => modifier === "^~" && text.length === length) || tried.includes(true))
      return null;
    if (tried.includes(undefined)) return undefined;
    for (const location of locations) {
      const expression = compiled(`(?i)^${location.path}`);
      if (expression === undefined) return undefined;
      if (expression.matcher(path).find()) return location;
    }
    return null;
  }
  const exact =
    locations.find((one) => one.pathType === "Exact" && one.path === path) ??
    locations.find((one) => one.pathType === "Prefix" && one.path === path);
  if (exact !== undefined) return exact;
  // nginx redirects to what hands on and ends in a slash; gRPC does as well, although no call has such a path.
  if (locations.some((one) => one.path === `${path}/` && (addsTrailingSlash(server, one) || one.denied === undefined)))
    return null;
  if (blocks.some((block) => isPrefix(block) && block.text === `${path}/`)) return null;
  const below = locations
    .filter((one) => one.pathType === "Prefix" && path.startsWith(slashed(one.path)))
    .sort((a, b) => b.path.length - a.path.length)[0];
  if (own.length > 0 && (below === undefined || length >= slashed(below.path).length)) return null;
  if (tried.includes(true)) return null;
  return tried.includes(undefined) ? undefined : (below ?? null);
}

const slashed = (path: string): string => (path.endsWith("/") ? path : `${path}/`);

function asked(question: PathQuestion, place: Place): Condition {
  const { operator, text, isRaw } = question;
  // Every path begins with a slash.
  if (operator === "is") return constant(true);
  if (operator === "=") return equal(question, place);
  if (operator === "below") return below(text, place);
  const read = isRaw ? withoutQuery(text) : text;
  if (read === undefined) return unknown("the expression may look into the query");
  if (/[^\u0021-\u007e]|%/.test(read)) return unknown("the expression has characters that stand encoded in a path");
  const sought = soughtBy(read, operator === "~*");
  if (sought === undefined) return unknown(`RE2 cannot say "${text}"`);
  const [only, ...others] = sought.alternatives;
  const isOnePath = only?.isBound === true && only.isClosed && others.length === 0 && quoted(only.start) === only.body;
  if (isOnePath && !sought.ignoresCase) return equal({ ...question, text: only.start }, place);
  return found(sought, question, place);
}

function equal({ text, isRaw }: PathQuestion, { set, isChosen }: Place): Condition {
  if (!text.startsWith("/")) return constant(false);
  if (isRaw && text.includes("?")) return unknown("it compares the query as well");
  if (!/^[A-Za-z0-9/._~-]+$/.test(text) || !isPlainPath(text))
    return unknown("the path is not written in its plain form");
  const chosen = set.kind === "exact" ? set.path === text : isChosen(text);
  if (chosen === undefined) return unknown("which location the path comes to is not known");
  if (!chosen) return constant(false);
  if (set.kind === "exact" && !isRaw) return constant(true);
  return {
    kind: "atom",
    atom: { kind: "path", path: { kind: "exact", value: text, ...raw(isRaw, true) } },
    negated: false,
  };
}

/** One prefix match: it comes behind that of a longer path, as nginx has it too. */
function below(text: string, { set, longer, isTaken }: Place): Condition {
  const start = `${text}/`;
  switch (set.kind) {
    case "exact":
      return constant(set.path.startsWith(start));
    case "text":
      // Its rule is an expression (own-locations.ts), in which no prefix can be replaced.
      return set.text.startsWith(start) || start.startsWith(set.text)
        ? unknown("a redirect of this location cannot write parts of the path")
        : constant(false);
    case "open":
      return unknown("which paths of the location the expression matches cannot be said by one match");
    case "below": {
      const { path } = set;
      if (path === text || path.startsWith(start)) return constant(true);
      const isElsewhere = longer.some(
        ({ set: other }) => other.kind === "below" && (other.path === text || isBelow(text, other.path)),
      );
      if (!isBelow(text, path) || isElsewhere || isTaken(start)) return constant(false);
      return { kind: "atom", atom: { kind: "path", path: { kind: "prefix", value: text } }, negated: false };
    }
  }
}

const raw = (isRaw: boolean, isEnded: boolean): Pick<PlannedPath, "raw"> =>
  isRaw ? { raw: isEnded ? "ended" : "begun" } : {};

function found(sought: Sought, { isRaw, answersIn, text }: PathQuestion, { set, longer }: Place): Condition {
  const meeting = meetingOf(sought, set);
  if (meeting.kind === "covers") return constant(true);
  if (meeting.kind === "apart") return constant(false);
  if (meeting.kind === "unclear")
    return unknown("which paths of the location the expression matches cannot be said by one match");
  for (const { set: other, isAlike } of longer) {
    const beside = meetingOf(sought, other);
    // All that it matches belongs to a longer path of the host.
    if (beside.kind === "inside") return constant(false);
    if (beside.kind === "apart") continue;
    const isAnsweredThere = answersIn === "server" || (answersIn === "location" && isAlike);
    if (!isAnsweredThere || beside.kind === "unclear")
      return unknown("a longer path of the host may match as well, and an expression comes before it");
  }
  const source = meeting.kind === "both" ? meeting.expression : wholePath(sought);
  return {
    kind: "atom",
    atom: {
      kind: "path",
      path: { kind: "regex", source, isWhole: true, shown: text, ...raw(isRaw, text.includes("$")) },
    },
    negated: false,
  };
}

/**
 * An expression that looks at the beginning of the raw target and at nothing behind a question mark; `(\?|$)` and its like at the end are the end of
 * the path.
 */
function withoutQuery(text: string): string | undefined {
  const plain = text
    .replace(/\((?:\?:)?(?:\\\?\|\$|\$\|\\\?)\)$|\((?:\?:)?\\\?\.\*\)\?\$$|\\\?\?\$$/, "$")
    .replace(/\((\?:)?\/\|\\\?\|\$\)/, "($1/|$)");
  const [only, ...others] = alternativesOf(plain);
  if (only?.isBound !== true || others.length > 0) return undefined;
  const inner = only.body
    .replace(/(?:\.\*|\(\.\*\))$/, "")
    .replaceAll("(?:", "(")
    .replaceAll("(/|$)", "(/)");
  // Repeated dots, excluding classes and ends in the middle would reach into the query.
  return /^(?:[A-Za-z0-9/_~-]|\\[.\-/]|[()|]|\.(?![*+?{]))*$/.test(inner) ? plain : undefined;
}
