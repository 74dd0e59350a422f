import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TARGETS, type TargetName } from "../../src/findings/index.js";
import { convert, type ConvertResult } from "../../src/index.js";
import { buildModel } from "../../src/ingress-nginx/index.js";
import { readSnapshot } from "../../src/input/index.js";
import { loadCatalogue } from "../../src/mappings/index.js";
import { CONTROLLERS, GROUPS, type Choice, type Controller, type Effect } from "../support/protection/choices.js";
import { gatewayLetsIn, type Resource } from "../support/protection/gateway.js";
import { nginxLetsIn, ownerOf, type Cluster, type Declared } from "../support/protection/nginx.js";
import type { Request } from "../support/protection/request.js";
import { asManifests } from "./ingresses.js";

/**
 * Access control, seen from outside: whoever gets through the new Gateway to an application got through nginx as well, for every mixture of
 * passwords, authentication services, address lists, satisfy and client certificates, valid and invalid ones, on hosts that Ingresses share.
 * Only a blocker about the Ingress and --allow-unprotected together excuse a request that is let in.
 */

const PREFIX = "nginx.ingress.kubernetes.io/";
const HOSTS = ["a.example.com", "b.example.com", "*.example.com"] as const;
const PATHS = ["/", "/app", "/app/deep", "/open"] as const;

type Draft = {
  readonly choices: readonly (Choice | null)[];
  readonly hosts: readonly string[];
  readonly paths: readonly { readonly path: string; readonly pathType: string; readonly service: string }[];
  readonly tls: boolean;
  readonly isCanary: boolean;
  readonly isPattern: boolean;
  /** Paths as people write them with use-regex. */
  readonly hasIdioms: boolean;
  readonly canRedirect: boolean;
  /** Annotations that are not about access but move requests about. */
  readonly extra: Readonly<Record<string, string>> | null;
  readonly hasDefaultBackend: boolean;
};

const EXTRAS: readonly Readonly<Record<string, string>>[] = [
  { [`${PREFIX}server-alias`]: "alias.example.net" },
  { [`${PREFIX}rewrite-target`]: "/new" },
  { [`${PREFIX}enable-cors`]: "true", [`${PREFIX}cors-allow-origin`]: "https://www.example.com" },
  { [`${PREFIX}limit-rps`]: "100" },
  { [`${PREFIX}affinity`]: "cookie" },
];

const draft: fc.Arbitrary<Draft> = fc.record({
  choices: fc.tuple(...GROUPS.map((group) => fc.option(fc.constantFrom(...group), { freq: 2 }))),
  hosts: fc.subarray([...HOSTS], { minLength: 1, maxLength: 2 }),
  paths: fc.uniqueArray(
    fc.record({
      path: fc.constantFrom(...PATHS),
      pathType: fc.constantFrom("Prefix", "Exact"),
      service: fc.constantFrom("web", "api"),
    }),
    { minLength: 1, maxLength: 3, selector: ({ path, pathType }) => `${pathType}${path}` },
  ),
  tls: fc.boolean(),
  isCanary: fc.integer({ max: 4, min: 0 }).map((number) => number === 0),
  isPattern: fc.integer({ max: 4, min: 0 }).map((number) => number === 0),
  hasIdioms: fc.boolean(),
  canRedirect: fc.boolean(),
  extra: fc.option(fc.constantFrom(...EXTRAS), { freq: 2 }),
  hasDefaultBackend: fc.integer({ max: 5, min: 0 }).map((number) => number === 0),
});

function manifestOf(index: number, set: Draft): object {
  const { choices, hosts, paths, tls, isCanary, isPattern, hasIdioms, canRedirect, extra, hasDefaultBackend } = set;
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: {
      name: `ing-${index}`,
      namespace: "shop",
      annotations: {
        ...Object.assign({}, ...choices.map((chosen) => chosen?.annotations ?? {})),
        ...(isCanary ? { [`${PREFIX}canary`]: "true", [`${PREFIX}canary-weight`]: "50" } : {}),
        ...(isPattern ? { [`${PREFIX}use-regex`]: "true" } : {}),
        ...extra,
        ...(canRedirect ? {} : { [`${PREFIX}ssl-redirect`]: "false" }),
      },
    },
    spec: {
      ingressClassName: "nginx",
      ...(tls ? { tls: [{ hosts, secretName: "certificate" }] } : {}),
      ...(hasDefaultBackend ? { defaultBackend: { service: { name: "web", port: { number: 80 } } } } : {}),
      rules: hosts.map((host) => ({
        host,
        http: {
          paths: paths.map(({ path, pathType, service }) => ({
            path: isPattern && hasIdioms && path !== "/" ? `${path}(/|$)(.*)` : path,
            pathType: isPattern && hasIdioms ? "ImplementationSpecific" : pathType,
            backend: { service: { name: service, port: { number: 80 } } },
          })),
        },
      })),
    },
  };
}

