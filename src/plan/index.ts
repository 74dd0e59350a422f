export { buildPlan, type PlanOptions } from "./build-plan.js";
export * from "./features.js";
export { fitName, namer, type Namer } from "./names.js";
export * from "./plan.js";
export type { PlannedStream } from "./streams.js";
export { constantGroups, isPlainPath, sentByNginx } from "./portable.js";
export { splitAlternatives } from "./snippets/expressions.js";
