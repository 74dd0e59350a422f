import { finding, type Finding, type Verdict } from "../../../findings/index.js";
import { quotedDirective, type Directive } from "../../../nginx-config/index.js";
import { settingsOfPart, type FeatureOf, type PlannedRule } from "../../../plan/index.js";
import type { PolicyPatch, TargetContext, Translator } from "../../translator.js";
import { conditionFindings, patternFindings } from "./snippet-conditions.js";
import {
  isOfController,
  translateDirective,
  type DirectiveOutcome,
  type SnippetDialect,
} from "./snippet-directives.js";
import { isReadElsewhere, isUnasked, ofAnswer, readsAnswer, readsChanged, withKnown } from "./snippet-variables.js";
import { joinHeaderChanges } from "./snippet-headers.js";
import { pathRewriteParts, type RewriteParts } from "./snippet-rewrites.js";
import { streamFate } from "./stream-directives.js";
import { isOfAccess, isRefusing, placedDirectives, withInner } from "./snippet-quotes.js";

export type { SnippetDialect } from "./snippet-directives.js";

type Snippets = FeatureOf<"snippets">;
type Part = Snippets["parts"][number];

/**
 * Snippets, directive by directive: what the rules are made of is done by the plan, headers and address lists have counterparts, everything else is
 * named with its line. A snippet that refuses requests in a way that has none closes the rule, because a source list or an authentication may be what
 * it held. `auth` snippets only shape the request to the auth service, `stream` ones other ports.
 */
export function snippets(dialect: SnippetDialect): Translator<"snippets"> {
  return (feature, rule, context) => {
    const of = { dialect, context, feature, rule };
    const access = accessList(of);
    const moved = movedPath(of);
    const parts = feature.parts
      .filter((part) => concerns(part, rule))
      .map((part) => translatePart(part, { ...of, access, moved }));
    const closed = !context.options.allowUnprotected && parts.some((part) => part.mustClose);
    const patterns = dialect.patternsAreTheirs === true ? patternFindings(feature, rule, context) : [];
    const conditions = [
      ...patterns,
      ...conditionFindings(feature, rule, context),
      ...parts.flatMap((part) => secondLines(part, parts, rule, context)),
    ];
    return {
      verdict: "exact",
      findings: [
        ...parts.flatMap((part) => part.findings),
        ...(moved?.parts.findings ?? []),
        ...conditions,
        ...(closed ? [] : addressNotes(of, access)),
      ],
      filters: [
        ...joinHeaderChanges(fromOutside(parts.flatMap((part) => part.outcomes))),
        ...(moved?.parts.filters ?? []),
      ],
      ...(moved === undefined || moved.parts.resources.length === 0 ? {} : { resources: moved.parts.resources }),
      policies: access === undefined ? [] : [access.policy],
      answers: parts.flatMap(({ part, verdict, codes }) =>
        settingsOfPart(part).map((setting) => ({
          setting,
          verdict: patterns.length > 0 && verdict !== "unsupported" ? ("partial" as const) : verdict,
          codes: [...codes, ...conditions.map(({ code }) => code)],
        })),
      ),
      ...(closed
        ? { close: { status: 403, reason: "a snippet refused requests, and that is not translated" } }
        : moved === undefined && feature.pathRewrite?.leads === true
          ? { close: { status: 503, reason: "the target cannot put another path in place of the location's" } }
          : {}),
    };
  };
}

/** The ConfigMap's auth-snippet belongs to the ConfigMap's check. */
const concerns = ({ where, configMap }: Part, { features }: PlannedRule): boolean =>
  where !== "auth" || configMap === undefined || features.externalAuth?.isGlobal === true;

type PartOutcome = {
  readonly part: Part;
  readonly verdict: Verdict;
  readonly codes: readonly string[];
  readonly findings: readonly Finding[];
  readonly outcomes: readonly Ranked[];
  readonly mustClose: boolean;
};

/** An outcome with the level of its directive: http, server, location, or inside of an `if`. */
type Ranked = { readonly rank: number; readonly outcome: DirectiveOutcome; readonly directive: Directive };

