import type { ControllerConfig } from "../../ingress-nginx/index.js";
import type { JsonObject } from "../../kubernetes/index.js";
import { isSet, listOf, numberOf } from "./controller-values.js";
import { readNetwork } from "./networks.js";
import { formatSeconds } from "./quantities.js";
import { splitCiphers } from "./tls-suites.js";

/** What the controller does with every client, as the spec of a ClientTrafficPolicy without its targets. */
export function clientDefaults(controller: ControllerConfig): JsonObject {
  const keepalive = numberOf(controller, "keep-alive", 75);
  const header = numberOf(controller, "client-header-timeout", 60);
  const detection = addressDetection(controller);
  return {
    headers: headerDefaults(controller, detection !== undefined),
    path: { escapedSlashesAction: "KeepUnchanged" },
    timeout: {
      http: {
        ...(keepalive > 0 ? { idleTimeout: formatSeconds(keepalive) } : {}),
        ...(header > 0 ? { requestHeadersReceivedTimeout: formatSeconds(header) } : {}),
      },
    },
    ...(detection === undefined ? {} : { clientIPDetection: detection }),
    ...(isSet(controller, "use-proxy-protocol", false) ? { proxyProtocol: { optional: false } } : {}),
  };
}

function headerDefaults(controller: ControllerConfig, readsForwarded: boolean): JsonObject {
  const hidden = [
    ...(isSet(controller, "allow-backend-server-header", false) ? [] : ["Server"]),
    ...listOf(controller, "hide-headers"),
  ];
  return {
    requestID: isSet(controller, "generate-request-id", true) ? "PreserveOrGenerate" : "Preserve",
    withUnderscoresAction: underscoreAction(controller),
    // nginx adds no X-RateLimit headers to limited responses.
    disableRateLimitHeaders: true,
    // nginx replaces the header unless it trusts a proxy in front; Envoy appends to what is left.
    ...(readsForwarded ? {} : { earlyRequestHeaders: { remove: ["X-Forwarded-For"] } }),
    ...(hidden.length > 0 ? { lateResponseHeaders: { remove: [...new Set(hidden)] } } : {}),
  };
}

function underscoreAction(controller: ControllerConfig): string {
  if (isSet(controller, "enable-underscores-in-headers", false)) return "Allow";
  return isSet(controller, "ignore-invalid-headers", true) ? "DropHeader" : "RejectRequest";
}

/** Where the client's address comes from, when the controller believes a header. */
export function addressDetection(controller: ControllerConfig): JsonObject | undefined {
  if (!isSet(controller, "use-forwarded-headers", false) && !isSet(controller, "enable-real-ip", false))
    return undefined;
  const name = controller.value("forwarded-for-header").text.trim() || "X-Forwarded-For";
  if (name.toLowerCase() !== "x-forwarded-for") return { customHeader: { name } };
  return { xForwardedFor: { trustedCIDRs: trustedNetworks(controller) } };
}

/** Networks whose forwarded addresses are believed; the controller's default believes everybody. */
export function trustedNetworks(controller: ControllerConfig): readonly string[] {
  const networks = listOf(controller, "proxy-real-ip-cidr").flatMap((text) => readNetwork(text)?.cidr ?? []);
  return networks.length > 0 ? networks : ["0.0.0.0/0"];
}

/** Strict-Transport-Security as the controller sends it on every HTTPS response; undefined when it is switched off. */
export function hstsValue(controller: ControllerConfig): string | undefined {
  if (!isSet(controller, "hsts", true)) return undefined;
  const maxAge = controller.value("hsts-max-age").text.trim() || "31536000";
  const subdomains = isSet(controller, "hsts-include-subdomains", true) ? "; includeSubDomains" : "";
  return `max-age=${maxAge}${subdomains}${isSet(controller, "hsts-preload", false) ? "; preload" : ""}`;
}

/** TLS settings of the ConfigMap that change what clients may negotiate; nothing where it says nothing. */
export function tlsDefaults(controller: ControllerConfig): JsonObject {
  const versions = controller.set.includes("ssl-protocols")
    ? listOf(controller, "ssl-protocols").flatMap(versionOf).sort()
    : [];
  const [minVersion] = versions;
  const maxVersion = versions.at(-1);
  const ciphers = controller.set.includes("ssl-ciphers") ? splitCiphers(controller.value("ssl-ciphers").text).kept : [];
  return {
    ...(minVersion === undefined ? {} : { minVersion }),
    ...(maxVersion === undefined ? {} : { maxVersion }),
    ...(ciphers.length > 0 && minVersion !== "1.3" ? { ciphers } : {}),
    ...(isSet(controller, "use-http2", true) ? {} : { alpnProtocols: ["http/1.1"] }),
  };
}

function versionOf(protocol: string): readonly string[] {
  const number = /^TLSv1(?:\.([0-3]))?$/.exec(protocol);
  return number === null ? [] : [`1.${number[1] ?? "0"}`];
}
