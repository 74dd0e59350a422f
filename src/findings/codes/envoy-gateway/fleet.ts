import { define } from "../../define.js";
import type { NamedOfRun, OfIngress } from "./args.js";

export const fleet = {
  ENVOY_PROXY_WRITTEN: define<NamedOfRun<"name">>({
    title: "Settings of the proxies behind the Gateway",
    severity: "low",
    verdict: "equivalent",
    what: ({ name }) =>
      `The Gateway refers to the EnvoyProxy "${name}", which carries what only the proxies as a whole can have: the access log or tracing that annotations or the ConfigMap ask for, the settings of their Service.`,
    why: "These are settings of the proxies as a whole. The EnvoyProxy is merged over the one of the GatewayClass; access log settings there are replaced by the ones here.",
    remedy:
      "Where the GatewayClass has an EnvoyProxy with an access log of its own, add the filter of this one to it and leave this one out.",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/envoyproxy_types.go (MergeType)",
  }),
  ACCESS_LOG_FILTERED: define<OfIngress>({
    title: "Access log of one Ingress",
    severity: "info",
    verdict: "equivalent",
    what: ({ ingress }) =>
      `Ingress ${ingress}: requests stay out of the access log by a filter on the name of their route; redirects to HTTPS that one rule makes for other Ingresses of the host too are logged.`,
    why: "Envoy Gateway has one log for all routes; the filter in the EnvoyProxy names the routes that stay out (httproute/namespace/name).",
    remedy: "Change the filter in platform/ together with the name of the route.",
    cite: "Envoy Gateway v1.9.0, internal/gatewayapi/helpers.go (irRouteName), internal/xds/translator/accesslog.go (buildAccessLogFilter)",
  }),
  ACCESS_LOG_SWITCH_LOST: define<OfIngress>({
    title: "Access log that one Ingress switched off",
    severity: "low",
    verdict: "unsupported",
    what: ({ ingress }) => `Ingress ${ingress}: requests are written to the access log again.`,
    why: "The log belongs to the proxies as a whole. No EnvoyProxy is written without a Gateway, nor a filter with more than a hundred names, which would cost every request time.",
    remedy:
      "Add !has(xds.route_name) || !xds.route_name.startsWith('httproute/<namespace>/<route>/') to spec.telemetry.accessLog.settings[].matches of the EnvoyProxy, or drop the lines where logs are collected.",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/envoyproxy_accesslogging_types.go",
  }),
  TRACING_BY_ROUTE: define<OfIngress>({
    title: "Tracing of one Ingress",
    severity: "info",
    verdict: "equivalent",
    what: ({ ingress }) =>
      `Ingress ${ingress}: Envoy traces its requests and sends the spans to the collector of the ConfigMap.`,
    why: "Spans have Envoy's names, tags and two levels (proxy and backend); a sampled parent is followed, as before.",
    remedy:
      "Compare one trace before and after, and adapt searches and alerts that name nginx's spans; replace host and port of the provider by backendRefs once the collector is a Service that is always there.",
    cite: "Envoy Gateway v1.9.0, internal/xds/translator/tracing.go, route.go (buildRouteTracing)",
  }),
  TRACING_NEEDS_COLLECTOR: define<OfIngress>({
    title: "Tracing without a collector",
    severity: "medium",
    verdict: "partial",
    what: ({ ingress }) =>
      `Ingress ${ingress}: sampling and span names are written for its route, but nothing is traced until the proxies have a collector.`,
    why: "The collector is a setting of the proxies as a whole; the ConfigMap is not in the input or does not name one (otlp-collector-host), or no Gateway is written.",
    remedy:
      "Give the controller's ConfigMap as input, or set spec.telemetry.tracing.provider of the EnvoyProxy, with samplingFraction 0 so that only routes that ask for it are traced.",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/envoyproxy_tracing_types.go",
  }),
  TRACING_TRUSTS_CLIENTS: define<OfIngress>({
    title: "Trace headers of clients are followed",
    severity: "low",
    verdict: "unsupported",
    what: ({ ingress }) =>
      `Ingress ${ingress}: "opentelemetry-trust-incoming-span: false" has no counterpart for one route.`,
    why: "Envoy continues the trace that a request brings along.",
    remedy:
      "Remove traceparent and tracestate for a whole listener with headers.earlyRequestHeaders of the ClientTrafficPolicy where clients are not trusted.",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/clienttrafficpolicy_types.go (EarlyRequestHeaders)",
  }),
};
