import * as z from "zod";
import { SEVERITIES, VERDICTS, type TargetName } from "../findings/index.js";
import { NGINX_CHECKS, type NginxCheckName } from "./nginx-faults.js";
import { VALUE_CHECKS } from "./value-checks.js";

/** Features of the plan (`Features` in src/plan/features.ts; a test compares the two lists). */
export const FEATURES = [
  ..."matching rewrite timeouts retries bodySize buffering cors rateLimit connectionLimit bandwidth ipAccess".split(
    " ",
  ),
  ..."basicAuth externalAuth globalAuthOptOut satisfy clientCertificates affinity loadBalancing hashBy".split(" "),
  ..."serviceUpstream canary mirror backendProtocol backendTls httpVersion responseHeaders upstreamHost".split(" "),
  ..."forwardedPrefix connectionHeader errorPages fallbackBackend cookieRewrite locationRewrite redirectStyle".split(
    " ",
  ),
  ..."tlsCiphers logging tracing waf http2Push snippets".split(" "),
];

/** What is not a feature of a rule but part of the plan's structure. */
export const STRUCTURES = ["redirect", "appRoot", "httpsRedirect", "hostRedirect", "alias", "passthrough", "none"];

/** Value types with the TypeScript type that their decoder returns (`SettingTypes` is generated from this table). */
export const VALUE_TYPES: Readonly<Record<string, string>> = {
  bool: "boolean",
  int: "number",
  seconds: "number",
  size: "number",
  enum: "string",
  string: "string",
  url: "string",
  path: "string",
  regex: "string",
  "header-name": "string",
  "service-name": "string",
  config: "string",
  "cidr-list": "readonly string[]",
  "comma-list": "readonly string[]",
  "blank-list": "readonly string[]",
  "status-list": "readonly number[]",
  "secret-ref": "NamespacedName",
  "configmap-ref": "NamespacedName",
};

export const ON_INVALID = [
  "reject-ingress",
  "deny-503",
  "deny-host-403",
  "fall-back",
  "drop-feature",
  "ignored",
] as const;

const text = z.string().min(1);
const onInvalid = z.enum(ON_INVALID);
const bound = z.number().int().nullable();
const checkNames = Object.keys(VALUE_CHECKS).filter(isCheckName);

function isCheckName(name: string): name is keyof typeof VALUE_CHECKS {
  return name in VALUE_CHECKS;
}

const nginxChecks = Object.keys(NGINX_CHECKS).filter((name): name is NginxCheckName => name in NGINX_CHECKS);

/** A release of ingress-nginx; what is older than 1.0.0 is not told apart. */
const release = z.string().regex(/^1\.\d+\.\d+$/);

const value = z.strictObject({
  type: z.enum(Object.keys(VALUE_TYPES)),
  accepts: z.enum(checkNames).optional(),
  blanks: z.enum(["ignored", "trimmed", "kept"]).optional(),
  mustBe: z.enum(["absolute-url", "http-url", "absolute-path", "qualified-name"]).optional(),
  values: z.array(text).min(1).optional(),
  anyCase: z.boolean().optional(),
  exactSpelling: z.boolean().optional(),
  formerValues: z.record(text, z.strictObject({ removedIn: release, meaning: text })).optional(),
  suffixes: z.enum(["km", "kmg"]).optional(),
  unit: text.optional(),
  range: z.tuple([bound, bound]).optional(),
  nginx: z.enum(nginxChecks).optional(),
  leftOut: text.optional(),
  unreadable: text.optional(),
  default: text.optional(),
  configMapKey: text.optional(),
  readWith: text.optional(),
  notReadWith: text.optional(),
  onInvalid,
  onBadCharacters: onInvalid.optional(),
  onUnusable: onInvalid.optional(),
  onUnvalidated: onInvalid.optional(),
  onEmpty: onInvalid.optional(),
});

const target = z
  .strictObject({
    verdict: z.enum(VERDICTS),
    findings: z.array(z.string().regex(/^[A-Z][A-Z0-9_]*$/)),
    remedy: text.optional(),
    cite: text.optional(),
  })
  .refine((it) => it.verdict === "exact" || it.remedy !== undefined, "a verdict other than exact needs a remedy")
  .refine((it) => it.verdict === "unsupported" || it.cite !== undefined, "what the target can do needs a citation");

/** One entry of a file in `mappings/`; key and group come from the map and from the file name. */
export const ENTRY = z
  .strictObject({
    since: z.string().regex(/^\d+\.\d+\.\d+$/),
    status: z.enum(["current", "undocumented", "deprecated", "removed"]),
    aliases: z.array(text).default([]),
    readSince: release.optional(),
    removedIn: text.optional(),
    replacement: text.optional(),
    severity: z.enum(SEVERITIES).optional(),
    value,
    scope: z.enum(["location", "server", "upstream", "global", "none"]),
    canary: z.boolean(),
    requires: z.array(text).default([]),
    riskLevel: z.enum(["Low", "Medium", "High", "Critical"]).optional(),
    feature: z.enum([...FEATURES, ...STRUCTURES]),
    meaning: text,
    traps: z.array(text).default([]),
    example: z.strictObject({ value: text, with: z.record(text, text).default({}), path: text.optional() }),
    targets: z.strictObject({ "envoy-gateway": target, standard: target } satisfies Record<TargetName, unknown>),
    cite: text,
  })
  .superRefine((entry, context) => {
    const removed = entry.status === "removed";
    if (removed !== (entry.removedIn !== undefined))
      context.addIssue("removedIn belongs to removed keys, and to all of them");
    if (removed && entry.readSince !== undefined) context.addIssue("readSince belongs to the keys that are read");
    if (removed !== (entry.severity !== undefined))
      context.addIssue("severity belongs to removed keys, and to all of them");
    if (removed !== (entry.riskLevel === undefined)) context.addIssue("riskLevel belongs to the keys that are read");
    if (removed !== (entry.feature === "none"))
      context.addIssue("feature none belongs to removed keys, and to all of them");
    if (!removed && entry.value.accepts === undefined) context.addIssue("value.accepts is missing");
  });

/** A file of `mappings/`. */
export const GROUP_FILE = z.record(z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/), ENTRY);

/** An entry without key and group; together with them it is a `CatalogueEntry`. */
export type ParsedEntry = z.infer<typeof ENTRY>;