const of = (kind: string, namespace: string, name: string, rest: object): object => ({
  apiVersion: "v1",
  kind,
  metadata: { name, namespace },
  ...rest,
});
const secret = (namespace: string, name: string, data: Record<string, string>): object =>
  of("Secret", namespace, name, { data });
const users = Buffer.from("alice:{SHA}qUqP5cyxm6YcTAhz05Hph5gvu9M=\n").toString("base64");
const hash = Buffer.from("{SHA}qUqP5cyxm6YcTAhz05Hph5gvu9M=").toString("base64");
const CLUSTER = [
  secret("shop", "users", { auth: users }),
  secret("shop", "map", { alice: hash }),
  secret("shop", "keyless", { other: users }),
  secret("other", "users", { auth: users }),
  secret("shop", "ca", { "ca.crt": "eA==" }),
  secret("other", "ca", { "ca.crt": "eA==" }),
  secret("shop", "certificate", { "tls.crt": "eA==", "tls.key": "eA==" }),
  ...["web", "api", "auth"].map((name) =>
    of("Service", "shop", name, { spec: { ports: [{ name: "http", port: 80, targetPort: 8080 }] } }),
  ),
];

const SECRETS: ReadonlySet<string> = new Set([
  "shop/users",
  "shop/map",
  "shop/keyless",
  "other/users",
  "shop/ca",
  "other/ca",
  "shop/certificate",
]);

const effectsOf = ({ choices }: Draft): readonly Effect[] => choices.flatMap((chosen) => chosen?.effects ?? []);

function clusterOf(drafts: readonly Draft[], controller: Controller, text: string): Cluster {
  const ingresses = drafts.map((each, index): Declared => ({
    id: `shop/ing-${index}`,
    hosts: each.hosts,
    isCanary: each.isCanary,
    effects: effectsOf(each),
  }));
  const model = buildModel(readSnapshot([{ name: "f.yaml", text }]), loadCatalogue([], {}), {
    withoutClass: "convert",
    annotationValidation: true,
    controllerFlags: new Map(),
    servicePorts: new Map(),
  });
  return {
    model,
    controller,
    // Without creation times the alphabetically last one comes first (store.go, sortIngressSlice).
    ingresses: ingresses.filter(({ effects }) => effects.every(({ kind }) => kind !== "rejects")).reverse(),
  };
}

const SHOWN = [
  undefined,
  { subject: "CN=partner", signed: true },
  { subject: "CN=other,O=partner", signed: true },
  { subject: "CN=partner", signed: false },
];

/** Every mixture of what a sender can show, at every path. */
const REQUESTS: readonly Request[] = ["a.example.com", "b.example.com", "c.example.com", "alias.example.net"].flatMap(
  (host) =>
    ["/", "/app", "/APP", "/apple", "/app/deep", "/app/Deep/x", "/open", "/opening", "/elsewhere"].flatMap((path) =>
      (["http", "https"] as const).flatMap((scheme) =>
        ["10.0.0.1", "10.1.0.1", "192.0.2.7", "203.0.113.9", "2001:db8::1", "2001:db9::1"].flatMap((address) =>
          (["basic", "digest", undefined] as const).flatMap((password) =>
            [true, false].flatMap((isKnown) =>
              (scheme === "http" ? [undefined] : SHOWN).map((certificate) => ({
                scheme,
                host,
                path,
                address,
                isKnown,
                ...(password === undefined ? {} : { password }),
                ...(certificate === undefined ? {} : { certificate }),
              })),
            ),
          ),
        ),
      ),
    ),
);

type Case = { readonly cluster: Cluster; readonly result: ConvertResult; readonly resources: readonly Resource[] };

async function converted(
  drafts: readonly Draft[],
  controller: Controller,
  options: { readonly target: TargetName; readonly allowUnprotected: boolean },
): Promise<Case> {
  const map = of("ConfigMap", "ingress-nginx", "ingress-nginx-controller", { data: controller.data });
  const text = asManifests([...drafts.map((each, index) => manifestOf(index, each)), ...CLUSTER, map]);
  const result = await convert({ ...options, snapshot: readSnapshot([{ name: "f.yaml", text }]), debug: true });
  return {
    cluster: clusterOf(drafts, controller, text),
    result,
    resources: result.resources.map(({ object }) => ({ ...object })),
  };
}

