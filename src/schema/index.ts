export { readCrds } from "./crd.js";
export { objectCheck } from "./validate.js";
