import * as z from "zod";
import {
  suggestKey,
  FAIL_ON,
  isCode,
  nearestCode,
  POLICY_SEVERITIES,
  TARGETS,
  type FailOn,
  type SeverityPolicy,
  type TargetName,
} from "./findings/index.js";
import { CONTROLLER_FLAGS } from "./ingress-nginx/index.js";
import { isRelease } from "./mappings/index.js";
import type { Snapshot } from "./kubernetes/index.js";
import { UsageError } from "./usage-error.js";

/** A text with the name that findings cite. */
export type Source = { readonly name: string; readonly text: string };
export type ObjectName = { readonly namespace: string; readonly name: string };

/** What `convert` can be told. Only the input is required. */
export type ConvertOptions = {
  /** Manifests: YAML (several documents, Lists) or JSON. */
  readonly sources?: readonly Source[];
  /** Instead of `sources`: input that was read before. */
  readonly snapshot?: Snapshot;
  /** Default `envoy-gateway`. */
  readonly target?: TargetName;
  /** Serve exactly these IngressClass names. Default: `nginx` and what the IngressClasses in the input say. */
  readonly ingressClass?: readonly string[];
  /** Ingresses without any class: default `convert`. */
  readonly withoutClass?: "convert" | "skip";
  /** Default `edge`. */
  readonly gatewayName?: string;
  /** Default `gateway-system`. */
  readonly gatewayNamespace?: string;
  /** Default `eg` for Envoy Gateway, `gateway` otherwise. */
  readonly gatewayClass?: string;
  /** False: write no Gateway and no Gateway-wide policy; routes attach to `parentRef`. */
  readonly gateway?: boolean;
  /** The Gateway that exists already. */
  readonly parentRef?: ObjectName;
  /** `portable` (default) prefers clean matches; `exact` keeps nginx's matching to the letter where the target can. */
  readonly fidelity?: "portable" | "exact";
  /** `auto` (default) leaves a body limit out where enforcing it does more harm; `enforce` never does; `report` always does. */
  readonly bodyLimit?: "auto" | "enforce" | "report";
  /** Writes routes whose protection the target cannot enforce. Default false: they answer an error. */
  readonly allowUnprotected?: boolean;
  /** Lua where nothing else does the job (cookies, Location headers). Default false: Envoy Gateway has Lua off by default. */
  readonly allowLua?: boolean;
  /** Writes limits per client that Envoy Gateway knows as totals only, times this number of clients. Default: they are reported. */
  readonly sharedLimits?: number;
  /** OCI image of coraza-proxy-wasm that takes ModSecurity's place on Envoy Gateway, or `none`. Default: the release that the rules were checked against. */
  readonly wafImage?: string;
  /** Hidden defaults of the controller: `keep` (default) them where the target can, `report` only, or `ignore`. */
  readonly defaults?: "keep" | "report" | "ignore";
  /** Listeners on the Gateway with grants for Secrets, or in ListenerSets beside them; `auto` (default) takes sets when a Gateway is too small. */
  readonly certificates?: "auto" | "reference-grant" | "listener-set";
  /** Numbers of named ports, keyed `namespace/service:name`. */
  readonly servicePorts?: Readonly<Record<string, number>>;
  /** Secret of the controller's default certificate, for hosts without a Secret of their own. */
  readonly defaultCertificate?: ObjectName;
  /** Mapping files for in-house annotations; the last one wins. */
  readonly mappings?: readonly Source[];
  /** Manifest of the controller's ConfigMap, when it is not among the sources. */
  readonly controllerConfig?: Source;
  /** Flags of the controller, by name without dashes. */
  readonly controllerFlags?: Readonly<Record<string, string>>;
  /** False for a controller that runs with `--enable-annotation-validation=false`. Default true, and false for controllers before 1.12. */
  readonly annotationValidation?: boolean;
  /** Release of ingress-nginx that runs, e.g. `1.9.4`. Default: what the Helm chart's label on the ConfigMap says, else the last one. */
  readonly controllerVersion?: string;
  /** The controller's `--annotations-prefix`. Default `nginx.ingress.kubernetes.io`. */
  readonly annotationsPrefix?: string;
  /** Severities by finding code in place of the catalogue's; `off` moves the finding to the suppressed ones. */
  readonly severities?: SeverityPolicy;
  /** Namespace of objects that name none. Default `default`, which a finding says. */
  readonly namespace?: string;
  /** Leads from the folder of the report to the folder that source names are relative to, for links. Default `../`. */
  readonly sourceRoot?: string;
  /** Checks the invariants of every stage on the way; a defect is thrown. Default false. */
  readonly debug?: boolean;
  /** `convert` only: verifies the conversion of up to 1,000 Ingresses and gives findings the requests that show them. Default false. */
  readonly verify?: boolean;
};

