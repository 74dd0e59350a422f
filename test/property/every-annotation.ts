import fc from "fast-check";
import type { ConvertOptions } from "../../src/index.js";
import { randomIngresses, type RandomIngress } from "./ingresses.js";

const PREFIX = "nginx.ingress.kubernetes.io/";

/** Values of every annotation that the controller reads: usual ones first, then what people get wrong. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  "affinity-mode": ["balanced", "persistent", "nonsense"],
  "affinity-canary-behavior": ["sticky", "legacy"],
  "app-root": ["/app", "/", "app"],
  "auth-cache-duration": ["200 202 401 5m", "5m", "200 x"],
  "auth-cache-key": ["$remote_user$http_authorization", "$cookie_session"],
  "auth-always-set-cookie": ["true", "false"],
  "auth-keepalive": ["2", "0", "-1"],
  "auth-method": ["GET", "POST", "nonsense"],
  "auth-proxy-set-headers": ["infra/auth-headers", "infra/missing"],
  "auth-realm": ["Authentication Required", 'a "quoted" realm'],
  "auth-request-redirect": ["/back", "$request_uri"],
  "auth-response-headers": ["X-User, X-Email", "Set-Cookie", "X User"],
  "auth-signin": ["https://sso.example.com/start?rd=$escaped_request_uri", "/login", "https://sso.example.com/start"],
  "auth-signin-redirect-param": ["next", "rd"],
  "auth-tls-error-page": ["/error.html", "https://www.example.com/no"],
  "auth-tls-match-cn": ["CN=client", "CN=(a|b)", "client"],
  "auth-tls-pass-certificate-to-upstream": ["true", "false"],
  "auth-tls-verify-client": ["on", "optional", "off", "optional_no_ca", "nonsense"],
  "auth-tls-verify-depth": ["1", "3", "x"],
  "auth-url": ["http://auth.infra.svc.cluster.local:4180/check", "https://sso.example.com/verify", "not a url"],
  "backend-protocol": ["HTTP", "HTTPS", "GRPC", "GRPCS", "FCGI", "AUTO_HTTP", "nonsense"],
  "client-body-buffer-size": ["8k", "1m", "x"],
  "connection-proxy-header": ["keep-alive", "close", "upgrade"],
  "cors-allow-credentials": ["true", "false"],
  "cors-allow-headers": ["X-Custom, Content-Type", "*"],
  "cors-allow-methods": ["GET, POST", "PUT", "*"],
  "cors-allow-origin": ["https://a.example.com, https://*.example.org", "*", "https://a.example.com:8443", "nonsense"],
  "cors-expose-headers": ["X-Total", "*"],
  "cors-max-age": ["600", "-1", "x"],
  "custom-headers": ["infra/headers", "infra/missing"],
  "custom-http-errors": ["404,503", "404", "200", "x"],
  "default-backend": ["web", "missing"],
  "denylist-source-range": ["10.1.0.0/16", "192.0.2.0/24", "0.0.0.0/0"],
  "disable-proxy-intercept-errors": ["true", "false"],
  "enable-access-log": ["true", "false"],
  "enable-global-auth": ["true", "false"],
  "enable-modsecurity": ["true", "false"],
  "enable-opentelemetry": ["true", "false"],
  "enable-owasp-core-rules": ["true", "false"],
  "enable-rewrite-log": ["true", "false"],
  "force-ssl-redirect": ["true", "false"],
  "from-to-www-redirect": ["true", "false"],
  "http2-push-preload": ["true", "false"],
  "limit-allowlist": ["10.0.0.0/8", "10.0.0.0/8,2001:db8::/32"],
  "limit-burst-multiplier": ["1", "0", "10"],
  "limit-connections": ["10", "0"],
  "limit-rate": ["100", "0"],
  "limit-rate-after": ["50", "0"],
  "limit-rpm": ["60", "1"],
  "limit-rps": ["5", "100"],
  "load-balance": ["round_robin", "ewma", "nonsense"],
  "mirror-host": ["mirror.example.com"],
  "mirror-request-body": ["on", "off"],
  "mirror-target": ["https://test.env.com/$request_uri", "http://api.team-a.svc.cluster.local/", "nonsense"],
  "modsecurity-snippet": ["SecRuleEngine On"],
  "modsecurity-transaction-id": ["$request_id"],
  "opentelemetry-trust-incoming-span": ["true", "false"],
  "permanent-redirect": ["https://new.example.net/here", "http://other.example.net$request_uri", "ftp://x"],
  "permanent-redirect-code": ["301", "308", "302", "999", "x"],
  "preserve-trailing-slash": ["true", "false"],
  "proxy-body-size": ["0", "8m", "50m", "10MB", "1g"],
  "proxy-buffer-size": ["8k", "16k"],
  "proxy-buffering": ["on", "off"],
  "proxy-buffers-number": ["8", "4"],
  "proxy-busy-buffers-size": ["16k"],
  "proxy-connect-timeout": ["5", "10", "0"],
  "proxy-cookie-domain": ["old.example.com new.example.com", "off"],
  "proxy-cookie-path": ["/one/ /", "off"],
  "proxy-http-version": ["1.0", "1.1"],
  "proxy-max-temp-file-size": ["0", "1024m"],
  "proxy-next-upstream": ["error timeout http_502", "off", "error timeout non_idempotent", "nonsense"],
  "proxy-next-upstream-timeout": ["10", "0"],
  "proxy-next-upstream-tries": ["1", "0", "5"],
  "proxy-read-timeout": ["30", "300", "3600", "60s"],
  "proxy-redirect-from": ["http://internal.example.com/", "off", "default"],
  "proxy-redirect-to": ["https://a.example.com/", "off"],
  "proxy-request-buffering": ["on", "off"],
  "proxy-send-timeout": ["30", "120"],
  "proxy-ssl-ciphers": ["DEFAULT", "ECDHE-RSA-AES256-GCM-SHA384"],
  "proxy-ssl-name": ["backend.example.com"],
  "proxy-ssl-protocols": ["TLSv1.2", "TLSv1.2 TLSv1.3"],
  "proxy-ssl-secret": ["team-a/upstream", "infra/upstream"],
  "proxy-ssl-server-name": ["on", "off"],
  "proxy-ssl-verify": ["on", "off"],
  "proxy-ssl-verify-depth": ["1", "2"],
  "relative-redirects": ["true", "false"],
  "rewrite-target": ["/", "/$2", "/$1", "/new", "/api/$2", "https://new.example.net/$1", "no spaces allowed"],
  satisfy: ["any", "all", "nonsense"],
  "server-alias": ["alias.example.com", "alias.example.com,other.example.net", "~^x\\d+\\.example\\.com$"],
  "service-upstream": ["true", "false"],
  "session-cookie-change-on-failure": ["true", "false"],
  "session-cookie-domain": ["example.com"],
  "session-cookie-expires": ["172800", "x"],
  "session-cookie-max-age": ["3600", "x"],
  "session-cookie-name": ["route", "INGRESSCOOKIE"],
  "session-cookie-path": ["/", "/app"],
  "session-cookie-samesite": ["Lax", "None", "Strict", "nonsense"],
  "session-cookie-secure": ["true", "false"],
  "ssl-ciphers": ["ECDHE-RSA-AES128-GCM-SHA256", "HIGH:!aNULL"],
  "ssl-passthrough": ["true", "false"],
  "ssl-prefer-server-ciphers": ["true", "false"],
  "ssl-redirect": ["true", "false", "on"],
  "temporal-redirect": ["https://tmp.example.net/x", "nonsense"],
  "temporal-redirect-code": ["302", "307", "301", "x"],
  "upstream-hash-by": ["$request_uri", "$remote_addr", "$http_x_user", "$cookie_user", "${request_uri}x"],
  "upstream-hash-by-subset": ["true", "false"],
  "upstream-hash-by-subset-size": ["3"],
  "upstream-vhost": ["internal.example.com", "$http_host", "x-$host"],
  "use-port-in-redirects": ["true", "false"],
  "use-regex": ["true", "false"],
  "whitelist-source-range": ["10.0.0.0/8", "192.0.2.7", "10.0.0.0/8,2001:db8::/32", "nonsense", ""],
  "x-forwarded-prefix": ["/app", "/$1", "true"],
};

/** Annotations that mean something only with others beside them. */
const TOGETHER: readonly (readonly [string, Readonly<Record<string, string>>, readonly string[]])[] = [
  [
    "affinity",
    { affinity: "cookie" },
    [
      "affinity-mode",
      "affinity-canary-behavior",
      "session-cookie-change-on-failure",
      "session-cookie-domain",
      "session-cookie-expires",
      "session-cookie-max-age",
      "session-cookie-name",
      "session-cookie-path",
      "session-cookie-samesite",
      "session-cookie-secure",
    ],
  ],
  ["basic", { "auth-type": "basic", "auth-secret": "users" }, ["auth-realm", "satisfy", "whitelist-source-range"]],
  ["digest", { "auth-type": "digest", "auth-secret": "users" }, ["auth-realm", "satisfy"]],
  [
    "external",
    { "auth-url": "http://auth.infra.svc.cluster.local:4180/check" },
    [
      "auth-method",
      "auth-signin",
      "auth-signin-redirect-param",
      "auth-cache-key",
      "auth-cache-duration",
      "auth-keepalive",
      "auth-response-headers",
      "auth-proxy-set-headers",
      "auth-request-redirect",
      "auth-always-set-cookie",
      "satisfy",
    ],
  ],
  [
    "client certificates",
    { "auth-tls-secret": "infra/ca" },
    [
      "auth-tls-verify-client",
      "auth-tls-verify-depth",
      "auth-tls-error-page",
      "auth-tls-pass-certificate-to-upstream",
      "auth-tls-match-cn",
    ],
  ],
  [
    "cors",
    { "enable-cors": "true" },
    [
      "cors-allow-credentials",
      "cors-allow-headers",
      "cors-allow-methods",
      "cors-allow-origin",
      "cors-expose-headers",
      "cors-max-age",
    ],
  ],
  ["errors", { "custom-http-errors": "404,503" }, ["default-backend", "disable-proxy-intercept-errors"]],
  ["limits", { "limit-rps": "5" }, ["limit-rpm", "limit-burst-multiplier", "limit-allowlist", "limit-connections"]],
  ["bandwidth", { "limit-rate": "100", "proxy-buffering": "on" }, ["limit-rate-after"]],
  ["mirror", { "mirror-target": "http://api.team-a.svc.cluster.local/" }, ["mirror-host", "mirror-request-body"]],
  ["permanent redirect", { "permanent-redirect": "https://new.example.net/here" }, ["permanent-redirect-code"]],
  ["temporal redirect", { "temporal-redirect": "https://tmp.example.net/x" }, ["temporal-redirect-code"]],
  [
    "upstream TLS",
    { "backend-protocol": "HTTPS" },
    [
      "proxy-ssl-ciphers",
      "proxy-ssl-name",
      "proxy-ssl-protocols",
      "proxy-ssl-secret",
      "proxy-ssl-server-name",
      "proxy-ssl-verify",
      "proxy-ssl-verify-depth",
      "upstream-vhost",
    ],
  ],
  [
    "hash",
    { "upstream-hash-by": "$request_uri" },
    ["upstream-hash-by-subset", "upstream-hash-by-subset-size", "load-balance"],
  ],
  ["rewrite", { "rewrite-target": "/$2" }, ["x-forwarded-prefix", "use-regex", "preserve-trailing-slash"]],
  [
    "redirects of the backend",
    { "proxy-redirect-from": "http://internal.example.com/", "proxy-redirect-to": "https://a.example.com/" },
    [],
  ],
  [
    "firewall",
    { "enable-modsecurity": "true" },
    ["enable-owasp-core-rules", "modsecurity-snippet", "modsecurity-transaction-id"],
  ],
];

