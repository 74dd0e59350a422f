import type { JsonPath } from "../kubernetes/index.js";
import type * as z from "zod";
import { templateRemedy } from "./remedies.js";

/** Something in an object that the API server would refuse. */
export type Problem = {
  /** Steps from the root of the object. */
  readonly path: JsonPath;
  readonly reason: string;
  readonly remedy: string;
};

/** `spec.rules[0].host`, with quotes around keys that are no plain words. */
export function pathText(path: JsonPath): string {
  let text = "";
  for (const step of path) {
    if (typeof step === "number") text += `[${String(step)}]`;
    else if (!/^[A-Za-z][A-Za-z0-9]*$/.test(step)) text += `[${JSON.stringify(step)}]`;
    else text += text === "" ? step : `.${step}`;
  }
  return text;
}

/** User text in quotes, cut to a length that fits a message. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 77)}...` : text);
}

/** Follows a path in a parsed value. */
export function valueAt(root: unknown, path: JsonPath): unknown {
  let value: unknown = root;
  for (const step of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Readonly<Record<string | number, unknown>>)[step];
  }
  return value;
}

const EXPECTED: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  array: "a list",
  object: "a map",
  record: "a map of texts",
};

/**
 * Puts the complaints of a schema into words.
 *
 * @param raw the object that was checked, to say what was found
 * @param issues what the schema did not accept
 * @param isSecret no value of the object may be named, only its type
 */
export function typeProblems(raw: unknown, issues: readonly z.core.$ZodIssue[], isSecret: boolean): Problem[] {
  return issues.map((issue) => {
    const path = issue.path.map((step) => (typeof step === "symbol" ? String(step) : step));
    const value = valueAt(raw, path);
    const seen = seenAs(value, isSecret);
    const [parent, field, key] = path;
    if (parent === "metadata" && (field === "annotations" || field === "labels") && typeof key === "string") {
      return textProblem(path, { noun: field === "labels" ? "label" : "annotation", key, value, seen });
    }
    return {
      path,
      reason: `${pathText(path)} must be ${expected(issue)}, but is ${seen}`,
      remedy: typeRemedy(issue, value),
    };
  });
}

type BadText = { readonly noun: string; readonly key: string; readonly value: unknown; readonly seen: string };

function textProblem(path: JsonPath, { noun, key, value, seen }: BadText): Problem {
  const isScalar = typeof value === "boolean" || typeof value === "number";
  const example = typeof value === "boolean" ? `: ${key}: "${String(value)}"` : "";
  return {
    path,
    reason: `${noun} ${quote(key)} must be a text, but is ${seen}`,
    remedy: isScalar ? `write it in quotes${example}` : `give the ${noun} one text as its value`,
  };
}

function expected(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_union") return "a whole number or a text";
  if (issue.code === "invalid_type") return EXPECTED[issue.expected] ?? `a value of type ${issue.expected}`;
  return issue.code === "too_big" || issue.code === "too_small" ? "a number within the range" : "valid";
}

function typeRemedy(issue: z.core.$ZodIssue, value: unknown): string {
  if (issue.code === "invalid_type") {
    if (issue.expected === "string" && typeof value !== "object") return "write the value in quotes";
    if (issue.expected === "array") return "write a list: each entry on a line of its own that starts with '- '";
    if (issue.expected === "int" && typeof value === "string") {
      return templateRemedy(value) ?? "write the number without quotes";
    }
  }
  return "correct the value; kubectl explain names the type of each field";
}

function seenAs(value: unknown, isSecret: boolean): string {
  if (value === undefined || value === null) return "missing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a map";
  if (typeof value === "string") return isSecret ? "a text" : `the text ${quote(value)}`;
  if (typeof value !== "number" && typeof value !== "boolean") return `a ${typeof value}`;
  return isSecret ? `a ${typeof value}` : `the ${typeof value} ${String(value)}`;
}