/** What `verify` can be told: the same as `convert`, and how many requests it makes up. */
export type VerifyOptions = Omit<ConvertOptions, "sourceRoot" | "verify"> & {
  /** Most requests for one host. Default 2000. */
  readonly probes?: number;
  /** Another seed gives other random requests. Default 1. */
  readonly seed?: number;
};

/** What `check` can be told: the options of a conversion, and what decides the answer. */
export type CheckOptions = Omit<ConvertOptions, "target" | "sourceRoot"> & {
  /** Default `envoy-gateway` alone. */
  readonly targets?: readonly TargetName[];
  /** From which severity on a finding makes the answer "no". Default `high`. */
  readonly failOn?: FailOn;
  /** Text of a baseline file: its findings are known and do not fail. */
  readonly baseline?: Source;
};

/** RFC 1123 subdomain, as names of Kubernetes objects are. */
const NAME = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/;
/** As Envoy Gateway takes it (wasm_types.go, ImageWasmCodeSource); a tag or a digest, so that it does not change by itself. */
const IMAGE = /^(?:none|(?:oci:\/\/)?[a-z0-9.-]+(?::\d+)?(?:\/[a-z0-9._-]+)+(?:@sha256:[0-9a-f]{64}|:[\w.-]{1,128}))$/;
const PORT_KEY = /^[^/:]+\/[^/:]+:[^/:]+$/;
const LARGEST_PORT = 65_535;

const objectName = z.string().regex(NAME, "a Kubernetes name has lower-case letters, digits, - and .").max(253);
const objectReference = z.strictObject({ namespace: objectName, name: objectName });
const source = z.strictObject({ name: z.string(), text: z.string() });

/** Finding codes by name; a defect of ours (INTERNAL_…) is nobody's to switch off. */
const severities = z.record(z.string(), z.enum(POLICY_SEVERITIES)).check((context) => {
  for (const code of Object.keys(context.value)) {
    const message = codeProblem(code);
    if (message !== undefined) context.issues.push({ code: "custom", message, path: [code], input: code });
  }
});

/** Flags of the controller by name, without dashes. */
const controllerFlags = z.record(z.string(), z.string()).check((context) => {
  for (const flag of Object.keys(context.value)) {
    if (CONTROLLER_FLAGS.includes(flag)) continue;
    const suggestion = suggestKey(flag, CONTROLLER_FLAGS);
    const message = `the controller has no such flag${suggestion === undefined ? "" : `; did you mean ${suggestion}?`}`;
    context.issues.push({ code: "custom", message, path: [flag], input: flag });
  }
});

function codeProblem(code: string): string | undefined {
  if (code.startsWith("INTERNAL_")) return "this finding is a defect of ingress2gateway and keeps its severity";
  if (isCode(code)) return undefined;
  const { suggestion } = nearestCode(code);
  return `there is no such finding code${suggestion === undefined ? "" : `; did you mean ${suggestion}?`}`;
}

/** Options that mean the same in `convert()`, on the command line and in the config file. */
export const sharedFields = {
  target: z.exactOptional(z.enum(TARGETS)),
  ingressClass: z.exactOptional(z.array(z.string().min(1)).min(1)),
  withoutClass: z.exactOptional(z.enum(["convert", "skip"])),
  namespace: z.exactOptional(objectName),
  gatewayName: z.exactOptional(objectName),
  gatewayNamespace: z.exactOptional(objectName),
  gatewayClass: z.exactOptional(objectName),
  gateway: z.exactOptional(z.boolean()),
  parentRef: z.exactOptional(objectReference),
  fidelity: z.exactOptional(z.enum(["portable", "exact"])),
  bodyLimit: z.exactOptional(z.enum(["auto", "enforce", "report"])),
  allowUnprotected: z.exactOptional(z.boolean()),
  allowLua: z.exactOptional(z.boolean()),
  sharedLimits: z.exactOptional(z.int().min(1).max(1_000_000)),
  wafImage: z.exactOptional(
    z.string().regex(IMAGE, "an image is registry/name:tag or registry/name@sha256:digest, or none"),
  ),
  defaults: z.exactOptional(z.enum(["keep", "report", "ignore"])),
  certificates: z.exactOptional(z.enum(["auto", "reference-grant", "listener-set"])),
  servicePorts: z.exactOptional(
    z.record(
      z.string().regex(PORT_KEY, "a key is namespace/service:port-name"),
      z.int("a port is a whole number").min(1).max(LARGEST_PORT),
    ),
  ),
  defaultCertificate: z.exactOptional(objectReference),
  controllerFlags: z.exactOptional(controllerFlags),
  annotationValidation: z.exactOptional(z.boolean()),
  controllerVersion: z.exactOptional(z.string().refine(isRelease, "a version is such as 1.9.4, up to 1.15")),
  annotationsPrefix: z.exactOptional(objectName),
  severities: z.exactOptional(severities),
};

