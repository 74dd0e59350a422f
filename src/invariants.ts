import type { Answer, Finding } from "./findings/index.js";
import type { OwnedResource } from "./kubernetes/index.js";
import type { Plan } from "./plan/index.js";
import type { Report } from "./report/index.js";

export type Stages = {
  /** Annotations of other programs: read, and answered for. */
  readonly neighbours?: Pick<Report["neighbours"], "annotationsRead" | "annotationsAnswered">;
  readonly plan: Plan;
  readonly resources: readonly OwnedResource[];
  readonly findings: readonly Finding[];
  readonly answers: readonly Answer[];
  readonly accounting: Report["accounting"];
};

const NAMED = 10;

/**
 * Checks what must hold between the stages, whatever the input. Runs under `--debug` and in tests.
 *
 * @throws Error naming the broken invariants: a defect of ours, never of the input
 */
export function assertInvariants(stages: Stages): void {
  const broken = [
    ...brokenAccounting(stages.accounting),
    ...(stages.neighbours === undefined ? [] : brokenAccounting(stages.neighbours)),
    ...brokenAnswers(stages.answers, stages.findings),
    ...brokenFindings(stages.findings),
    ...brokenPlan(stages.plan),
    ...brokenResources(stages.resources, stages.accounting),
  ];
  if (broken.length === 0) return;
  const more = broken.length > NAMED ? [`and ${broken.length - NAMED} more`] : [];
  throw new Error(`broken invariants:\n${[...new Set([...broken.slice(0, NAMED), ...more])].join("\n")}`);
}

/** DESIGN rule 1: annotations read = annotations answered for. */
function brokenAccounting({
  annotationsRead,
  annotationsAnswered,
}: Pick<Report["accounting"], "annotationsRead" | "annotationsAnswered">): readonly string[] {
  return annotationsRead === annotationsAnswered
    ? []
    : [`${annotationsRead} annotations read, ${annotationsAnswered} answered for`];
}

/** Anything but `exact` names a finding, and the finding exists. */
function brokenAnswers(answers: readonly Answer[], findings: readonly Finding[]): readonly string[] {
  const codes = new Set(findings.map((finding) => finding.code));
  return answers.flatMap((answer) => {
    const name = `answer ${answer.verdict} for ${answer.key} of ${answer.ingress}`;
    const missing = answer.codes
      .filter((code) => !codes.has(code))
      .map((code) => `${name} names ${code}, which no finding has`);
    return answer.verdict !== "exact" && answer.codes.length === 0 ? [`${name} names no finding`, ...missing] : missing;
  });
}

function brokenFindings(findings: readonly Finding[]): readonly string[] {
  return findings.flatMap((finding) => {
    const texts = [finding.what, finding.why, finding.remedy];
    const isWordy = texts.every((text) => text.trim() !== "" && !/\bundefined\b|\[object Object\]/.test(text));
    return isWordy ? [] : [`finding ${finding.code} has an empty or broken text: ${texts.join(" | ")}`];
  });
}

/** Names that policies and routes refer to are unique and exist. */
function brokenPlan(plan: Plan): readonly string[] {
  const listeners = plan.listeners.map((listener) => listener.name);
  const known = new Set(listeners);
  const routes = [...plan.routes, ...plan.tlsRoutes];
  const lost = routes.flatMap((route) =>
    route.listeners
      .filter((name) => !known.has(name))
      .map((name) => `route ${route.namespace}/${route.name} attaches to ${name}, which no listener is`),
  );
  const rules = plan.routes.flatMap((route) =>
    repeated(route.rules.map((rule) => rule.name)).map(
      (name) => `route ${route.namespace}/${route.name} has two rules ${name}`,
    ),
  );
  return [
    ...repeated(listeners).map((name) => `two listeners are named ${name}`),
    ...repeated(routes.map((route) => `${route.kind} ${route.namespace}/${route.name}`)).map(
      (name) => `two routes are ${name}`,
    ),
    ...lost,
    ...rules,
  ];
}

/** Every object leads back to Ingresses that were read, and those of an application to a place; the Gateway's come from all of them. */
function brokenResources(resources: readonly OwnedResource[], accounting: Report["accounting"]): readonly string[] {
  const known = new Set(accounting.ingresses.map((ingress) => ingress.id));
  return resources.flatMap(({ object, owner, from, origins }) => {
    const name = `${object.kind} ${object.metadata.namespace ?? ""}/${object.metadata.name}`;
    const strangers = from.filter((id) => !known.has(id)).map((id) => `${name} comes from ${id}, which was not read`);
    return owner === "app" && origins.length === 0 ? [`${name} leads back to no place`, ...strangers] : strangers;
  });
}

function repeated(names: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  return names.filter((name) => seen.has(name) || !seen.add(name));
}