const headerLinesOf = (outcomes: readonly Ranked[]): readonly string[] =>
  outcomes.flatMap(
    ({
      directive: {
        name,
        args: [header = "", value = ""],
      },
    }) => (name === "proxy_set_header" && value !== "" ? [header] : []),
  );

/** A header of two lines in the same location, of which the controller writes one, goes out twice: only the lists of levels further out are replaced. */
function secondLines(
  { part }: PartOutcome,
  parts: readonly PartOutcome[],
  rule: PlannedRule,
  { target, plan }: TargetContext,
): Finding[] {
  const { where } = part;
  // A line of a server counts in locations of the snippet alone, where the controller writes none.
  if ((where !== "configuration" && where !== "server") || rule.action.kind !== "forward") return [];
  const others =
    where === "server"
      ? []
      : [
          ...(rule.features.externalAuth?.responseHeaders ?? []),
          ...Object.keys(plan.controller.headers("proxy-set-headers")?.entries ?? {}),
        ].map((name) => name.toLowerCase());
  // The ConfigMap's snippet stands in the same location.
  const lines = parts.filter((one) => one.part.where === where).flatMap(({ outcomes }) => headerLinesOf(outcomes));
  const isTwice = (header: string): boolean =>
    (where === "configuration" && isOfController(header)) ||
    others.includes(header.toLowerCase()) ||
    lines.filter((other) => other.toLowerCase() === header.toLowerCase()).length > 1;
  const names = lines.filter(isTwice).map((header) => `"${header}"`);
  if (names.length === 0) return [];
  const args = { ingress: rule.owner.id, headers: [...new Set(names)].join(", ") };
  return [finding("SNIPPET_HEADER_TWICE", part.origin, args, { target })];
}

/** nginx joins the levels from the outside in, whatever their order in the file. */
const fromOutside = (outcomes: readonly Ranked[]): DirectiveOutcome[] =>
  [0, 1, 2, 3].flatMap((level) => outcomes.filter(({ rank }) => rank === level).map(({ outcome }) => outcome));

function rankOf(directive: Directive, { where, config }: Part): number {
  if (where === "http") return 0;
  if (where === "server") return 1;
  return config.directives.includes(directive) ? 2 : 3;
}

type Access = { readonly policy: PolicyPatch; readonly directives: ReadonlySet<Directive> };
type Of = {
  readonly dialect: SnippetDialect;
  readonly context: TargetContext;
  readonly feature: Snippets;
  readonly rule: PlannedRule;
};
/** What the target makes of a rewrite of the path. */
type Moved = { readonly directive: Directive; readonly parts: RewriteParts };
type Known = Of & { readonly access: Access | undefined; readonly moved: Moved | undefined };

function movedPath({ feature, dialect, rule, context }: Of): Moved | undefined {
  const { pathRewrite } = feature;
  const part = feature.parts.find(({ config }) =>
    config.directives.some((one) => pathRewrite !== undefined && withInner(one).includes(pathRewrite.directive)),
  );
  if (pathRewrite === undefined || part === undefined) return undefined;
  const parts = pathRewriteParts(pathRewrite, dialect, { rule, context, origin: part.origin });
  return parts === undefined ? undefined : { directive: pathRewrite.directive, parts };
}

/** What becomes of one directive. */
type Fate =
  | { readonly kind: "done"; readonly outcome?: DirectiveOutcome }
  | { readonly kind: "idle" | "refused"; readonly reason: string }
  | { readonly kind: "lost"; readonly reason?: string }
  /** In force on other rules of the location, which answer for it. */
  | { readonly kind: "elsewhere" };

