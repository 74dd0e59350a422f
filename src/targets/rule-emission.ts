import { attachedListeners } from "./attached-listeners.js";
import { finding, type Answer, type Finding, type Verdict } from "../findings/index.js";
import type { JsonObject, OwnedResource } from "../kubernetes/index.js";
import type { PlannedPath, PlannedRule } from "../plan/index.js";
import type { RulePart, TargetDefinition } from "./definition.js";
import type { Crossing } from "./gateway-api/grants.js";
import { grpcMatch, isGrpcRule, protocolAnswers, saysHttp2, speaksGrpc } from "./gateway-api/grpc.js";
import { renderHeaders, renderPath, renderQueries, type RenderedPath } from "./gateway-api/matches.js";
import { renderRedirect } from "./gateway-api/redirects.js";
import { backendCrossing, backendKey, backendRef } from "./backend-refs.js";
import { mergeFilters, mergeSpecs, tidyHeaders } from "./merge.js";
import { answersOf, translateFeatures, translateNamed, type Translated } from "./translated-features.js";
import type { TargetContext, Translation } from "./translator.js";

/** A rule as it will stand in a route, with everything that belongs to it. */
export type EmittedRule = {
  readonly rule: PlannedRule;
  readonly kind: "HTTPRoute" | "GRPCRoute";
  readonly path: RenderedPath;
  readonly spec: JsonObject;
  /** Merged policy specs by kind; empty for rules that do not forward. */
  readonly policies: ReadonlyMap<string, JsonObject>;
  readonly forwards: boolean;
  readonly resources: readonly OwnedResource[];
  readonly crossings: readonly Crossing[];
  readonly findings: readonly Finding[];
  readonly answers: readonly Answer[];
};

const NONE: ReadonlyMap<string, JsonObject> = new Map();

/** Makes one rule of the plan into what the target writes for it. */
export function emitRule(
  rule: PlannedRule,
  portable: boolean,
  definition: TargetDefinition,
  context: TargetContext,
): EmittedRule {
  const match = rule.matches[0];
  const path = renderPath(match.path, portable);
  const base = { rule, path, kind: "HTTPRoute" as const };
  if (rule.action.kind === "respond") return emitAnswer(rule, path, definition, context);
  if (rule.action.kind !== "forward") return emitRedirect(rule, path, definition, context);
  const translated = translateFeatures(rule, definition, context);
  const every = definition.everyRule(rule, context);
  const parts = [...translated.map((t) => t.translation), every];
  const headers = renderHeaders(match);
  const cookies = match.cookies === undefined ? undefined : definition.matchCookies(match.cookies, rule, context);
  const findings = [...parts.flatMap((part) => part.findings), ...(cookies?.findings ?? [])];
  const answers = translated.flatMap(answersOf);
  const refusal = path.refused === undefined ? undefined : { status: 503, reason: `path expression: ${path.refused}` };
  const close = parts.find((part) => part.close !== undefined)?.close ?? refusal;
  if (close !== undefined) {
    const shut = closed(rule, path, close, { definition, context });
    return { ...base, ...shut, findings: [...findings, ...shut.findings], answers };
  }
  if (headers.refused !== undefined) {
    // A canary rule that cannot be said would take all requests of its path; its share goes to the rules after it instead.
    const setting = rule.features.canary?.settings.find(({ key }) => key === "canary-by-header-pattern");
    const ingress = setting?.ingress ?? rule.owner.id;
    const args = { ingress, pattern: match.headers?.[0]?.value ?? "", reason: headers.refused };
    const refused = finding("CANARY_PATTERN_REFUSED", setting?.origin ?? rule.origin, args, {
      target: definition.name,
    });
    return {
      ...base,
      spec: {},
      policies: NONE,
      forwards: false,
      resources: [],
      crossings: [],
      findings: [...findings, refused],
      answers: [...answers, ...patternAnswers(rule, refused)],
    };
  }
  const written = forwarding(
    rule,
    path,
    {
      parts,
      headers: [...headers.headers, ...(cookies?.headers ?? [])],
      cookies,
      namespace: context.route.namespace,
      definition,
    },
    findings,
  );
  return { ...base, ...written, answers: [...answers, ...protocolAnswers(rule, written.findings)] };
}

