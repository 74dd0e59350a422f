import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { loadAll } from "js-yaml";
import { corpusFiles } from "../support/corpus.js";
import { FIXTURES } from "../support/fixtures.js";

type Manifest = {
  readonly kind?: unknown;
  readonly metadata?: {
    readonly name?: unknown;
    readonly namespace?: unknown;
    readonly annotations?: Readonly<Record<string, unknown>> | null;
  } | null;
  readonly spec?: Readonly<Record<string, unknown>> | null;
  readonly data?: Readonly<Record<string, unknown>> | null;
};
type Path = { readonly path?: unknown; readonly pathType?: unknown; readonly backend?: unknown };
type Donor = {
  readonly annotations: Readonly<Record<string, unknown>>;
  readonly rules: readonly (readonly Path[])[];
  readonly hasTls: boolean;
};

const NAMESPACES = ["team-a", "team-b"] as const;
const SERVICES = ["web", "api", "admin"] as const;
const HOSTS = ["a.example.com", "b.example.com", "*.example.com"] as const;
const MOST_PATHS = 4;

/** Every Ingress of the fixtures and, where it is at hand, of the corpus: its annotations and paths. ConfigMaps of the controller with them. */
function donors(): { readonly ingresses: readonly Donor[]; readonly settings: readonly object[] } {
  const fixtures = readdirSync(FIXTURES)
    .sort()
    .map((name) => join(FIXTURES, name, "in.yaml"))
    .filter((path) => existsSync(path))
    .map((path) => readFileSync(path, "utf8"));
  const manifests = [...fixtures, ...corpusFiles().map(({ text }) => text)].flatMap(manifestsOf);
  return {
    ingresses: manifests.flatMap((manifest) => (manifest.kind === "Ingress" ? [donorOf(manifest)] : [])),
    settings: manifests.flatMap(({ kind, metadata, data }) =>
      kind === "ConfigMap" && metadata?.name === "ingress-nginx-controller" && typeof data === "object" && data !== null
        ? [data]
        : [],
    ),
  };
}

function manifestsOf(text: string): Manifest[] {
  try {
    return loadAll(text).flatMap((document) => {
      if (typeof document !== "object" || document === null) return [];
      const list = document as Manifest & { readonly items?: unknown };
      return Array.isArray(list.items) ? (list.items as Manifest[]) : [list];
    });
  } catch {
    return []; // fixtures of broken input are not what is looked for here
  }
}

function donorOf({ metadata, spec }: Manifest): Donor {
  const rules = Array.isArray(spec?.["rules"]) ? (spec["rules"] as readonly { http?: { paths?: unknown } }[]) : [];
  return {
    annotations: metadata?.annotations ?? {},
    hasTls: Array.isArray(spec?.["tls"]),
    rules: rules.flatMap((rule) =>
      typeof rule === "object" && Array.isArray(rule.http?.paths) && rule.http.paths.length > 0
        ? [(rule.http.paths as readonly Path[]).slice(0, MOST_PATHS)]
        : [],
    ),
  };
}

const { ingresses, settings } = donors();
const donor = fc.constantFrom(...ingresses);

const member = fc.record({
  base: donor,
  more: fc.option(donor, { freq: 1 }),
  namespace: fc.constantFrom(...NAMESPACES),
  service: fc.nat({ max: SERVICES.length - 1 }),
  hosts: fc.array(fc.option(fc.constantFrom(...HOSTS), { nil: undefined, freq: 8 }), { minLength: 2, maxLength: 2 }),
  secret: fc.option(fc.constantFrom("tls", "other-tls"), { freq: 3 }),
  certificateOf: fc.constantFrom(...HOSTS),
  hasOwnCertificate: fc.boolean(),
});

type Member = typeof member extends fc.Arbitrary<infer T> ? T : never;

function manifestOf(drawn: Member, index: number): object {
  const { base, more, namespace, service, hosts, secret } = drawn;
  const annotations = Object.fromEntries(
    Object.entries({ ...base.annotations, ...more?.annotations }).filter(
      ([key]) => key !== "kubernetes.io/ingress.class",
    ),
  );
  const rules = (base.rules.length > 0 ? base.rules : [[{ path: "/", pathType: "Prefix" }]]).slice(0, hosts.length);
  const names = rules.map((_, rule) => hosts[rule]);
  const certificateHosts = drawn.hasOwnCertificate
    ? [...new Set(names.filter((host) => host !== undefined))]
    : [drawn.certificateOf];
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: { name: `ing-${index}`, namespace, annotations },
    spec: {
      ingressClassName: "nginx",
      ...(base.hasTls
        ? { tls: [{ hosts: certificateHosts, ...(secret === null ? {} : { secretName: secret }) }] }
        : {}),
      rules: rules.map((paths, rule) => ({
        ...(names[rule] === undefined ? {} : { host: names[rule] }),
        http: {
          paths: paths.map(({ path, pathType }: Path, at) => ({
            path: typeof path === "string" && path !== "" ? path : "/",
            pathType: typeof pathType === "string" ? pathType : "ImplementationSpecific",
            backend: { service: { name: SERVICES[(service + at) % SERVICES.length], port: { number: 80 } } },
          })),
        },
      })),
    },
  };
}

/**
 * Sets of Ingresses with the annotations and paths of fixtures and of real ones, on hosts that they share: what people write together, beside what others
 * wrote. Some stand under a ConfigMap of a fixture.
 */
export const crossedIngresses: fc.Arbitrary<readonly object[]> = fc
  .tuple(fc.array(member, { minLength: 1, maxLength: 4 }), fc.option(fc.constantFrom(...settings), { freq: 1 }))
  .map(([members, data]) => [
    ...members.map(manifestOf),
    ...(data === null
      ? []
      : [
          {
            apiVersion: "v1",
            kind: "ConfigMap",
            metadata: { name: "ingress-nginx-controller", namespace: "ingress-nginx" },
            data,
          },
        ]),
  ]);
