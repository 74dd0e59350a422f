/** What a generated Ingress says; everything else is the same for all of them. */
export type IngressText = {
  /** `web` when not given. */
  readonly name?: string;
  readonly namespace?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  /** `shop.example.com` when not given; none is an Ingress that has its default backend only. */
  readonly hosts?: readonly (string | undefined)[];
  readonly paths?: readonly string[];
  /** Name of the Service behind every path; `web` when not given. */
  readonly service?: string;
  /** Secret per list of hosts; `undefined` for an entry without Secret. */
  readonly tls?: readonly { readonly hosts?: readonly string[]; readonly secretName?: string }[];
};

/** An Ingress as an object; every host has the same paths, to port 80 of one Service. */
export function ingress(text: IngressText = {}): object {
  const { name = "web", namespace = "shop", annotations = {}, labels, paths = ["/"], service = "web", tls } = text;
  const { hosts = ["shop.example.com"] } = text;
  const backend = { service: { name: service, port: { number: 80 } } };
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: { name, namespace, annotations, ...(labels === undefined ? {} : { labels }) },
    spec: {
      ingressClassName: "nginx",
      ...(tls === undefined ? {} : { tls }),
      ...(hosts.length === 0
        ? { defaultBackend: backend }
        : {
            rules: hosts.map((host) => ({
              ...(host === undefined ? {} : { host }),
              http: { paths: paths.map((path) => ({ path, pathType: "Prefix", backend })) },
            })),
          }),
    },
  };
}

/** The objects as one source (JSON is YAML). */
export function sourceOf(...objects: readonly object[]): readonly { readonly name: string; readonly text: string }[] {
  return [{ name: "in.yaml", text: objects.map((object) => JSON.stringify(object, null, 1)).join("\n---\n") }];
}

/** `count` texts, numbered from 1 with as many digits as the last one has. */
export function numbered(count: number, textOf: (number: string) => string): readonly string[] {
  return Array.from({ length: count }, (_, index) => textOf(String(index + 1).padStart(String(count).length, "0")));
}
