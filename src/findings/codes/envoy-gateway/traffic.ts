import { define } from "../../define.js";
import type { Named, OfIngress } from "./args.js";

export const rewrites = {
  REWRITE_WITHOUT_SLASH: define<Named<"target"> & { readonly instead: "same" | "root" | "slash" }>({
    title: "Rewritten path without a slash in front",
    severity: "low",
    verdict: "partial",
    what: ({ ingress, target, instead }) =>
      instead === "slash"
        ? `Ingress ${ingress}: paths become "/${target}", with the slash that "${target}" lacks.`
        : `Ingress ${ingress}: where "${target}" comes to nothing, ${instead === "same" ? "the path stays as it is" : 'the backend gets "/"'}.`,
    why: ({ instead }) =>
      instead === "same"
        ? "nginx answers 500 where nothing is left. Both send other paths without a slash in front as they are, which many servers refuse."
        : instead === "root"
          ? "nginx answers 500 where nothing is left."
          : "nginx sends the target as it stands, which many servers refuse.",
    remedy: 'Begin the target with a slash, e.g. "/$1", and let the expression match the slash outside of the group.',
    cite: "Envoy 1.39.0 and nginx 1.27.1 (ngx_http_script_regex_end_code), seen on both",
  }),
  REWRITE_KEEPS_ENCODING: define<Named<"target">>({
    title: "Rewritten path keeps the client's encoding",
    severity: "info",
    verdict: "equivalent",
    what: ({ ingress, target }) =>
      `Ingress ${ingress}: the path rewritten to "${target}" reaches the backend with the encoding that the client chose.`,
    why: "nginx decoded a path before it rewrote it and encoded it anew afterwards; Envoy rewrites the path as it was sent.",
    remedy:
      "Nothing for ordinary paths; where clients send encoded slashes (%2F), check that the backend reads them as it should.",
    example: () => ({
      method: "GET",
      url: "/app/a%2Fb",
      before: "the backend sees /a/b",
      after: "the backend sees /a%2Fb",
    }),
    cite: "ingress-nginx 1.15.1, internal/ingress/controller/template/template.go (buildProxyPass); nginx rewrite module",
  }),
  REWRITE_NOT_RE2: define<Named<"pattern" | "reason">>({
    title: "Rewrite pattern that RE2 cannot run",
    severity: "high",
    verdict: "unsupported",
    what: ({ ingress, pattern, reason }) =>
      `Ingress ${ingress}: the path "${pattern}" cannot be rewritten because RE2 refuses the pattern (${reason}); the path answers 503.`,
    why: "Without the rewrite the backend would get paths that it was never meant to serve. nginx redirects where the target is an address, on paths that nothing serves too, which answer 404 now.",
    remedy:
      "Write the path without look-around, back-references and possessive quantifiers, or do the rewrite in the application.",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/httproutefilter_types.go (ReplaceRegexMatch is RE2)",
  }),
  REWRITE_TARGET_UNSUPPORTED: define<Named<"target" | "reason">>({
    title: "Rewrite target that the filter cannot produce",
    severity: "high",
    verdict: "unsupported",
    what: ({ ingress, target, reason }) =>
      `Ingress ${ingress}: the rewrite to "${target}" cannot be expressed because ${reason}; the path answers 503.`,
    why: "Without the rewrite the backend would get paths that it was never meant to serve.",
    remedy:
      "Use a target made of text and $1 to $9 only, answer a redirect instead of a rewrite, or move the rewrite into the application.",
    cite: "Envoy Gateway v1.9.0, internal/xds/translator/route.go (buildXdsURLRewriteAction)",
  }),
};

