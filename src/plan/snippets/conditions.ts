import type { TextPart } from "../../nginx-config/index.js";
import type { PlannedPath } from "../plan.js";
import { compiled } from "./expressions.js";
import { questionToSource, type VariableMap } from "./maps.js";
import type { AskPath } from "./path-conditions.js";

/** Something about a request that a route can match. */
export type Atom =
  | { readonly kind: "method"; readonly methods: readonly string[] }
  | {
      readonly kind: "header";
      readonly name: string;
      readonly match: "exact" | "regex";
      readonly value: string;
    }
  | {
      readonly kind: "query";
      /** As written: nginx takes the argument whatever its case, a route does not. */
      readonly name: string;
      readonly match: "exact" | "regex";
      readonly value: string;
    }
  | { readonly kind: "path"; readonly path: PlannedPath };

/** What an `if` asks: known beforehand, a question to the request, or nothing that a route can ask. */
export type Condition =
  | { readonly kind: "constant"; readonly value: boolean }
  | { readonly kind: "atom"; readonly atom: Atom; readonly negated: boolean }
  | { readonly kind: "unknown"; readonly reason: string };

/** Values of variables before the request is known: a text, or undefined where the value cannot be followed. */
export type Variables = ReadonlyMap<string, string | undefined>;

/** Methods that a route can match (Gateway API v1.6.1, HTTPMethod). */
const METHODS: readonly string[] = ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"];
/** Other methods that nginx knows (ngx_http_parse_request_line) or that people name in conditions, and one that nobody has. */
const OTHER_METHODS: readonly string[] = [
  "PROPFIND",
  "PROPPATCH",
  "MKCOL",
  "COPY",
  "MOVE",
  "LOCK",
  "UNLOCK",
  "SEARCH",
  "REPORT",
  "PURGE",
];
const ANY_OTHER_METHOD = "XYZZY";

/** Headers that a proxy in front of the routes writes anew, so that a route does not see what the client sent. */
const REWRITTEN =
  /^(?:x-forwarded-.*|forwarded|x-real-ip|x-scheme|x-request-id|x-original-.*|host|connection|upgrade)$/;

type Operator = "is" | "=" | "~" | "~*";
type Question = {
  readonly variable: string;
  readonly written: string;
  readonly operator: Operator;
  readonly negated: boolean;
  readonly text: string;
};

/** How questions about the path are answered where the condition stands; absent where no route can ask them. */
export type Asking = { readonly ask: AskPath | undefined; readonly answersIn: "server" | "location" | undefined };

/**
 * Reads the arguments of `if` (ngx_http_rewrite_if_condition).
 *
 * @param args with the brackets
 */
export function readCondition(
  args: readonly string[],
  variables: Variables,
  path: Asking,
  maps: readonly VariableMap[] = [],
): Condition {
  const question = questionOf(args);
  if (question === undefined) return unknown("it does not compare one variable with a text");
  const condition = aboutMap(question, variables, { path, maps }) ?? answered(question, variables, path);
  if (!question.negated || condition.kind === "unknown") return condition;
  return condition.kind === "constant"
    ? { kind: "constant", value: !condition.value }
    : { ...condition, negated: !condition.negated };
}

const unknown = (reason: string): Condition => ({ kind: "unknown", reason });
const constant = (value: boolean): Condition => ({ kind: "constant", value });

function questionOf(args: readonly string[]): Question | undefined {
  const words = [...args];
  if (words[0]?.startsWith("(") !== true) return undefined;
  words[0] = words[0].slice(1);
  const last = words.length - 1;
  if (words[last]?.endsWith(")") !== true) return undefined;
  words[last] = words[last].slice(0, -1);
  const [first = "", operator, text, ...rest] = words.filter(
    (word, index) => word !== "" || (index !== 0 && index !== last),
  );
  const written = /^\$\{?(\w+)\}?$/.exec(first)?.[1];
  if (written === undefined || rest.length > 0) return undefined;
  const variable = written.toLowerCase();
  if (operator === undefined) return { variable, written, operator: "is", negated: false, text: "" };
  const found = /^(!?)(=|~\*?)$/.exec(operator);
  const [, negation, sign] = found ?? [];
  if (sign === undefined) return undefined;
  return { variable, written, operator: sign as Operator, negated: negation === "!", text: text ?? "" };
}

function answered(question: Question, variables: Variables, { ask, answersIn }: Asking): Condition {
  const { variable, operator, text } = question;
  if (operator === "=" && text.includes("$")) return unknown("it compares two variables");
  if (variables.has(variable)) {
    const value = variables.get(variable);
    if (value === undefined) return unknown(`the value of $${variable} is not known beforehand`);
    const holds = holdsFor(value, operator, text);
    return holds === undefined ? unknown(`RE2 cannot say "${text}"`) : constant(holds);
  }
  if (variable === "request_method") return aboutMethod(operator, text);
  const header = /^http_(.+)$/.exec(variable)?.[1]?.replaceAll("_", "-");
  if (header !== undefined)
    return REWRITTEN.test(header)
      ? unknown(`a proxy writes the header ${header} anew before routes are chosen`)
      : aboutValue("header", header, operator, text);
  const cookie = /^cookie_(.+)$/.exec(variable)?.[1];
  if (cookie !== undefined) return aboutCookie(cookie, operator, text);
  const argument = /^arg_(.+)$/i.exec(question.written)?.[1];
  if (argument !== undefined) return aboutValue("query", argument, operator, text);
  const isRaw = variable === "request_uri";
  if (ask !== undefined && (isRaw || variable === "uri" || variable === "document_uri"))
    // Where the question is negated, the paths that it matches are the ones without an answer.
    return ask({ isRaw, operator, text, answersIn: question.negated ? undefined : answersIn });
  return unknown(`no route can ask for $${variable}`);
}

