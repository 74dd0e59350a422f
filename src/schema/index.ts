export { readCrds, type CrdSchemas } from "./crd.js";
export { objectCheck } from "./validate.js";
