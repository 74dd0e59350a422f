export * from "./features.js";
export * from "./plan.js";
