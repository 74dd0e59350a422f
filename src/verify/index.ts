export { describeOutcome } from "./decision.js";
export { describeRequest } from "./request.js";
export { ROUTE_CELLS, routeTable, type CellChange, type RouteCell, type RouteRow } from "./routes.js";
export { entryPointOf, resolvedNames, type EntryPoint } from "./live/entry-point.js";
export { verifyLive, type LiveOptions, type LivePair, type LiveResult } from "./live/run.js";
export type { ProbeOptions } from "./probes/probes.js";
export { verifyConversion, type NamedCode, type Verification } from "./run.js";
