export { readAnyObjects } from "./any-objects.js";
export { matchingFiles } from "./matching-files.js";
export { findingsOfSnapshot } from "./findings.js";
export { readPaths } from "./read-paths.js";
export { readSnapshot, snapshotBuilder } from "./snapshot-builder.js";
export { isUnreadFile } from "./source.js";
