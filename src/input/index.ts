export { findingOfUnread, findingsOfSnapshot } from "./findings.js";
export { DEFAULT_MAX_FILE_SIZE, readPaths, type ReadIo } from "./read-paths.js";
export { readSnapshot, snapshotBuilder, type ReadOptions, type SnapshotBuilder } from "./snapshot-builder.js";
export { isUnreadFile, type InputSource, type UnreadFile } from "./source.js";