const valueOf = (key: string): fc.Arbitrary<Record<string, string>> =>
  fc.constantFrom(...(VALUES[key] ?? [])).map((value) => ({ [`${PREFIX}${key}`]: value }));

const prefixed = (annotations: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(annotations).map(([key, value]) => [`${PREFIX}${key}`, value]));

const joined = (parts: readonly Record<string, string>[]): Record<string, string> =>
  Object.assign({}, ...parts) as Record<string, string>;

const together = TOGETHER.map(([, base, more]) =>
  fc
    .subarray([...more], { maxLength: Math.min(3, more.length) })
    .chain((keys) => fc.tuple(...keys.map(valueOf)).map((parts) => joined([prefixed(base), ...parts]))),
);

const annotations: fc.Arbitrary<Record<string, string>> = fc
  .tuple(
    fc.array(fc.oneof(...together), { maxLength: 2 }),
    fc.subarray(Object.keys(VALUES), { maxLength: 3 }).chain((keys) => fc.tuple(...keys.map(valueOf))),
  )
  .map(([groups, single]) => joined([...groups, ...single]));

/** Sets of Ingresses that share hosts, with any annotation that the controller reads. */
export const anyIngresses: fc.Arbitrary<readonly RandomIngress[]> = randomIngresses(annotations, 3);