export const timing = {
  TIMEOUT_IDLE_BOTH_WAYS: define<OfIngress & { readonly read: number; readonly send: number; readonly idle: number }>({
    title: "One idle timeout for both directions",
    severity: "info",
    verdict: "equivalent",
    what: ({ ingress, read, send, idle }) =>
      `Ingress ${ingress}: the pauses of ${read} s (read) and ${send} s (send) become one idle timeout of ${idle} s for both directions.`,
    why: "Envoy has one timer for silence on a stream. When it expires before the response has started the client gets 504 (408 while it is still sending) and no other pod is tried.",
    remedy:
      "Nothing to do where pauses are shorter than the value; otherwise raise timeout.http.streamIdleTimeout in the BackendTrafficPolicy.",
    cite: "Envoy Gateway v1.9.0, internal/xds/translator/route.go (idleTimeout)",
  }),
  TIMEOUT_NOT_POSITIVE: define<Named<"key" | "value">>({
    title: "Timeout of zero or less",
    severity: "low",
    verdict: "equivalent",
    what: ({ ingress, key, value }) =>
      `Ingress ${ingress}: "${key}: ${value}" is not carried over; the Gateway's default applies.`,
    why: "nginx gives up at once on a timeout of 0 and refuses a negative one, while 0 means no limit to Envoy; neither is what the value was meant to say.",
    remedy: "Write the number of seconds that is wanted into the annotation and convert again.",
    cite: "nginx 1.27.1, src/http/ngx_http_upstream.c (timers of 0 ms fire at once), src/core/ngx_parse.c",
  }),
  RETRY_CONDITIONS_DIFFER: define<Named<"conditions" | "triggers">>({
    title: "Retries on Envoy's conditions",
    severity: "low",
    verdict: "equivalent",
    what: ({ ingress, conditions, triggers }) =>
      `Ingress ${ingress}: retries on "${conditions}" become retries on ${triggers}.`,
    why: "Envoy retries a request that did not reach the application or got a listed status. A response that starts too late ends with 504 instead of a second try, because such a retry would need a limit for the whole attempt.",
    remedy:
      "Nothing for crashed or restarting pods; where slow pods must be skipped, add retry.perRetry.timeout to the BackendTrafficPolicy.",
    cite: "Envoy Gateway v1.9.0, internal/xds/translator/route.go (buildRetryPolicy)",
  }),
  RETRY_REPEATS_WRITES: define<Named<"conditions">>({
    title: "Retries repeat POST requests",
    severity: "medium",
    verdict: "equivalent",
    what: ({ ingress, conditions }) =>
      `Ingress ${ingress}: a POST, LOCK or PATCH that fails with one of "${conditions}" is sent a second time, which nginx did not do.`,
    why: "Envoy does not look at the method; an application that is not prepared for repeated writes may process one twice.",
    remedy: "Remove the condition from proxy-next-upstream before converting, or make the writes idempotent.",
    example: () => ({
      method: "POST",
      url: "/orders",
      before: "502 from the first pod reaches the client",
      after: "the order is sent again to another pod",
    }),
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/retry_types.go; nginx proxy_next_upstream",
  }),
  RETRY_TIME_LIMIT_LOST: define<OfIngress & { readonly seconds: number }>({
    title: "No time limit for retries",
    severity: "low",
    verdict: "unsupported",
    what: ({ ingress, seconds }) =>
      `Ingress ${ingress}: the limit of ${seconds} s for trying further pods is not carried over.`,
    why: "Envoy can only limit the whole request, which would also cut slow but healthy responses.",
    remedy:
      "Set timeout.http.requestTimeout in the BackendTrafficPolicy where every response must be complete within a known time.",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/retry_types.go",
  }),
  RETRY_UNLIMITED: define<OfIngress & { readonly retries: number }>({
    title: "Unlimited tries become a number",
    severity: "low",
    verdict: "equivalent",
    what: ({ ingress, retries }) =>
      `Ingress ${ingress}: "proxy-next-upstream-tries: 0" (no limit) becomes ${retries} retries.`,
    why: "The retry policy always counts.",
    remedy: "Set retry.numRetries in the BackendTrafficPolicy to the number of pods, should it be larger.",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/retry_types.go (NumRetries)",
  }),
};