/** Of all requests every thirteenth is tried in one run: a number that divides none of the choices above. */
const STRIDE = 13;
const everyThirteenth = (from: number): readonly Request[] => REQUESTS.filter((_, index) => index % STRIDE === from);

/** Requests that reach an application now and did not before, without an excuse. */
function letIn(
  { cluster, result, resources }: Case,
  requests: readonly Request[],
  allowUnprotected: boolean,
): readonly string[] {
  return requests
    .filter((request) => gatewayLetsIn(request, { resources, secrets: SECRETS }) && !nginxLetsIn(request, cluster))
    .filter((request) => {
      const owner = ownerOf(request, cluster) ?? "?";
      const isBlocked = result.findings.some(({ severity, what }) => severity === "blocker" && what.includes(owner));
      return !(allowUnprotected && isBlocked);
    })
    .map((request) => `${JSON.stringify(request)} (${ownerOf(request, cluster) ?? "no Ingress"})`);
}

const sets = fc.array(draft, { minLength: 1, maxLength: 4 });
const controllers = fc.constantFrom(...CONTROLLERS);

describe.each(TARGETS)("target %s", (target) => {
  it.each([false, true])(
    "nobody comes in who was kept out before (allowUnprotected: %s)",
    async (allowUnprotected) => {
      const seen = { refused: 0, accepted: 0 };
      await fc.assert(
        fc.asyncProperty(sets, controllers, fc.nat(STRIDE - 1), async (drafts, controller, from) => {
          const made = await converted(drafts, controller, { target, allowUnprotected });
          for (const request of everyThirteenth(from)) {
            if (!nginxLetsIn(request, made.cluster)) seen.refused += 1;
            else if (gatewayLetsIn(request, { resources: made.resources, secrets: SECRETS })) seen.accepted += 1;
          }
          expect(letIn(made, everyThirteenth(from), allowUnprotected).slice(0, 3)).toEqual([]);
        }),
        { numRuns: 120 },
      );
      // The sets are of use only while they refuse somebody and let somebody in.
      expect(seen.refused).toBeGreaterThan(1000);
      expect(seen.accepted).toBeGreaterThan(target === "standard" && !allowUnprotected ? 10 : 1000);
    },
    120_000,
  );
});

describe("the property notices", () => {
  const plain: Draft = {
    choices: [],
    hosts: ["a.example.com"],
    paths: [{ path: "/", pathType: "Prefix", service: "web" }],
    tls: true,
    isCanary: false,
    isPattern: false,
    hasIdioms: false,
    canRedirect: false,
    extra: null,
    hasDefaultBackend: false,
  };
  const REFUSING: ReadonlySet<Effect["kind"]> = new Set([
    "denies",
    "asks",
    "lists",
    "denies-hosts",
    "wants-certificates",
  ]);
  const refuses = (effect: Effect): boolean =>
    REFUSING.has(effect.kind) && !(effect.kind === "wants-certificates" && effect.mode === "optional_no_ca");
  const choices = GROUPS.flat().filter(({ effects }) => effects.some(refuses));
  const open = { target: "envoy-gateway", allowUnprotected: false } as const;

  it.each(choices.map((chosen) => [JSON.stringify(Object.values(chosen.annotations)), chosen] as const))(
    "an output that was made without %s",
    async (_, chosen) => {
      const [controller = { data: {} }] = CONTROLLERS;
      const guarded = await converted([{ ...plain, choices: [chosen] }], controller, open);
      const unguarded = await converted([plain], controller, open);
      expect(letIn({ ...unguarded, cluster: guarded.cluster }, REQUESTS, false).length).toBeGreaterThan(0);
    },
  );

  it.each(CONTROLLERS.slice(1).map((each) => [JSON.stringify(each.data), each] as const))(
    "an output that was made without %s in the ConfigMap",
    async (_, controller) => {
      const guarded = await converted([plain], controller, open);
      const unguarded = await converted([plain], { data: {} }, open);
      expect(letIn({ ...unguarded, cluster: guarded.cluster }, REQUESTS, false).length).toBeGreaterThan(0);
    },
  );

  it("lets most of what nginx lets in through as well", async () => {
    const [controller = { data: {} }] = CONTROLLERS;
    const { cluster, resources } = await converted([plain], controller, open);
    const known = REQUESTS.filter(({ host, certificate }) => host === "a.example.com" && certificate === undefined);
    expect(
      known.every(
        (request) => nginxLetsIn(request, cluster) && gatewayLetsIn(request, { resources, secrets: SECRETS }),
      ),
    ).toBe(true);
  });
});
