import { finding, type Finding, type Verdict } from "../../../findings/index.js";
import type { Directive } from "../../../nginx-config/index.js";
import type { FeatureOf, PlannedRule } from "../../../plan/index.js";
import type { PolicyPatch, TargetContext, Translation, Translator } from "../../translator.js";
import { translateDirective, type DirectiveOutcome, type SnippetDialect } from "./snippet-directives.js";
import { joinHeaderChanges } from "./snippet-headers.js";

export type { SnippetDialect } from "./snippet-directives.js";

type Part = FeatureOf<"snippets">["parts"][number];

/** Directives that decide who may come in. */
const PROTECTING =
  /^(allow|deny|satisfy|auth_[a-z_]+|access_by_lua[a-z_]*|rewrite_by_lua[a-z_]*|ssl_verify_client|ssl_client_certificate|limit_except|secure_link[a-z_]*|valid_referers)$/;
/** `return` with a status that refuses the request; 404 and 444 are the usual way to hide a path. */
const REFUSING = /^(401|403|404|444)$/;

/**
 * Snippets, directive by directive: headers, fixed answers and address lists have counterparts, everything else is named with its line. A snippet that
 * refuses requests in a way that has none closes the rule, because a source list or an authentication may be what it held. `auth` snippets only
 * shape the request to the auth service, `stream` ones other ports.
 */
export function snippets(dialect: SnippetDialect): Translator<"snippets"> {
  return (feature, rule, context) => {
    const parts = feature.parts.map((part) => translatePart(part, rule, { dialect, context }));
    const closed = !context.options.allowUnprotected && parts.some((part) => part.mustClose);
    const answer = parts.find((part) => part.answer !== undefined)?.answer;
    const policies = parts.flatMap((part) => part.policies);
    return {
      verdict: "exact",
      findings: parts.flatMap((part) => part.findings),
      filters: joinHeaderChanges(parts.flatMap((part) => part.outcomes)),
      // Lists of location and host are not joined in nginx: the location's own one counts, and it stands first.
      policies: policies.slice(0, 1),
      answers: parts.map(({ setting, verdict, codes }) => ({ setting, verdict, codes })),
      ...(closed
        ? { close: { status: 403, reason: "a snippet refused requests, and that is not translated" } }
        : (answer ?? {})),
    };
  };
}

type PartOutcome = {
  readonly setting: Part["setting"];
  readonly verdict: Verdict;
  readonly codes: readonly string[];
  readonly findings: readonly Finding[];
  readonly outcomes: readonly DirectiveOutcome[];
  readonly policies: readonly PolicyPatch[];
  readonly answer: Pick<Translation, "close" | "redirect"> | undefined;
  readonly mustClose: boolean;
};

type Of = { readonly dialect: SnippetDialect; readonly context: TargetContext };