export const bodies = {
  BODY_LIMIT_BUFFERS: define<Named<"limit">>({
    title: "Body limit buffers the whole body",
    severity: "low",
    verdict: "equivalent",
    what: ({ ingress, limit }) =>
      `Ingress ${ingress}: the body limit of ${limit} holds every request body in Envoy's memory until it is complete.`,
    why: "Envoy Gateway's only limit is a full buffer: WebSocket upgrades and streaming gRPC no longer work on these routes, and large uploads need memory where nginx used the disk. It comes after authentication and not before redirects, where nginx refuses by Content-Length at once: such requests are answered with the redirect or the refusal instead of 413, and app-root and what block-user-agents, block-referers or a common name refuse with 413 instead of the redirect or 403.",
    remedy:
      "Convert with --body-limit report to leave the limit out, or keep it and give Envoy memory for the largest body times the parallel uploads.",
    example: () => ({
      method: "GET",
      url: "/",
      headers: { Upgrade: "websocket", Connection: "Upgrade" },
      before: "101, when the application accepts the upgrade",
      after: "the upgrade is refused",
    }),
    cite: "Envoy Gateway v1.9.0, internal/xds/translator/route.go (buildUpgradeConfig), request_buffer.go",
  }),
  BODY_LIMIT_NOT_ENFORCED: define<Named<"limit" | "reason">>({
    title: "Body limit left out",
    severity: "medium",
    verdict: "unsupported",
    what: ({ ingress, limit, reason }) =>
      `Ingress ${ingress}: request bodies are no longer limited to ${limit}: ${reason}.`,
    why: "Envoy Gateway's only limit buffers the whole body, which would break or slow down requests that work today; without it the application gets bodies of any size.",
    remedy: "Let the application refuse large bodies, or convert with --body-limit enforce.",
    example: ({ limit }) => ({
      method: "POST",
      url: `/ with a body above ${limit}`,
      before: "413 from nginx",
      after: "the application gets the body",
    }),
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/backendtrafficpolicy_types.go (RequestBuffer)",
  }),
};

export const cors = {
  CORS_BY_SECURITY_POLICY: define<Named<"reason">>({
    title: "CORS by SecurityPolicy",
    severity: "low",
    verdict: "equivalent",
    what: ({ ingress, reason }) => `Ingress ${ingress}: CORS is written as a SecurityPolicy because ${reason}.`,
    why: "The policy answers allowed preflights with 200 instead of 204, answers other preflights itself without CORS headers, and adds headers only to requests with an Origin.",
    remedy: "Send a preflight of each web application through the new Gateway before the switch.",
    example: () => ({
      method: "OPTIONS",
      url: "/",
      headers: { Origin: "https://elsewhere.example", "Access-Control-Request-Method": "GET" },
      before: "the application answers",
      after: "Envoy answers 200 without CORS headers",
    }),
    cite: "Envoy Gateway v1.9.0, internal/xds/translator/cors.go",
  }),
  CORS_ORIGIN_DROPPED: define<Named<"origins">>({
    title: "CORS origin that cannot be written",
    severity: "medium",
    verdict: "partial",
    what: ({ ingress, origins }) =>
      `Ingress ${ingress}: the allowed origin ${origins} cannot be expressed and is left out.`,
    why: "Pages with this origin lose access to the responses.",
    remedy: "Serve those pages from an origin with a scheme and a host, or let the application answer CORS for them.",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/cors_types.go (Origin pattern)",
  }),
};