type Forwarding = {
  readonly parts: readonly Translation[];
  readonly headers: readonly JsonObject[];
  readonly cookies: RulePart | undefined;
  readonly namespace: string;
  readonly definition: TargetDefinition;
};

function forwarding(
  rule: PlannedRule,
  path: RenderedPath,
  { parts, headers, cookies, namespace, definition }: Forwarding,
  findings: Finding[],
): Omit<EmittedRule, "rule" | "path" | "answers"> {
  const backends = rule.action.kind === "forward" ? rule.action.backends : [];
  const kind = isGrpcRule(rule) && path.type !== "RegularExpression" ? "GRPCRoute" : "HTTPRoute";
  const replaced = parts.flatMap((part) => (part.backendRefs === undefined ? [] : [...part.backendRefs]));
  const replacements = replaced.length === 0 ? NONE : new Map(replaced);
  const direct = backends.filter((backend) => !replacements.has(backendKey(backend)));
  // What stands in place of a Service says for itself that it speaks HTTP/2.
  if (kind === "HTTPRoute" && speaksGrpc(rule) && direct.some((backend) => !saysHttp2(backend))) {
    findings.push(
      finding(
        "GRPC_AS_HTTP_ROUTE",
        rule.features.backendProtocol?.origin ?? rule.origin,
        { ingress: rule.owner.id, path: path.value },
        { target: definition.name },
      ),
    );
  }
  const { filters, dropped } = tidyHeaders(
    mergeFilters([...(cookies?.filters ?? []), ...parts.flatMap((part) => part.filters ?? [])]),
  );
  findings.push(...withoutRoom(dropped, rule, definition));
  const fields: Record<string, JsonObject[string]> = {};
  for (const part of parts) if (part.rule !== undefined) Object.assign(fields, part.rule);
  return {
    kind,
    spec: {
      name: rule.name,
      matches: renderedMatches(rule, kind, path, headers),
      filters: filters.length === 0 ? undefined : filters,
      backendRefs: backends.map((backend) => backendRef(backend, namespace, replacements)),
      ...fields,
    },
    policies: mergePolicies(parts),
    forwards: true,
    resources: [...parts.flatMap((part) => part.resources ?? []), ...(cookies?.resources ?? [])],
    crossings: [
      ...direct.flatMap((backend) => backendCrossing(backend, rule, kind, namespace)),
      ...parts.flatMap((part) => part.crossings ?? []),
    ],
    findings,
  };
}

/** Headers beyond what one modifier takes. */
const withoutRoom = (dropped: readonly string[], rule: PlannedRule, { name }: TargetDefinition): Finding[] =>
  dropped.map((header) =>
    finding("RESPONSE_HEADER_REFUSED", rule.origin, { ingress: rule.owner.id, header }, { target: name }),
  );

function patternAnswers(rule: PlannedRule, refused: Finding): Answer[] {
  return (rule.features.canary?.settings ?? [])
    .filter((setting) => setting.key === "canary-by-header-pattern")
    .map((setting) => ({
      ingress: setting.ingress,
      key: setting.writtenKey,
      verdict: refused.verdict,
      codes: [refused.code],
    }));
}

function renderedMatches(
  rule: PlannedRule,
  kind: EmittedRule["kind"],
  path: RenderedPath,
  headers: readonly JsonObject[],
): JsonObject[] | undefined {
  const withHeaders = headers.length === 0 ? {} : { headers };
  if (kind === "HTTPRoute") {
    const { methods, queries } = rule.matches[0];
    if (headers.length === 0 && methods === undefined && queries === undefined)
      return [{ path: { type: path.type, value: path.value } }];
    const queryParams = renderQueries(rule.matches[0]);
    const match = {
      path: { type: path.type, value: path.value },
      ...withHeaders,
      ...(queryParams.length === 0 ? {} : { queryParams }),
    };
    return methods === undefined ? [match] : methods.map((method): JsonObject => ({ ...match, method }));
  }
  const match = { ...grpcMatch(rule.matches[0]), ...withHeaders };
  return Object.keys(match).length === 0 ? undefined : [match];
}