/** Keys of the controller's ConfigMap that change what Ingresses do. */
const CONTROLLER: Readonly<Record<string, readonly string[]>> = {
  "allow-snippet-annotations": ["true"],
  "annotations-risk-level": ["Critical", "Low"],
  "add-headers": ["infra/headers"],
  "block-cidrs": ["192.0.2.0/24"],
  "block-referers": ["~spam"],
  "block-user-agents": ["badbot,~*scanner"],
  "compute-full-forwarded-for": ["true"],
  "custom-http-errors": ["404,503"],
  "enable-access-log-for-default-backend": ["true"],
  "enable-real-ip": ["true"],
  "enable-underscores-in-headers": ["true"],
  "error-log-level": ["debug"],
  "force-ssl-redirect": ["true"],
  "forwarded-for-header": ["X-Real-IP"],
  "global-allowed-response-headers": ["X-A,X-B"],
  "global-auth-url": ["http://auth.infra.svc.cluster.local:4180/global"],
  "global-auth-signin": ["https://sso.example.com/start"],
  "global-auth-response-headers": ["X-User"],
  "hide-headers": ["X-Powered-By,Server"],
  hsts: ["false"],
  "hsts-include-subdomains": ["false"],
  "hsts-max-age": ["300"],
  "http-redirect-code": ["301", "307"],
  "limit-req-status-code": ["429"],
  "load-balance": ["ewma"],
  "no-tls-redirect-locations": ["/app", "/healthz"],
  "no-auth-locations": ["/healthz"],
  "proxy-body-size": ["20m", "0"],
  "proxy-connect-timeout": ["15"],
  "proxy-next-upstream": ["off", "error timeout http_503"],
  "proxy-read-timeout": ["120"],
  "preserve-trailing-slash": ["true"],
  "proxy-add-original-uri-header": ["true"],
  "proxy-real-ip-cidr": ["10.0.0.0/8"],
  "proxy-set-headers": ["infra/auth-headers"],
  "relative-redirects": ["true"],
  "retry-non-idempotent": ["true"],
  "server-tokens": ["true"],
  "skip-access-log-urls": ["/healthz"],
  "ssl-protocols": ["TLSv1.3"],
  "ssl-redirect": ["false"],
  "strict-validate-path-type": ["false"],
  "use-forwarded-headers": ["true"],
  "use-gzip": ["true"],
  "use-http2": ["false"],
  "use-port-in-redirects": ["true"],
  "use-proxy-protocol": ["true"],
  "whitelist-source-range": ["10.0.0.0/8"],
  "denylist-source-range": ["192.0.2.0/24"],
};

