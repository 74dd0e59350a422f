export * from "./controller-config.js";
export * from "./model.js";
