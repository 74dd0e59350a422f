import { withInner, type Directive } from "../../nginx-config/index.js";
import type { AskPath } from "./path-conditions.js";
import type { SnippetRewrite } from "../features.js";
import type { PlannedAction } from "../plan.js";
import type { VariableMap } from "./maps.js";
import { answerBelow, matchesEveryPath } from "./answers.js";
import { filled, movedPrefix, type MovedPrefix } from "./moved-prefixes.js";
import { aboutMethods, readCondition, type Condition, type Variables } from "./conditions.js";
import { assigned, forgotten, mentionedIn } from "./set-variables.js";
import {
  isOfRewritePhase,
  opening,
  sameTree,
  type Lead,
  type Leaf,
  type Level,
  type Placed,
  type Tree,
} from "./tree.js";

export type Lost = Placed & { readonly reason: string };

/** How the phase is followed: what comes of it, which directives are followed at all, and which cannot be. */
export type Followed = {
  readonly tree: Tree;
  readonly done: ReadonlySet<Directive>;
  readonly lost: ReadonlyMap<Directive, Lost>;
};

/** What the phase runs through, and what a `return` comes to. */
export type Phase = {
  readonly server: readonly Placed[];
  readonly location: readonly Placed[];
  /** Variables that the ConfigMap's http-snippet works out. */
  readonly maps?: readonly VariableMap[];
  readonly answer: (placed: Placed, variables: Variables) => PlannedAction | { readonly refused: string };
  /** What `rewrite … break` of the location makes of the path; absent where nothing follows it. */
  readonly path?: (placed: Placed) => SnippetRewrite | { readonly refused: string };
  /** Where a rewrite leads to that makes nginx look for a location anew. */
  readonly lead?: (placed: Placed, level: Level) => Lead | { readonly refused: string };
  /** How conditions on the path are answered here. */
  readonly ask?: AskPath;
  /** Only redirects may depend on the path: what goes on has one form of it. */
  readonly isForRedirects?: boolean;
  /** What the methods get that limit_except does not name. */
  readonly excepted: (placed: Placed) => PlannedAction | { readonly refused: string };
};

/** More outcomes than a location gets rules. */
const MOST_LEAVES = 16;

type State = {
  readonly variables: Variables;
  readonly inside: Placed | undefined;
  readonly stoppedInServer: boolean;
  /** Answers to questions that were asked before. */
  readonly known: ReadonlyMap<string, boolean>;
};

type Step = Placed & { readonly level: Level };

/** A directive that asks something. */
type Fork = {
  readonly step: Step;
  readonly rest: readonly Step[];
  readonly condition: Exclude<Condition, { kind: "unknown" }>;
  /** The answer that is followed first: what comes later is lost once there are too many outcomes, and a rewrite of its own adds one only. */
  readonly first: boolean;
};

type Sides = { readonly holding: (state: State) => Tree; readonly failing: (state: State) => Tree };

/**
 * Follows the directives of the rewrite module (ngx_http_rewrite_module): those of the server, then those of the location, in the order of their text.
 *
 * A condition that no route can ask is lost together with everything that it guards; variables that it might have set are unknown from there on.
 *
 * @param given directives that are lost beforehand
 */
export function followRewrites(phase: Phase, variables: Variables, given: readonly Lost[] = []): Followed {
  const lost = new Map<Directive, Lost>(given.map((one) => [one.directive, one]));
  const steps = [
    ...phase.server.map((placed): Step => ({ ...placed, level: "server" })),
    ...[...phase.location].sort(exceptionsFirst).map((placed): Step => ({ ...placed, level: "location" })),
  ].filter(({ directive }) => isOfRewritePhase(directive));
  const mentioned = mentionedIn([...phase.server, ...phase.location]);
  // What is lost on one branch is lost on all: another run leaves it out everywhere.
  for (;;) {
    const before = lost.size;
    const run = new Run(phase, lost, mentioned);
    const tree = run.through(steps, { variables, inside: undefined, stoppedInServer: false, known: new Map() });
    if (lost.size === before) return { tree, done: run.done, lost };
  }
}

/** limit_except is a location of its own for the other methods, chosen before anything of the location runs (ngx_http_update_location_config). */
const exceptionsFirst = (a: Placed, b: Placed): number =>
  Number(b.directive.name === "limit_except") - Number(a.directive.name === "limit_except");

