import { define } from "../../define.js";
import type { Named, NoArgs, OfIngress } from "./args.js";

export const balancing = {
  AFFINITY_HASHED: define<Named<"cookie">>({
    title: "Session cookie with another content",
    severity: "low",
    verdict: "equivalent",
    what: ({ ingress, cookie }) =>
      `Ingress ${ingress}: sessions with the cookie "${cookie}" may move to another pod once, at the switch.`,
    why: "Envoy hashes the cookie onto its own table, so a value from nginx selects another pod; a change of pods moves a small share of sessions.",
    remedy: "Switch at a quiet hour, or keep sessions in a shared store.",
    cite: "Envoy Gateway v1.9.0, internal/gatewayapi/clustersettings.go (buildConsistentHashLoadBalancer)",
  }),
  AFFINITY_NOT_PERSISTENT: define<OfIngress>({
    title: "Persistent affinity becomes balanced",
    severity: "medium",
    verdict: "partial",
    what: ({ ingress }) =>
      `Ingress ${ingress}: "affinity-mode: persistent" kept a session on its pod as long as it lived; now a share of the sessions moves when pods come or go.`,
    why: "Cookie hashing is the only affinity that works with the standard channel of Gateway API.",
    remedy:
      "Use sessionPersistence of the HTTPRoute where the experimental CRDs are installed, or keep sessions in a shared store.",
    cite: "Envoy Gateway v1.9.0, internal/xds/translator/session_persistence.go",
  }),
  AFFINITY_COOKIE_NOT_SECURE: define<Named<"cookie">>({
    title: "Session cookie without Secure",
    severity: "low",
    verdict: "equivalent",
    what: ({ ingress, cookie }) =>
      `Ingress ${ingress}: the cookie "${cookie}" has no Secure on HTTPS any more, because its routes serve plain HTTP as well.`,
    why: "nginx adds the attribute to cookies of HTTPS connections; Envoy Gateway sets the same attributes on both. Browsers send the cookie over plain HTTP too, where others can read which pod a session is on.",
    remedy: 'Set session-cookie-secure: "true" where clients come over HTTPS, and convert again.',
    example: () => ({
      method: "GET",
      url: "https://host/",
      before: "Set-Cookie with Secure",
      after: "Set-Cookie without Secure",
    }),
    cite: "rootfs/etc/nginx/lua/balancer/sticky.lua (set_cookie); Envoy Gateway v1.9.0, internal/xds/translator/route.go (buildHashPolicy)",
  }),
  AFFINITY_COOKIE_OPTION_LOST: define<Named<"key" | "effect">>({
    title: "Option of the session cookie",
    severity: "low",
    verdict: "unsupported",
    what: ({ ingress, key, effect }) => `Ingress ${ingress}: "${key}" has no counterpart: ${effect}.`,
    why: "Envoy Gateway sets name, lifetime and fixed attributes of the cookie only.",
    remedy: "Remove the annotation when the difference does not matter; otherwise keep sessions in a shared store.",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/loadbalancer_types.go",
  }),
  BALANCING_SINGLE_ENDPOINT: define<Named<"what" | "backend">>({
    title: "Balancing behind a cluster address",
    severity: "high",
    verdict: "partial",
    what: ({ ingress, what, backend }) =>
      `Ingress ${ingress}: ${what} does not work because "${backend}" is reached through the Service's cluster address.`,
    why: "Envoy then sees one endpoint, and kube-proxy picks the pod.",
    remedy:
      "Point the Backend to a headless Service (clusterIP: None), whose name resolves to the pods, or verify the backend's certificate with a BackendTLSPolicy on the Service instead.",
    cite: "Envoy Gateway v1.9.0, site/content/en/v1.9/tasks/security/backend-skip-tls-verification.md",
  }),
  LOAD_BALANCING_LEAST_REQUEST: define<Named<"algorithm">>({
    title: "Balancing by least requests",
    severity: "info",
    verdict: "equivalent",
    what: ({ ingress, algorithm }) => `Ingress ${ingress}: "${algorithm}" becomes LeastRequest.`,
    why: "Both prefer the less busy of two pods; nginx judged by latency, Envoy by open requests.",
    remedy: "Compare latencies after the switch.",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/loadbalancer_types.go",
  }),
  LOAD_BALANCING_UNKNOWN: define<Named<"algorithm">>({
    title: "Balancing algorithm without its settings",
    severity: "low",
    verdict: "partial",
    what: ({ ingress, algorithm }) => `Ingress ${ingress}: "load-balance: ${algorithm}" becomes RoundRobin.`,
    why: "The algorithm needs a hash key or a cookie from another annotation, which is not there.",
    remedy: "Remove the annotation, or set upstream-hash-by or affinity.",
    cite: "ingress-nginx 1.15.1, rootfs/etc/nginx/lua/balancer.lua (get_implementation)",
  }),
  HASH_KEYS_MOVE: define<Named<"expression">>({
    title: "Hashing on another table",
    severity: "low",
    verdict: "equivalent",
    what: ({ ingress, expression }) =>
      `Ingress ${ingress}: every value of "${expression}" may move to another pod once, at the switch.`,
    why: "nginx uses a ring, Envoy a Maglev table; a request without the value goes to any pod, where nginx sent all of them to one.",
    remedy: "Warm caches up again after the switch.",
    cite: "Envoy Gateway v1.9.0, internal/xds/translator/route.go (buildConsistentHashPolicy)",
  }),
  HASH_KEY_UNSUPPORTED: define<Named<"expression" | "reason">>({
    title: "Hash key that cannot be expressed",
    severity: "medium",
    verdict: "unsupported",
    what: ({ ingress, expression, reason }) =>
      `Ingress ${ingress}: requests are spread evenly instead of by "${expression}", because ${reason}.`,
    why: "Caches and sessions that rely on the same pod lose that.",
    remedy:
      "Hash by one client address, one cookie, headers or query parameters only, or let the client send the key in a header.",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/loadbalancer_types.go (ConsistentHash)",
  }),
  HASH_SUBSET_LOST: define<OfIngress & { readonly subset: number }>({
    title: "Hashing onto a group of pods",
    severity: "low",
    verdict: "unsupported",
    what: ({ ingress, subset }) => `Ingress ${ingress}: a key belongs to one pod instead of a group of ${subset}.`,
    why: "A very busy key can overload its pod.",
    remedy: "Watch the load per pod, or split the Service into one Service per group.",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/loadbalancer_types.go",
  }),
};

