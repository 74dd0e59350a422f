import * as z from "zod";
import { OUTCOMES } from "../neighbours/index.js";
import { SEVERITIES, TARGETS, VERDICTS } from "../findings/index.js";

export const severity = z
  .enum(SEVERITIES)
  .describe("What to do about it: blocker (decide before migrating) … info (good to know).");
export const verdict = z.enum(VERDICTS).describe("How well the output does what the Ingress did.");
export const count = z.int().min(0);
export const ingressId = z.string().describe("namespace/name");
export const bySeverity = z.object({ blocker: count, high: count, medium: count, low: count, info: count });
export const byVerdict = z.object({ exact: count, equivalent: count, partial: count, unsupported: count });

export const place = z.object({
  file: z.string().describe("As given on the command line; - for stdin."),
  line: z.int().min(1),
  column: z.int().min(1),
  object: z.string().describe("Kind namespace/name"),
  annotation: z.exactOptional(z.string()),
});

export const example = z
  .object({
    method: z.string(),
    url: z.string(),
    headers: z.exactOptional(z.record(z.string(), z.string())),
    client: z.exactOptional(z.string()).describe("Where the client is, its body, what it can show."),
    before: z.string(),
    after: z.string(),
  })
  .describe("A request that shows the difference.");

const finding = z.object({
  code: z.string(),
  severity,
  verdict,
  target: z.enum(TARGETS),
  what: z.string(),
  why: z.string(),
  remedy: z.string(),
  cases: z.int().min(1).describe("Ingresses (or other objects) that it is about; the sentence names the first one."),
  at: z.array(place).min(1),
  example: z.exactOptional(example),
});

const suppressed = finding
  .extend({
    by: z
      .enum(["annotation", "policy"])
      .describe("annotation: ingress2gateway.dev/ignore on the Ingress; policy: severities in the config file."),
    reason: z.string(),
  })
  .describe("Not part of findings: somebody decided not to hear about it.");

const ingress = z.object({
  id: ingressId,
  file: z.string(),
  line: z.int().min(1),
  served: z.boolean().describe("Whether ingress-nginx serves it, and so whether it was converted."),
  notServedBecause: z.exactOptional(z.string().describe("Finding code.")),
  risk: z.enum([...SEVERITIES, "exact"]).describe("Worst severity among its findings; exact without any."),
  verdict: verdict.describe("Worst verdict among its annotations and findings."),
  decide: z
    .array(z.string())
    .describe(
      "Codes of its findings that ask for a decision: high and blocker, and medium with a verdict below equivalent.",
    ),
  hosts: z.array(z.string()).describe("* for rules without a host."),
  files: z.array(z.string()).describe("Output files that hold objects made from it."),
});

const annotation = z.object({ key: z.string(), verdict, codes: z.array(z.string()) });

export const neighbours = z
  .object({
    annotationsRead: count.describe(
      "Annotations of all Ingresses that are not the controller's, counted from the manifests.",
    ),
    annotationsAnswered: count,
    list: z.array(
      z.object({
        id: z
          .string()
          .describe("Name of the file in mappings/neighbours; unknown for keys that no known program reads."),
        title: z.string(),
        annotations: z.array(
          z.object({
            key: z.string(),
            outcome: z
              .enum(OUTCOMES)
              .describe("What becomes of it; mappings/neighbours/README.md says what the words mean."),
            codes: z.array(z.string()).describe("Finding codes."),
            ingresses: z.array(ingressId),
          }),
        ),
      }),
    ),
  })
  .describe("Other programs that read annotations of the Ingresses.");

const resource = z.object({
  apiVersion: z.string(),
  kind: z.string(),
  namespace: z.exactOptional(z.string()),
  name: z.string(),
  owner: z.enum(["platform", "app"]),
  file: z.string(),
  from: z.array(ingressId),
});

export const unread = z.object({
  file: z.string(),
  line: z.int().min(1),
  column: z.int().min(1),
  object: z.exactOptional(z.string()),
  extent: z.enum(["file", "document", "object"]),
  reason: z.string(),
  remedy: z.string(),
});

const summary = z.object({
  files: count.describe("Files opened."),
  ingressesRead: count,
  ingressesConverted: count,
  ingressesNotServed: count.describe("Of another class, refused by the controller, or without anything to serve."),
  headline: z
    .object({ exact: count, equivalent: count, needDecision: count })
    .describe(
      "Converted Ingresses: needDecision counts those with something to decide, exact those without any difference, equivalent the rest.",
    ),
  ingressesByVerdict: byVerdict.describe("Converted Ingresses by their worst verdict."),
  annotationsByVerdict: byVerdict,
  findingsBySeverity: bySeverity.describe("Cases, not sentences."),
  findingsByVerdict: byVerdict,
  resourcesByKind: z.record(z.string(), count),
  skippedByKind: z.record(z.string(), count).describe("Objects in the input that do not matter to the conversion."),
  suppressed: count.describe("Cases that are suppressed."),
  unread: count,
});

export const verification = z
  .object({
    requests: count,
    same: count.describe("Answered alike, apart from what hidden defaults change for every request."),
    differAsReported: count.describe("Answered differently, and findings of the conversion say so."),
    unnamed: count.describe("Answered differently without a finding: defects of the tool."),
  })
  .describe("Derived requests through simulators of both sides; absent where it was left out.");

/** `report.json`. Fields are only ever added while `schemaVersion` stays the same. */
export const reportSchema = z.object({
  schemaVersion: z.literal("1"),
  target: z.enum(TARGETS),
  summary,
  ingresses: z.array(ingress),
  findings: z.array(finding).describe("Sorted by severity, code and place."),
  suppressed: z.array(suppressed).describe("Sorted like findings."),
  accounting: z.object({
    annotationsRead: count.describe("Counted from the manifests."),
    annotationsAnswered: count.describe(
      "Counted from the answers; fewer than read is a defect, reported as INTERNAL_UNANSWERED.",
    ),
    ingresses: z.array(z.object({ id: ingressId, annotations: z.array(annotation) })),
  }),
  neighbours,
  resources: z.array(resource),
  unread: z.array(unread),
  verification: z.exactOptional(verification),
});

export type DeepReadonly<T> = T extends object ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> } : T;

export type Report = DeepReadonly<z.infer<typeof reportSchema>>;
export type ReportFinding = Report["findings"][number];
export type ReportSuppressed = Report["suppressed"][number];
export type ReportIngress = Report["ingresses"][number];
