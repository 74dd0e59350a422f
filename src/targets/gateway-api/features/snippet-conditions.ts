import { finding, type Finding } from "../../../findings/index.js";
import type { FeatureOf, PlannedRule } from "../../../plan/index.js";
import type { TargetContext } from "../../translator.js";

type Snippets = FeatureOf<"snippets">;

/** Conditions that are regular expressions, whose dialect and order are the implementation's. */
export function patternFindings(feature: Snippets, rule: PlannedRule, { target }: TargetContext): Finding[] {
  const [{ headers = [], queries = [] }] = rule.matches;
  const asked = [
    ...headers.map((header) => ({ ...header, of: {} })),
    ...queries.map((query) => ({ ...query, of: { of: "argument" as const } })),
  ];
  return asked
    .filter(({ kind }) => kind === "regex")
    .map(({ name, value, of }) => {
      const args = { ingress: rule.owner.id, header: name, pattern: value, ...of };
      return finding("SNIPPET_CONDITION_BY_PATTERN", feature.origin, args, { target });
    });
}

/** Conditions that a route asks a little differently. */
export function conditionFindings(feature: Snippets, rule: PlannedRule, { target }: TargetContext): Finding[] {
  const [{ path, queries = [] }] = rule.matches;
  const ingress = rule.owner.id;
  const shown = path.kind === "regex" ? (path.shown ?? path.source) : path.value;
  const passed = rule.action.kind === "forward" ? passedOn(feature) : undefined;
  return [
    ...(passed === undefined
      ? []
      : [finding("SNIPPET_BACKEND_HEADERS", feature.origin, { ingress, path: shown }, { target })]),
    ...(passed?.address === undefined
      ? []
      : [
          finding(
            "SNIPPET_BACKEND_REDIRECTS",
            feature.origin,
            { ingress, path: shown, address: passed.address },
            { target },
          ),
        ]),
    ...queries.map(({ name }) =>
      finding("SNIPPET_ARGUMENT_BY_NAME", feature.origin, { ingress, argument: name }, { target }),
    ),
    ...(path.raw === undefined
      ? []
      : [finding("SNIPPET_TARGET_AS_PATH", feature.origin, { ingress, path: shown }, { target })]),
  ];
}

/** A block that passes requests on, with its address where it leaves it to nginx to write redirects anew. */
function passedOn({ parts, done }: Snippets): { readonly address: string | undefined } | undefined {
  const blocks = parts.flatMap(({ config }) => config.directives.filter(({ name }) => name === "location"));
  const pass = blocks.flatMap(({ block = [] }) => block).find((one) => one.name === "proxy_pass" && done?.has(one));
  const says = blocks.some(({ block = [] }) => block.some(({ name }) => name === "proxy_redirect"));
  return pass === undefined ? undefined : { address: says ? undefined : pass.args[0] };
}