/** A variable of the ConfigMap's http-snippet is what it looks up. */
function aboutMap(
  { variable, operator, text }: Question,
  variables: Variables,
  { path, maps }: { readonly path: Asking; readonly maps: readonly VariableMap[] },
): Condition | undefined {
  const map = maps.find((one) => one.variable === variable);
  if (map === undefined || variables.has(variable)) return undefined;
  const asked = questionToSource(map, (value) => holdsFor(value, operator, text));
  if (asked === undefined) return unknown(`the lines of the map of $${variable} cannot be told apart`);
  if (asked.kind === "constant") return constant(asked.value);
  const { source, pattern } = asked;
  const question: Question = { variable: source, written: source, operator: "~", negated: false, text: pattern };
  const condition = answered(question, variables, path);
  if (!asked.negated || condition.kind === "unknown") return condition;
  return condition.kind === "constant" ? constant(!condition.value) : { ...condition, negated: !condition.negated };
}

/** Whether a known value fulfils the condition. */
function holdsFor(value: string, operator: Operator, text: string): boolean | undefined {
  if (operator === "is") return value !== "" && value !== "0";
  if (operator === "=") return value === text;
  return compiled(operator === "~*" ? `(?i)${text}` : text)
    ?.matcher(value)
    .find();
}

function aboutMethod(operator: Operator, text: string): Condition {
  const holds = (method: string): boolean | undefined => holdsFor(method, operator, text);
  if (holds(METHODS[0] ?? "") === undefined) return unknown(`RE2 cannot say "${text}"`);
  const rest = holds(ANY_OTHER_METHOD) === true;
  const special = OTHER_METHODS.find((method) => holds(method) !== rest);
  if (special !== undefined) return unknown(`no route can match the method ${special}`);
  const methods = METHODS.filter((method) => (holds(method) === true) !== rest);
  if (methods.length === 0) return constant(rest);
  return { kind: "atom", atom: { kind: "method", methods }, negated: rest };
}

/** The methods of `limit_except`; GET stands for HEAD as well (ngx_http_core_limit_except). */
export function aboutMethods(methods: readonly string[]): Atom | undefined {
  const named = methods.map((method) => method.toUpperCase());
  if (named.length === 0 || named.some((method) => !METHODS.includes(method))) return undefined;
  return {
    kind: "method",
    methods: METHODS.filter((method) => named.includes(method) || (method === "HEAD" && named.includes("GET"))),
  };
}

function aboutValue(kind: "header" | "query", name: string, operator: Operator, text: string): Condition {
  const atom = (match: "exact" | "regex", value: string, negated = false): Condition => ({
    kind: "atom",
    atom: { kind, name, match, value },
    negated,
  });
  if (operator === "is") return atom("regex", "^(?:[^0]|0.)");
  if (operator === "=") return text === "" ? atom("regex", ".", true) : atom("exact", text);
  const found = compiled(operator === "~*" ? `(?i)${text}` : text);
  if (found === undefined) return unknown(`RE2 cannot say "${text}"`);
  // nginx finds an empty text where there is no such header or argument, a route finds nothing.
  if (found.matcher("").find())
    return unknown(`"${text}" also matches requests without the ${kind === "query" ? "argument" : "header"}`);
  return atom("regex", operator === "~*" ? `(?i)${text}` : text);
}

/** The Cookie header is searched for the pair, whatever stands around it. */
function aboutCookie(name: string, operator: Operator, text: string): Condition {
  const quoted = (value: string): string => value.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
  const atom = (value: string, negated = false): Condition => ({
    kind: "atom",
    atom: { kind: "header", name: "cookie", match: "regex", value: `(?:^|; ?)(?i:${quoted(name)})=${value}` },
    negated,
  });
  if (operator === "is") return atom("(?:[^;0]|0[^;])");
  if (operator === "=") return text === "" ? atom("[^;]", true) : atom(`${quoted(text)}(?:;|$)`);
  const whole = /^(\^?)([\w-]+(?:\|[\w-]+)*)(\$?)$/.exec(text.replace(/^(\^?)\(([^()]*)\)(\$?)$/, "$1$2$3"));
  const [, start, words, end] = whole ?? [];
  const alternatives = text.includes("|") && !/^\^?\(.*\)\$?$/.test(text) && (start !== "" || end !== "");
  if (words === undefined || alternatives) return unknown(`"${text}" cannot be looked for in the Cookie header`);
  const flag = operator === "~*" ? "(?i:" : "(?:";
  return atom(`${start === "" ? "[^;]*" : ""}${flag}${words})${end === "" ? "" : "(?:;|$)"}`);
}

/** The text as far as variables are known; undefined where one is not. */
export function filledText(parts: readonly TextPart[], variables: Variables): string | undefined {
  let text = "";
  for (const part of parts) {
    const value = typeof part === "string" ? part : "variable" in part ? variables.get(part.variable) : undefined;
    if (value === undefined) return undefined;
    text += value;
  }
  return text;
}