function translatePart(part: Part, of: Known): PartOutcome {
  const { config, where } = part;
  const { context, feature } = of;
  const fates = accountable(part, feature).map((directive) => ({ directive, fate: fateOf(directive, part, of) }));
  const having = (kind: Fate["kind"]): Directive[] =>
    fates.filter(({ fate }) => fate.kind === kind).map(({ directive }) => directive);
  const done = having("done");
  const lost = fates.flatMap(({ directive, fate }) =>
    fate.kind === "lost" ? [{ directive, reason: fate.reason }] : [],
  );
  // Blocks of http {} hold no directives of the paths of Ingresses.
  const within = new Set(lost.flatMap(({ directive }) => (where === "http" ? [directive] : withInner(directive))));
  // A server of stream {} keeps its own rules; what stands around the TCP services has no rule to close.
  const ofStream = where === "stream" ? lost.map(({ directive }) => directive) : [...within];
  const refusing = ofStream.filter(isRefusing);
  const closed = !context.options.allowUnprotected;
  const tell = teller(part, context);
  const findings: Finding[] = [
    ...(done.length === 0 ? [] : [tell("SNIPPET_TRANSLATED", { directives: placedDirectives(done) })]),
    ...(refusing.length === 0
      ? []
      : [tell("SNIPPET_MAY_PROTECT", { directives: placedDirectives(refusing, true), closed })]),
    ...lost
      .filter(({ directive }) => !withInner(directive).some((inner) => refusing.includes(inner)))
      .map(({ directive, reason }) =>
        tell("SNIPPET_DIRECTIVE_LOST", { ...quoted(directive), ...(reason === undefined ? {} : { reason }) }),
      ),
    // A block is lost with the line inside of it that nginx refuses.
    ...lost.flatMap(({ directive }) =>
      (directive.name === "if" ? withInner(directive) : [directive]).flatMap((inner) => {
        const reason = feature.refused?.get(inner);
        return reason === undefined ? [] : [tell("SNIPPET_DIRECTIVE_REFUSED", { ...quoted(inner), reason })];
      }),
    ),
    ...fates.flatMap(({ directive, fate }) => {
      if (fate.kind === "idle") return [tell("SNIPPET_DIRECTIVE_IDLE", { ...quoted(directive), reason: fate.reason })];
      return fate.kind === "refused"
        ? [tell("SNIPPET_DIRECTIVE_REFUSED", { ...quoted(directive), reason: fate.reason })]
        : [];
    }),
    ...(config.problem === undefined
      ? []
      : [tell("SNIPPET_UNREADABLE", { line: config.problem.at.line, reason: config.problem.reason })]),
  ];
  const isLost = lost.length + having("refused").length > 0 || config.problem !== undefined;
  return {
    part,
    verdict: !isLost ? (done.length === 0 ? "exact" : "equivalent") : done.length > 0 ? "partial" : "unsupported",
    codes: [...new Set(findings.map((found) => found.code))],
    findings,
    outcomes: fates.flatMap(({ directive, fate }) =>
      fate.kind === "done" && fate.outcome !== undefined && feature.inForce?.has(directive) === true
        ? [{ rank: rankOf(directive, part), outcome: fate.outcome, directive }]
        : [],
    ),
    // What could not be read may hold anything; what could be read of it is looked at like the rest.
    mustClose: where !== "stream" && refusing.length > 0,
  };
}

/** Directives that are answered for one by one: those of the snippet itself, and those inside of blocks that are followed. */
function accountable({ config }: Part, { done, elsewhere, pathRewrite, pathRewrites }: Snippets): Directive[] {
  const followed = (directive: Directive): Directive[] => [
    directive,
    ...(done?.has(directive) === true && isFollowedBlock(directive) ? (directive.block ?? []).flatMap(followed) : []),
  ];
  // Rules that answer before a rewrite leave it to the rule that it is in force for.
  const isOthers = (directive: Directive): boolean =>
    elsewhere?.has(directive) === true ||
    (pathRewrites?.has(directive) === true && directive !== pathRewrite?.directive);
  return config.directives
    .filter((directive) => !isOthers(directive))
    .flatMap(followed)
    .filter((directive) => !isOthers(directive));
}

const isLimit = ({ name }: Directive): boolean =>
  /^(?:proxy_(?:connect|read|send)_timeout|client_max_body_size)$/.test(name);