/** One run through the phase. */
class Run {
  readonly done = new Set<Directive>();
  private readonly lost: Map<Directive, Lost>;
  private readonly answer: Phase["answer"];
  private readonly excepted: Phase["excepted"];
  private readonly maps: readonly VariableMap[];
  private readonly path: NonNullable<Phase["path"]> | undefined;
  private readonly topLevel: ReadonlySet<Directive>;
  private readonly mentioned: ReadonlySet<string>;
  private readonly ask: AskPath | undefined;
  private readonly askForRedirect: AskPath | undefined;
  private readonly lead: Phase["lead"];
  private readonly leading = new Set<Directive>();
  private leaves = 0;

  constructor(
    { answer, excepted, path, location, ask, isForRedirects, lead, maps = [] }: Phase,
    lost: Map<Directive, Lost>,
    mentioned: ReadonlySet<string>,
  ) {
    this.answer = answer;
    this.excepted = excepted;
    this.maps = maps;
    this.path = path;
    this.ask = isForRedirects === true ? undefined : ask;
    this.askForRedirect = ask;
    this.lead = lead;
    this.topLevel = new Set(location.map(({ directive }) => directive));
    this.lost = lost;
    this.mentioned = mentioned;
  }

  through(steps: readonly Step[], state: State): Tree {
    const [step, ...rest] = steps;
    if (step === undefined) return this.leaf(state, { stopped: false });
    const { directive, level } = step;
    if (this.lost.has(directive)) return this.through(rest, forget(state, step));
    switch (directive.name) {
      case "set":
        if (/^\$\{?args\}?$/i.test(directive.args[0] ?? "")) {
          this.lose(step, "it changes the query that the backend gets");
          return this.through(rest, state);
        }
        this.done.add(directive);
        return this.through(rest, { ...state, variables: assigned(state.variables, directive) });
      case "return":
        return this.throughReturn(step, rest, state);
      case "break": {
        this.done.add(directive);
        if (level === "location") return this.leaf(state, { stopped: true });
        const beyond = rest.filter((later) => later.level === "location");
        return this.through(beyond, { ...state, stoppedInServer: true });
      }
      case "if":
        return this.throughIf(step, rest, state);
      case "limit_except":
        return this.throughExcept(step, rest, state);
      default:
        return this.topLevel.has(directive) && directive.args[2] === "break"
          ? this.throughBreak(step, rest, state)
          : this.throughLead(step, rest, state);
    }
  }

  private leaf(state: State, more: Pick<Leaf, "answer" | "path" | "lead" | "stopped">): Leaf {
    this.leaves += 1;
    const { inside, stoppedInServer } = state;
    const variables = new Map([...state.variables].filter(([name]) => this.mentioned.has(name)));
    return { kind: "leaf", variables, stoppedInServer, ...(inside === undefined ? {} : { inside }), ...more };
  }

  private lose({ directive, part }: Placed, reason: string): void {
    this.lost.set(directive, { directive, part, reason });
  }

  private throughReturn(step: Step, rest: readonly Step[], state: State): Tree {
    const action = this.answer(step, state.variables);
    if ("refused" in action) {
      this.lose(step, action.refused);
      return this.through(rest, state);
    }
    this.done.add(step.directive);
    return this.leaf(state, { answer: { action, level: step.level }, stopped: true });
  }

  /** `rewrite … break` as the last step: what it does not match goes on with nothing. */
  private throughBreak(step: Step, rest: readonly Step[], state: State): Tree {
    const answered = /^(?:https?:\/\/|\$scheme)/.test(step.directive.args[1] ?? "");
    if (this.path === undefined || answered) return this.throughReturn(step, rest, state);
    const path = this.losesRewrite(step)
      ? { refused: "a rewrite beside it is not followed" }
      : rest.every((later) => this.lost.has(later.directive))
        ? this.path(step)
        : { refused: "what stands behind it is in force for the other paths" };
    if ("refused" in path) {
      this.lose(step, path.refused);
      return this.through(rest, state);
    }
    return this.leaf(state, { path, stopped: false });
  }

