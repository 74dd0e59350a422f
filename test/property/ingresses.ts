import fc from "fast-check";

/** An Ingress as JSON, valid for the API server. */
export type RandomIngress = {
  readonly apiVersion: "networking.k8s.io/v1";
  readonly kind: "Ingress";
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly annotations: Record<string, string>;
  };
  readonly spec: Record<string, unknown>;
};

const PREFIX = "nginx.ingress.kubernetes.io/";
const HOSTS = ["a.example.com", "b.example.com", "c.b.example.com", "*.example.com", "shop.example.org"] as const;
const LITERAL_PATHS = ["/", "/app", "/app/", "/app/deep", "/API", "/v1.0", "/apple", "/healthz"] as const;
const REGEX_PATHS = [
  "/app(/|$)(.*)",
  "/v1/users(/|$)(.*)",
  "/v1/users/[0-9]+",
  "/(.*)",
  "/api/(.*)",
  "/static/.*\\.css$",
  "/a|/b",
] as const;
const SERVICES = ["web", "api", "admin"] as const;

const one = <T>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const annotation = (key: string, value: fc.Arbitrary<string>): fc.Arbitrary<Record<string, string>> =>
  value.map((text) => ({ [`${PREFIX}${key}`]: text }));

/** Groups of annotations, each of which means something by itself; valid and invalid values alike. */
const ANNOTATION_GROUPS: readonly fc.Arbitrary<Record<string, string>>[] = [
  annotation("ssl-redirect", one("true", "false", "on")),
  annotation("force-ssl-redirect", one("true", "false")),
  annotation("use-regex", one("true", "false")),
  annotation("rewrite-target", one("/", "/$2", "/$1", "/new", "/api/$2", "no spaces allowed")),
  annotation("proxy-body-size", one("0", "8m", "50m", "10MB", "1g")),
  annotation("proxy-read-timeout", one("30", "300", "3600", "60s")),
  annotation("proxy-connect-timeout", one("5", "10")),
  annotation("whitelist-source-range", one("10.0.0.0/8", "192.0.2.7", "10.0.0.0/8,2001:db8::/32", "nonsense")),
  annotation("denylist-source-range", one("10.1.0.0/16", "192.0.2.0/24")),
  annotation("limit-rps", one("5", "100")),
  annotation("permanent-redirect", one("https://new.example.net/here", "http://other.example.net", "ftp://x")),
  annotation("temporal-redirect", one("https://tmp.example.net/x")),
  annotation("app-root", one("/app", "/dashboard")),
  annotation("upstream-vhost", one("internal.example.com")),
  annotation("server-alias", one("alias.example.com", "alias.example.com,other.example.net")),
  annotation("from-to-www-redirect", one("true")),
  annotation("backend-protocol", one("HTTP", "HTTPS", "GRPC", "GRPCS", "FCGI", "AUTO_HTTP", "nonsense")),
  annotation("affinity", one("cookie")),
  annotation("ssl-passthrough", one("true", "false")),
  annotation(
    "auth-url",
    one("http://auth.infra.svc.cluster.local:4180/check", "https://sso.example.com/verify", "not a url"),
  ),
  annotation("proxy-redaed-timeout", one("1")),
  annotation("configuration-snippet", one('more_set_headers "X-A: b";', "deny all;")),
  one({ [`${PREFIX}auth-type`]: "basic", [`${PREFIX}auth-secret`]: "users" }, { [`${PREFIX}auth-secret`]: "users" }),
  one(
    { [`${PREFIX}enable-cors`]: "true" },
    {
      [`${PREFIX}enable-cors`]: "true",
      [`${PREFIX}cors-allow-origin`]: "https://a.example.com, https://*.example.org",
    },
  ),
  one(
    { [`${PREFIX}auth-tls-secret`]: "infra/ca" },
    { [`${PREFIX}auth-tls-secret`]: "team-a/ca", [`${PREFIX}auth-tls-verify-client`]: "optional" },
  ),
];

const CANARY_GROUPS: readonly fc.Arbitrary<Record<string, string>>[] = [
  annotation("canary-weight", one("0", "10", "50", "100", "120")),
  annotation("canary-by-header", one("X-Canary")),
  one(
    { [`${PREFIX}canary-by-header`]: "X-Canary", [`${PREFIX}canary-by-header-value`]: "beta" },
    { [`${PREFIX}canary-by-header`]: "X-Canary", [`${PREFIX}canary-by-header-pattern`]: "be.*a" },
  ),
  annotation("canary-by-cookie", one("canary")),
];

