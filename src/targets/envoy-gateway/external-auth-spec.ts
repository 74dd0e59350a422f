import type { JsonObject } from "../../kubernetes/index.js";
import type { FeatureOf, PlannedRule } from "../../plan/index.js";
import type { TargetOptions } from "../translator.js";
import type { AuthUrl } from "./auth-url.js";
import { describedNames, describesRequests, ORIGINAL_HEADERS } from "./described-headers.js";
import { passedHeaders } from "./external-auth-losses.js";
import { formatSeconds } from "./quantities.js";

/**
 * Headers of the client that the check carries. nginx sent all of them; a policy needs names, and these are the ones that
 * auth services decide by (Host, method and path always go along).
 */
const CHECKED_HEADERS = [
  "accept",
  "authorization",
  "cookie",
  "origin",
  "referer",
  "user-agent",
  "x-api-key",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-proto",
  "x-request-id",
  "x-requested-with",
] as const;

const NEEDED_HEADERS: ReadonlySet<string> = new Set([
  ...CHECKED_HEADERS,
  "connection",
  "content-encoding",
  "content-length",
  "content-type",
  "host",
  "range",
  "transfer-encoding",
  "upgrade",
]);

/** Headers of the service's answer that go to the backend, lower case. */
export function answeredHeaders({ responseHeaders, snippetHeaders }: FeatureOf<"externalAuth">): readonly string[] {
  return [...new Set([...responseHeaders.map((name) => name.toLowerCase()), ...(snippetHeaders?.names ?? [])])];
}

/** The field by which clients name themselves to a password check. */
const CREDENTIALS = "authorization";

/**
 * The check as the policy can ask it beside a password: that one is checked after the service has answered (httpfilters.go, newOrderedHTTPFilter), so a
 * service that sets Authorization would put its own in the place of the client's, and every client would be refused.
 *
 * @returns the feature without that header, and whether it had it
 */
export function besidePassword(
  feature: FeatureOf<"externalAuth">,
  { features }: PlannedRule,
): { readonly feature: FeatureOf<"externalAuth">; readonly withheld: boolean } {
  if (features.basicAuth?.scheme !== "basic" || !answeredHeaders(feature).includes(CREDENTIALS))
    return { feature, withheld: false };
  const { snippetHeaders } = feature;
  const others = (names: readonly string[]): string[] => names.filter((name) => name.toLowerCase() !== CREDENTIALS);
  const responseHeaders = others(feature.responseHeaders);
  return {
    feature:
      snippetHeaders === undefined
        ? { ...feature, responseHeaders }
        : { ...feature, responseHeaders, snippetHeaders: { ...snippetHeaders, names: others(snippetHeaders.names) } },
    withheld: true,
  };
}

/** Response headers of auth services that no client may send; those that the check itself carries have to stay. */
export function clearedHeaders(features: readonly FeatureOf<"externalAuth">[]): readonly string[] {
  const names = features.flatMap(answeredHeaders);
  const checked = new Set(
    features.flatMap((feature) => [...passedHeaders(feature).passed, ...(feature.request?.passed ?? [])]),
  );
  return [...new Set(names)].filter((name) => !NEEDED_HEADERS.has(name) && !checked.has(name)).sort();
}

/** `extAuth` of a SecurityPolicy. */
export function externalAuthSpec(
  feature: FeatureOf<"externalAuth">,
  url: AuthUrl,
  { backendRef, options }: { readonly backendRef: JsonObject; readonly options: TargetOptions },
): JsonObject {
  const headersToBackend = answeredHeaders(feature);
  const path =
    url.path.kind === "fixed"
      ? { pathOverride: url.path.value }
      : url.path.value === ""
        ? {}
        : { path: url.path.value };
  return {
    // nginx answers 500 when the auth service fails, and waits 60 s for it.
    headersToExtAuth: checkedHeaders(feature, options),
    statusOnError: 500,
    timeout: formatSeconds(feature.request?.seconds ?? 60),
    http: {
      backendRefs: [backendRef],
      ...path,
      ...(headersToBackend.length > 0 ? { headersToBackend } : {}),
      ...backendSettings(feature),
    },
  };
}

/** What the check carries: the usual headers, and those that annotations and a snippet name, without those that a snippet empties. */
export function checkedHeaders(feature: FeatureOf<"externalAuth">, options: TargetOptions): readonly string[] {
  const { passed = [], withheld = [] } = feature.request ?? {};
  const named = [...passedHeaders(feature).passed, ...passed, ...describedNames(feature, options)];
  const usual = [...CHECKED_HEADERS, ...writtenHeaders(options)].filter(
    (name) => !withheld.includes(name) || named.includes(name),
  );
  return [...new Set([...usual, ...named])];
}

/** Headers that listeners write on arrival, so that no client chooses what the service reads. */
function writtenHeaders(options: TargetOptions): readonly string[] {
  if (!describesRequests(options)) return [];
  return [...ORIGINAL_HEADERS.map((name) => name.toLowerCase()), ...(options.defaults === "keep" ? ["x-real-ip"] : [])];
}

/** How connections to the service are kept; Envoy keeps them anyway. */
function backendSettings({ keepalive }: FeatureOf<"externalAuth">): JsonObject {
  if (keepalive === undefined) return {};
  return {
    backendSettings: {
      circuitBreaker: { maxRequestsPerConnection: keepalive.requests },
      timeout: { http: { connectionIdleTimeout: formatSeconds(keepalive.idleSeconds) } },
    },
  };
}
