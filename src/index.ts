/** The public API: functions of data, without input or output of their own. */
export { check, type CheckResult } from "./check.js";
export { convert, type ConvertResult } from "./convert.js";
export { diff, type DiffOptions, type DiffResult } from "./diff.js";
export { explain, explainable } from "./explain.js";
export { diffSchema, type DiffDocument, type FileChange, type LiveComparison } from "./diff/index.js";
export {
  SEVERITIES,
  TARGETS,
  VERDICTS,
  type FailOn,
  type Finding,
  type RequestExample,
  type Severity,
  type SeverityPolicy,
  type TargetName,
  type Verdict,
} from "./findings/index.js";
export { renderBaseline } from "./gate/index.js";
export type { KubernetesObject, Origin, OwnedResource, Snapshot, Unread } from "./kubernetes/index.js";
export type { CheckOptions, ConvertOptions, ObjectName, Source, VerifyOptions } from "./options.js";
export {
  checkSchema,
  reportSchema,
  type CheckFinding,
  type CheckReport,
  type Report,
  type ReportFinding,
  type ReportIngress,
  verifySchema,
  type VerifyReport,
} from "./report/index.js";
export { verify, verifyRunning, type VerifyResult } from "./verification.js";
export { UsageError } from "./usage-error.js";
export type { LiveOptions, LivePair, LiveResult, RouteRow } from "./verify/index.js";
