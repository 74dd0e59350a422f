import type { Location, Server } from "../../ingress-nginx/index.js";
import { settingOf } from "../../mappings/index.js";
import type { Features } from "../features.js";
import { redirectActionOf } from "../redirects.js";
import { addsTrailingSlash } from "../trailing-slash.js";
import { made } from "./made.js";

/** How Location headers are written where nginx makes them: redirects to the path with a slash, and redirect annotations with a path only. */
export function redirectStyle(server: Server, location: Location): Pick<Features, "redirectStyle"> {
  const { settings } = location;
  const found = made(settings, "relative-redirects", "use-port-in-redirects", "preserve-trailing-slash");
  if (found === undefined) return {};
  const redirect = redirectActionOf(location);
  return {
    redirectStyle: {
      ...found,
      relative: settingOf(settings, "relative-redirects")?.value ?? false,
      usePort: settingOf(settings, "use-port-in-redirects")?.value ?? false,
      makesLocations:
        addsTrailingSlash(server, location) || (redirect !== undefined && redirect.to.hostname === undefined),
    },
  };
}
