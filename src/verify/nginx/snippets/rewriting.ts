import type { Settings } from "../../../ingress-nginx/index.js";
import { settingOf } from "../../../mappings/index.js";
import type { Outcome } from "../../decision.js";
import { withQuery } from "../../request.js";
import { expressionOf, captures } from "../../expressions.js";
import type { Placed } from "./sources.js";
import { filled, matched, type State } from "./state.js";
import { escapedGroups, unescapedRedirect } from "../uri.js";

/** An answer that nginx makes by itself. */
export type Returned =
  | { readonly kind: "redirect"; readonly status: number; readonly location: string }
  | { readonly kind: "respond"; readonly status: number; readonly isWritten?: true; readonly hasText?: true }
  | { readonly kind: "undecidable"; readonly reason: string };

/** How a run through directives of the rewrite module ended. */
export type RunEnd =
  | { readonly kind: "end" }
  /** `break`, or a rewrite with a flag: the rest of the block's directives is passed over. */
  | { readonly kind: "stopped" }
  | { readonly kind: "answered"; readonly answer: Returned };

/** The answer as the client gets it: nginx puts scheme and host in front of a path, unless relative-redirects is on (absolute_redirect). */
export function absolute(answer: Returned, { request }: State, settings?: Settings): Outcome {
  if (answer.kind !== "redirect" || !answer.location.startsWith("/")) return answer;
  if (settings !== undefined && settingOf(settings, "relative-redirects")?.value === true) return answer;
  return { ...answer, location: `${request.scheme}://${request.host.toLowerCase()}${answer.location}` };
}

const END: RunEnd = { kind: "end" };
const STOPPED: RunEnd = { kind: "stopped" };
const undecided = (reason: string): RunEnd => ({ kind: "answered", answer: { kind: "undecidable", reason } });

/**
 * Directives of the rewrite module in the order of the file (ngx_http_rewrite_module): `set`, `if`, `rewrite`, `return`, `break`. What stands behind an
 * `if` block is carried out as well; the settings of the last block that held stay in force.
 */
export function run(directives: readonly Placed[], state: State, depth = 0): RunEnd {
  for (const directive of directives) {
    const end = step(directive, state, depth);
    if (end.kind !== "end") return end;
  }
  return END;
}

function step(directive: Placed, state: State, depth: number): RunEnd {
  const { name, args, block } = directive;
  switch (name) {
    case "set":
      setVariable(args, state);
      return END;
    case "break":
      state.isMoved = false;
      return STOPPED;
    case "return":
      return returned(args, state);
    case "rewrite":
      return rewrite(args, state);
    case "if": {
      const holds = conditionHolds(args, state);
      if (holds === undefined) return undecided(`the condition of "if ${args.join(" ")}" is not predictable`);
      if (!holds) return END;
      state.condition = directive;
      return run(block ?? [], state, depth + 1);
    }
    default:
      return END;
  }
}

/** `$args` is the one variable of a request that can be set, and makes nginx write the target anew (ngx_http_variable_set_args). */
function setVariable([target = "", text = ""]: readonly string[], state: State): void {
  const name = target.replace(/^\$\{?|\}$/g, "").toLowerCase();
  const value = filled(text, state);
  if (name === "args") {
    state.query = value;
    state.isRewritten = true;
  } else state.variables.set(name, value);
}

/** Codes with which a text is an address; with others it is the body. */
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

function returned([first = "", text]: readonly string[], state: State): RunEnd {
  const isCode = /^\d{3}$/.test(first);
  const status = isCode ? Number(first) : 302;
  const target = isCode ? text : first;
  if (target === undefined || (isCode && !REDIRECTS.includes(status)))
    return {
      kind: "answered",
      answer: { kind: "respond", status, isWritten: true, ...(isCode && (text ?? "") !== "" ? { hasText: true } : {}) },
    };
  const location = filled(target, state);
  if (location === undefined) return undecided(`a variable of "return ${first}" is not predictable`);
  return { kind: "answered", answer: { kind: "redirect", status, location } };
}

