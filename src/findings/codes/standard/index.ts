import { backends } from "./backends.js";
import { headers } from "./headers.js";
import { paths } from "./paths.js";
import { redirects } from "./redirects.js";

/** Findings of the emission that all targets share, and of the standard target. */
export const standardFindings = { ...paths, ...redirects, ...headers, ...backends } as const;
