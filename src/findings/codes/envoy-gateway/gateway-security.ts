import { define } from "../../define.js";
import type { NamedOfRun } from "./args.js";

const LISTS: readonly string[] = ["whitelist-source-range", "denylist-source-range", "block-cidrs"];

/** What the controller's ConfigMap asks of every client, as policies of the Gateway. */
export const gatewaySecurity = {
  GATEWAY_SECURITY_REPLACEABLE: define<NamedOfRun<"policy"> & { readonly keys: readonly string[] }>({
    title: "Access rules of the ConfigMap in one policy",
    severity: "low",
    verdict: "equivalent",
    what: ({ policy, keys }) =>
      `${keys.map((key) => `"${key}"`).join(", ")} of the controller's ConfigMap ${keys.length === 1 ? "is" : "are"} kept by SecurityPolicy ${policy} on the Gateway.`,
    why: ({ keys }) =>
      `A SecurityPolicy on a route replaces it as a whole. Those of this output say again what still counts for their routes; one that somebody adds later does not.${keys.some((key) => LISTS.includes(key)) ? " Addresses are compared as Envoy sees them: behind a load balancer, or with externalTrafficPolicy: Cluster, that is the balancer's or a node's." : ""}`,
    remedy:
      "Let only the platform team create SecurityPolicies, or give those of application teams mergeType: StrategicMerge (a list that they set replaces the Gateway's). Try one client that is let in and one that is refused.",
    cite: "Envoy Gateway v1.9.0, internal/gatewayapi/securitypolicy.go (mergeSecurityPolicy)",
  }),
  GLOBAL_AUTH_CONTRACT: define<NamedOfRun<"url" | "headers" | "kept" | "cleared"> & { readonly answers202: boolean }>({
    title: "The ConfigMap's auth service is asked in another way",
    severity: "high",
    verdict: "equivalent",
    what: ({ url, headers, kept, cleared, answers202 }) =>
      `A request passes only when "${url}" (global-auth-url) answers 200${answers202 ? ", and oauth2-proxy answers 202 there: nobody gets in before it is set up anew" : ""}; it is asked with the client's method and Host and the headers ${headers} only${kept === "" ? "" : `, and ${kept} of a client stays where it does not answer with that header`}${cleared === "" ? "" : `; ${cleared} of clients is removed on every host of the Gateway`}.`,
    why: "nginx accepted every 2xx; it sent GET with all client headers and added X-Original-URL, X-Original-Method, X-Real-IP, X-Sent-From and X-Auth-Request-Redirect. The auth endpoint of oauth2-proxy answers 202: then every request is refused. Cookies of a positive answer do not reach clients any more.",
    remedy:
      "Make the auth service answer 200 (oauth2-proxy: --upstream=static://200 and --reverse-proxy, without the pathOverride), and add every header that it reads to extAuth.headersToExtAuth of the Gateway's SecurityPolicy.",
    example: () => ({
      method: "GET",
      url: "/ with a session that the service answers with 202",
      before: "200 from the application",
      after: "202 from the auth service, the application is not reached",
    }),
    cite: "Envoy, source/extensions/filters/common/ext_authz/ext_authz_http_impl.cc (toResponse)",
  }),
  GLOBAL_AUTH_TLS_VERIFIED: define<NamedOfRun<"host">>({
    title: "Certificate of the ConfigMap's auth service is checked",
    severity: "medium",
    verdict: "equivalent",
    what: ({ host }) =>
      `The certificate of "${host}" (global-auth-url) must now be valid for that name and signed by a public authority.`,
    why: "nginx did not check it. With a private certificate every request is refused.",
    remedy:
      "Put the authority's certificate into caCertificateRefs of the Backend where the service has a private one.",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/backend_types.go (wellKnownCACertificates)",
  }),
  BLOCKED_CLIENT_IN_CASE: define<NamedOfRun<"key" | "item">>({
    title: "Blocked clients in one spelling",
    severity: "low",
    verdict: "partial",
    what: ({ key, item }) =>
      `"${item}" of ${key} in the controller's ConfigMap is refused in exactly this spelling; nginx ignores the case of letters.`,
    why: "Envoy compares without case by an RE2 expression alone, in programs of at most 100 instructions, and the text is too long for one.",
    remedy:
      "Write a shorter part of the text as an expression (~*part) and convert again, if clients send it in another case.",
    example: ({ key, item }) => ({
      method: "GET",
      url: "/",
      headers: { [key === "block-referers" ? "Referer" : "User-Agent"]: item.toUpperCase() },
      before: "403",
      after: "the answer of the application",
    }),
    cite: "nginx, ngx_http_map_module; Envoy v1.39, source/extensions/filters/common/expr/evaluator.cc (regex_max_program_size)",
  }),
  BLOCKED_CLIENT_LOST: define<NamedOfRun<"key" | "item" | "reason">>({
    title: "Clients that the ConfigMap refused",
    severity: "blocker",
    verdict: "unsupported",
    what: ({ key, item, reason }) =>
      `"${item}" of ${key} in the controller's ConfigMap cannot be compared: ${reason}. These clients are no longer refused.`,
    why: "Envoy searches with RE2, in programs of at most 100 instructions; a larger one would make it refuse its whole configuration.",
    remedy:
      "Write the item as plain text or as several short expressions and convert again, or refuse these clients in front of the Gateway.",
    example: ({ key, item }) => ({
      method: "GET",
      url: "/",
      headers: { [key === "block-referers" ? "Referer" : "User-Agent"]: item },
      before: "403",
      after: "the answer of the application",
    }),
    cite: "Envoy, source/extensions/filters/common/expr/evaluator.cc (regex_max_program_size)",
  }),
};
