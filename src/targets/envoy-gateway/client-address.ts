import { takesAddressFromHeader, type ControllerConfig } from "../../ingress-nginx/index.js";
import type { JsonObject } from "../../kubernetes/index.js";
import { readNetwork } from "./networks.js";

/** Whether the controller believes X-Forwarded-Proto, -Host and -Port, whoever sends them. */
export function believesHeaders(controller: ControllerConfig): boolean {
  return controller.isOn("use-forwarded-headers");
}

/** The header that the address is taken from. */
export function addressHeader(controller: ControllerConfig): string {
  return controller.value("forwarded-for-header").text.trim() || "X-Forwarded-For";
}

/** Where the client's address comes from, when the controller believes a header; undefined where it is the address of the connection. */
export function addressDetection(controller: ControllerConfig): JsonObject | undefined {
  const networks = trustedNetworks(controller);
  if (!takesAddressFromHeader(controller) || networks.length === 0) return undefined;
  const name = addressHeader(controller);
  if (name.toLowerCase() === "x-forwarded-for") return { xForwardedFor: { trustedCIDRs: networks } };
  return isCustomHeaderUsable(name, networks) ? { customHeader: { name } } : undefined;
}

/**
 * Envoy believes a custom header whoever sends it. Where nginx believed it from certain networks only, reading it would let everybody choose an address
 * that address lists accept, so it is read only where nginx believed everybody as well.
 */
function isCustomHeaderUsable(name: string, networks: readonly string[]): boolean {
  return /^[A-Za-z0-9-]+$/.test(name) && networks.some((cidr) => cidr.endsWith("/0"));
}

/** Whether the Gateway takes the address from peers that the controller did not believe: 0.0.0.0/0 leaves out IPv6, a custom header nobody. */
export function believesAnyone(controller: ControllerConfig): boolean {
  const everywhere = ["0.0.0.0/0", "::/0"].every((cidr) => trustedNetworks(controller).includes(cidr));
  return addressHeader(controller).toLowerCase() !== "x-forwarded-for" && !everywhere;
}

/** Networks whose forwarded addresses are believed, 0.0.0.0/0 by default; names of hosts cannot be said. */
export function trustedNetworks(controller: ControllerConfig): readonly string[] {
  return controller.list("proxy-real-ip-cidr").flatMap((text) => readNetwork(text)?.cidr ?? []);
}
