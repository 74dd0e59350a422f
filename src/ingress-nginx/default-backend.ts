import { finding, type Finding } from "../findings/index.js";
import type { Snapshot } from "../kubernetes/index.js";
import type { Server, Upstream } from "./model.js";
import type { ModelOptions } from "./options.js";

const FLAG = "default-backend-service";

/**
 * The Service of the flag `default-backend-service`: its first port answers for hosts that no Ingress has, and for paths of hosts that no Ingress
 * serves (controller.go, getDefaultUpstream).
 */
export function defaultBackend(
  { services, ingresses }: Snapshot,
  { controllerFlags }: ModelOptions,
): { readonly upstream?: Upstream; readonly findings: readonly Finding[] } {
  const named = controllerFlags.get(FLAG);
  if (named === undefined || named === "") return { findings: [] };
  const [namespace = "", name = ""] = named.split("/");
  const service = services.get(named);
  const port = service?.ports[0]?.port;
  const origin = service?.origin ?? ingresses[0]?.origin;
  if (service === undefined || port === undefined || origin === undefined) {
    const args = {
      flag: FLAG,
      value: named,
      how: "its Service is not in the input, so that the port is not known, and the Gateway itself answers 404 for unknown hosts and paths",
      remedy: "Add the Service to the input and convert again.",
    };
    return { findings: origin === undefined ? [] : [finding("CONTROLLER_FLAG_NOT_CARRIED", origin, args)] };
  }
  const upstream: Upstream = {
    namespace,
    name,
    ref: { number: port },
    port: { kind: "number", number: port },
    service,
    origin,
  };
  return { upstream, findings: [] };
}

/** The server with the Service behind what leads to the controller's default backend. */
export function withDefaultBackend(server: Server, upstream: Upstream | undefined): Server {
  if (upstream === undefined) return server;
  const locations = server.locations.map((location) =>
    location.backend.kind === "service" ? location : { ...location, backend: { kind: "service" as const, upstream } },
  );
  return { ...server, locations };
}