const OBJECTS: readonly object[] = [
  {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "headers", namespace: "infra" },
    data: { "X-A": "a", "X-B": "b" },
  },
  {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "auth-headers", namespace: "infra" },
    data: { "X-Asked": "yes" },
  },
];

const OTHERS_GATEWAY = { gateway: false, parentRef: { namespace: "infra", name: "shared" } };

const LISTENERS: readonly Readonly<Record<string, unknown>>[] = [
  { name: "http", protocol: "HTTP", port: 80 },
  { name: "http-example-com", protocol: "HTTP", port: 80, hostname: "*.example.com" },
  { name: "http-a", protocol: "HTTP", port: 80, hostname: "a.example.com" },
  ...[undefined, "*.example.com", "*.b.example.com", "a.example.com", "x.example.com", "shop.example.org"].map(
    (hostname) => ({
      name: `https${hostname === undefined ? "" : `-${hostname.replace("*", "any").replaceAll(".", "-")}`}`,
      protocol: "HTTPS",
      port: 443,
      ...(hostname === undefined ? {} : { hostname }),
      tls: { certificateRefs: [{ name: "shared-tls" }] },
    }),
  ),
];

/** The Gateway that `--parent-ref` names, with some of its listeners, or none. */
const othersGateway: fc.Arbitrary<readonly object[]> = fc
  .option(
    fc.tuple(
      fc.subarray([...LISTENERS], { minLength: 1 }),
      fc.constantFrom<unknown>(
        { from: "All" },
        { from: "All" },
        { from: "Selector", selector: { matchLabels: { "kubernetes.io/metadata.name": "team-a" } } },
        { from: "Selector", selector: { matchLabels: { team: "a" } } },
      ),
    ),
  )
  .map((chosen) => {
    if (chosen === null) return [];
    const [listeners, namespaces] = chosen;
    return [
      {
        apiVersion: "gateway.networking.k8s.io/v1",
        kind: "Gateway",
        metadata: OTHERS_GATEWAY.parentRef,
        spec: {
          gatewayClassName: "eg",
          listeners: listeners.map((listener) => ({ ...listener, allowedRoutes: { namespaces } })),
        },
      },
    ];
  });

