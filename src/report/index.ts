export { buildReport, type ReportInput } from "./build.js";
export { renderJson } from "./render-json.js";
export { renderMarkdown } from "./render-markdown.js";
export { renderFindings, renderSummary, type TextView } from "./render-text.js";
export { reportSchema, type Report, type ReportFinding, type ReportIngress } from "./schema.js";
