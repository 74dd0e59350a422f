import { severityRank, FINDINGS, type Finding, type Severity } from "./findings/index.js";
import type { JsonObject, OwnedResource, Unread } from "./kubernetes/index.js";
import { checkVerifyOptions, type ConvertOptions, type VerifyOptions } from "./options.js";
import type { PlannedListener } from "./plan/index.js";
import { reportUnread, type VerifyReport } from "./report/index.js";
import { parentGatewayOf, planFor, translateFor, type Planned, type Translated } from "./stages.js";
import {
  verifyConversion,
  verifyLive,
  type ComparisonInput,
  type LiveOptions,
  type LivePair,
  type LiveResult,
  type NamedCode,
  type ProbeOptions,
  type Verification,
} from "./verify/index.js";

export type VerifyResult = {
  /** Counts, codes with an example each, and every kind of defect; `schemas/verify.schema.json`. */
  readonly report: VerifyReport;
  /** What could not be read; the rest is verified. */
  readonly unread: readonly Unread[];
};

const PROBES_PER_HOST = 2000;
const SEED = 1;

/**
 * Converts in memory and sends derived requests through a simulator of ingress-nginx and one of the Gateway. Reads and writes no files.
 *
 * @returns how many requests are answered alike, which findings announce the others, and those that none announces, which are defects of this tool
 * @throws UsageError when the options are wrong
 * @example
 * const { report } = await verify({ sources: [{ name: "shop.yaml", text }] });
 * if (report.summary.unnamed > 0) throw new Error("report this to the maintainers");
 */
export async function verify(options: VerifyOptions): Promise<VerifyResult> {
  return Promise.resolve(verifyNow(checkVerifyOptions(options)));
}

function verifyNow({ probes = PROBES_PER_HOST, seed = SEED, ...options }: VerifyOptions): VerifyResult {
  const planned = planFor(options);
  const translated = translateFor(options.target ?? "envoy-gateway", planned, options);
  const of = { planned, translated, options };
  const verification = verifyTranslated(of, { perHost: probes, seed });
  return { report: verifyReport(of, verification, { perHost: probes, seed }), unread: planned.snapshot.unread };
}

type Converted = {
  readonly planned: Planned;
  readonly translated: Translated;
  readonly options: ConvertOptions;
};

/** Verifies a conversion that was made already. */
export function verifyTranslated(of: Converted, probes: ProbeOptions): Verification {
  return verifyConversion(comparisonInput(of), probes);
}

/**
 * Sends the probes of the manifests to the running controller and the running Gateway; this is the only function here that uses the network.
 *
 * @param live where both sides listen, how fast and what is compared
 * @param record is called with every pair of answers
 * @throws UsageError when the options are wrong
 */
export async function verifyRunning(
  options: VerifyOptions,
  live: Omit<LiveOptions, "perHost" | "seed">,
  record: (pair: LivePair) => void,
): Promise<LiveResult & { readonly unread: readonly Unread[] }> {
  const { probes = PROBES_PER_HOST, seed = SEED, ...given } = checkVerifyOptions(options);
  const planned = planFor(given);
  const translated = translateFor(given.target ?? "envoy-gateway", planned, given);
  const input = comparisonInput({ planned, translated, options: given });
  const result = await verifyLive(input, { ...live, perHost: probes, seed }, record);
  return { ...result, unread: planned.snapshot.unread };
}

function comparisonInput({ planned, translated, options }: Converted): ComparisonInput {
  const target = options.target ?? "envoy-gateway";
  // Differences that the user does not want to hear about are known to him, so they count as named.
  const unsaid =
    options.defaults === "ignore" ? translateFor(target, planned, { ...options, defaults: "report" }).findings : [];
  const { defaultCertificate: certificate } = options;
  return {
    model: planned.model,
    resources: [...translated.resources, ...parentGateway(planned, options)],
    findings: [...planned.findings, ...translated.findings, ...unsaid],
    target,
    ...(certificate === undefined ? {} : { defaultCertificate: `${certificate.namespace}/${certificate.name}` }),
  };
}

const GROUP = "gateway.networking.k8s.io";

