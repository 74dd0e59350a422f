import type { JsonObject } from "../../kubernetes/index.js";
import { coreHostname } from "../gateway-api/features/headers.js";

/** A host with a port, or an address: what the core field refuses and the Host header may be all the same. */
const OTHER_HOST =
  /^(?:[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i;

/** The hostname modifier for a Host that the core field does not take; undefined where it takes it, or where nothing does. */
export function hostByPath(host: string): JsonObject | undefined {
  if (coreHostname(host) !== undefined || !OTHER_HOST.test(host)) return undefined;
  return { type: "PathRegex", pathRegex: { pattern: "^.*$", substitution: host } };
}
