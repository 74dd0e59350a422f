/**
 * Measures how the cost of a conversion grows with input of other shapes than many alike Ingresses: processor time of n and of 4 n, which should be
 * 4 or less. `npx tsx bench/shapes.ts [n]`.
 */
import { convert } from "../src/index.js";

const SIZE = Number(process.argv[2] ?? 500);
const TIMES = 4;

type Annotations = Readonly<Record<string, string>>;
type Path = { readonly path: string; readonly service: string; readonly type?: string };
type Shape = (count: number) => readonly unknown[];

const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);

type Host = { readonly host: string; readonly secret?: string };

function ingress(index: number, { host, secret }: Host, annotations: Annotations, paths: readonly Path[]): unknown {
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: {
      name: `web-${index}`,
      namespace: `team-${index % 20}`,
      annotations: Object.fromEntries(
        Object.entries(annotations).map(([key, value]) => [`nginx.ingress.kubernetes.io/${key}`, value]),
      ),
    },
    spec: {
      ingressClassName: "nginx",
      ...(secret === undefined ? {} : { tls: [{ hosts: [host], secretName: secret }] }),
      rules: [
        {
          host,
          http: {
            paths: paths.map(({ path, service, type = "Prefix" }) => ({
              path,
              pathType: type,
              backend: { service: { name: service, port: { number: 80 } } },
            })),
          },
        },
      ],
    },
  };
}

const root = [{ path: "/", service: "web" }];
const own = (index: number, annotations: Annotations): unknown =>
  ingress(index, { host: `h${index}.example.com`, secret: `cert-${index}` }, annotations, root);
const configMap = (data: Annotations): unknown => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "ingress-nginx-controller", namespace: "ingress-nginx" },
  data,
});

const SHAPES: Readonly<Record<string, Shape>> = {
  "one host shared by all": (count) =>
    numbers(count).map((index) =>
      ingress(index, { host: "shop.example.com", secret: "cert" }, {}, [{ path: `/p${index}/`, service: "web" }]),
    ),
  "one Ingress with all paths": (count) => [
    ingress(
      0,
      { host: "shop.example.com", secret: "cert" },
      {},
      numbers(count).map((index) => ({ path: `/p${index}/`, service: "web" })),
    ),
  ],
  "paths that two Ingresses have": (count) =>
    [0, 1].map((index) =>
      ingress(
        index * 20,
        { host: "shop.example.com", secret: "cert" },
        {},
        numbers(count).map((path) => ({ path: `/p${path}/`, service: "web" })),
      ),
    ),
  "hosts with certificates": (count) => numbers(count).map((index) => own(index, {})),
  "hosts of one certificate": (count) =>
    numbers(count).map((index) => ingress(index * 20, { host: `h${index}.example.com`, secret: "cert" }, {}, root)),
  "wildcard hosts": (count) =>
    numbers(count).map((index) =>
      ingress(index, { host: `*.h${index}.example.com`, secret: `cert-${index}` }, {}, root),
    ),
  "client certificates": (count) =>
    numbers(count).map((index) => own(index, { "auth-tls-secret": `team-${index % 20}/ca` })),
  "canaries without primary": (count) =>
    numbers(count).map((index) => own(index, { canary: "true", "canary-weight": "10" })),
  "canaries beside their primaries": (count) =>
    numbers(count).map((index) => {
      const host = { host: `h${index >> 1}.example.com` };
      return index % 2 === 0
        ? ingress(index, host, {}, root)
        : ingress(index + 19, host, { canary: "true", "canary-weight": "10" }, [{ path: "/", service: "next" }]);
    }),
  "checks of the ConfigMap": (count) => [
    configMap({ "whitelist-source-range": "10.0.0.0/8" }),
    ...numbers(count).map((index) => own(index, {})),
  ],
  "snippets that switch the log off": (count) =>
    numbers(count).map((index) => own(index, { "configuration-snippet": "access_log off;" })),
  "cookies, lists and limits": (count) =>
    numbers(count).map((index) =>
      own(index, {
        affinity: "cookie",
        "whitelist-source-range": "10.0.0.0/8",
        "limit-rps": "5",
        "enable-cors": "true",
      }),
    ),
};

/** Seconds of processor time. */
async function cost(documents: readonly unknown[]): Promise<number> {
  const text = documents.map((document) => JSON.stringify(document)).join("\n---\n");
  const before = process.cpuUsage();
  await convert({ sources: [{ name: "in.yaml", text }], verify: false });
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

console.log(`| Shape | ${SIZE} | ${SIZE * TIMES} | growth (linear: ${TIMES}) |`);
console.log("| --- | ---: | ---: | ---: |");
for (const [name, make] of Object.entries(SHAPES)) {
  await cost(make(100)); // the first conversion compiles
  const few = await cost(make(SIZE));
  const many = await cost(make(SIZE * TIMES));
  console.log(`| ${name} | ${few.toFixed(2)} s | ${many.toFixed(2)} s | ${(many / few).toFixed(1)} |`);
}