  /** A rewrite that makes nginx look for a location anew: at once, or at the end of the phase with nothing behind it. */
  private throughLead(step: Step, rest: readonly Step[], state: State): Tree {
    const { directive, level } = step;
    const [pattern = "", target = "", flag] = directive.args;
    const isAnswered = /^(?:https?:\/\/|\$scheme)/.test(target) || flag === "redirect" || flag === "permanent";
    const isFollowed = this.lead !== undefined && this.ask !== undefined && !(level === "location" && flag === "break");
    if (isAnswered && this.askForRedirect !== undefined && !matchesEveryPath(pattern))
      return this.throughRedirect(step, rest, state);
    if (isAnswered || !isFollowed) return this.throughReturn(step, rest, state);
    const lead = this.lead(step, level);
    const goesOn = flag === undefined && rest.some((later) => later.level === level && !this.lost.has(later.directive));
    const condition: Condition =
      "refused" in lead
        ? { kind: "unknown", reason: lead.refused }
        : goesOn
          ? { kind: "unknown", reason: "what stands behind it looks at the new path" }
          : this.ask({ isRaw: false, operator: "~", text: pattern, answersIn: level });
    if (condition.kind === "unknown" || "refused" in lead) {
      this.lose(step, condition.kind === "unknown" ? condition.reason : "");
      return this.through(rest, state);
    }
    this.leading.add(directive);
    this.done.delete(directive);
    return this.branch({ step, rest, condition, first: false }, state, {
      holding: () => this.leaf(state, { lead, stopped: false }),
      failing: (from) => this.through(rest, from),
    });
  }

  /** What a condition comes to: one side where its answer is fixed or known, else both; lost where no route can keep them apart. */
  private branch({ step, rest, condition, first }: Fork, state: State, sides: Sides): Tree {
    if (condition.kind === "constant") return condition.value ? sides.holding(state) : sides.failing(state);
    const { atom, negated } = condition;
    const key = JSON.stringify(atom);
    const follow = (answer: boolean, from: State): Tree =>
      answer === negated ? sides.failing(from) : sides.holding(from);
    const known = state.known.get(key);
    if (known !== undefined) return follow(known, state);
    const answering = (answer: boolean): Tree =>
      follow(answer, { ...state, known: new Map([...state.known, [key, answer]]) });
    const losing = (reason: string): Tree => {
      this.lose(step, reason);
      return this.through(rest, forget(state, step));
    };
    if (this.leaves > MOST_LEAVES) return losing("there are too many conditions");
    const early = answering(first);
    const late = answering(!first);
    const [yes, no] = first ? [early, late] : [late, early];
    const opened = opening(atom, yes, no);
    if (opened !== undefined) return losing(opened);
    return sameTree(yes, no) ? yes : { kind: "branch", atom, yes, no };
  }

  /** A rewrite of some paths to an address, or with a flag that makes it a redirect: an `if` on the path with the answer in it. */
  private throughRedirect(step: Step, rest: readonly Step[], state: State): Tree {
    const { directive, level } = step;
    const [pattern = "", target = "", flag = ""] = directive.args;
    const moved = movedPrefix(pattern, target);
    if (moved !== undefined) return this.throughMovedPrefix(step, moved, rest, state);
    const condition =
      this.askForRedirect?.({ isRaw: false, operator: "~", text: withoutPlainGroups(pattern), answersIn: level }) ??
      NOT_ASKED;
    if (/\$[0-9]/.test(target) && !/^\^[\w/~-]*\$$/.test(withoutPlainGroups(pattern))) {
      this.lose(step, "a redirect cannot write parts of the path");
      return this.through(rest, state);
    }
    if (condition.kind === "constant" && !condition.value) {
      this.done.add(directive);
      return this.through(rest, state);
    }
    const path = condition.kind === "atom" && condition.atom.kind === "path" ? condition.atom.path : undefined;
    const written = withGroups(target, pattern, path?.kind === "exact" ? path.value : undefined);
    const action =
      written === undefined
        ? { refused: "a redirect cannot write parts of the path" }
        : this.answer({ ...step, directive: { ...directive, args: ["^", written, flag] } }, state.variables);
    if (condition.kind === "unknown" || "refused" in action) {
      this.lose(step, condition.kind === "unknown" ? condition.reason : "refused" in action ? action.refused : "");
      return this.through(rest, state);
    }
    this.done.add(directive);
    return this.branch({ step, rest, condition, first: false }, state, {
      holding: () => this.leaf(state, { answer: { action, level }, stopped: true }),
      failing: (from) => this.through(rest, from),
    });
  }

