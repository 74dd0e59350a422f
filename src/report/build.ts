import { finding, type Answer, type Finding, type Suppressed, type TargetName } from "../findings/index.js";
import {
  annotationOrigin,
  ingressId,
  type Ingress,
  type IngressId,
  type OwnedResource,
  type Snapshot,
  type Unread,
} from "../kubernetes/index.js";
import { accountFor, UNANSWERED, type Accounting } from "./accounting.js";
import { reportNeighbours } from "./neighbours.js";
import type { NeighbourAnswer } from "../neighbours/index.js";
import { reportFindings, reportSuppressed } from "./finding-list.js";
import { reportIngresses } from "./ingress-list.js";
import { createLocator } from "./locator.js";
import type { Report } from "./schema.js";
import { byText, countBy } from "./sorting.js";
import { summarise } from "./summary.js";

export type ReportInput = {
  readonly target: TargetName;
  readonly snapshot: Snapshot;
  /** Whether an annotation is the controller's, or an in-house one that feeds the same features. */
  readonly isControllerAnnotation: (key: string) => boolean;
  /** Finding code for each Ingress that the controller does not serve. */
  readonly notServed: ReadonlyMap<IngressId, string>;
  readonly findings: readonly Finding[];
  /** Findings that are not among `findings` because somebody decided so. */
  readonly suppressed: readonly Suppressed[];
  readonly answers: readonly Answer[];
  /** What became of annotations that other programs read. */
  readonly neighbours: readonly NeighbourAnswer[];
  /** File of each resource written. */
  readonly fileOf: ReadonlyMap<OwnedResource, string>;
  readonly verification?: Report["verification"];
};

/**
 * Puts everything that a conversion knows into the plain object of `report.json`. Annotations are counted twice: once from
 * the manifests, once from the answers; one without an answer becomes the finding INTERNAL_UNANSWERED.
 */
export function buildReport(input: ReportInput): Report {
  const { snapshot, target } = input;
  const ingresses = distinctIngresses(snapshot.ingresses);
  const locate = createLocator();
  const accounting = accountFor(ingresses, input.answers, input.isControllerAnnotation);
  const neighbours = reportNeighbours(ingresses, input.neighbours, input.isControllerAnnotation);
  const unanswered = [...unansweredFindings(ingresses, accounting), ...neighbours.unanswered];
  const findings = reportFindings([...input.findings, ...unanswered], target, locate);
  const suppressed = reportSuppressed(input.suppressed, target, locate);
  const byFile = resourcesByFile(input.fileOf);
  const files = filesByIngress(byFile);
  const list = reportIngresses({ ingresses, accounting, findings, notServed: input.notServed, files, locate });
  const resources = reportResources(byFile);
  return {
    schemaVersion: "1",
    target,
    summary: {
      files: snapshot.files,
      ...summarise(list, findings, accounting),
      resourcesByKind: countBy(resources, (resource) => resource.kind),
      skippedByKind: leftOut(snapshot, resources),
      suppressed: suppressed.reduce((sum, { cases }) => sum + cases, 0),
      unread: snapshot.unread.length,
    },
    ingresses: list,
    findings,
    suppressed,
    accounting,
    neighbours: neighbours.report,
    resources,
    unread: reportUnread(snapshot.unread),
    ...(input.verification === undefined ? {} : { verification: countsOf(input.verification) }),
  };
}

/** Gateways of the input count where the output has one of its own: they are read for `--parent-ref` alone. */
function leftOut({ skipped, gateways }: Snapshot, resources: Report["resources"]): Readonly<Record<string, number>> {
  const isOwn = resources.some(({ kind }) => kind === "Gateway");
  const all = new Map(skipped);
  if (isOwn && gateways.size > 0) all.set("Gateway", (skipped.get("Gateway") ?? 0) + gateways.size);
  return Object.fromEntries([...all].sort(([a], [b]) => byText(a, b)));
}

const countsOf = ({
  requests,
  same,
  differAsReported,
  unnamed,
}: NonNullable<Report["verification"]>): NonNullable<Report["verification"]> => ({
  requests,
  same,
  differAsReported,
  unnamed,
});

/** The same Ingress can stand in the input twice; it is one entry, of the last one read, as `kubectl apply` would leave it. */
export function distinctIngresses(ingresses: readonly Ingress[]): ReadonlyMap<IngressId, Ingress> {
  const byId = new Map(ingresses.map((ingress) => [ingressId(ingress), ingress]));
  return new Map([...byId].sort(([a], [b]) => byText(a, b)));
}

/** A finding for each annotation that nobody answered for. */
export function unansweredFindings(
  ingresses: ReadonlyMap<IngressId, Ingress>,
  accounting: Accounting,
): readonly Finding[] {
  return accounting.ingresses.flatMap(({ id, annotations }) => {
    const ingress = ingresses.get(id);
    if (ingress === undefined) return [];
    return annotations
      .filter((annotation) => annotation.codes.includes(UNANSWERED))
      .map(({ key }) => finding(UNANSWERED, annotationOrigin(ingress.origin, key), { ingress: id, key }));
  });
}

function filesByIngress(byFile: ByFile): ReadonlyMap<IngressId, ReadonlySet<string>> {
  const files = new Map<IngressId, Set<string>>();
  for (const [file, resources] of byFile) {
    for (const { from } of resources) {
      for (const id of from) {
        const known = files.get(id);
        if (known === undefined) files.set(id, new Set([file]));
        else known.add(file);
      }
    }
  }
  return files;
}

type ByFile = readonly (readonly [file: string, resources: readonly OwnedResource[]])[];

/** Sorted by file, which is sorting far fewer texts than one for each object. */
function resourcesByFile(fileOf: ReadonlyMap<OwnedResource, string>): ByFile {
  const byFile = new Map<string, OwnedResource[]>();
  for (const [resource, file] of fileOf) {
    const known = byFile.get(file);
    if (known === undefined) byFile.set(file, [resource]);
    else known.push(resource);
  }
  return [...byFile].sort(([a], [b]) => byText(a, b));
}

function reportResources(byFile: ByFile): Report["resources"] {
  return byFile.flatMap(([file, resources]) =>
    resources
      .map(({ object, owner, from }) => ({
        apiVersion: object.apiVersion,
        kind: object.kind,
        ...(object.metadata.namespace === undefined ? {} : { namespace: object.metadata.namespace }),
        name: object.metadata.name,
        owner,
        file,
        from: from.length < 2 ? from : [...new Set(from)].sort(byText),
      }))
      .sort((a, b) => byText(a.kind, b.kind) || byText(a.name, b.name) || byText(a.namespace ?? "", b.namespace ?? "")),
  );
}

/** What was not read, sorted by place. */
export function reportUnread(unread: readonly Unread[]): Report["unread"] {
  return unread
    .map(({ file, line, column, object, extent, reason, remedy }) => ({
      file,
      line,
      column,
      ...(object === undefined ? {} : { object }),
      extent,
      reason,
      remedy,
    }))
    .sort((a, b) => byText(a.file, b.file) || a.line - b.line || a.column - b.column);
}
