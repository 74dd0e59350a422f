import { define } from "../../define.js";
import type { At } from "./args.js";

/** CORS, headers of requests and answers. */
export const headers = {
  CORS_ANSWERS_DIFFER: define<At & { readonly origins: readonly string[] }>({
    title: "CORS answers that differ in detail",
    severity: "low",
    verdict: "equivalent",
    what: (a) =>
      `CORS of Ingress ${a.ingress} (origins ${a.origins.map((origin) => `"${origin}"`).join(", ")}) becomes the CORS filter: headers only for requests with an Origin, lists only on preflights, preflights of other origins answered without headers, and OPTIONS requests that are no preflights passed on to the authentication and the backend.`,
    why: "nginx puts all CORS headers on every response and, with origin *, answers every OPTIONS request itself with 204, on plain HTTP even before its redirect to HTTPS; the redirect here carries none.",
    remedy:
      "Nothing for pages that call https URLs; clients that probe with a bare OPTIONS request must be able to reach the backend.",
    example: () => ({
      method: "OPTIONS",
      url: "https://host/",
      before: "204 from nginx",
      after: "forwarded (no Access-Control-Request-Method)",
    }),
    cite: "ingress-nginx rootfs/etc/nginx/template/nginx.tmpl (CORS); Gateway API v1.6.1, HTTPCORSFilter",
  }),
  CORS_CREDENTIALS_UNUSED: define<At>({
    title: "Credentials that browsers never sent to every origin",
    severity: "low",
    verdict: "equivalent",
    what: (a) =>
      `Ingress ${a.ingress} allows credentials to every origin, which browsers refuse; the output allows every origin without credentials.`,
    why: 'nginx answers "Access-Control-Allow-Origin: *", which browsers accept for requests without cookies only. A gateway answers with the origin of the request, and with credentials allowed every page could read what a user may read.',
    remedy: "List the origins in cors-allow-origin if pages there need cookies, and convert again.",
    cite: "Fetch standard (CORS check); rootfs/etc/nginx/template/nginx.tmpl (CORS); Gateway API v1.6.1, HTTPCORSFilter (allowOrigins)",
  }),
  CORS_WILDCARD_DEPTH: define<At & { readonly origins: readonly string[] }>({
    title: "CORS origins that become wider",
    severity: "low",
    verdict: "equivalent",
    what: (a) =>
      `${a.origins.map((origin) => `"${origin}"`).join(", ")} in Ingress ${a.ingress} stands for one label in nginx and for any depth in the CORS filter.`,
    why: "Origins with more labels are accepted now.",
    remedy: "List the origins one by one where that matters.",
    cite: "internal/ingress/annotations/cors/main.go",
  }),
  CORS_UNSUPPORTED: define<At & { readonly reason: string }>({
    title: "CORS that the filter cannot say",
    severity: "medium",
    verdict: "unsupported",
    what: (a) => `CORS of Ingress ${a.ingress} is left out: ${a.reason}.`,
    why: "Browsers refuse cross-origin calls that worked before.",
    remedy:
      "Change the annotation so that the HTTPRoute CORS filter can carry it, or let the application send the headers.",
  }),
  CORS_NOT_ON_REDIRECTS: define<At>({
    title: "Redirects without CORS",
    severity: "medium",
    verdict: "unsupported",
    what: ({ ingress }) =>
      `Ingress ${ingress}: its redirects carry no CORS headers, and preflights are redirected like every other request.`,
    why: "ingress-nginx answered preflights first and put the headers on redirects too, the one to HTTPS included. Envoy's CORS filter leaves out routes that answer by themselves, and Gateway API does not ask anybody to do otherwise.",
    remedy:
      "Let pages call the new address (https where HTTP is redirected to it), or remove the redirect annotation and let an application with CORS headers answer the redirect.",
    example: () => ({
      method: "OPTIONS",
      url: "http://host/",
      before: "204 with Access-Control-Allow-Origin",
      after: "the redirect",
    }),
    cite: "Envoy 1.39, source/extensions/filters/http/cors/cors_filter.cc; Gateway API v1.6.1, HTTPRouteRule (filters)",
  }),
  UPSTREAM_HOST_UNSUPPORTED: define<At & { readonly host: string; readonly ofSnippet: boolean }>({
    title: "Host header that cannot be written",
    severity: "high",
    verdict: "unsupported",
    what: (a) =>
      a.ofSnippet
        ? `The Host "${a.host}" that a location of a snippet of Ingress ${a.ingress} sends is no plain host name; a backend gets the client's Host.`
        : `upstream-vhost "${a.host}" of Ingress ${a.ingress} is no plain host name; the backend gets the client's Host.`,
    why: "URLRewrite takes a literal DNS name without port or variables.",
    remedy: "Use a literal host name, or let the backend accept the client's Host.",
    cite: "Gateway API v1.6.1, HTTPURLRewriteFilter (hostname)",
  }),
  FORWARDED_PREFIX_CAPTURES: define<At & { readonly value: string }>({
    title: "X-Forwarded-Prefix with captures or variables",
    severity: "medium",
    verdict: "unsupported",
    what: (a) =>
      `x-forwarded-prefix "${a.value}" of Ingress ${a.ingress} uses captures or variables, which no header filter can expand; the header is left out.`,
    why: "Applications build their links without the prefix.",
    remedy: "Write the prefix as a constant.",
  }),
  FORWARDED_PREFIX_CONSTANT: define<At & { readonly value: string; readonly written: string }>({
    title: "X-Forwarded-Prefix whose captures are plain text",
    severity: "info",
    verdict: "equivalent",
    what: (a) =>
      `x-forwarded-prefix "${a.value}" of Ingress ${a.ingress} is written as "${a.written}", because its captures hold nothing else; nginx repeated the client's upper and lower case.`,
    why: "No header filter expands captures.",
    remedy: "Nothing, if clients use the path as it is written.",
  }),
  RESPONSE_HEADERS_UNKNOWN: define<At & { readonly configMap: string }>({
    title: "Response headers whose ConfigMap is missing",
    severity: "high",
    verdict: "unsupported",
    what: (a) =>
      `custom-headers of Ingress ${a.ingress} names ConfigMap ${a.configMap}, which is not in the input, so its headers are not written.`,
    why: "Clients lose response headers, often security headers.",
    remedy: (a) => `Add ConfigMap ${a.configMap} to the input and convert again.`,
  }),
  RESPONSE_HEADER_REFUSED: define<At & { readonly header: string }>({
    title: "Response header that cannot be written",
    severity: "medium",
    verdict: "partial",
    what: (a) =>
      `Header "${a.header}" of Ingress ${a.ingress} cannot be written and is left out: Gateway API refuses its name or value, or there are more than 16.`,
    why: "Clients lose the header.",
    remedy: "Use printable ASCII with single blanks inside, and at most 16 headers.",
  }),
  RESPONSE_HEADERS_ON_ANSWERS: define<At>({
    title: "Response headers on the proxy's own answers",
    severity: "low",
    verdict: "equivalent",
    what: (a) =>
      `The response headers of Ingress ${a.ingress} are written for the backend's responses; whether answers of the proxy itself (errors, refusals) carry them is the implementation's choice.`,
    why: "ingress-nginx adds them to every answer; Gateway API speaks of the responses of backends only.",
    remedy: "Check an error answer of the implementation where the headers protect something (CSP, HSTS, CORS).",
    cite: "Gateway API v1.6.1, HTTPRouteFilter (responseHeaderModifier)",
  }),
  RESPONSE_HEADERS_NOT_ON_REDIRECTS: define<At>({
    title: "Response headers on redirects of the proxy",
    severity: "info",
    verdict: "equivalent",
    what: (a) =>
      `The response headers of Ingress ${a.ingress} are not on its redirects to HTTPS and to a path with a slash at its end.`,
    why: "nginx adds them to every answer of a location, these redirects included. Clients follow them and get the headers with the answer.",
    remedy: "Add a ResponseHeaderModifier to the redirect rules where a client needs the headers there.",
    example: () => ({
      method: "GET",
      url: "http://host/",
      before: "308 with the headers",
      after: "308 without them",
    }),
    cite: "ingress-nginx 1.15.1, rootfs/etc/nginx/template/nginx.tmpl (more_set_headers)",
  }),
};
