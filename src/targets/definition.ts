import type { Finding } from "../findings/index.js";
import type { JsonObject, OwnedResource } from "../kubernetes/index.js";
import type { CookieMatch, Plan, PlannedListener, PlannedRule } from "../plan/index.js";
import type { Crossing } from "./gateway-api/grants.js";
import type { Parents } from "./gateway-api/parents.js";
import type {
  ListenerTranslation,
  PolicyPatch,
  TargetContext,
  TargetOptions,
  Translation,
  Translator,
  TranslatorTable,
} from "./translator.js";

/** Extra filters and objects that a rule needs for something that is no feature. */
export type RulePart = {
  readonly filters: readonly JsonObject[];
  readonly resources: readonly OwnedResource[];
  readonly headers?: readonly JsonObject[];
  readonly findings?: readonly Finding[];
};

/** A route object as it is written, with the rules that stand in it in this order. */
export type WrittenRoute = {
  readonly kind: "HTTPRoute" | "GRPCRoute";
  readonly namespace: string;
  readonly name: string;
  readonly rules: readonly PlannedRule[];
};

/** Settings of the proxies behind the Gateway that routes ask for. */
export type Fleet = {
  /** `spec.infrastructure` of the Gateway; absent: nothing to refer to. */
  readonly infrastructure?: JsonObject;
  readonly resources: readonly OwnedResource[];
  readonly findings: readonly Finding[];
};

/** What a target makes of the TCP and UDP services besides listeners and routes. */
export type StreamTranslation = {
  /** Names of listeners that the target cannot serve; neither they nor their routes are written. */
  readonly refused: ReadonlySet<string>;
  /** What leads to a service in place of a reference to it, by the name of its listener. */
  readonly backends: ReadonlyMap<string, JsonObject>;
  readonly resources: readonly OwnedResource[];
  readonly findings: readonly Finding[];
};

/** Objects of the routes as they are written, and what is told about those that are not. */
export type JoinedResources = { readonly resources: readonly OwnedResource[]; readonly findings: readonly Finding[] };

/** Where a policy attaches: to whole routes, or to one rule of a route. */
export type PolicyLevel = "route" | "rule";

/** What one feature of a listener comes to. */
export type ListenerTranslator = (
  listener: PlannedListener,
  options: TargetOptions,
  parents: Parents,
) => ListenerTranslation;

/** A target as the engine needs it: a table of feature translators and the few places where targets differ in shape. */
export type TargetDefinition = {
  readonly name: "envoy-gateway" | "standard";
  readonly table: TranslatorTable;
  /** What every rule needs whatever its features (backends that the target takes in another form only). */
  readonly everyRule: (rule: PlannedRule, context: TargetContext) => Translation;
  /** Features of whole listeners. */
  readonly listeners: { readonly clientCertificates?: ListenerTranslator; readonly tlsCiphers?: ListenerTranslator };
  /**
   * `re2`: regular expressions are RE2, match the whole path, and their place in the order of matches is known. `unspecified`: all of that is up to
   * the implementation, so a portable form is preferred path by path.
   */
  readonly regex: "re2" | "unspecified";
  /** A fixed answer. Without a way to give `status` the rule has no backends, which Gateway API answers with 500. */
  readonly closeRule: (status: number, rule: PlannedRule, context: TargetContext, body?: string) => RulePart;
  /** What becomes of CORS on a rule that redirects: no policy attaches to it, and not every proxy runs the filter in front of a redirect. */
  readonly corsOfRedirects: Translator<"cors">;
  /** A redirect to exactly this Location where the redirect filter cannot say it; absent: such rules are closed. */
  readonly answerLocation?: (
    answer: { readonly status: number; readonly location: string },
    rule: PlannedRule,
    context: TargetContext,
  ) => RulePart;
  readonly matchCookies: (cookies: readonly CookieMatch[], rule: PlannedRule, context: TargetContext) => RulePart;
  /** Last touch on the spec of a policy (merge type, defaults that no Gateway-wide policy gives). */
  readonly finishPolicy: (kind: string, spec: JsonObject, level: PolicyLevel, context: TargetContext) => JsonObject;
  /** Kinds of policies that rules may need for what is asked of every client, whatever their own features are. */
  readonly commonPolicies?: (plan: Plan, options: TargetOptions) => readonly string[];
  /** The spec that a forwarding rule needs besides what its features ask for; `{}` leaves the rule to the Gateway's policy. */
  readonly completePolicy?: (
    kind: string,
    spec: JsonObject | undefined,
    rule: PlannedRule,
    context: TargetContext,
  ) => JsonObject;
  /** The policy of routes that answer by themselves, where that of the Gateway would come in their way. */
  readonly answeringPolicy?: (context: TargetContext) => PolicyPatch | undefined;
  readonly policyApiVersion: (kind: string) => string;
  /** Makes one object of those that several rules ask for and of which only one may be. */
  readonly joinResources?: (resources: readonly OwnedResource[]) => JoinedResources;
  /** Whether the addresses of all TCP and UDP services are checked, where a snippet says so. */
  readonly checksStreams?: (plan: Plan) => boolean;
  readonly streams: (plan: Plan, options: TargetOptions) => StreamTranslation;
  /** Gateway-wide objects besides the Gateway itself, and the deltas of hidden defaults. */
  readonly gatewayWide: (
    plan: Plan,
    options: TargetOptions,
    parents: Parents,
  ) => {
    readonly resources: readonly OwnedResource[];
    readonly findings: readonly Finding[];
    readonly crossings?: readonly Crossing[];
  };
  /** What routes need of the proxies as a whole, where the target can say it. */
  readonly fleet?: (plan: Plan, options: TargetOptions, routes: readonly WrittenRoute[]) => Fleet;
};