function merged(
  groups: readonly fc.Arbitrary<Record<string, string>>[],
  max: number,
): fc.Arbitrary<Record<string, string>> {
  return fc
    .subarray([...groups], { maxLength: max })
    .chain((chosen) => fc.tuple(...chosen).map((parts) => Object.assign({}, ...parts) as Record<string, string>));
}

const pathRule = fc.record({
  path: fc.oneof({ weight: 3, arbitrary: one(...LITERAL_PATHS) }, { weight: 1, arbitrary: one(...REGEX_PATHS) }),
  pathType: one("Prefix", "Exact", "ImplementationSpecific"),
  service: one(...SERVICES),
  port: one<{ number: number } | { name: string }>({ number: 80 }, { number: 8080 }, { name: "http" }),
});

const hostRule = fc.record({
  host: fc.option(one(...HOSTS), { nil: undefined, freq: 8 }),
  paths: fc.array(pathRule, { minLength: 1, maxLength: 4 }),
});

/** The same path, which leads to another Service. */
const toCanary = <Path extends { readonly service: string }>(path: Path): Path => ({
  ...path,
  service: path.service === "admin" ? "web" : "admin",
});

/** Sets of Ingresses that share hosts over namespaces; names are unique per namespace. */
export function randomIngresses(
  annotations: fc.Arbitrary<Record<string, string>>,
  most: number,
): fc.Arbitrary<readonly RandomIngress[]> {
  return fc
    .array(
      fc.record({
        namespace: one("team-a", "team-b"),
        annotations,
        canary: fc.oneof(
          { weight: 5, arbitrary: fc.constant(null) },
          {
            weight: 1,
            arbitrary: fc.record({
              by: merged(CANARY_GROUPS, 2),
              isPlain: fc.boolean(),
              isBeside: one(true, true, true, true, false),
            }),
          },
        ),
        rules: fc.array(hostRule, { minLength: 0, maxLength: 2 }),
        tls: fc.boolean(),
        defaultBackend: fc.integer({ min: 0, max: 9 }),
      }),
      { minLength: 1, maxLength: most },
    )
    .map((drafts) =>
      drafts.map((draft, index) => {
        // Most canaries stand beside the Ingress before them; one that finds no such path gets no traffic.
        const main = draft.canary?.isBeside === true ? (drafts[index - 1] ?? draft) : draft;
        const rules =
          main === draft ? draft.rules : main.rules.map((rule) => ({ ...rule, paths: rule.paths.map(toCanary) }));
        const hosts = [...new Set(rules.flatMap((rule) => (rule.host === undefined ? [] : [rule.host])))];
        const backend = (service: string, port: unknown): unknown => ({ service: { name: service, port } });
        return {
          apiVersion: "networking.k8s.io/v1" as const,
          kind: "Ingress" as const,
          metadata: {
            name: `ing-${index}`,
            namespace: main.namespace,
            annotations: {
              ...(draft.canary?.isPlain === true ? {} : draft.annotations),
              ...(draft.canary === null ? {} : { ...draft.canary.by, [`${PREFIX}canary`]: "true" }),
            },
          },
          spec: {
            ingressClassName: "nginx",
            ...(draft.tls && hosts.length > 0 ? { tls: [{ hosts, secretName: `tls-${index}` }] } : {}),
            ...(draft.defaultBackend === 0 || rules.length === 0
              ? { defaultBackend: backend("web", { number: 80 }) }
              : {}),
            ...(rules.length === 0
              ? {}
              : {
                  rules: rules.map((rule) => ({
                    ...(rule.host === undefined ? {} : { host: rule.host }),
                    // The API server wants literal paths for Exact and Prefix to be absolute; all of ours are.
                    http: {
                      paths: rule.paths.map((path) => ({
                        path: path.path,
                        pathType: path.pathType,
                        backend: backend(path.service, path.port),
                      })),
                    },
                  })),
                }),
          },
        };
      }),
    );
}

export const ingressSet: fc.Arbitrary<readonly RandomIngress[]> = randomIngresses(merged(ANNOTATION_GROUPS, 4), 4);

/** The Services that the random Ingresses name, so that the port name `http` can be resolved. */
export const SERVICE_MANIFESTS = ["team-a", "team-b"].flatMap((namespace) =>
  SERVICES.map((name) => ({
    apiVersion: "v1",
    kind: "Service",
    metadata: { name, namespace },
    spec: {
      ports: [
        { name: "http", port: 80, targetPort: 8080 },
        { name: "alt", port: 8080, targetPort: 8080 },
      ],
    },
  })),
);

/** The manifests as one YAML stream (JSON is YAML). */
export function asManifests(objects: readonly object[]): string {
  return objects.map((object) => JSON.stringify(object, null, 2)).join("\n---\n");
}
