import type { ProbeRequest } from "../request.js";

/** Everything about a request besides scheme, host and path. */
export type Variant = Partial<Omit<ProbeRequest, "scheme" | "host" | "path">>;
