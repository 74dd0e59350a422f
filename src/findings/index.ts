export * from "./accounting.js";
export * from "./catalogue.js";
export { isControllerDefault } from "./controller-defaults.js";
export * from "./fail-on.js";
export * from "./finding.js";
export * from "./severity-policy.js";
export { editDistance, suggestKey } from "./suggest.js";
export { applySuppressions, isCode, nearestCode, type Settled, type Suppressed } from "./suppressions.js";