  /** The same of everything below one path: one prefix match, with an exact one in front of it for the path itself. */
  private throughMovedPrefix(step: Step, moved: MovedPrefix, rest: readonly Step[], state: State): Tree {
    const { directive, level } = step;
    const ask = (operator: "=" | "below"): Condition =>
      this.askForRedirect?.({ isRaw: false, operator, text: moved.from, answersIn: level }) ?? NOT_ASKED;
    const [itself, below] = [ask("="), ask("below")];
    const action = answerBelow(step, moved, state.variables);
    const args = ["^", `${moved.bare ?? "/"}${moved.dropsQuery ? "?" : ""}`, directive.args[2] ?? ""];
    const ofItself = this.answer({ ...step, directive: { ...directive, args } }, state.variables);
    if (itself.kind === "unknown" || below.kind === "unknown" || "refused" in action || "refused" in ofItself) {
      const [reason = ""] = [itself, below, action, ofItself].flatMap((one) =>
        "reason" in one && one.kind === "unknown" ? [one.reason] : "refused" in one ? [one.refused] : [],
      );
      this.lose(step, reason);
      return this.through(rest, state);
    }
    this.done.add(directive);
    const others = (from: State): Tree => this.through(rest, from);
    const answered = (one: PlannedAction) => (from: State) =>
      this.leaf(from, { answer: { action: one, level }, stopped: true });
    const fork = { step, rest, first: false };
    return this.branch({ ...fork, condition: itself }, state, {
      holding: moved.bare === undefined ? others : answered(ofItself),
      failing: (from) =>
        this.branch({ ...fork, condition: below }, from, { holding: answered(action), failing: others }),
    });
  }

  /** Whether what else moves the path is not followed, so that it is not known what this one would match. */
  private losesRewrite({ directive }: Step): boolean {
    return [...this.lost.keys()].some(
      (one) => one !== directive && [...withInner(one)].some(({ name }) => name === "rewrite" || name === "break"),
    );
  }

  private throughExcept(step: Step, rest: readonly Step[], state: State): Tree {
    const { directive } = step;
    const action = this.excepted(step);
    const condition = aboutMethods(directive.args);
    if (
      "refused" in action ||
      condition === undefined ||
      rest.some((later) => later.directive.name === "limit_except" && !this.lost.has(later.directive))
    ) {
      this.lose(step, "refused" in action ? action.refused : "its methods cannot be told apart");
      return this.through(rest, state);
    }
    for (const within of withInner(directive)) this.done.add(within);
    const yes = this.through(rest, state);
    return {
      kind: "branch",
      atom: condition,
      yes,
      no: this.leaf(state, { answer: { action, level: "location" }, stopped: true }),
    };
  }

  private throughIf(step: Step, rest: readonly Step[], state: State): Tree {
    const { directive, part, level } = step;
    const answersIn = answersAtOnce(directive) ? level : undefined;
    const condition = readCondition(directive.args, state.variables, { ask: this.ask, answersIn }, this.maps);
    const inner = (directive.block ?? []).map((within): Step => ({ directive: within, part, level }));
    const nested = inner.find(({ directive: { name } }) => name === "if");
    const reason =
      condition.kind === "unknown"
        ? condition.reason
        : nested === undefined
          ? undefined
          : `"${nested.directive.name}" inside of it is not followed`;
    if (reason !== undefined || condition.kind === "unknown") {
      this.lose(step, reason ?? "");
      return this.through(rest, forget(state, step));
    }
    this.done.add(directive);
    const phase = inner.filter((within) => isOfRewritePhase(within.directive));
    const inside = level === "location" ? { inside: step } : {};
    const holding = (from: State): Tree => this.through([...phase, ...rest], { ...from, ...inside });
    const failing = (from: State): Tree => {
      // What an if guards that does not hold is accounted for with it.
      // A rewrite that leads elsewhere is accounted for by the rule that it makes.
      for (const within of phase) if (!this.leading.has(within.directive)) this.done.add(within.directive);
      return this.through(rest, from);
    };
    return this.branch({ step, rest, condition, first: true }, state, { holding, failing });
  }
}

const NOT_ASKED: Condition = { kind: "unknown", reason: "nothing asks for the path here" };

/** `^(/app)$` asks for one path as `^/app$` does. */
const withoutPlainGroups = (pattern: string): string => pattern.replaceAll(/\(([\w/~-]*)\)(?![*+?{])/g, "$1");

/** The text with the groups of the expression for one path filled in; undefined where it has some and the path is not one. */
function withGroups(text: string, pattern: string, path: string | undefined): string | undefined {
  if (!/\$[0-9]/.test(text)) return text;
  return path === undefined ? undefined : filled(text, pattern, path);
}

/** The first directive that runs inside of it is a `return`. */
const answersAtOnce = ({ block = [] }: Directive): boolean => block.find(isOfRewritePhase)?.name === "return";

const forget = (state: State, { directive }: Step): State => ({
  ...state,
  variables: forgotten(state.variables, directive),
});