function mergePolicies(parts: readonly Translation[]): Map<string, JsonObject> {
  const merged = new Map<string, JsonObject>();
  for (const { policies } of parts) {
    for (const patch of policies ?? []) {
      const known = merged.get(patch.kind);
      merged.set(patch.kind, known === undefined ? patch.spec : mergeSpecs(known, patch.spec));
    }
  }
  return merged;
}

type Emission = {
  readonly definition: TargetDefinition;
  readonly context: TargetContext;
  /** Filters of the answer: they count where the target has one, in front of it, because Envoy Gateway reads none behind (filters.go, ProcessHTTPFilters). */
  readonly beside?: readonly JsonObject[];
};
type Shut = Omit<EmittedRule, "rule" | "kind" | "path" | "answers">;

type Respond = Extract<PlannedRule["action"], { kind: "respond" }>;

/** A successful answer is closed where a check of its snippet is lost, which an error need not be. */
function closedAnswer(action: Respond, beside: readonly Translated[]): Respond {
  const close = closeOf(beside);
  if (close === undefined || action.status >= 400) return action;
  return { kind: "respond", status: close.status, reason: close.reason, isIntended: false, settings: action.settings };
}

/** A rule that answers by itself, with what its snippets come to beside the answer. */
function emitAnswer(
  rule: PlannedRule,
  path: RenderedPath,
  definition: TargetDefinition,
  context: TargetContext,
): EmittedRule {
  if (rule.action.kind !== "respond") throw new Error("not an answer");
  const beside = [...besidesRedirect(rule, definition, context), ...lostCertificateCheck(rule, definition, context)];
  const action = closedAnswer(rule.action, beside);
  const filters = action === rule.action ? answering(beside) : [];
  const shut = closed({ ...rule, action }, path, action, { definition, context, beside: filters });
  const codes = [...new Set(shut.findings.filter((f) => f.verdict === "unsupported").map((f) => f.code))];
  return {
    rule,
    path,
    kind: "HTTPRoute",
    ...shut,
    findings: [...beside.flatMap(({ translation }) => translation.findings), ...shut.findings],
    answers: [
      ...beside.flatMap(answersOf),
      ...actionAnswers(rule, codes.length === 0 ? "exact" : "unsupported", codes),
    ],
  };
}

/**
 * The check of client certificates where nothing makes it: nginx asks for them before any directive of a rewrite module answers
 * (ngx_http_process_request). Passwords and address lists come behind such an answer, so that it does not lose them.
 */
function lostCertificateCheck(rule: PlannedRule, definition: TargetDefinition, context: TargetContext): Translated[] {
  // Paths that nothing serves have no features of their own.
  const listeners = attachedListeners(context.plan, context.route);
  const clientCertificates =
    rule.features.clientCertificates ??
    listeners.find(({ features }) => features.clientCertificates)?.features.clientCertificates;
  if (clientCertificates?.verify !== "on") return [];
  const asking = { ...rule, features: { ...rule.features, clientCertificates } };
  const checks = translateNamed(["clientCertificates"], asking, definition, context);
  return checks.filter(({ translation }) => translation.close !== undefined);
}

/** What a condition of a snippet asks for. */
const askedIn = (path: PlannedPath): { readonly asked?: string } =>
  path.kind === "regex" && path.shown !== undefined
    ? { asked: path.isWhole === true ? path.source : `(?i)${path.source}.*` }
    : {};

/** A rule that answers by itself instead of reaching its backends. */
function closed(
  rule: PlannedRule,
  path: RenderedPath,
  why: NonNullable<Translation["close"]>,
  { definition, context, beside = [] }: Emission,
): Shut {
  const body = rule.action.kind === "respond" && why === rule.action ? rule.action.body : undefined;
  const part = definition.closeRule(why.status, rule, context, body);
  const target = { target: definition.name };
  const planned = rule.matches[0].path;
  const shown = planned.kind === "regex" ? (planned.shown ?? planned.source) : path.value;
  const findings =
    why.isIntended === true
      ? []
      : [
          finding(
            "RULE_CLOSED",
            rule.origin,
            { ingress: rule.owner.id, path: shown, status: why.status, reason: why.reason, ...askedIn(planned) },
            target,
          ),
        ];
  const headers = renderHeaders(rule.matches[0]);
  const answer = tidyHeaders(part.filters.length === 0 ? [] : mergeFilters([...beside, ...part.filters]));
  const cookies =
    rule.matches[0].cookies === undefined ? undefined : definition.matchCookies(rule.matches[0].cookies, rule, context);
  const filters = [...(cookies?.filters ?? []), ...answer.filters];
  return {
    spec: {
      name: rule.name,
      matches: renderedMatches(rule, "HTTPRoute", path, [...headers.headers, ...(cookies?.headers ?? [])]),
      filters: filters.length === 0 ? undefined : filters,
    },
    policies: NONE,
    forwards: false,
    resources: [...part.resources, ...(cookies?.resources ?? [])],
    crossings: [],
    findings: [...findings, ...(part.findings ?? []), ...withoutRoom(answer.dropped, rule, definition)],
  };
}