const isFollowedBlock = ({ name }: Directive): boolean => /^(?:if|limit_except|location)$/.test(name);

function fateOf(directive: Directive, part: Part, of: Known): Fate {
  const { feature, access, moved } = of;
  if (part.where === "auth") return authFate(directive, of);
  if (part.where === "stream") return streamFateOf(directive, of);
  const refused = feature.refused?.get(directive);
  if (refused !== undefined)
    // A block of a location concerns its own path alone.
    return (directive.name === "location" ? [directive] : withInner(directive)).some(isRefusing)
      ? { kind: "lost", reason: refused }
      : { kind: "refused", reason: refused };
  const lost = feature.lost?.get(directive);
  if (lost !== undefined) return { kind: "lost", reason: lost };
  if (directive === feature.pathRewrite?.directive)
    return moved === undefined ? { kind: "lost", reason: "the target cannot rewrite a path so" } : { kind: "done" };
  if (of.dialect.hasNoLimits === true && isLimit(directive) && feature.done?.has(directive) === true)
    return { kind: "lost", reason: "core Gateway API has no field for it" };
  if (feature.done?.has(directive) === true || access?.directives.has(directive) === true)
    return isUnasked(directive, of) ? { kind: "lost", reason: "nobody asks the auth service" } : { kind: "done" };
  const idle = feature.idle?.get(directive);
  if (idle !== undefined) return { kind: "idle", reason: idle };
  if (isOfRewriteModule(directive)) return { kind: "idle", reason: "something before it answers or ends the rewrites" };
  return headerFate(directive, of);
}

/** What the target makes of a directive that counts, once the variables in it are known. */
function headerFate(directive: Directive, of: Known): Fate {
  const { feature, dialect, rule } = of;
  // A rule that answers in the rewrite phase asks nobody who may come in.
  if (isOfAccess(directive) && feature.inForce?.has(directive) === false) return { kind: "elsewhere" };
  if (isSecondCookie(directive, feature))
    return { kind: "lost", reason: "a route adds one line of a name, and cookies cannot share one" };
  if (isReadElsewhere(directive, feature))
    return { kind: "lost", reason: "another line reads the header, and the route would find it gone" };
  if (!readsAnswer(directive, feature) && readsChanged(directive, of))
    return {
      kind: "lost",
      reason: "answers are made from the request as it goes on, where the part that it reads is another one",
    };
  if (switchesLogOff(directive) && dialect.quietsRules?.(of.context) === true) return { kind: "done" };
  const outcome = translateDirective(withKnown(directive, of), dialect, rule);
  if (outcome === undefined) return { kind: "lost" };
  if (isRemovedAtLast(outcome, of)) return { kind: "lost", reason: "the Gateway takes the header out of every answer" };
  if (isWrittenAtLast(outcome, of))
    return { kind: "lost", reason: "the Gateway writes the header into every answer, whatever routes say" };
  return { kind: "done", outcome: readsAnswer(directive, feature) ? ofAnswer(outcome) : outcome };
}

function isRemovedAtLast({ headers = [] }: DirectiveOutcome, { dialect, context }: Of): boolean {
  const written = headers.filter(({ side, action }) => side === "response" && action !== "remove");
  if (written.length === 0 || dialect.removedAtLast === undefined) return false;
  const removed = dialect.removedAtLast(context);
  return written.some(({ name }) => removed.has(name.toLowerCase()));
}

function isWrittenAtLast({ headers = [] }: DirectiveOutcome, { dialect, context }: Of): boolean {
  const changed = headers.filter(({ side }) => side === "response");
  if (changed.length === 0 || dialect.writtenAtLast === undefined) return false;
  const written = dialect.writtenAtLast(context);
  return changed.some(({ name, value, action }) => {
    const last = written.get(name.toLowerCase());
    return last !== undefined && (action === "remove" || value !== last);
  });
}

const switchesLogOff = ({ name, args }: Directive): boolean => name === "access_log" && args[0] === "off";