const optionsSchema = z.strictObject({
  ...sharedFields,
  sources: z.exactOptional(z.array(source)),
  snapshot: z.exactOptional(
    z.custom<Snapshot>(
      (value) => typeof value === "object" && value !== null && "ingresses" in value,
      "not a snapshot",
    ),
  ),
  mappings: z.exactOptional(z.array(source)),
  controllerConfig: z.exactOptional(source),
  sourceRoot: z.exactOptional(z.string()),
  debug: z.exactOptional(z.boolean()),
  verify: z.exactOptional(z.boolean()),
});

/** Options of `verify`, the same on the command line. */
export const probeFields = {
  probes: z.exactOptional(z.int("a whole number").min(1).max(1_000_000)),
  seed: z.exactOptional(z.int("a whole number").min(0).max(0xffff_ffff)),
};

const verifySchema = z.strictObject({
  ...optionsSchema.omit({ sourceRoot: true, verify: true }).shape,
  ...probeFields,
});

const checkSchema = z.strictObject({
  ...optionsSchema.omit({ target: true, sourceRoot: true, verify: true }).shape,
  targets: z.exactOptional(z.array(z.enum(TARGETS)).min(1)),
  failOn: z.exactOptional(z.enum(FAIL_ON)),
  baseline: z.exactOptional(source),
});

/**
 * Checks options of `convert` that may come from anywhere.
 *
 * @throws UsageError that names every option that is wrong
 */
export function checkOptions(options: unknown): ConvertOptions {
  return parsed(optionsSchema, options);
}

/**
 * Checks options of `verify` that may come from anywhere.
 *
 * @throws UsageError that names every option that is wrong
 */
export function checkVerifyOptions(options: unknown): VerifyOptions {
  return parsed(verifySchema, options);
}

/**
 * Checks options of `check` that may come from anywhere.
 *
 * @throws UsageError that names every option that is wrong
 */
export function checkCheckOptions(options: unknown): CheckOptions {
  return parsed(checkSchema, options);
}

function parsed<Options extends Pick<ConvertOptions, "sources" | "snapshot" | "gateway" | "parentRef">>(
  schema: z.ZodType<Options>,
  options: unknown,
): Options {
  const result = schema.safeParse(options);
  if (!result.success) throw new UsageError(result.error.issues.map((issue) => describeIssue(issue)).join("\n"));
  const checked = result.data;
  if ((checked.sources === undefined) === (checked.snapshot === undefined))
    throw new UsageError('exactly one of the options "sources" and "snapshot" is needed');
  checkCombinations(checked);
  return checked;
}

/** What no single option shows to be wrong; used for the command line as well. */
export function checkCombinations(options: Pick<ConvertOptions, "gateway" | "parentRef">): void {
  if (options.gateway === false && options.parentRef === undefined) {
    throw new UsageError(
      "without a Gateway of our own, parentRef (--parent-ref namespace/name) must name the Gateway that the routes attach to",
    );
  }
  if (options.gateway !== false && options.parentRef !== undefined) {
    throw new UsageError(
      "parentRef (--parent-ref) names an existing Gateway, so it needs gateway: false (--no-gateway)",
    );
  }
}

/** One sentence about one wrong option, e.g. `option "target": Invalid option: expected one of "envoy-gateway"|"standard"`. */
export function describeIssue(issue: z.core.$ZodIssue): string {
  const path = issue.path.map(String).join(".");
  if (issue.code === "unrecognized_keys")
    return `unknown option ${issue.keys.map((key) => `"${path === "" ? key : `${path}.${key}`}"`).join(", ")}`;
  return `option "${path}": ${issue.message}`;
}
