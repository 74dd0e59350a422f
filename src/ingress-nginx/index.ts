export { buildModel } from "./build-model.js";
export * from "./controller-config.js";
export * from "./model.js";
export type { ModelOptions } from "./options.js";
