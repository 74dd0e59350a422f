export { printable } from "./terminal-text.js";
export { code } from "./markdown-text.js";
export { accountFor, type Accounting } from "./accounting.js";
export { buildReport, distinctIngresses, reportUnread, unansweredFindings, type ReportInput } from "./build.js";
export {
  baselineSchema,
  CHECK_STATUS,
  checkSchema,
  type BaselineEntry,
  type CheckFinding,
  type CheckReport,
  type CheckStatus,
  type GoneEntry,
} from "./check/schema.js";
export { renderCheckSummary } from "./check/render-text.js";
export { renderCheck } from "./check/formats.js";
export type { CheckView } from "./check/view.js";
export { reportNeighbours } from "./neighbours.js";
export { createLocator, type Locator } from "./locator.js";
export { renderJson } from "./render-json.js";
export { renderMarkdown } from "./render-markdown.js";
export { renderFindings, renderSummary } from "./render-text.js";
export { reportSchema, type Report, type ReportFinding, type ReportIngress } from "./schema.js";
export { renderVerifyMarkdown } from "./verify/render-markdown.js";
export { renderDefects, renderVerifyText, verifiedLine } from "./verify/render-text.js";
export { verifySchema, type VerifyReport } from "./verify/schema.js";
export type { TextView } from "./terminal-text.js";
export { byText, countAll, zero } from "./sorting.js";
