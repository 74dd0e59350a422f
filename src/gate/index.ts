export { parseBaseline, renderBaseline, type Baseline } from "./baseline.js";
export { buildCheckReport } from "./build.js";