function translatePart(part: Part, rule: PlannedRule, { dialect, context }: Of): PartOutcome {
  const { setting, config, where } = part;
  const told = { ingress: rule.owner.id, key: setting.key };
  const opts = { target: context.target };
  const isHttp = where === "configuration" || where === "server";
  const access = isHttp ? accessList(config.directives, rule, dialect) : undefined;
  const directives = isHttp ? config.directives : [];
  const outcomes = directives
    .filter((directive) => access === undefined || !isAddressRule(directive))
    .map((directive) => ({ directive, outcome: translateDirective(directive, dialect, rule) }));
  const lost = isHttp
    ? outcomes.filter(({ outcome }) => outcome === undefined).map(({ directive }) => directive)
    : config.directives;
  const done = [
    ...(access === undefined ? [] : directives.filter(isAddressRule)),
    ...outcomes.filter(({ outcome }) => outcome !== undefined).map(({ directive }) => directive),
  ];
  const refusing = isHttp ? lost.flatMap(withInner).filter(isRefusing) : [];
  const unclear = config.problem !== undefined;
  const findings: Finding[] = [];
  if (done.length > 0)
    findings.push(finding("SNIPPET_TRANSLATED", setting.origin, { ...told, directives: placed(done) }, opts));
  if (refusing.length > 0) {
    const closed = !context.options.allowUnprotected;
    findings.push(
      finding("SNIPPET_MAY_PROTECT", setting.origin, { ...told, directives: named(refusing), closed }, opts),
    );
  }
  for (const directive of lost.filter((candidate) => !withInner(candidate).some((inner) => refusing.includes(inner))))
    findings.push(
      finding(
        "SNIPPET_DIRECTIVE_LOST",
        setting.origin,
        { ...told, line: directive.at.line, text: quoted(directive) },
        opts,
      ),
    );
  if (config.problem !== undefined)
    findings.push(
      finding(
        "SNIPPET_UNREADABLE",
        setting.origin,
        { ...told, line: config.problem.at.line, reason: config.problem.reason },
        opts,
      ),
    );
  const isLost = lost.length > 0 || unclear;
  return {
    setting,
    verdict: !isLost ? (done.length === 0 ? "exact" : "equivalent") : done.length > 0 ? "partial" : "unsupported",
    codes: [...new Set(findings.map((found) => found.code))],
    findings,
    outcomes: outcomes.flatMap(({ outcome }) => outcome ?? []),
    policies: access === undefined ? [] : [access],
    answer: outcomes.find(({ outcome }) => outcome?.answer !== undefined)?.outcome?.answer,
    // What could not be read may hold anything; what could be read of it is looked at like the rest.
    mustClose: refusing.length > 0,
  };
}

function isAddressRule({ name }: Directive): boolean {
  return name === "allow" || name === "deny";
}

/** The snippet's address list as a policy, where the target has one, the addresses are plain and no annotation gives another list. */
function accessList(
  directives: readonly Directive[],
  rule: PlannedRule,
  dialect: SnippetDialect,
): PolicyPatch | undefined {
  const list = directives.filter(isAddressRule);
  const { ipAccess, satisfy, clientCertificates } = rule.features;
  const isOwn = ipAccess === undefined && satisfy === undefined && clientCertificates?.matchCn === undefined;
  const isAlone = isOwn && directives.every(({ name }) => name !== "satisfy");
  if (list.length === 0 || !isAlone) return undefined;
  return dialect.accessList?.(
    list.map(({ name, args }) => ({ action: name === "allow" ? "Allow" : "Deny", address: args[0] ?? "" })),
  );
}

function withInner(directive: Directive): readonly Directive[] {
  return [directive, ...(directive.block ?? []).flatMap(withInner)];
}

function isRefusing({ name, args }: Directive): boolean {
  return PROTECTING.test(name) || (name === "return" && REFUSING.test(args[0] ?? ""));
}

function named(directives: readonly Directive[]): string {
  return [...new Set(directives.map(({ name, args }) => (name === "return" ? `return ${args[0] ?? ""}` : name)))].join(
    ", ",
  );
}

function placed(directives: readonly Directive[]): string {
  const lines = new Map<string, number[]>();
  for (const { name, at } of directives) lines.set(name, [...(lines.get(name) ?? []), at.line]);
  return [...lines].map(([name, at]) => `${name} (line ${at.join(", ")})`).join(", ");
}

const SECRET = /authorization|token|secret|passw|api[-_]?key|cookie/i;
const LONGEST_QUOTE = 120;

/** A directive as the report shows it: its first line, with values of secret-looking headers left out. */
function quoted({ name, args, block, lua }: Directive): string {
  const isSecret = args.some((arg) => SECRET.test(arg));
  const shown = isSecret ? [args[0]?.split(":")[0] ?? "", "…"] : args;
  const tail = block !== undefined || lua !== undefined ? " { … }" : "";
  const text = [name, ...shown].filter((word) => word !== "").join(" ") + tail;
  return text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text;
}