export const limits = {
  RATE_LIMIT_WINDOWS: define<Named<"limit" | "windows">>({
    title: "Rate limit by windows",
    severity: "low",
    verdict: "equivalent",
    what: ({ ingress, limit, windows }) => `Ingress ${ingress}: ${limit} per client address become ${windows}.`,
    why: "nginx let a burst pass and then metered out the rate; Envoy fills a bucket once per window. The windows are chosen so that no client is refused that nginx let through, a persistent one gets slightly more. At most 10,000 addresses are counted at a time. Each rule of the route counts by itself where nginx counted once for the Ingress, and requests that fail authentication no longer count.",
    remedy:
      "Lower rateLimit.local.rules[].limit.requests in the BackendTrafficPolicy where a stricter limit is worth refused bursts.",
    cite: "Envoy Gateway v1.9.0, internal/xds/translator/local_ratelimit.go; ingress-nginx 1.15.1, internal/ingress/annotations/ratelimit/main.go",
  }),
  RATE_LIMIT_EXEMPTIONS_LOST: define<Named<"kept" | "lost">>({
    title: "Networks that are no longer exempt from the rate limit",
    severity: "medium",
    verdict: "partial",
    what: ({ ingress, kept, lost }) =>
      `Ingress ${ingress}: only ${kept} stays exempt from the rate limit; ${lost} is limited from now on.`,
    why: "A rule can leave out one network, and every rule that matches applies; a second rule would count the first network's addresses after all.",
    remedy:
      "Write one network that covers all of them into limit-allowlist, raise the limit, or let internal clients use the Service directly.",
    cite: "Envoy Gateway v1.9.0, internal/gatewayapi/backendtrafficpolicy.go (buildRateLimitRule)",
  }),
  CONNECTION_LIMIT_DROPPED: define<OfIngress & { readonly limit: number }>({
    title: "Limit of parallel requests per client dropped",
    severity: "medium",
    verdict: "unsupported",
    what: ({ ingress, limit }) => `Ingress ${ingress}: a client may now have more than ${limit} requests in flight.`,
    why: "Envoy Gateway limits parallel requests only for all clients together; such a total would let one client lock out the others, so none is written.",
    remedy:
      "Use limit-rps, or convert with --shared-limits and the number of clients that the application can serve at once.",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/circuitbreaker_types.go, connection_types.go",
  }),
  CONNECTION_LIMIT_SHARED: define<
    OfIngress & { readonly limit: number; readonly clients: number; readonly total: number }
  >({
    title: "Limit of parallel requests for all clients together",
    severity: "medium",
    verdict: "partial",
    what: ({ ingress, limit, clients, total }) =>
      `Ingress ${ingress}: instead of ${limit} requests in flight for each client, ${total} are allowed for all together (--shared-limits ${clients}); the rest gets 503.`,
    why: "Envoy Gateway does not tell clients apart here: one of them can use the total up, those of limit-allowlist count as well, and each path and proxy counts by itself.",
    remedy:
      "Watch upstream_rq_pending_overflow under load, and raise circuitBreaker.maxParallelRequests in the BackendTrafficPolicy.",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/circuitbreaker_types.go",
  }),
  BANDWIDTH_LIMIT_DROPPED: define<OfIngress & { readonly kib: number }>({
    title: "Bandwidth limit per response dropped",
    severity: "medium",
    verdict: "unsupported",
    what: ({ ingress, kib }) =>
      `Ingress ${ingress}: responses are no longer slowed down to ${kib} KiB per second each.`,
    why: "Envoy's bandwidth limit is one budget that all clients of a route share; written with this number it would slow everybody down together.",
    remedy:
      "Convert with --shared-limits and the number of clients that the budget is for, or throttle in the application.",
    cite: "Envoy Gateway v1.9.0, internal/xds/translator/bandwidth_limit.go",
  }),
  BANDWIDTH_LIMIT_SHARED: define<
    OfIngress & { readonly kib: number; readonly clients: number; readonly afterKib: number }
  >({
    title: "Bandwidth limit for all responses together",
    severity: "medium",
    verdict: "partial",
    what: ({ ingress, kib, clients, afterKib }) =>
      `Ingress ${ingress}: responses share ${kib * clients} KiB per second (--shared-limits ${clients}) instead of ${kib} each${
        afterKib > 0 ? `, and their first ${afterKib} KiB count as well` : ""
      }.`,
    why: "Envoy's bandwidth limit is one budget for all responses of a route on a proxy: a single client may have all of it, and many share it.",
    remedy: "Raise bandwidthLimit.response in the BackendTrafficPolicy where responses become slow under load.",
    cite: "Envoy Gateway v1.9.0, internal/xds/translator/bandwidth_limit.go",
  }),
};
