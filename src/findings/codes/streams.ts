import { define } from "../define.js";

type Entry = { readonly protocol: string; readonly configMap: string };
type Lines = { readonly entries: readonly string[] };

/** TCP and UDP services of the controller. */
export const streamFindings = {
  STREAM_CONFIG_AMBIGUOUS: define<{
    readonly protocol: string;
    readonly used: string;
    readonly ignored: readonly string[];
  }>({
    title: "Several ConfigMaps with TCP or UDP services",
    severity: "medium",
    verdict: "exact",
    what: (a) =>
      `ConfigMap ${a.used} is taken for the ${a.protocol} services; ${a.ignored.join(", ")} could be it as well.`,
    why: "A controller reads one ConfigMap for each protocol. With two controllers in the input, each needs a conversion of its own.",
    remedy: (a) =>
      `Name the right one with --controller-flag ${a.protocol.toLowerCase()}-services-configmap=NAMESPACE/NAME.`,
    cite: "ingress-nginx 1.15.1, pkg/flags/flags.go",
  }),
  STREAM_CONFIG_MISSING: define<{ readonly flag: string; readonly configMap: string }>({
    title: "ConfigMap with TCP or UDP services that is not in the input",
    severity: "high",
    verdict: "unsupported",
    what: (a) =>
      `The flag ${a.flag} names ConfigMap ${a.configMap}, which is not in the input, so its services are not converted.`,
    why: "Their ports stop answering when traffic moves to the Gateway.",
    remedy: (a) => `Add ConfigMap ${a.configMap} to the input and convert again.`,
    cite: "ingress-nginx 1.15.1, internal/ingress/controller/controller.go (getStreamServices)",
  }),
  STREAM_ENTRY_IGNORED: define<Entry & { readonly port: string; readonly reference: string; readonly reason: string }>({
    title: "TCP or UDP service that the controller leaves out",
    severity: "medium",
    verdict: "exact",
    what: (a) =>
      `"${a.port}: ${a.reference}" of ConfigMap ${a.configMap} is left out, as the controller does: ${a.reason}.`,
    why: "The controller logs a warning and serves the other entries. Nothing listens on this port today.",
    remedy: "Correct the entry and convert again if the port is meant to be served.",
    cite: "ingress-nginx 1.15.1, internal/ingress/controller/controller.go (getStreamServices)",
  }),
  STREAM_PORT_UNRESOLVED: define<{ readonly service: string; readonly port: string }>({
    title: "TCP or UDP service with a named port",
    severity: "high",
    verdict: "unsupported",
    what: (a) =>
      `Port "${a.port}" of Service ${a.service} is a name that nothing in the input resolves, so the entry is not converted.`,
    why: "Routes take port numbers only.",
    remedy: (a) => `Add the Service to the input, or pass --service-port ${a.service}:${a.port}=NUMBER.`,
    cite: "Gateway API 1.6, BackendObjectReference",
  }),
  STREAM_SERVICES: define<Lines & { readonly protocol: string }>({
    title: "TCP and UDP services",
    severity: "info",
    verdict: "equivalent",
    what: (a) => `${a.protocol} services became a listener and a ${a.protocol}Route each: ${a.entries.join(", ")}.`,
    why: "The listener belongs to the platform team, the route to the team that owns the Service.",
    remedy: "Make sure that the load balancer in front of the Gateway forwards these ports.",
    cite: "ingress-nginx 1.15.1, internal/ingress/controller/controller.go (getStreamServices)",
  }),
  STREAM_PROXY_PROTOCOL_LOST: define<Lines>({
    title: "PROXY protocol of TCP services",
    severity: "high",
    verdict: "unsupported",
    what: (a) => `Nothing says that these ports speak the PROXY protocol: ${a.entries.join(", ")}.`,
    why: "Core Gateway API has no field for it. A PROXY header that the proxy does not expect reaches the application as data, and one that the application expects does not come.",
    remedy: "Set it in the implementation's own policies, or convert with --target envoy-gateway.",
    cite: "Gateway API 1.6, TCPRoute",
  }),
  STREAM_LIMITS_LOST: define<Lines & { readonly timeout: string; readonly isEnvoyGateway: boolean }>({
    title: "Idle time of TCP and UDP services",
    severity: "medium",
    verdict: "unsupported",
    what: (a) => `Nothing says that connections end after ${a.timeout} of silence: ${a.entries.join(", ")}.`,
    why: ({ isEnvoyGateway }) =>
      isEnvoyGateway
        ? "A ClientTrafficPolicy on the listener says so, and none is written in this run. Envoy ends idle connections after an hour."
        : "How long an idle connection lives is up to the implementation.",
    remedy: ({ isEnvoyGateway }) =>
      isEnvoyGateway
        ? "Set timeout.tcp.idleTimeout in a ClientTrafficPolicy on these listeners of the Gateway."
        : "Set it in the implementation's own policies, or convert with --target envoy-gateway.",
    cite: "ingress-nginx 1.15.1, rootfs/etc/nginx/template/nginx.tmpl (proxy_timeout)",
  }),
  STREAM_EXTERNAL_NAME: define<Lines>({
    title: "TCP or UDP service outside of the cluster",
    severity: "high",
    verdict: "partial",
    what: (a) =>
      `These ports lead to Services of type ExternalName, which implementations need not support: ${a.entries.join(", ")}.`,
    why: "Gateway API leaves ExternalName to the implementation, and advises against it.",
    remedy:
      "Replace each by a Service with EndpointSlices, or use the implementation's own object for hosts outside of the cluster.",
    cite: "Gateway API 1.6, BackendObjectReference",
  }),
  STREAM_EXTERNAL_BACKEND: define<{ readonly entry: string; readonly service: string; readonly host: string }>({
    title: "TCP or UDP service outside of the cluster",
    severity: "low",
    verdict: "equivalent",
    what: (a) => `${a.entry}: Service ${a.service} is a name for ${a.host}, so a Backend leads there.`,
    why: "Envoy Gateway refuses Services of type ExternalName.",
    remedy: "Nothing, where Backends are enabled.",
    cite: "Envoy Gateway v1.9.0, internal/gatewayapi/validate.go (validateBackendRefService)",
  }),
  STREAM_UDP_IDLE: define<Lines & { readonly timeout: string }>({
    title: "Idle time of UDP services",
    severity: "low",
    verdict: "partial",
    what: (a) => `Sessions end after a minute of silence instead of ${a.timeout}: ${a.entries.join(", ")}.`,
    why: "Envoy Gateway has no field for the idle time of UDP. A later datagram starts a new session, possibly with another pod.",
    remedy: "Let clients send something at least once a minute, or patch idle_timeout with an EnvoyPatchPolicy.",
    cite: "Envoy Gateway v1.9.0, internal/xds/translator/listener.go (buildXdsUDPListener)",
  }),
  STREAM_CONNECTS_ONCE: define<Lines>({
    title: "Tries of TCP services",
    severity: "low",
    verdict: "partial",
    what: (a) => `A connection that a pod refuses is not tried on another pod: ${a.entries.join(", ")}.`,
    why: "nginx tries three pods. Envoy closes the client's connection, and the client connects again; it waits 5 s for a pod where nginx waited 60 s.",
    remedy:
      "Let clients connect again, which most do. Raise timeout.tcp.connectTimeout in a BackendTrafficPolicy for slow Services.",
    example: () => ({
      method: "CONNECT",
      url: "tcp while a pod restarts",
      before: "connected to another pod",
      after: "closed",
    }),
    cite: "Envoy Gateway v1.9.0, internal/xds/translator/listener.go (buildTCPFilterChain)",
  }),
  STREAM_PORT_TAKEN: define<{ readonly port: number; readonly reason: string }>({
    title: "Port that the proxy cannot serve",
    severity: "high",
    verdict: "unsupported",
    what: (a) => `Port ${a.port} cannot be served by Envoy Gateway: ${a.reason}.`,
    why: "Envoy Gateway listens on ports below 1024 ten thousand higher inside of the pod, and keeps some ports for itself.",
    remedy: "Choose another port for the listener, and tell the clients.",
    cite: "Envoy Gateway v1.9.0, internal/gatewayapi/helpers.go (servicePortToContainerPort)",
  }),
};
