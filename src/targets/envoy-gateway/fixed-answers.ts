import { finding } from "../../findings/index.js";
import type { PlannedRule } from "../../plan/index.js";
import type { RulePart } from "../definition.js";
import { answerType } from "../gateway-api/features/answer-types.js";
import type { TargetContext } from "../translator.js";
import { escapeHeaderValue } from "./header-value.js";
import { objectName } from "./object-name.js";
import { API_VERSION, GROUP, HERE, appResource } from "./parts.js";

/** One HTTPRouteFilter per namespace and status gives the fixed answers of all its closed rules. */
export function closeRule(status: number, rule: PlannedRule, context: TargetContext, body?: string): RulePart {
  const { route } = context;
  if (body !== undefined) return answerText(status, body, rule, context);
  const name = `answer-${status}`;
  const object = {
    apiVersion: API_VERSION,
    kind: "HTTPRouteFilter",
    metadata: { name, namespace: route.namespace },
    spec: { directResponse: { statusCode: status } },
  };
  const resource = { ...appResource(object, rule, [rule.origin]), file: "answers" };
  return { filters: [extensionRef(name)], resources: [resource] };
}

/** An answer with a text, whose type nginx takes from the path or from `default_type`. */
function answerText(status: number, text: string, rule: PlannedRule, { route }: TargetContext): RulePart {
  const name = objectName(route.name, rule.name, "answer");
  const { type, isByEnding, inFront } = answerType(rule);
  const object = {
    apiVersion: API_VERSION,
    kind: "HTTPRouteFilter",
    metadata: { name, namespace: route.namespace },
    spec: {
      directResponse: {
        statusCode: status,
        contentType: escapeHeaderValue(type),
        body: { type: "Inline", inline: escapeHeaderValue(text) },
      },
    },
  };
  const args = { ingress: rule.owner.id, type };
  return {
    filters: [extensionRef(name)],
    resources: [appResource(object, rule, [rule.origin])],
    findings: [
      ...(isByEnding ? [finding("SNIPPET_ANSWER_TYPE", rule.origin, args, HERE)] : []),
      ...(inFront === undefined ? [] : [finding("SNIPPET_TYPE_TWICE", rule.origin, { ...args, inFront }, HERE)]),
    ],
  };
}

/** A fixed answer with a Location header; the header comes first, because nothing behind a fixed answer is read (filters.go, ProcessHTTPFilters). */
export function answerLocation(
  { status, location }: { readonly status: number; readonly location: string },
  rule: PlannedRule,
  context: TargetContext,
): RulePart {
  const answer = closeRule(status, rule, context);
  const set = [{ name: "Location", value: escapeHeaderValue(location) }];
  return {
    ...answer,
    filters: [{ type: "ResponseHeaderModifier", responseHeaderModifier: { set } }, ...answer.filters],
  };
}

/** Refers to an HTTPRouteFilter of the route's namespace. */
export function extensionRef(name: string): {
  readonly type: string;
  readonly extensionRef: { readonly group: string; readonly kind: string; readonly name: string };
} {
  return { type: "ExtensionRef", extensionRef: { group: GROUP, kind: "HTTPRouteFilter", name } };
}
