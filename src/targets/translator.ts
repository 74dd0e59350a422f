import type { Answer, Finding, TargetName, Verdict } from "../findings/index.js";
import type { ExistingGateway, JsonObject, OwnedResource } from "../kubernetes/index.js";
import type { NeighbourAnswer } from "../neighbours/index.js";
import type { Setting } from "../mappings/index.js";
import type { Crossing } from "./gateway-api/grants.js";
import type { FeatureName, FeatureOf, Plan, PlannedRoute, PlannedRule } from "../plan/index.js";

/** Choices of the user that a target honours. */
export type TargetOptions = {
  readonly gatewayName: string;
  readonly gatewayNamespace: string;
  readonly gatewayClass: string;
  /** False with `--no-gateway`: routes attach to `parentRef`, no Gateway and no Gateway-wide policy is written. */
  readonly emitGateway: boolean;
  readonly parentRef?: { readonly namespace: string; readonly name: string };
  /** The Gateway that `parentRef` names, where the input has it, and what it asks namespaces for. */
  readonly parentGateway?: ParentGateway;
  readonly fidelity: "portable" | "exact";
  readonly bodyLimit: "auto" | "enforce" | "report";
  readonly allowUnprotected: boolean;
  /** Writes scripts where nothing else does the job; Envoy Gateway refuses them until its operator enables Lua. */
  readonly allowLua: boolean;
  /** For how many clients a limit per client is written as a total; absent: it is reported. */
  readonly sharedLimits?: number;
  /** Wasm module of Coraza in place of ModSecurity, or `none`. */
  readonly wafImage: string;
  readonly defaults: "keep" | "report" | "ignore";
  readonly certificates: "auto" | "reference-grant" | "listener-set";
};

export type ParentGateway = ExistingGateway & {
  /** Labels of a namespace; undefined where the input does not have the Namespace. */
  readonly labelsOf: (namespace: string) => Readonly<Record<string, string>> | undefined;
};

export type TargetContext = {
  readonly target: TargetName;
  readonly options: TargetOptions;
  readonly plan: Plan;
  readonly route: PlannedRoute;
};

/** Part of a policy that attaches to the rule's route (or to the rule alone, where rules of a route differ). */
export type PolicyPatch = { readonly kind: string; readonly spec: JsonObject };

/** What one translator makes of one feature of one rule. Absent parts: nothing to add. */
export type Translation = {
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
  /** Filters for the rule, in Gateway API shape; same-type modifiers are merged by the emitter. */
  readonly filters?: readonly JsonObject[];
  /** Further fields of the route rule, e.g. `timeouts`. */
  readonly rule?: JsonObject;
  readonly policies?: readonly PolicyPatch[];
  /** Objects of their own (HTTPRouteFilter, Backend, BackendTLSPolicy, ReferenceGrant …). */
  readonly resources?: readonly OwnedResource[];
  /** Replacement of backendRefs to a Service port by another backend, keyed `namespace/name:port`. */
  readonly backendRefs?: ReadonlyMap<string, JsonObject>;
  /** References to other namespaces that need the consent of a ReferenceGrant. */
  readonly crossings?: readonly Crossing[];
  /** The rule must not be served as it is: it answers this status instead of reaching its backends. */
  readonly close?: {
    readonly status: number;
    readonly reason: string;
    /** The Ingress answers the same status, so there is nothing to report. */
    readonly isIntended?: boolean;
  };
  /** Verdicts of single annotations that differ from `verdict`. */
  readonly answers?: readonly {
    readonly setting: Setting;
    readonly verdict: Verdict;
    readonly codes: readonly string[];
  }[];
};

/** Pure function from one typed feature of one rule to what the target needs for it. */
export type Translator<Name extends FeatureName> = (
  feature: FeatureOf<Name>,
  rule: PlannedRule,
  context: TargetContext,
) => Translation;

/** The features that a target translates itself. What is missing here falls to the standard table, and then to a finding. */
export type TranslatorTable = { readonly [Name in FeatureName]?: Translator<Name> };

/** Gateway-wide part of a listener feature (client certificates, ciphers) and of the controller's defaults. */
export type ListenerTranslation = Pick<Translation, "verdict" | "findings" | "policies" | "crossings" | "answers"> & {
  /** Routes of this listener must be closed because the listener cannot enforce what the host enforced. */
  readonly close?: { readonly status: number; readonly reason: string };
};

/** What a target makes of a plan. */
export type TargetResult = {
  readonly resources: readonly OwnedResource[];
  readonly findings: readonly Finding[];
  readonly answers: readonly Answer[];
  /** What became of annotations that other programs read, where the target decides it. */
  readonly neighbours: readonly NeighbourAnswer[];
};

export type Target = {
  readonly name: TargetName;
  readonly translate: (plan: Plan, options: TargetOptions) => TargetResult;
};
