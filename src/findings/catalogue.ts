import type { Origin } from "../kubernetes/index.js";
import { controllerFindings } from "./codes/controller.js";
import { envoyGatewayFindings } from "./codes/envoy-gateway/index.js";
import { inputFindings } from "./codes/input.js";
import { canaryFindings } from "./codes/model-canaries.js";
import { modelAccessFindings } from "./codes/model-access.js";
import { listenerFindings } from "./codes/listeners.js";
import { modelFindings } from "./codes/model.js";
import { neighbourFindings, surroundingsFindings } from "./codes/neighbours.js";
import { planFindings } from "./codes/plan.js";
import { reportFindings } from "./codes/report.js";
import { settingFindings } from "./codes/settings.js";
import { streamFindings } from "./codes/streams.js";
import { standardFindings } from "./codes/standard/index.js";
import { suppressionFindings } from "./codes/suppressions.js";
import type { FindingDefinition } from "./define.js";
import type { Finding, RequestExample, Severity, TargetName, Verdict } from "./finding.js";

/** Every finding code with its texts, one file per stage of the road. */
export const FINDINGS = {
  ...inputFindings,
  ...settingFindings,
  ...modelFindings,
  ...canaryFindings,
  ...controllerFindings,
  ...modelAccessFindings,
  ...planFindings,
  ...neighbourFindings,
  ...surroundingsFindings,
  ...streamFindings,
  ...listenerFindings,
  ...standardFindings,
  ...envoyGatewayFindings,
  ...reportFindings,
  ...suppressionFindings,
};

export type FindingCode = keyof typeof FINDINGS;
/** What the texts of a code are made of. */
export type ArgsOf<Code extends FindingCode> =
  (typeof FINDINGS)[Code] extends FindingDefinition<infer Args> ? Args : never;

type Overrides = {
  readonly target?: TargetName;
  readonly example?: RequestExample;
  readonly severity?: Severity;
  readonly verdict?: Verdict;
};

/**
 * Makes a finding from its catalogue entry.
 *
 * @param code the finding code
 * @param at one origin or several, the most telling first
 * @param args what the texts of this code need
 * @param overrides a better example, or a severity that the situation changes
 */
export function finding<Code extends FindingCode>(
  code: Code,
  at: Origin | readonly [Origin, ...Origin[]],
  args: ArgsOf<Code>,
  overrides: Overrides = {},
): Finding {
  // The union of definitions cannot be indexed by a generic code and keep its argument type; ArgsOf above guards callers.
  const definition = FINDINGS[code] as unknown as FindingDefinition<ArgsOf<Code>>;
  const text = (value: string | ((a: ArgsOf<Code>) => string)): string =>
    typeof value === "function" ? value(args) : value;
  const example = overrides.example ?? definition.example?.(args);
  return {
    code,
    severity: overrides.severity ?? definition.severity,
    verdict: overrides.verdict ?? definition.verdict,
    what: definition.what(args),
    why: text(definition.why),
    remedy: text(definition.remedy),
    at: isOriginList(at) ? at : [at],
    ...(overrides.target === undefined ? {} : { target: overrides.target }),
    ...(example === undefined ? {} : { example }),
    ...(typeof args === "object" && args !== null ? { args } : {}),
  };
}

/** What a finding of this code was made of; undefined for findings of other codes. */
export function argsOf<Code extends FindingCode>(code: Code, made: Finding): ArgsOf<Code> | undefined {
  // `finding` put the arguments of that code there.
  return made.code === code ? (made.args as ArgsOf<Code> | undefined) : undefined;
}

function isOriginList(at: Origin | readonly [Origin, ...Origin[]]): at is readonly [Origin, ...Origin[]] {
  return Array.isArray(at);
}
