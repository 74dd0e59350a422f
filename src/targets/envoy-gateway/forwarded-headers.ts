import { behaves, takesAddressFromHeader, type ControllerConfig } from "../../ingress-nginx/index.js";
import { addressDetection, addressHeader, believesHeaders } from "./client-address.js";

export type HeaderPair = { readonly name: string; readonly value: string };
export type HeaderChanges = {
  readonly set: readonly HeaderPair[];
  readonly addIfAbsent: readonly HeaderPair[];
  readonly remove: readonly string[];
};

/** Which listeners a ClientTrafficPolicy is for. `any` must be right for HTTP and HTTPS alike, also for listeners that others add later. */
export type Entry = "any" | "http" | "https";

const PORTS = { http: "80", https: "443" } as const;
const CLIENT_ADDRESS = "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%";
const HOST = "%REQ(:AUTHORITY)%";

/**
 * The headers that nginx sends to every application (nginx.tmpl, "Custom headers to proxied server" and above), as changes on arrival: Envoy makes them
 * before it looks at the request, so the address is that of the connection or of its PROXY header (Envoy, mutateRequestHeaders). Changes are made in
 * order, removals last (header_mutation.go), which is why the original values are saved first.
 */
export function forwardedHeaders(controller: ControllerConfig, entry: Entry): HeaderChanges {
  const trusted = believesHeaders(controller);
  const detects = addressDetection(controller) !== undefined;
  const originals = [
    { name: "X-Original-Forwarded-For", value: requestHeader(addressHeader(controller)) },
    ...originalHost(controller),
  ];
  const host = { name: "X-Forwarded-Host", value: HOST };
  const address = realAddress(controller);
  const scheme = schemeHeaders(entry, trusted);
  return {
    set: [
      ...originals,
      ...(trusted ? [] : [host]),
      ...address.set,
      ...(controller.isOn("proxy-add-original-uri-header") ? [{ name: "X-Original-URI", value: "%REQ(:PATH)%" }] : []),
      ...scheme.set,
    ],
    addIfAbsent: [...(trusted ? [host] : []), ...scheme.addIfAbsent],
    remove: [
      // Envoy puts the address of the connection in its place, or behind it where the whole list is passed on.
      ...(detects || passesList(controller) ? [] : ["X-Forwarded-For"]),
      // With enable-real-ip alone the address is believed and nothing else; Envoy would keep the client's own scheme (listener.go, useRemoteAddress).
      ...(detects && !trusted ? ["X-Forwarded-Proto"] : []),
      ...address.remove,
      // Applications with CGI take it for the HTTP_PROXY variable.
      "Proxy",
      ...scheme.remove,
    ],
  };
}

/** The list that the client sent is handed on although the address comes from the PROXY protocol (nginx.tmpl, $full_x_forwarded_for). */
const passesList = (controller: ControllerConfig): boolean =>
  believesHeaders(controller) && controller.isOn("compute-full-forwarded-for") && !takesAddressFromHeader(controller);

const originalHost = (controller: ControllerConfig): HeaderPair[] =>
  behaves(controller, "original-forwarded-host")
    ? [
        {
          name: "X-Original-Forwarded-Host",
          value: requestHeader(controller.value("forwarded-host-header").text.trim()),
        },
      ]
    : [];

/** Headers of the controller that applications do not get any more. */
export function lostForwardedHeaders(controller: ControllerConfig): readonly string[] {
  return isAddressKnown(controller) ? [] : ["X-Real-IP"];
}

/** `any` cannot know the scheme, and must not pass on what a client claims. */
function schemeHeaders(entry: Entry, trusted: boolean): HeaderChanges {
  const scheme = ["X-Forwarded-Scheme", "X-Scheme"];
  if (trusted) return believedScheme(entry, scheme);
  if (entry === "any") return { set: [], addIfAbsent: [], remove: ["X-Forwarded-Port", ...scheme] };
  const set = [{ name: "X-Forwarded-Port", value: PORTS[entry] }, ...scheme.map((name) => ({ name, value: entry }))];
  return { set, addIfAbsent: [], remove: [] };
}

/** Holds the scheme of the connection while headers are changed; no application gets it. */
const ENTRY_SCHEME = "X-Entry-Scheme";

/**
 * What the balancer says, and without a word from it the scheme of the connection. Envoy writes X-Forwarded-Proto after these changes, and `:scheme` has no
 * value yet (replayed on a real Envoy 1.39, test/envoy-gateway), so the scheme of the listener is put down for the next change to find.
 */
function believedScheme(entry: Entry, names: readonly string[]): HeaderChanges {
  const [written, fallback] =
    entry === "any" ? [[], ""] : [[{ name: ENTRY_SCHEME, value: entry }], `?${ENTRY_SCHEME.toUpperCase()}`];
  const value = `%REQ(X-FORWARDED-PROTO${fallback})%`;
  return {
    set: [...written, ...names.map((name) => ({ name, value }))],
    addIfAbsent: entry === "any" ? [] : [{ name: "X-Forwarded-Port", value: PORTS[entry] }],
    remove: entry === "any" ? [] : [ENTRY_SCHEME],
  };
}

/** Holds the address of the connection while headers are changed; no application gets it. */
const ENTRY_ADDRESS = "X-Entry-Address";

/**
 * X-Real-IP. X-Forwarded-For holds a list, of which no operator takes the right entry; a header with one address can be copied, and where a request
 * has none the address of the connection counts.
 */
function realAddress(controller: ControllerConfig): Pick<HeaderChanges, "set" | "remove"> {
  const name = "X-Real-IP";
  if (!takesAddressFromHeader(controller)) return { set: [{ name, value: CLIENT_ADDRESS }], remove: [] };
  if (!isAddressKnown(controller)) return { set: [], remove: [name] };
  const value = `%REQ(${addressHeader(controller).toUpperCase()}?${ENTRY_ADDRESS.toUpperCase()})%`;
  return {
    set: [
      { name: ENTRY_ADDRESS, value: CLIENT_ADDRESS },
      { name, value },
    ],
    remove: [ENTRY_ADDRESS],
  };
}

function isAddressKnown(controller: ControllerConfig): boolean {
  if (!takesAddressFromHeader(controller)) return true;
  return addressDetection(controller) !== undefined && addressHeader(controller).toLowerCase() !== "x-forwarded-for";
}

const requestHeader = (name: string): string => `%REQ(${name.toUpperCase()})%`;
