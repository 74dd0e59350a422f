export * from "./assert-never.js";
export * from "./group-by.js";
export * from "./origin.js";
export * from "./resource.js";
export * from "./schemas.js";
export * from "./snapshot.js";
