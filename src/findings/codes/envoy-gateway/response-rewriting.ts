import { define } from "../../define.js";
import type { Named, NoArgs } from "./args.js";

export const responseRewriting = {
  LUA_NEEDED: define<NoArgs>({
    title: "Lua must be enabled",
    severity: "medium",
    verdict: "equivalent",
    what: () => "The output contains Lua in EnvoyExtensionPolicies, which Envoy Gateway refuses until Lua is enabled.",
    why: "Until then the routes that use it answer 500. Lua is off by default since Envoy Gateway 1.9 because whoever may write such policies may run code in the proxies.",
    remedy:
      "Set extensionApis.enableLua: true in the EnvoyGateway configuration (Helm: config.envoyGateway.extensionApis.enableLua=true) before applying, or convert without --allow-lua.",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/envoygateway_helpers.go (LuaDisabled)",
  }),
  COOKIE_REWRITE_BY_LUA: define<Named<"rewrite">>({
    title: "Cookies rewritten by Lua",
    severity: "low",
    verdict: "equivalent",
    what: ({ ingress, rewrite }) => `Ingress ${ingress}: ${rewrite} becomes a Lua script that rewrites Set-Cookie.`,
    why: "The script does what nginx does, attribute by attribute; it is code that somebody has to look after.",
    remedy: "Better: let the application set the public path and domain, and remove the script.",
    cite: "nginx 1.27.1, src/http/modules/ngx_http_proxy_module.c (ngx_http_proxy_rewrite_cookie)",
  }),
  COOKIE_REWRITE_LOST: define<Named<"rewrite" | "reason">>({
    title: "Cookies are not rewritten",
    severity: "high",
    verdict: "unsupported",
    what: ({ ingress, rewrite, reason }) =>
      `Ingress ${ingress}: cookies of the backend reach the client unchanged; ${rewrite} is not applied: ${reason}.`,
    why: "Browsers do not send a cookie back whose path or domain does not fit, so logins may stop working.",
    remedy:
      "Let the application set the public path and domain, or convert with --allow-lua, which rewrites Set-Cookie with a script (needs extensionApis.enableLua).",
    example: () => ({
      method: "GET",
      url: "/",
      before: "Set-Cookie with the public path",
      after: "Set-Cookie with the backend's path",
    }),
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/lua_types.go",
  }),
  LOCATION_REWRITE_BY_LUA: define<Named<"from" | "to">>({
    title: "Redirects of the backend rewritten by Lua",
    severity: "low",
    verdict: "equivalent",
    what: ({ ingress, from, to }) =>
      `Ingress ${ingress}: "${from}" at the beginning of Location and Refresh becomes "${to}" by a Lua script.`,
    why: "The script does what nginx does, except that a Location without host stays as it is, which nginx made absolute; it is code that somebody has to look after.",
    remedy: "Better: let the application send the public address, and remove the script.",
    cite: "nginx 1.27.1, src/http/modules/ngx_http_proxy_module.c (ngx_http_proxy_rewrite_redirect)",
  }),
  LOCATION_REWRITE_LOST: define<Named<"rewrite" | "reason">>({
    title: "Redirects of the backend are not rewritten",
    severity: "medium",
    verdict: "unsupported",
    what: ({ ingress, rewrite, reason }) =>
      `Ingress ${ingress}: Location headers of the backend are not rewritten ("${rewrite}"): ${reason}.`,
    why: "Clients follow them to an address that they may not reach.",
    remedy:
      "Let the application send the public address, or convert with --allow-lua, which rewrites Location with a script (needs extensionApis.enableLua).",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/lua_types.go",
  }),
};
