import * as z from "zod";
import { FAIL_ON, SEVERITIES, TARGETS, VERDICTS } from "../../findings/index.js";
import {
  byVerdict,
  bySeverity,
  count,
  example,
  ingressId,
  neighbours,
  place,
  severity,
  unread,
  verdict,
  type DeepReadonly,
} from "../schema.js";

const target = z.enum(TARGETS);

export const CHECK_STATUS = ["failing", "reported", "known", "suppressed"] as const;

const finding = z.object({
  fingerprint: z
    .string()
    .describe("Identity that survives moved lines and changed values: code, target, object, annotations and ordinal."),
  code: z.string(),
  severity,
  verdict,
  status: z
    .enum(CHECK_STATUS)
    .describe(
      "failing: at or above failOn, and neither known nor suppressed; reported: below it; known: in the baseline; suppressed: by annotation or policy.",
    ),
  target: z.exactOptional(target.describe("Absent: it is so whatever the target.")),
  object: z.string().describe("Kind namespace/name"),
  annotation: z.exactOptional(z.string()),
  value: z.exactOptional(z.string().describe("Of the annotation; credentials are masked, long values cut.")),
  what: z.string(),
  why: z.string(),
  remedy: z.string(),
  at: z.array(place).min(1),
  source: z.exactOptional(z.string().describe("Text of the line of the first place, where it is at hand.")),
  example: z.exactOptional(example),
  ordinal: z.int().min(1).describe("Tells apart findings that share code, target, object and annotations."),
  suppression: z.exactOptional(z.object({ by: z.enum(["annotation", "policy"]), reason: z.string() })),
});

const ofTarget = z.object({
  target,
  ingressesByVerdict: byVerdict.describe("Served Ingresses by their worst verdict."),
  ingressesByRisk: z
    .object({ ...bySeverity.shape, exact: count })
    .describe("Served Ingresses by the worst severity among their findings."),
  annotationsByVerdict: byVerdict.describe("Annotations of all Ingresses that were read."),
  findingsBySeverity: bySeverity.describe(
    "Without suppressed ones; those that hold for every target are counted for each.",
  ),
});

const annotation = z.object({
  key: z.string(),
  ingresses: count.describe("Ingresses that set it."),
  targets: z.array(z.object({ target, verdicts: byVerdict, codes: z.array(z.string()) })),
});

const ingress = z.object({
  id: ingressId,
  file: z.string(),
  line: z.int().min(1),
  served: z.boolean().describe("Whether ingress-nginx serves it."),
  notServedBecause: z.exactOptional(z.string().describe("Finding code.")),
  hosts: z.array(z.string()).describe("* for rules without a host."),
  targets: z.array(z.object({ target, verdict: z.enum(VERDICTS), risk: z.enum([...SEVERITIES, "exact"]) })),
});

const baselineEntry = z.object({
  code: z.string(),
  severity,
  target: z.exactOptional(target),
  object: z.exactOptional(z.string().describe("Absent for what is said once for the whole run.")),
  annotations: z.exactOptional(z.array(z.string()).min(1)),
  ordinal: z.int().min(1),
});

const gone = baselineEntry.extend({
  objectRead: z.boolean().describe("False: the object is not in the input, so nothing is known about the finding."),
});

/** What `check` says, for programs. Fields are only ever added while `schemaVersion` stays the same. */
export const checkSchema = z.object({
  schemaVersion: z.literal("1"),
  targets: z.array(target).min(1),
  failOn: z.enum(FAIL_ON),
  summary: z.object({
    files: count.describe("Files opened."),
    ingressesRead: count,
    ingressesServed: count,
    findings: z.object({ failing: count, reported: count, known: count, suppressed: count }).describe("By status."),
    findingsBySeverity: bySeverity.describe("Without suppressed ones."),
    gone: count.describe("Baseline entries that are no longer found."),
    unread: count,
  }),
  comparison: z.array(ofTarget).describe("What each target would keep, in the order of targets."),
  annotations: z.array(annotation).describe("The same by annotation key, sorted by key."),
  ingresses: z.array(ingress).describe("Sorted by id."),
  neighbours,
  findings: z.array(finding).describe("Of every status, sorted by file, line, column, severity and code."),
  baseline: z.exactOptional(z.object({ gone: z.array(gone) })).describe("Present when one was given."),
  unread: z.array(unread),
});

/** A baseline file: the findings that a team knows and does not fail for. */
export const baselineSchema = z.strictObject({
  schemaVersion: z.literal("1"),
  findings: z.array(z.strictObject(baselineEntry.shape)),
});

export type CheckReport = DeepReadonly<z.infer<typeof checkSchema>>;
export type CheckFinding = CheckReport["findings"][number];
export type CheckStatus = CheckFinding["status"];
export type BaselineEntry = DeepReadonly<z.infer<typeof baselineEntry>>;
export type GoneEntry = NonNullable<CheckReport["baseline"]>["gone"][number];