/** Lists of addresses need the client's own, wherever they are written. */
function addressNotes({ feature, rule, dialect, context }: Of, access: Access | undefined): Finding[] {
  const part = feature.parts.find(({ config }) =>
    config.directives.some((one) => access?.directives.has(one) === true),
  );
  if (part === undefined || dialect.addressNote === undefined) return [];
  return [dialect.addressNote(part.origin, rule, context.options)];
}

function streamFateOf(directive: Directive, { context, dialect }: Known): Fate {
  const fate = streamFate(directive, context.plan, dialect.checksStreams?.(context.plan) === true);
  return fate.kind === "process" ? { kind: "done" } : fate;
}

/** What the request to the auth service holds, where somebody asks it. */
function authFate(directive: Directive, { dialect, rule, context }: Known): Fate {
  const { externalAuth } = rule.features;
  if (externalAuth === undefined) return { kind: "idle", reason: "the auth service is not asked" };
  const fate = externalAuth.request?.fates.get(directive) ?? { kind: "lost" as const };
  if (fate.kind !== "asked" && fate.kind !== "described") return fate;
  if (fate.kind === "described" && dialect.describesRequests?.(context.options) !== true)
    return { kind: "lost", reason: "nothing writes headers for the auth service alone" };
  return dialect.asksService?.(externalAuth) === true
    ? { kind: "done" }
    : { kind: "lost", reason: "nobody asks the auth service" };
}

/** Lines of one name are joined by commas (RFC 9110, section 5.3), all but those of Set-Cookie. */
function isSecondCookie(directive: Directive, { inForce }: Snippets): boolean {
  const isCookie = ({ name, args }: Directive): boolean =>
    (name === "add_header" && args[0]?.toLowerCase() === "set-cookie") ||
    (/^more_set_headers$/.test(name) && args.some((text) => /^set-cookie\s*:/i.test(text)));
  return isCookie(directive) && inForce?.has(directive) === true && [...inForce].find(isCookie) !== directive;
}

const isOfRewriteModule = ({ name }: Directive): boolean => /^(?:if|return|rewrite|set|break|limit_except)$/.test(name);

type Codes =
  | "SNIPPET_TRANSLATED"
  | "SNIPPET_MAY_PROTECT"
  | "SNIPPET_DIRECTIVE_LOST"
  | "SNIPPET_DIRECTIVE_IDLE"
  | "SNIPPET_DIRECTIVE_REFUSED"
  | "SNIPPET_UNREADABLE";
type ArgsOf<Code extends Codes> = Omit<Parameters<typeof finding<Code>>[2], "ingress" | "configMap" | "key">;

function teller(
  { setting, configMap, key, origin }: Part,
  { target }: TargetContext,
): <Code extends Codes>(code: Code, args: ArgsOf<Code>) => Finding {
  const told = { ...(setting === undefined ? { configMap } : { ingress: setting.ingress }), key };
  return (code, args) => finding(code, origin, { ...told, ...args } as never, { target });
}

const quoted = (directive: Directive): { readonly line: number; readonly text: string } => ({
  line: directive.at.line,
  text: quotedDirective(directive),
});

function isAddressRule({ name }: Directive): boolean {
  return name === "allow" || name === "deny";
}

/** The address list that is in force as a policy, where the target has one, the addresses are plain and no annotation gives another list. */
function accessList({ feature, rule, dialect }: Of): Access | undefined {
  const directives = feature.parts.flatMap(({ config }) =>
    config.directives.filter((one) => feature.inForce?.has(one)),
  );
  const list = directives.filter(isAddressRule);
  const { ipAccess, satisfy, clientCertificates } = rule.features;
  const isOwn = ipAccess === undefined && satisfy === undefined && clientCertificates?.matchCn === undefined;
  const isAlone = isOwn && directives.every(({ name }) => name !== "satisfy");
  if (list.length === 0 || !isAlone) return undefined;
  const policy = dialect.accessList?.(
    list.map(({ name, args }) => ({ action: name === "allow" ? "Allow" : "Deny", address: args[0] ?? "" })),
  );
  return policy === undefined ? undefined : { policy, directives: new Set(list) };
}