function rewrite([pattern = "", replacement = "", flag]: readonly string[], state: State): RunEnd {
  const expression = expressionOf(pattern);
  if (expression.kind === "refused") return undecided(`the expression of "rewrite ${pattern}": ${expression.reason}`);
  const groups = captures(expression.re, state.uri);
  if (groups === undefined) return END;
  state.captures = groups;
  const isAbsolute = /^(?:https?:\/\/|\$scheme)/.test(replacement);
  if (isAbsolute || flag === "redirect" || flag === "permanent")
    return redirected(replacement, flag === "permanent" ? 301 : 302, state);
  const { path, own, keeps } = parts(replacement);
  const uri = filled(path, state);
  const args = own === undefined ? undefined : filled(own, state);
  if (uri === undefined || (own !== undefined && args === undefined))
    return undecided(`a variable of "rewrite ${pattern}" is not predictable`);
  if (uri === "") return { kind: "answered", answer: { kind: "respond", status: 500 } };
  state.query = joined(args, keeps ? state.query : undefined);
  state.uri = uri;
  state.isRewritten = true;
  state.isMoved = flag !== "break";
  return flag === "break" || flag === "last" ? STOPPED : END;
}

function redirected(replacement: string, status: number, state: State): RunEnd {
  const { path, own, keeps } = parts(replacement);
  const quoted = { ...state, captures: escapedGroups(state.captures, state.request) };
  const target = filled(path, quoted);
  const args = own === undefined ? undefined : filled(own, quoted);
  if (target === undefined || (own !== undefined && args === undefined))
    return undecided(`a variable of "rewrite … ${replacement}" is not predictable`);
  const location = withQuery(unescapedRedirect(target), joined(args, keeps ? state.query : undefined));
  return { kind: "answered", answer: { kind: "redirect", status, location } };
}

/** Path and own arguments of a replacement; a question mark at the end drops the request's arguments. */
function parts(replacement: string): {
  readonly path: string;
  readonly own: string | undefined;
  readonly keeps: boolean;
} {
  const keeps = !replacement.endsWith("?");
  const text = keeps ? replacement : replacement.slice(0, -1);
  const mark = text.indexOf("?");
  return mark < 0
    ? { path: text, own: undefined, keeps }
    : { path: text.slice(0, mark), own: text.slice(mark + 1), keeps };
}

function joined(own: string | undefined, given: string | undefined): string | undefined {
  const rest = given === "" ? undefined : given;
  if (own === undefined || own === "") return rest;
  return rest === undefined ? own : `${own}&${rest}`;
}

/** Whether `if (…)` holds; undefined where it cannot be predicted (files, unknown variables, expressions of another engine). */
export function conditionHolds(words: readonly string[], state: State): boolean | undefined {
  const condition = wordsOf(words);
  const [left = "", operator, right = ""] = condition;
  if (!left.startsWith("$")) return undefined;
  const value = filled(left, state);
  if (value === undefined) return undefined;
  if (operator === undefined) return value !== "" && value !== "0";
  if (operator === "=" || operator === "!=") {
    const other = filled(right, state);
    return other === undefined ? undefined : (value === other) === (operator === "=");
  }
  const [, not, any] = /^(!)?~(\*)?$/.exec(operator) ?? [];
  if (!/^!?~\*?$/.test(operator)) return undefined;
  const groups = matched(`${any ?? ""}${right}`, value);
  if (groups === "unknown") return undefined;
  if (groups !== undefined) {
    state.captures = groups;
    for (const [name, text] of namedGroups(right, groups)) state.variables.set(name, text);
  }
  return (groups !== undefined) === (not === undefined);
}

/** The words of a condition without its parentheses. */
export function wordsOf(words: readonly string[]): readonly string[] {
  const list = [...words];
  if (list[0] !== undefined) list[0] = list[0].replace(/^\(/, "");
  const last = list.length - 1;
  if (list[last] !== undefined) list[last] = list[last].replace(/\)$/, "");
  if (list[0] === "") list.shift();
  if (list.at(-1) === "") list.pop();
  return list;
}

/** Groups with names become variables. */
function namedGroups(pattern: string, groups: readonly string[]): [string, string][] {
  const opened = [...pattern.matchAll(/\\.|\[(?:\\.|[^\]])*\]|\((?!\?)|\(\?P?<(\w+)>/g)].filter(([text]) =>
    text.startsWith("("),
  );
  return opened.flatMap(([, name], index): [string, string][] =>
    name === undefined ? [] : [[name.toLowerCase(), groups[index + 1] ?? ""]],
  );
}