const controllerObjects: fc.Arbitrary<readonly object[]> = fc
  .option(
    fc
      .subarray(Object.keys(CONTROLLER), { maxLength: 5 })
      .chain((keys) =>
        fc
          .tuple(
            ...keys.map((key) => fc.constantFrom(...(CONTROLLER[key] ?? [])).map((value) => [key, value] as const)),
          )
          .map((pairs) => Object.fromEntries(pairs)),
      ),
  )
  .map((data) => [
    ...OBJECTS,
    ...(data === null
      ? []
      : [
          {
            apiVersion: "v1",
            kind: "ConfigMap",
            metadata: {
              name: "ingress-nginx-controller",
              namespace: "ingress-nginx",
              labels: { "app.kubernetes.io/name": "ingress-nginx", "app.kubernetes.io/component": "controller" },
            },
            data,
          },
        ]),
  ]);

/** The controller's ConfigMap with some keys, or none; the objects that annotations name; and a Gateway, or none. */
export const surroundings: fc.Arbitrary<readonly object[]> = fc
  .tuple(controllerObjects, othersGateway)
  .map(([objects, gateway]) => [...objects, ...gateway]);

const chosenOptions: fc.Arbitrary<Partial<ConvertOptions>> = fc.record(
  {
    fidelity: fc.constantFrom("portable", "exact"),
    bodyLimit: fc.constantFrom("auto", "enforce", "report"),
    allowUnprotected: fc.constant(true),
    allowLua: fc.constant(true),
    sharedLimits: fc.constant(10),
    wafImage: fc.constant("registry.example.com/coraza:1"),
    defaults: fc.constantFrom("keep", "report", "ignore"),
    certificates: fc.constantFrom("auto", "reference-grant", "listener-set"),
    controllerVersion: fc.constantFrom(
      "1.0.4",
      "1.2.0",
      "1.3.0",
      "1.7.1",
      "1.8.2",
      "1.11.5",
      "1.12.8",
      "1.14.3",
      "1.15",
    ),
    annotationValidation: fc.boolean(),
    defaultCertificate: fc.constant({ namespace: "infra", name: "wildcard" }),
  },
  { requiredKeys: [] },
);

/** Options that change what is written. */
export const anyOptions: fc.Arbitrary<Partial<ConvertOptions>> = fc
  .record({ chosen: chosenOptions, ownGateway: fc.boolean() })
  .map(({ chosen, ownGateway }) => (ownGateway ? chosen : { ...chosen, ...OTHERS_GATEWAY }));