/** Features that a rule has in front of its redirect or answer: CORS, the style of the Location, and headers of snippets. */
function besidesRedirect(rule: PlannedRule, definition: TargetDefinition, context: TargetContext): Translated[] {
  const feature = rule.features.cors;
  const preflights: Translated[] =
    feature === undefined
      ? []
      : [{ name: "cors", settings: feature.settings, translation: definition.corsOfRedirects(feature, rule, context) }];
  return [
    ...preflights,
    ...translateNamed(["redirectStyle", "responseHeaders", "snippets"], rule, definition, context),
  ];
}

/** An answer that is kept from everybody, because a check in front of it is not translated. */
const closeOf = (beside: readonly Translated[]): Translation["close"] =>
  beside.find(({ translation }) => translation.close !== undefined)?.translation.close;

/** Filters that count for an answer which no backend gives. */
function answering(beside: readonly Translated[]): JsonObject[] {
  return beside
    .flatMap(({ translation }) => translation.filters ?? [])
    .filter(({ type }) => type !== "RequestHeaderModifier" && type !== "URLRewrite");
}

function actionAnswers(rule: PlannedRule, verdict: Verdict, codes: readonly string[]): Answer[] {
  if (rule.action.kind === "forward") return [];
  return rule.action.settings.map((setting) => ({
    ingress: setting.ingress,
    key: setting.writtenKey,
    verdict,
    codes: verdict === "exact" ? [] : codes,
  }));
}

function emitRedirect(
  rule: PlannedRule,
  path: RenderedPath,
  definition: TargetDefinition,
  context: TargetContext,
): EmittedRule {
  const base = { rule, path, kind: "HTTPRoute" as const };
  if (rule.action.kind === "forward" || rule.action.kind === "respond") throw new Error("not a redirect");
  const redirect = renderRedirect(rule.action, { rule, definition, context });
  const answers = actionAnswers(rule, redirect.verdict, [
    ...redirect.findings.map((found) => found.code),
    ...(redirect.alsoNamed ?? []),
  ]);
  const beside = besidesRedirect(rule, definition, context);
  const reason = redirect.filters === undefined ? "the redirect cannot be written" : path.refused;
  const close = closeOf(beside) ?? (reason === undefined ? undefined : { status: 503, reason });
  if (redirect.filters === undefined || close !== undefined) {
    const shut = closed(rule, path, close ?? { status: 503, reason: "" }, { definition, context });
    const findings = [...beside.flatMap(({ translation }) => translation.findings), ...redirect.findings];
    return {
      ...base,
      ...shut,
      findings: [...findings, ...shut.findings],
      answers: [...beside.flatMap(answersOf), ...answers],
    };
  }
  // A constant Location is a header as well.
  const { filters, dropped } = tidyHeaders(mergeFilters([...answering(beside), ...redirect.filters]));
  return {
    ...base,
    spec: {
      name: rule.name,
      matches: renderedMatches(rule, "HTTPRoute", path, renderHeaders(rule.matches[0]).headers),
      filters,
    },
    policies: NONE,
    forwards: false,
    resources: redirect.resources ?? [],
    crossings: [],
    findings: [
      ...beside.flatMap(({ translation }) => translation.findings),
      ...redirect.findings,
      ...withoutRoom(dropped, rule, definition),
    ],
    answers: [...beside.flatMap(answersOf), ...answers],
  };
}
