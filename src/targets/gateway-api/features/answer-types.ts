import { DEFAULT_TYPE, typeOfEnding, type Directive } from "../../../nginx-config/index.js";
import type { PlannedRule } from "../../../plan/index.js";

export type AnswerType = {
  readonly type: string;
  /** nginx looks at the ending of each path, and the rule takes more than one. */
  readonly isByEnding: boolean;
  /** The type that nginx sends in a line of its own in front of one that add_header adds. */
  readonly inFront?: string;
};

/** Statuses with which add_header adds without `always` (ngx_http_headers_module). */
export const SUCCESSFUL: readonly number[] = [200, 201, 204, 206, 301, 302, 303, 304, 307, 308];

/** Whether the line names the type of a text that the rule answers with: a fixed answer has one type, and two lines of it are none (RFC 9110, 8.3). */
export function namesType(
  { name, args: [header = "", value = "$", always] }: Directive,
  { action }: PlannedRule,
): boolean {
  if (name !== "add_header" || header.toLowerCase() !== "content-type" || value === "" || value.includes("$"))
    return false;
  return (
    action.kind === "respond" &&
    action.body !== undefined &&
    (always === "always" || (always === undefined && SUCCESSFUL.includes(action.status)))
  );
}

/**
 * The type of a text that a rule answers with: that of the path's ending, then the innermost `default_type` (ngx_http_set_content_type).
 *
 * @param rule one that answers a text of a snippet
 */
export function answerType(rule: PlannedRule): AnswerType {
  const made = ofPathOrDefault(rule);
  const [line] = [...(rule.features.snippets?.inForce ?? [])].filter((one) => namesType(one, rule)).reverse();
  const added = line?.args[1];
  if (added === undefined) return made;
  return { type: added, isByEnding: false, ...(made.type === added && !made.isByEnding ? {} : { inFront: made.type }) };
}

function ofPathOrDefault({ matches, features }: PlannedRule): AnswerType {
  const { parts = [], inForce = new Set() } = features.snippets ?? {};
  const ofServer = parts.filter(({ where }) => where === "server");
  const blocks = ofServer.flatMap(({ config }) => config.directives.filter(({ name }) => name === "location"));
  const levels = [
    parts.filter(({ where }) => where === "http").flatMap(({ config }) => config.directives),
    ofServer.flatMap(({ config }) => config.directives),
    [
      ...parts.filter(({ where }) => where === "configuration").flatMap(({ config }) => config.directives),
      ...blocks.flatMap(({ block = [] }) => block),
    ],
  ];
  const innermost = (name: string): Directive | undefined =>
    levels
      .map((level) => level.find((one) => one.name === name && inForce.has(one)))
      .findLast((one) => one !== undefined);
  const type = innermost("default_type")?.args[0] ?? DEFAULT_TYPE;
  if (innermost("types")?.block?.length === 0) return { type, isByEnding: false };
  const { path } = matches[0];
  return path.kind === "exact"
    ? { type: typeOfEnding(path.value) ?? type, isByEnding: false }
    : { type, isByEnding: true };
}
