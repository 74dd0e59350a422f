export { findingOfUnread, findingsOfSnapshot } from "./findings.js";
export { readSnapshot, snapshotBuilder, type ReadOptions, type SnapshotBuilder } from "./snapshot-builder.js";
export { isUnreadFile, type InputSource, type UnreadFile } from "./source.js";
