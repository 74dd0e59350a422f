import type { Location } from "../ingress-nginx/index.js";
import { settingOf } from "../mappings/index.js";
import type { PlannedAction, RedirectTarget } from "./plan.js";
import { portableRewrite } from "./portable.js";

type RedirectAction = Extract<PlannedAction, { kind: "redirect" }>;

/**
 * The redirect of permanent-redirect or temporal-redirect, which wins (redirect/redirect.go), or that of a rewrite-target which is an address. A code out
 * of range has become the default when it was read (mappings/redirect.yaml).
 */
export function redirectActionOf(location: Location): RedirectAction | undefined {
  const { settings } = location;
  const temporal = settingOf(settings, "temporal-redirect");
  if (temporal !== undefined) {
    const code = settingOf(settings, "temporal-redirect-code");
    return {
      kind: "redirect",
      to: redirectTarget(temporal.value),
      status: code?.value ?? 302,
      settings: code === undefined ? [temporal] : [temporal, code],
    };
  }
  const permanent = settingOf(settings, "permanent-redirect");
  if (permanent === undefined) return rewriteToAddress(location);
  const code = settingOf(settings, "permanent-redirect-code");
  return {
    kind: "redirect",
    to: redirectTarget(permanent.value),
    status: code?.value ?? 301,
    settings: code === undefined ? [permanent] : [permanent, code],
  };
}

/**
 * A rewrite-target that begins with http://, https:// or $scheme is answered with 302, whatever the flag (ngx_http_rewrite_module); the query goes
 * along. Those that no redirect filter can say stay rewrites, which the targets refuse.
 */
function rewriteToAddress({ settings, path: source }: Location): RedirectAction | undefined {
  const rewrite = settingOf(settings, "rewrite-target");
  const [, base, rest = ""] =
    /^((?:https?:\/\/|\$scheme:\/\/(?![^/]*:))[^/$?#]+)([^?#]*)$/.exec(rewrite?.value ?? "") ?? [];
  if (rewrite === undefined || base === undefined) return undefined;
  const { scheme, hostname, port } = redirectTarget(base.replace("$scheme", "https"));
  if (scheme === undefined || hostname === undefined) return undefined;
  const to = { ...(base.startsWith("$") ? {} : { scheme }), hostname, ...(port === undefined ? {} : { port }) };
  const path = addressedPath(source, rest);
  return path === undefined
    ? undefined
    : { kind: "redirect", to: { ...to, ...path }, status: 302, settings: [rewrite] };
}

/** What stands behind the host: the request's path as it was, a beginning in place of another, or a constant; a path without groups has none to put in. */
function addressedPath(
  source: string,
  rest: string,
): Pick<RedirectTarget, "path" | "pathPrefix" | "replaced" | "decodes"> | undefined {
  const hasGroups = source.includes("(");
  const form = portableRewrite(source, hasGroups ? rest : rest.replaceAll(/\$[1-9]/g, ""), (text) => text);
  if (form === undefined) return undefined;
  if (form.kind === "replace-full") return { path: form.path };
  const from = form.prefix === "/" ? "" : form.prefix;
  const onto = form.replacement === "/" ? "" : form.replacement;
  if (from === onto) return { decodes: true };
  return form.bareGetsSlash && from !== "" ? undefined : { pathPrefix: onto, replaced: from, decodes: true };
}

/**
 * Splits the Location that nginx would send. `$request_uri` at the end keeps path and query, behind whatever stands in front of it, be it the slash that
 * the path brings along as well (annotation validation off).
 */
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
  const front = keepsUri && url.search === "" ? /^[a-z]+:\/\/[^/?]+(\/[^?]*)/i.exec(text)?.[1] : undefined;
  return {
    scheme,
    hostname,
    ...(port === undefined ? {} : { port }),
    ...(keepsUri ? {} : { path: url.pathname }),
    ...(front === undefined ? {} : { pathPrefix: front, replaced: "" }),
    ...(url.search === "" ? {} : { query: url.search.slice(1) }),
    ...(keepsUri ? {} : { literal: location }),
  };
}
