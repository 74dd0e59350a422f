import type { ControllerConfig } from "../../ingress-nginx/index.js";
import type { JsonObject } from "../../kubernetes/index.js";
import { attachedListeners } from "../attached-listeners.js";
import type { TargetContext } from "../translator.js";
import { hasGatewayDefaults } from "./parts.js";
import { addressDetection } from "./client-address.js";
import { addedHeaders, sentHeaders } from "./controller-headers.js";
import { forwardedHeaders, type Entry, type HeaderPair } from "./forwarded-headers.js";
import { formatSeconds } from "./quantities.js";

type Arrival = { readonly set: readonly HeaderPair[]; readonly remove: readonly string[] };

/**
 * What the controller does with every client, as the spec of a ClientTrafficPolicy without its targets and TLS.
 *
 * @param also further request headers that are written on arrival, or that clients may not send
 */
export function clientDefaults(
  controller: ControllerConfig,
  entry: Entry,
  also: Arrival = { set: [], remove: [] },
): JsonObject {
  const keepAlive = controller.number("keep-alive");
  const header = controller.number("client-header-timeout");
  const detection = addressDetection(controller);
  const streams = changedNumber(controller, "http2-max-concurrent-streams");
  const requests = keepAlive <= 0 ? 1 : changedNumber(controller, "keep-alive-requests");
  return {
    headers: headerDefaults(controller, entry, also),
    path: { escapedSlashesAction: "KeepUnchanged" },
    // nginx serves HTTP/1.0, which Envoy answers with 426 unless told otherwise.
    http1: { http10: {} },
    ...(streams === undefined ? {} : { http2: { maxConcurrentStreams: streams } }),
    timeout: {
      http: {
        ...(keepAlive > 0 ? { idleTimeout: formatSeconds(keepAlive) } : {}),
        ...(header > 0 ? { requestHeadersReceivedTimeout: formatSeconds(header) } : {}),
      },
    },
    ...(requests === undefined ? {} : { connection: { connectionLimit: { maxRequestsPerConnection: requests } } }),
    ...(detection === undefined ? {} : { clientIPDetection: detection }),
    ...(controller.isOn("use-proxy-protocol") ? { proxyProtocol: { optional: false } } : {}),
  };
}

/** A positive number that the ConfigMap sets to something else than the built-in value, which Envoy's own is close to. */
function changedNumber(
  controller: ControllerConfig,
  key: "http2-max-concurrent-streams" | "keep-alive-requests",
): number | undefined {
  const changed = controller.changed.some((setting) => setting.key === key);
  const number = controller.number(key);
  return changed && number > 0 ? number : undefined;
}

function headerDefaults(controller: ControllerConfig, entry: Entry, also: Arrival): JsonObject {
  const forwarded = forwardedHeaders(controller, entry);
  const sent = sentHeaders(controller);
  const added = addedHeaders(controller);
  const own = new Set(forwarded.set.map(lowerName));
  const set = [...forwarded.set, ...sent.set.filter((pair) => !own.has(lowerName(pair))), ...also.set];
  const written = new Set([...set, ...added.set].map(lowerName));
  const late = [...entryHeaders(controller, entry), ...added.set];
  const hidden = removedHeaders(controller, late);
  return {
    requestID: controller.isOn("generate-request-id") ? "PreserveOrGenerate" : "Preserve",
    withUnderscoresAction: acceptsUnderscores(controller) ? "Allow" : "DropHeader",
    // nginx adds no X-RateLimit headers to limited responses.
    disableRateLimitHeaders: true,
    earlyRequestHeaders: {
      set,
      ...(forwarded.addIfAbsent.length > 0 ? { addIfAbsent: forwarded.addIfAbsent } : {}),
      remove: [...forwarded.remove, ...sent.remove.filter((name) => !written.has(name.toLowerCase())), ...also.remove],
    },
    ...(late.length > 0 || hidden.length > 0
      ? {
          lateResponseHeaders: {
            ...(late.length > 0 ? { set: late } : {}),
            ...(hidden.length > 0 ? { remove: hidden } : {}),
          },
        }
      : {}),
  };
}

/** Headers that are taken out of every answer, unless the Gateway writes them itself. */
function removedHeaders(controller: ControllerConfig, written: readonly HeaderPair[]): readonly string[] {
  const keep = new Set(written.map(lowerName));
  const removed = [...hiddenHeaders(controller), ...addedHeaders(controller).remove];
  return [...new Set(removed)].filter((name) => !keep.has(name.toLowerCase()));
}

/**
 * Headers, lower case, that no rule can write: what the ClientTrafficPolicies remove goes behind the filters of routes (Envoy Gateway 1.9,
 * header_mutation.go; replayed on a real Envoy). nginx hides what the application says, and keeps what a snippet says.
 */
export function removedAtLast({ plan: { controller }, options }: TargetContext): ReadonlySet<string> {
  if (!hasGatewayDefaults(options)) return NOTHING;
  return new Set(removedHeaders(controller, addedHeaders(controller).set).map((name) => name.toLowerCase()));
}

const NOTHING: ReadonlySet<string> = new Set();

/** Headers, lower case, that the ClientTrafficPolicies write over whatever routes say, with their values; in nginx the Ingress has the last word. */
export function writtenAtLast({ plan, route, options }: TargetContext): ReadonlyMap<string, string> {
  if (!hasGatewayDefaults(options)) return new Map();
  const isSecure = attachedListeners(plan, route).some(({ protocol }) => protocol === "HTTPS");
  const late = [...entryHeaders(plan.controller, isSecure ? "https" : "http"), ...addedHeaders(plan.controller).set];
  return new Map(late.map((pair) => [lowerName(pair), pair.value]));
}

const lowerName = (pair: HeaderPair): string => pair.name.toLowerCase();

/** HSTS goes with HTTPS only, and replaces what the application says (lua_ingress.lua). */
function entryHeaders(controller: ControllerConfig, entry: Entry): readonly HeaderPair[] {
  const value = entry === "https" ? hstsValue(controller) : undefined;
  return value === undefined ? [] : [{ name: "Strict-Transport-Security", value }];
}

/** nginx clears Server unless server-tokens is on, and hides the application's unless allow-backend-server-header is on too (nginx.tmpl). */
export function hiddenHeaders(controller: ControllerConfig): readonly string[] {
  const passesServer = controller.isOn("allow-backend-server-header") && controller.isOn("server-tokens");
  return [...(passesServer ? [] : ["Server"]), ...controller.list("hide-headers")];
}

/** Without ignore-invalid-headers nginx takes names with underscores like any other (ngx_http_process_request_headers). */
function acceptsUnderscores(controller: ControllerConfig): boolean {
  return controller.isOn("enable-underscores-in-headers") || !controller.isOn("ignore-invalid-headers");
}

/** Strict-Transport-Security as the controller sends it on every HTTPS response; undefined when it is switched off. */
export function hstsValue(controller: ControllerConfig): string | undefined {
  if (!controller.isOn("hsts")) return undefined;
  const maxAge = controller.value("hsts-max-age").text.trim();
  const subdomains = controller.isOn("hsts-include-subdomains") ? "; includeSubDomains" : "";
  return `max-age=${maxAge}${subdomains}${controller.isOn("hsts-preload") ? "; preload" : ""}`;
}
