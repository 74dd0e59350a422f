import { define } from "../../define.js";
import type { Named } from "./args.js";

export const errorAnswers = {
  ERROR_PAGES_STATIC: define<Named<"codes" | "service" | "whose">>({
    title: "Fixed error pages instead of an error service",
    severity: "medium",
    verdict: "partial",
    what: ({ ingress, codes, service, whose }) =>
      `Ingress ${ingress}: ${whose} with the status ${codes} get a plain page with that status; nginx passed on what ${service} answers, status included.`,
    why: "Envoy Gateway replaces a body by a fixed one and cannot ask a service. The service saw path / and X-Code, X-Format, X-Original-URI; the controller's built-in default backend answered 404 to all of them, or 500 where custom-http-errors of the ConfigMap lists 404. Envoy answers 503 where it cannot connect, nginx 502.",
    remedy:
      "Write your pages into responseOverride[].response.body of the BackendTrafficPolicy: inline, or a ConfigMap with the key response.body (type: ValueRef); add statusCode where the service changed the status.",
    example: () => ({
      method: "GET",
      url: "/ while the application fails",
      before: "the page of the error service",
      after: "a plain page with the same status",
    }),
    cite: "Envoy Gateway v1.9.0, internal/xds/translator/custom_response.go; ingress-nginx 1.15.1, nginx.tmpl (CUSTOM_ERRORS)",
  }),
  FALLBACK_BACKEND_FAILOVER: define<Named<"service"> & { readonly tries: number }>({
    title: "Stand-in Service by failover",
    severity: "medium",
    verdict: "partial",
    what: ({ ingress, service, tries }) =>
      `Ingress ${ingress}: "${service}" answers a request after ${tries} failed ${tries === 1 ? "try" : "tries"} to connect to the path's own Service, which is reached through its cluster address from now on.`,
    why: "Priorities exist between Backend resources only, and a Backend names the Service, not its pods: kube-proxy picks the pod. Envoy cannot tell a Service without pods from pods that refuse connections, and sends no X-Code or X-Service-Name to the stand-in.",
    remedy:
      "Scale the Service to zero in a test and send a request; where even balancing over pods matters more than the stand-in, remove default-backend and convert again.",
    example: () => ({
      method: "GET",
      url: "/ while all pods refuse connections",
      before: "502",
      after: "the stand-in answers",
    }),
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/backend_types.go (Fallback), retry_types.go (NumAttemptsPerPriority), internal/ir/xds.go (HasMixedEndpoints)",
  }),
  FALLBACK_BACKEND_AS_PAGE: define<Named<"service">>({
    title: "Error page instead of the stand-in Service",
    severity: "medium",
    verdict: "partial",
    what: ({ ingress, service }) =>
      `Ingress ${ingress}: while the path's own Service has no ready pod, clients get the fixed page for 503 instead of the answer of "${service}".`,
    why: "custom-http-errors lists 503, so that answer is replaced already; a failover to the stand-in would send all traffic through the Service's cluster address for the same purpose.",
    remedy:
      "Write the stand-in's page into responseOverride of the BackendTrafficPolicy, or remove 503 from custom-http-errors and convert again for a failover.",
    cite: "Envoy Gateway v1.9.0, internal/xds/translator/custom_response.go",
  }),
  FALLBACK_BACKEND_LOST: define<Named<"service" | "reason">>({
    title: "Service for the time without ready pods",
    severity: "medium",
    verdict: "unsupported",
    what: ({ ingress, service, reason }) =>
      `Ingress ${ingress}: "${service}" does not take over when the path's own Service has no ready pods, because ${reason}; clients get 503.`,
    why: "A failover needs two Backend resources with plain HTTP, and ports that are known.",
    remedy:
      "Add the Service to the input if it is missing; otherwise keep a pod of the main Service ready at all times, or build the failover by hand (two Backends, one with fallback: true, and retry.numAttemptsPerPriority).",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/backend_types.go (Fallback)",
  }),
};
