import { define } from "../../define.js";
import type { At } from "./args.js";

/** Redirects and fixed answers that core Gateway API says otherwise. */
export const redirects = {
  REDIRECT_KEEPS_QUERY: define<At & { readonly location: string }>({
    title: "Redirect that keeps the query",
    severity: "low",
    verdict: "equivalent",
    what: (a) =>
      `The redirect of Ingress ${a.ingress} to "${a.location}" carries the request's query along; nginx drops it.`,
    why: "Gateway API has no way to drop the query of a redirect.",
    remedy: "Check that the new address ignores unknown query parameters.",
    example: (a) => ({
      method: "GET",
      url: "http://host/old?x=1",
      before: `Location: ${a.location}`,
      after: `Location: ${a.location}?x=1`,
    }),
    cite: "Gateway API v1.6.1, HTTPRequestRedirectFilter",
  }),
  REDIRECT_KEEPS_ENCODING: define<At & { readonly location: string }>({
    title: "Redirect keeps the client's encoding",
    severity: "info",
    verdict: "equivalent",
    what: (a) =>
      `The redirect of Ingress ${a.ingress} to "${a.location}" has the request's path as the client encoded it; nginx decodes letters, digits, slashes and most signs in it.`,
    why: "$uri is the path with its escapes read, and a rewrite that redirects reads those of its result once.",
    remedy: "Nothing, unless the new address takes /a%2Fb for something else than /a/b.",
    example: (a) => ({
      method: "GET",
      url: "http://host/a%2Fb",
      before: `Location: ${a.location}/a/b`,
      after: `Location: ${a.location}/a%2Fb`,
    }),
    cite: "nginx, ngx_http_script.c (ngx_http_script_regex_end_code)",
  }),
  REDIRECT_QUERY_ONCE: define<At & { readonly location: string }>({
    title: "Redirect whose query nginx repeated",
    severity: "low",
    verdict: "equivalent",
    what: (a) =>
      `The redirect of a snippet of Ingress ${a.ingress} to "${a.location}" has the request's query once; nginx put it there twice.`,
    why: "$request_uri holds the query, and a rewrite adds it once more unless its address ends in a question mark.",
    remedy: "Nothing: the address that was meant is the one with the query once.",
    example: (a) => ({
      method: "GET",
      url: "http://host/old?x=1",
      before: `Location: ${a.location}/old?x=1?x=1`,
      after: `Location: ${a.location}/old?x=1`,
    }),
    cite: "nginx, ngx_http_rewrite_module (rewrite)",
  }),
  REDIRECT_STATUS_CHANGED: define<At & { readonly wanted: number; readonly written: number }>({
    title: "Redirect status that is none",
    severity: "medium",
    verdict: "partial",
    what: (a) =>
      `Ingress ${a.ingress} asks for status ${a.wanted}, with which nginx sends the URL as text and no Location; a redirect with ${a.written} is written.`,
    why: "nginx and Gateway API redirect with 301, 302, 303, 307 and 308 only.",
    remedy: "Choose one of these codes in the annotation.",
    cite: "nginx 1.27.1, src/http/ngx_http_core_module.c (ngx_http_send_response); Gateway API v1.6.1, HTTPRequestRedirectFilter (statusCode)",
  }),
  REDIRECT_STYLE_DIFFERS: define<At>({
    title: "Redirects with scheme and host",
    severity: "low",
    verdict: "unsupported",
    what: (a) =>
      `Redirects of Ingress ${a.ingress} name scheme and host in Location; "relative-redirects" wrote the path only.`,
    why: "The redirect filter makes an absolute Location of what the client asked for.",
    remedy:
      "Check that the proxy sees the client's scheme and host (X-Forwarded-Proto from trusted proxies, an unchanged Host); then both lead to the same place.",
    example: () => ({
      method: "GET",
      url: "http://host/docs",
      before: "Location: /docs/",
      after: "Location: http://host/docs/",
    }),
    cite: "Gateway API v1.6.1, HTTPRequestRedirectFilter; nginx 1.27.1, src/http/ngx_http_header_filter_module.c",
  }),
  REDIRECT_PORT_LEFT_OUT: define<At & { readonly key: string }>({
    title: "Redirects without the scheme's own port",
    severity: "info",
    verdict: "equivalent",
    what: (a) => `Redirects of Ingress ${a.ingress} leave out ":80" and ":443", which "${a.key}" wrote into Location.`,
    why: "Gateway API leaves a port out that is the scheme's own; both texts name the same address.",
    remedy: "Nothing, unless something compares Location headers letter by letter.",
    example: () => ({
      method: "GET",
      url: "http://host/a",
      before: "Location: https://host:443/a",
      after: "Location: https://host/a",
    }),
    cite: "Gateway API v1.6.1, HTTPRequestRedirectFilter (port)",
  }),
  WWW_REDIRECT_DIFFERS: define<At & { readonly hostname: string }>({
    title: "Redirect between www and the bare name, written differently",
    severity: "info",
    verdict: "equivalent",
    what: (a) =>
      `The redirect of Ingress ${a.ingress} to ${a.hostname} keeps a slash at the end of the path and leaves the port out.`,
    why: "ingress-nginx removed a final slash and always wrote the port into Location.",
    remedy: "Nothing, unless something compares Location headers letter by letter.",
    example: (a) => ({
      method: "GET",
      url: "https://www.host/a/",
      before: `Location: https://${a.hostname}:443/a`,
      after: `Location: https://${a.hostname}/a/`,
    }),
    cite: "rootfs/etc/nginx/lua/nginx/ngx_srv_redirect.lua",
  }),
  REDIRECT_UNSUPPORTED: define<At & { readonly location: string; readonly reason: string }>({
    title: "Redirect that Gateway API cannot say",
    severity: "high",
    verdict: "unsupported",
    what: (a) =>
      `The redirect of Ingress ${a.ingress} to "${a.location}" cannot be written: ${a.reason}; the rule answers an error.`,
    why: "A redirect to another address than today's would be worse than none.",
    remedy:
      "Redirect to a plain URL (scheme, DNS name, path), convert with --target envoy-gateway for any constant URL, or let an application answer the redirect.",
  }),
  REDIRECT_BY_ANSWER: define<At & { readonly location: string; readonly reason: string }>({
    title: "Redirect as a fixed answer",
    severity: "info",
    verdict: "equivalent",
    what: (a) =>
      `The redirect of Ingress ${a.ingress} to "${a.location}" is written as a fixed answer with a Location header: ${a.reason}.`,
    why: "The redirect filter cannot say this Location; a fixed answer sends exactly this text, without nginx's body.",
    remedy: "Nothing; a plain URL (scheme, DNS name, path) would become an ordinary redirect.",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/httproutefilter_types.go (directResponse)",
  }),
  FIXED_ANSWER_LOST: define<At & { readonly status: number; readonly reason: string }>({
    title: "Fixed answer that core Gateway API cannot give",
    severity: "high",
    verdict: "unsupported",
    what: (a) =>
      `A rule of Ingress ${a.ingress} that answers ${a.status} by itself (${a.reason}) has no backends, which Gateway API answers with 500.`,
    why: "Gateway API has no filter for a fixed answer; requests that succeed today fail.",
    remedy:
      "Let a backend give the answer, use the implementation's own filter, or convert with --target envoy-gateway.",
    cite: "Gateway API v1.6.1, HTTPRouteFilterType",
  }),
};
