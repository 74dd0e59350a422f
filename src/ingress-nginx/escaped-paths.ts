import { finding, type Finding } from "../findings/index.js";
import type { Location } from "./model.js";

const ESCAPE = /%[0-9A-Fa-f]{2}/;

/** Paths that somebody wrote as clients send them: nginx compares the decoded path, so that a percent sign in the text is one (ngx_http_core_find_location). */
export function escapedPaths(locations: readonly Location[]): Finding[] {
  return locations
    .filter(({ path, implicit }) => !implicit && ESCAPE.test(path))
    .map(({ path, owner, origin }) =>
      finding("PATH_WITH_ESCAPE", origin, { ingress: owner.id, path, sent: path.replaceAll("%", "%25") }),
    );
}