export const backends = {
  BACKEND_API_NEEDED: define<NoArgs>({
    title: "Backend resources must be enabled",
    severity: "medium",
    verdict: "equivalent",
    what: () => "The output contains Backend resources, which Envoy Gateway ignores until they are enabled.",
    why: "Until then the routes that use them answer 500.",
    remedy:
      "Set extensionApis.enableBackend: true in the EnvoyGateway configuration (Helm: config.envoyGateway.extensionApis.enableBackend=true) before applying.",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/envoygateway_types.go (ExtensionAPISettings)",
  }),
  BACKEND_TLS_UNVERIFIED: define<Named<"backend"> & { readonly isOutside: boolean }>({
    title: "TLS to the backend without verification",
    severity: "low",
    verdict: "equivalent",
    what: ({ ingress, backend }) =>
      `Ingress ${ingress}: "${backend}" is reached over TLS through a Backend that does not check its certificate, as before.`,
    why: ({ isOutside }) =>
      isOutside
        ? "nginx looks at no certificate unless it is told to. The Backend sends the name of the host as SNI."
        : "Gateway API's own BackendTLSPolicy always checks the certificate and needs its authority and name. A Backend goes through the cluster address, so kube-proxy picks the pod; and Envoy sends the request's Host as SNI, where nginx sent none.",
    remedy: ({ isOutside }) =>
      isOutside
        ? "Better: replace insecureSkipVerify in the Backend by wellKnownCACertificates: System, or by caCertificateRefs with the authority's certificate."
        : "Better: put the authority into a ConfigMap and replace the Backend by a BackendTLSPolicy on the Service.",
    cite: "Envoy Gateway v1.9.0, internal/gatewayapi/backendtlspolicy.go (applyBackendTLSSetting)",
  }),
  BACKEND_TLS_VERIFIED: define<Named<"backend" | "secret">>({
    title: "TLS settings towards the backend",
    severity: "low",
    verdict: "equivalent",
    what: ({ ingress, backend, secret }) =>
      `Ingress ${ingress}: TLS to "${backend}" uses the Secret "${secret}" through a Backend.`,
    why: "A Backend goes through the cluster address, so kube-proxy picks the pod. Envoy needs tls.crt and tls.key in the Secret for the client certificate, and always sends SNI.",
    remedy:
      "Check that the Secret holds tls.crt, tls.key and ca.crt; remove clientCertificateRef from the Backend where it holds ca.crt only.",
    cite: "Envoy Gateway v1.9.0, internal/gatewayapi/backendtlspolicy.go (processClientTLSSettings)",
  }),
  BACKEND_TLS_NAME_UNKNOWN: define<Named<"backend">>({
    title: "Backend certificate verified without a name",
    severity: "medium",
    verdict: "partial",
    what: ({ ingress, backend }) =>
      `Ingress ${ingress}: the certificate of "${backend}" is checked for its authority, not for its name.`,
    why: "Without proxy-ssl-name nginx compared the certificate with an internal name that no certificate has; there is no name to carry over.",
    remedy: "Set proxy-ssl-name to a name in the backend's certificate and convert again.",
    cite: "ingress-nginx 1.15.1, internal/ingress/annotations/proxyssl/main.go",
  }),
  BACKEND_TLS_DEPTH_LOST: define<OfIngress & { readonly depth: number }>({
    title: "Length of the backend's certificate chain",
    severity: "info",
    verdict: "unsupported",
    what: ({ ingress, depth }) => `Ingress ${ingress}: "proxy-ssl-verify-depth: ${depth}" has no counterpart.`,
    why: "Envoy accepts chains of any length up to the authority.",
    remedy: "Nothing to do where the authority is your own.",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/tls_types.go",
  }),
  BACKEND_TLS_CIPHERS_DROPPED: define<Named<"ciphers">>({
    title: "Cipher suites towards the backend",
    severity: "low",
    verdict: "equivalent",
    what: ({ ingress, ciphers }) =>
      `Ingress ${ingress}: ${ciphers} cannot be used towards the backend and is left out.`,
    why: "Envoy knows fourteen suites for TLS 1.2 by name; an unknown one would make the Backend invalid.",
    remedy: "Check that the backend accepts one of the remaining suites, or of Envoy's defaults when none remains.",
    cite: "Envoy Gateway v1.9.0, internal/gatewayapi/tls.go (validCipherSuites)",
  }),
  BACKEND_TLS_SECRET_ELSEWHERE: define<Named<"secret" | "namespace">>({
    title: "Backend certificate Secret in another namespace",
    severity: "high",
    verdict: "unsupported",
    what: ({ ingress, secret, namespace }) =>
      `Ingress ${ingress}: the Secret "${secret}" cannot be used by a Backend in "${namespace}"; that path answers 503.`,
    why: "A Backend reads Secrets of its own namespace only.",
    remedy: "Copy the Secret into the namespace of the Ingress, name the copy in proxy-ssl-secret and convert again.",
    cite: "Envoy Gateway v1.9.0, internal/gatewayapi/backendtlspolicy.go (processClientTLSSettings)",
  }),
  BACKEND_SCHEME_FIXED: define<Named<"scheme">>({
    title: "Backend scheme no longer follows the client",
    severity: "medium",
    verdict: "partial",
    what: ({ ingress, scheme }) =>
      `Ingress ${ingress}: "backend-protocol: AUTO_HTTP" becomes ${scheme} for every request.`,
    why: "nginx spoke to the backend in the scheme of the client's connection; a route has one scheme.",
    remedy: "Set backend-protocol to HTTP or HTTPS, or write one route per listener.",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/backendtrafficpolicy_types.go (UseClientProtocol)",
  }),
  BACKEND_FASTCGI: define<OfIngress>({
    title: "FastCGI backend",
    severity: "high",
    verdict: "unsupported",
    what: ({ ingress }) => `Ingress ${ingress}: FastCGI backends cannot be reached; the paths answer 503.`,
    why: "Envoy has no FastCGI client.",
    remedy:
      "Put an HTTP server (nginx, Caddy) as a sidecar in front of the FastCGI process and point the Service to it.",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/backend_types.go (AppProtocolType)",
  }),
  GRPC_FOLLOWS_CLIENT: define<OfIngress>({
    title: "gRPC on an HTTPRoute",
    severity: "low",
    verdict: "equivalent",
    what: ({ ingress }) => `Ingress ${ingress}: requests reach the gRPC backend in the HTTP version of the client.`,
    why: "The paths cannot be written as gRPC methods, so the rule stays an HTTPRoute, which speaks HTTP/2 to the backend only for HTTP/2 clients. gRPC clients always are; nginx turned HTTP/1.1 requests into HTTP/2 as well.",
    remedy: "Set appProtocol: kubernetes.io/h2c on the Service port where HTTP/1.1 clients use these paths.",
    cite: "Envoy Gateway v1.9.0, internal/gatewayapi/route.go (resolveBackendProtocol)",
  }),
  EXTERNAL_NAME_BACKEND: define<Named<"service" | "host"> & { readonly sendsHost: boolean }>({
    title: "ExternalName Service becomes a Backend",
    severity: "info",
    verdict: "equivalent",
    what: ({ ingress, service, host }) =>
      `Ingress ${ingress}: the ExternalName Service "${service}" becomes a Backend for "${host}".`,
    why: ({ sendsHost }) =>
      `Envoy Gateway refuses ExternalName Services in routes. The backend still gets ${sendsHost ? "the Host that the Ingress sets" : "the client's Host header"}, as before.`,
    remedy: ({ sendsHost }) =>
      sendsHost ? "Nothing." : "Set upstream-vhost where the external server expects its own name.",
    cite: "Envoy Gateway v1.9.0, internal/gatewayapi/validate.go (validateBackendRefService)",
  }),
  EXTERNAL_NAME_UNUSABLE: define<Named<"service" | "host">>({
    title: "ExternalName that no Backend accepts",
    severity: "high",
    verdict: "unsupported",
    what: ({ ingress, service, host }) =>
      `Ingress ${ingress}: "${host}" of the ExternalName Service "${service}" is not a full domain name; the paths answer 503.`,
    why: "A Backend needs a name with at least one dot that is not the local machine.",
    remedy:
      "Write the full name (name.namespace.svc.cluster.local) into the Service, or use the real Service in the Ingress.",
    cite: "Envoy Gateway v1.9.0, internal/gatewayapi/backend.go (validateBackend)",
  }),
};
