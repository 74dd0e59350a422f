export * from "./accounting.js";
export * from "./catalogue.js";
export * from "./finding.js";
