/** The public API: functions of data, without input or output of their own. */
export { convert, type ConvertResult } from "./convert.js";
export {
  SEVERITIES,
  TARGETS,
  VERDICTS,
  type Finding,
  type RequestExample,
  type Severity,
  type TargetName,
  type Verdict,
} from "./findings/index.js";
export type { KubernetesObject, Origin, OwnedResource, Snapshot, Unread } from "./kubernetes/index.js";
export type { ConvertOptions, ObjectName, Source } from "./options.js";
export type { Report, ReportFinding, ReportIngress } from "./report/index.js";
export { UsageError } from "./usage-error.js";
