import type { Location } from "../ingress-nginx/index.js";
import { settingOf } from "../mappings/index.js";
import type { PlannedAction, RedirectTarget } from "./plan.js";

type RedirectAction = Extract<PlannedAction, { kind: "redirect" }>;

/** The redirect of permanent-redirect or temporal-redirect, which wins (redirect/redirect.go). */
export function redirectActionOf(location: Location): RedirectAction | undefined {
  const { settings } = location;
  const temporal = settingOf(settings, "temporal-redirect");
  if (temporal !== undefined) {
    const code = settingOf(settings, "temporal-redirect-code");
    const status = code !== undefined && code.value >= 300 && code.value <= 307 ? code.value : 302;
    return {
      kind: "redirect",
      to: redirectTarget(temporal.value),
      status,
      settings: code === undefined ? [temporal] : [temporal, code],
    };
  }
  const permanent = settingOf(settings, "permanent-redirect");
  if (permanent === undefined) return undefined;
  const code = settingOf(settings, "permanent-redirect-code");
  const status = code !== undefined && code.value >= 300 && code.value <= 308 ? code.value : 301;
  return {
    kind: "redirect",
    to: redirectTarget(permanent.value),
    status,
    settings: code === undefined ? [permanent] : [permanent, code],
  };
}

/** Splits the Location that nginx would send. `$request_uri` at the end keeps path and query (annotation validation off). */
export function redirectTarget(location: string): RedirectTarget {
  const keepsUri = location.endsWith("$request_uri");
  const text = keepsUri ? location.slice(0, -"$request_uri".length) : location;
  // A path of the same host: nginx puts scheme and host in front of it (nginx 1.27.1, ngx_http_header_filter).
  const local = /^(\/(?!\/)[^?#$]*)(?:\?([^#$]*))?$/.exec(text);
  if (local?.[1] !== undefined && !keepsUri)
    return { path: local[1], ...(local[2] === undefined ? {} : { query: local[2] }), literal: location };
  if (text.includes("$") || !URL.canParse(text)) return { literal: location };
  const url = new URL(text);
  const scheme = url.protocol === "http:" ? "http" : url.protocol === "https:" ? "https" : undefined;
  if (scheme === undefined || url.username !== "" || url.password !== "" || url.hash !== "")
    return { literal: location };
  const hostname = url.hostname;
  const port = url.port === "" ? undefined : Number(url.port);
  if (keepsUri && url.pathname !== "/") return { literal: location };
  return {
    scheme,
    hostname,
    ...(port === undefined ? {} : { port }),
    ...(keepsUri ? {} : { path: url.pathname }),
    ...(url.search === "" ? {} : { query: url.search.slice(1) }),
    ...(keepsUri ? {} : { literal: location }),
  };
}
