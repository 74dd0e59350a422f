import type { TargetName } from "../../findings/index.js";
import type { IngressId } from "../../kubernetes/index.js";
import type { TextView } from "../terminal-text.js";
import type { CheckReport } from "./schema.js";

/** What a renderer of the check report is told besides the report. Those for files need no colours. */
export type CheckView = TextView & {
  /** Version of ingress2gateway, for formats that name the tool. */
  readonly version: string;
  /** Objects that are written for an Ingress; for formats that show them. */
  readonly objectsOf?: (ingress: IngressId, target: TargetName) => readonly EmittedObject[];
  /** How many objects of each kind a conversion writes. */
  readonly objectCounts?: () => ReadonlyMap<TargetName, ReadonlyMap<string, number>>;
};

/** An emitted object as it is shown beside a finding. */
export type EmittedObject = { readonly target: TargetName; readonly title: string; readonly yaml: string };

/** Pure: text only. The exit code is decided elsewhere. */
export type CheckRenderer = (report: CheckReport, view: CheckView) => string;
