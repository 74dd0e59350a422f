import { DEFAULT_TYPE, typeOfEnding, type Directive } from "../../../nginx-config/index.js";
import type { PlannedRule } from "../../../plan/index.js";

export type AnswerType = {
  readonly type: string;
  /** nginx looks at the ending of each path, and the rule takes more than one. */
  readonly isByEnding: boolean;
};

/**
 * The type of a text that a rule answers with: that of the path's ending, then the innermost `default_type` (ngx_http_set_content_type).
 *
 * @param rule one that answers a text of a snippet
 */
export function answerType({ matches, features }: PlannedRule): AnswerType {
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
