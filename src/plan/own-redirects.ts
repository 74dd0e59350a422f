import type { Location, Server } from "../ingress-nginx/index.js";
import { below } from "../kubernetes/index.js";
import type { Setting } from "../mappings/index.js";
import { afterServer, withHeadersAround } from "./around-rules.js";
import type { DraftRule } from "./draft-rule.js";
import { ruleName } from "./names.js";
import type { PlannedAction } from "./plan.js";
import { serverVariants } from "./snippets/variants.js";
import { addsTrailingSlash } from "./trailing-slash.js";

/** nginx's own redirect from `/docs` to `/docs/`. */
export function trailingSlashRule(server: Server, location: Location, rank: number): DraftRule[] {
  if (!addsTrailingSlash(server, location)) return [];
  const { path } = location;
  const bare = path.slice(0, -1);
  return [
    {
      name: `${ruleName(path)}-slash`,
      matches: [{ path: { kind: "exact", value: bare } }],
      action: { kind: "redirect", to: { path }, status: 301, settings: [] },
      features: {},
      owner: location.owner,
      origin: location.origin,
      rank,
      // nginx's own redirect comes with the choice of the location, before any annotation of it.
      precedesHttps: true,
    },
  ];
}

/** nginx fills in the variables of the text: the request's own query behind a path is what a redirect keeps by itself. */
function appRootAction(setting: Setting<string>): PlannedAction {
  const made = { kind: "app-root", status: 302, settings: [setting] } as const;
  const [, path = ""] = /^([^$]+)\$is_args\$(?:args|query_string)$/.exec(setting.value) ?? [];
  return path === "" ? { ...made, path: setting.value } : { ...made, path, keepsQuery: true };
}

/** app-root: exactly `/` of the host, after the snippets of the server and before everything else (nginx.tmpl). */
export function appRootRules(server: Server): DraftRule[] {
  const setting = server.appRoot;
  const owner = server.ingresses.find((ingress) => ingress.id === setting?.ingress);
  if (setting === undefined || owner === undefined) return [];
  const rule: DraftRule = {
    name: "app-root",
    matches: [{ path: { kind: "exact", value: "/" } }],
    action: appRootAction(setting),
    features: {},
    owner,
    origin: below(setting.origin),
    rank: 0,
    precedesHttps: true,
  };
  const location = server.locations.at(-1);
  if (location === undefined) return [rule];
  const variants = serverVariants(server, location, "/", true) ?? [];
  const isReached = variants.length === 0 || variants.some(({ stoppedInServer }) => !stoppedInServer);
  return withHeadersAround(rule, server, location, { levels: ["http", "server"] }).flatMap((one) =>
    isReached ? afterServer(one, server, location, true) : [],
  );
}