/** With --no-gateway: the Gateway as the input has it, or with the listeners that it must have, as PARENT_LISTENERS_ASSUMED lists them. */
function parentGateway({ plan, snapshot }: Planned, options: ConvertOptions): OwnedResource[] {
  const { gateway = true, parentRef } = options;
  if (gateway || parentRef === undefined) return [];
  // Where nothing is served, nothing attaches to the Gateway, and what it answers is not ours.
  const existing = plan.listeners.length === 0 ? undefined : parentGatewayOf(options, snapshot);
  const secrets = existing?.listeners.flatMap(({ certificates }) => certificates) ?? [];
  const homes =
    existing === undefined
      ? plan.listeners.flatMap(({ certificate }) => certificate?.namespace ?? [])
      : secrets.map((secret) => secret.slice(0, secret.indexOf("/")));
  const owned = { owner: "platform", from: [], origins: [], file: "gateway" } as const;
  const { name, namespace } = parentRef;
  const kind = "Gateway";
  // A Gateway that works already may read its Secrets.
  const grants = [...new Set(homes)].map((home) => ({
    ...owned,
    object: {
      apiVersion: `${GROUP}/v1beta1`,
      kind: "ReferenceGrant",
      metadata: { name, namespace: home },
      spec: { from: [{ group: GROUP, kind, namespace }], to: [{ group: "", kind: "Secret" }] },
    },
  }));
  const namespaces = [...snapshot.namespaces.values()].map((head) => ({
    ...owned,
    object: { apiVersion: "v1", kind: "Namespace", metadata: { name: head.name, labels: head.labels }, spec: {} },
  }));
  const spec = existing?.spec ?? { listeners: plan.listeners.map(assumedListener) };
  return [
    { ...owned, object: { apiVersion: `${GROUP}/v1`, kind, metadata: { name, namespace }, spec } },
    ...grants,
    ...namespaces,
  ];
}

function assumedListener({ name, protocol, port, hostname, certificate }: PlannedListener): JsonObject {
  return {
    name,
    protocol,
    port,
    hostname,
    allowedRoutes: { namespaces: { from: "All" } },
    ...(protocol === "TLS" ? { tls: { mode: "Passthrough" } } : {}),
    ...(certificate === undefined ? {} : { tls: { mode: "Terminate", certificateRefs: [certificate] } }),
  };
}

/** Findings with the requests that show them. */
export function withExamples(findings: readonly Finding[], { examples }: Verification): readonly Finding[] {
  return findings.map((finding) => {
    const example = examples.get(finding);
    return example === undefined ? finding : { ...finding, example };
  });
}

/** The plain object of `verify --format json`. */
export function verifyReport(
  { planned, translated, options }: Converted,
  of: Verification,
  probes: ProbeOptions,
): VerifyReport {
  const findings = [...planned.findings, ...translated.findings];
  const severities = worstSeverities(findings);
  const rows = (codes: readonly NamedCode[]): VerifyReport["named"] =>
    codes
      .map(({ code, requests, example }) => ({
        code,
        title: titleOf(code),
        severity: severities.get(code) ?? "info",
        requests,
        example,
      }))
      .sort((a, b) => severityRank(a.severity) - severityRank(b.severity) || (a.code < b.code ? -1 : 1));
  return {
    schemaVersion: "1",
    target: options.target ?? "envoy-gateway",
    summary: {
      ingresses: planned.model.served.length,
      hosts: of.hosts,
      requests: of.requests,
      same: of.same,
      differAsReported: of.named,
      unnamed: of.unnamed,
      probesPerHost: probes.perHost,
      seed: probes.seed,
    },
    named: rows(of.codes),
    standing: rows(of.standing),
    unnamed: of.defects.map(({ example, differences }) => ({ request: example, differences })),
    unread: reportUnread(planned.snapshot.unread),
  };
}

function worstSeverities(findings: readonly Finding[]): ReadonlyMap<string, Severity> {
  const worst = new Map<string, Severity>();
  for (const { code, severity } of findings) {
    const known = worst.get(code);
    if (known === undefined || severityRank(severity) < severityRank(known)) worst.set(code, severity);
  }
  return worst;
}

const titleOf = (code: string): string =>
  new Map<string, { readonly title: string }>(Object.entries(FINDINGS)).get(code)?.title ?? code;

/** Most Ingresses that `convert` verifies by itself, and probes that it spends on them together. */
const MOST_INGRESSES = 1000;
const PROBES_OF_CONVERT = 12_000;
const MOST_PER_HOST = 500;
const FEWEST_PER_HOST = 8;

/** The probes that a conversion is verified with by default; undefined where there is nothing to verify or too much of it. */
export function probesOfConvert({ model }: Planned): ProbeOptions | undefined {
  const hosts = model.servers.length;
  if (hosts === 0 || model.served.length > MOST_INGRESSES) return undefined;
  const share = Math.floor(PROBES_OF_CONVERT / hosts);
  return { perHost: Math.min(MOST_PER_HOST, Math.max(FEWEST_PER_HOST, share)), seed: SEED };
}
