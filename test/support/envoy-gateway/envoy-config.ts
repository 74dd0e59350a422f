import type { JsonObject, JsonValue, KubernetesObject } from "../../../src/kubernetes/index.js";
import { emptyRevocationList, issue } from "./certificates.js";
import { isObject, listAt, objectAt, objectsIn, textAt, without } from "./json-access.js";
import { AUTHORITY } from "./stand-ins.js";
import { proxyConfig } from "./xds.js";

const TYPE = "type.googleapis.com/envoy";

/** Where Envoy listens for one port of one conversion. */
export type Entrance = { readonly port: number; readonly socket: string };

/** One conversion's share of a proxy. */
export type Share = {
  readonly listeners: readonly JsonObject[];
  readonly clusters: readonly JsonObject[];
  readonly entrances: readonly Entrance[];
  /** What was left out, by name. */
  readonly excluded: readonly string[];
};

/** Gives every backend an address of the loopback network that is its own, so that the upstream knows who was meant. */
export type AddressBook = { readonly addressOf: (backend: string, role: "application" | "auth") => string };

export type ShareInput = {
  /** Marks the names of this conversion in the proxy. */
  readonly mark: string;
  /** Marks its namespaces in what egctl was given; see batch.ts. */
  readonly world: string;
  readonly dumps: readonly JsonObject[];
  /** What egctl was given, for certificates and cluster addresses. */
  readonly objects: readonly KubernetesObject[];
  readonly folder: string;
  readonly book: AddressBook;
  /** Port of the upstream. */
  readonly upstreamPort: number;
};

/**
 * Makes a config dump of egctl into static configuration that a proxy loads by itself: routes, endpoints and certificates stand
 * in place instead of coming from a control plane, listeners are Unix sockets that take the client's address from a PROXY header,
 * and every endpoint is one upstream on this machine. Routes, filters and clusters stay as Envoy Gateway has made them.
 */
export function shareOf(input: ShareInput): Share {
  const configs = input.dumps.map(proxyConfig);
  const routes = new Map(
    configs.flatMap(({ routes: list }) => list.map((route) => [textAt(route, "name") ?? "", route])),
  );
  const endpoints = new Map(
    configs.flatMap(({ endpoints: list }) => list.map((entry) => [textAt(entry, "clusterName") ?? "", entry])),
  );
  const authClusters = new Set(configs.flatMap(({ listeners }) => listeners.flatMap(authClustersOf)));
  const listeners = configs.flatMap((config) => config.listeners).filter((one) => !isReady(one));
  const [udp, tcp] = [listeners.filter(isUdp), listeners.filter((one) => !isUdp(one))];
  const made = onePerPort(tcp).map((listener, index) => listenerShare(listener, index, { ...input, routes }));
  // A route on a Gateway and a ListenerSet has its clusters in the proxies of both.
  const distinct = new Map(
    configs.flatMap((config) => config.clusters.map((cluster) => [textAt(cluster, "name") ?? "", cluster])),
  );
  const clusters = [...distinct.values()].map((cluster) => clusterShare(cluster, endpoints, authClusters, input));
  return {
    listeners: made.map(({ listener }) => namespaced(listener, input.mark)),
    clusters: clusters.map((cluster) => namespaced(cluster, input.mark)),
    entrances: made.map(({ entrance }) => entrance),
    excluded: udp.map((listener) => `${textAt(listener, "name") ?? ""}: UDP is not tried`),
  };
}

const isReady = (listener: JsonObject): boolean =>
  textAt(listener, "name")?.startsWith("envoy-gateway-proxy-") === true;
const isUdp = (listener: JsonObject): boolean => textAt(listener, "address", "socketAddress", "protocol") === "UDP";

function authClustersOf(listener: JsonObject): string[] {
  return [...objectsIn(listener)].flatMap(({ object }) =>
    textAt(object, "@type")?.endsWith(".ExtAuthz") === true
      ? [
          textAt(object, "httpService", "serverUri", "cluster") ??
            textAt(object, "grpcService", "envoyGrpc", "clusterName") ??
            "",
        ]
      : [],
  );
}

/** A ListenerSet was translated as a Gateway of its own; with the Gateway it is one listener per port. */
function onePerPort(listeners: readonly JsonObject[]): JsonObject[] {
  const byPort = new Map<number, JsonObject>();
  for (const listener of listeners) {
    const known = byPort.get(portOf(listener));
    const filterChains = [...listAt(known, "filterChains"), ...listAt(listener, "filterChains")];
    byPort.set(portOf(listener), { ...listener, ...known, ...(filterChains.length === 0 ? {} : { filterChains }) });
  }
  return [...byPort.values()];
}

const portOf = (listener: JsonObject): number => Number(objectAt(listener, "address", "socketAddress")["portValue"]);

type ListenerInput = ShareInput & { readonly routes: ReadonlyMap<string, JsonObject> };
const SHIFT = 10_000;
const FIRST_FREE_PORT = 1024;

function listenerShare(
  listener: JsonObject,
  index: number,
  input: ListenerInput,
): { readonly listener: JsonObject; readonly entrance: Entrance } {
  const bound = portOf(listener);
  // Envoy Gateway binds privileged ports 10000 higher.
  const port = bound >= SHIFT && bound < SHIFT + FIRST_FREE_PORT ? bound - SHIFT : bound;
  const socket = `${input.folder}/${input.mark}-${index}`;
  const filters = listAt(listener, "listenerFilters");
  const takesProxy = filters.some((filter) => filter["name"] === "envoy.filters.listener.proxy_protocol");
  const proxy = {
    name: "envoy.filters.listener.proxy_protocol",
    typedConfig: { "@type": `${TYPE}.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol` },
  };
  const own: JsonObject = {
    ...without(listener, "@type", "accessLog"),
    address: { pipe: { path: socket } },
    listenerFilters: takesProxy ? filters : [proxy, ...filters],
  };
  return { listener: rewritten(own, input), entrance: { port, socket } };
}

/** Replaces references to the control plane by what it would have answered. */
function rewritten(object: JsonObject, input: ListenerInput): JsonObject {
  const changed = Object.entries(object).flatMap(([key, value]): [string, JsonValue | undefined][] => {
    if (key === "rds") return [["routeConfig", withoutType(input.routes.get(textAt(value, "routeConfigName") ?? ""))]];
    if (key === "accessLog") return [];
    const secret = secretFields(key, value, input.objects);
    if (secret !== undefined) return [secret];
    return [[key, rewrittenValue(value, input)]];
  });
  return Object.fromEntries(changed);
}

function rewrittenValue(value: JsonValue | undefined, input: ListenerInput): JsonValue | undefined {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map((item) => rewrittenValue(item, input) ?? null);
  return isObject(value) ? rewritten(value, input) : value;
}

const withoutType = (object: JsonObject | undefined): JsonObject => without(object ?? {}, "@type");

/** Certificates in place of their names (envoy.extensions.transport_sockets.tls.v3.CommonTlsContext). */
function secretFields(
  key: string,
  value: JsonValue | undefined,
  objects: readonly KubernetesObject[],
): [string, JsonValue] | undefined {
  if (key === "tlsCertificateSdsSecretConfigs")
    return ["tlsCertificates", listAt(value).map((entry) => certificateOf(textAt(entry, "name") ?? "", objects))];
  if (key === "validationContextSdsSecretConfig")
    return ["validationContext", { trustedCa: inline(AUTHORITY.certificate) }];
  if (key === "combinedValidationContext")
    return [
      "validationContext",
      { ...objectAt(value, "defaultValidationContext"), trustedCa: inline(AUTHORITY.certificate) },
    ];
  // Upstreams of the test show certificates of its own authority.
  if (key === "trustedCa") return ["trustedCa", inline(AUTHORITY.certificate)];
  if (key === "crl") return ["crl", inline(emptyRevocationList(AUTHORITY))];
  return undefined;
}

const inline = (text: string): JsonObject => ({ inlineString: text });

function certificateOf(id: string, objects: readonly KubernetesObject[]): JsonObject {
  const secret = objects.find(
    ({ kind, metadata }) => kind === "Secret" && `${metadata.namespace ?? ""}/${metadata.name}` === id,
  );
  const data = objectAt({ ...secret }, "data");
  const [certificate, key] = [textAt(data, "tls.crt"), textAt(data, "tls.key")];
  if (certificate !== undefined && key !== undefined)
    return { certificateChain: { inlineBytes: certificate }, privateKey: { inlineBytes: key } };
  const stranger = issue({ subject: id, issuer: AUTHORITY });
  return { certificateChain: inline(stranger.certificate), privateKey: inline(stranger.key) };
}

function clusterShare(
  cluster: JsonObject,
  endpoints: ReadonlyMap<string, JsonObject>,
  authClusters: ReadonlySet<string>,
  input: ShareInput,
): JsonObject {
  const name = textAt(cluster, "name") ?? "";
  const assignment =
    endpoints.get(textAt(cluster, "edsClusterConfig", "serviceName") ?? name) ?? objectAt(cluster, "loadAssignment");
  const role = authClusters.has(name) ? "auth" : "application";
  const local = {
    clusterName: name,
    endpoints: listAt(assignment, "endpoints").map((group) => ({
      ...group,
      lbEndpoints: listAt(group, "lbEndpoints").map((entry) => localEndpoint(entry, role, input)),
    })),
  };
  const fixed: JsonObject = {
    ...without(
      cluster,
      "@type",
      "edsClusterConfig",
      "dnsLookupFamily",
      "dnsRefreshRate",
      "respectDnsTtl",
      "clusterType",
    ),
    type: "STATIC",
    loadAssignment: local,
  };
  return rewritten(fixed, { ...input, routes: new Map() });
}

function localEndpoint(entry: JsonObject, role: "application" | "auth", input: ShareInput): JsonObject {
  const address = objectAt(entry, "endpoint", "address", "socketAddress");
  const backend = backendAt(textAt(address, "address") ?? "", Number(address["portValue"]), input);
  const socketAddress = { address: input.book.addressOf(backend, role), portValue: input.upstreamPort };
  return { ...entry, endpoint: { ...without(objectAt(entry, "endpoint"), "hostname"), address: { socketAddress } } };
}

/** `namespace/name:port` of a Service, by its cluster address or its name, else host and port; see backendTarget in src/verify. */
function backendAt(host: string, port: number, { objects, world }: ShareInput): string {
  const service = objects.find(({ kind, spec }) => kind === "Service" && spec["clusterIP"] === host);
  if (service !== undefined) {
    const namespace = service.metadata.namespace?.replace(`${world}-`, "") ?? "";
    return `${namespace}/${service.metadata.name}:${port}`;
  }
  const [name, namespace] = /^([^.]+)\.([^.]+)\.svc\.cluster\.local$/.exec(host)?.slice(1) ?? [];
  return name === undefined || namespace === undefined ? `${host}:${port}` : `${namespace}/${name}:${port}`;
}

const CLUSTER_FIELDS = new Set(["cluster", "clusterName"]);

/** Listener and cluster names are unique in a proxy, so those of a conversion get its mark. */
function namespaced(object: JsonObject, mark: string): JsonObject {
  const name = textAt(object, "name");
  return { ...marked(object, mark), ...(name === undefined ? {} : { name: `${mark}|${name}` }) };
}

function marked(object: JsonObject, mark: string): JsonObject {
  return Object.fromEntries(
    Object.entries(object).map(([key, value]) => {
      if (CLUSTER_FIELDS.has(key) && typeof value === "string") return [key, `${mark}|${value}`];
      if (key === "weightedClusters" && isObject(value)) return [key, markedClusters(value, mark)];
      return [key, markedValue(value, mark)];
    }),
  );
}

function markedClusters(value: JsonObject, mark: string): JsonObject {
  const clusters = listAt(value, "clusters").map((entry) => ({
    ...marked(entry, mark),
    name: `${mark}|${textAt(entry, "name") ?? ""}`,
  }));
  return { ...value, clusters };
}

function markedValue(value: JsonValue | undefined, mark: string): JsonValue | undefined {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map((item) => markedValue(item, mark) ?? null);
  return isObject(value) ? marked(value, mark) : value;
}

/** A whole configuration file. The program size is what Envoy Gateway's bootstrap says (internal/xds/bootstrap). */
export function bootstrap(shares: readonly Share[], adminSocket: string): JsonObject {
  return {
    node: { id: "test", cluster: "test" },
    admin: { address: { pipe: { path: adminSocket } } },
    layeredRuntime: {
      layers: [
        {
          name: "global_config",
          staticLayer: { "re2.max_program_size.error_level": 4_294_967_295, "re2.max_program_size.warn_level": 1000 },
        },
      ],
    },
    staticResources: {
      listeners: shares.flatMap(({ listeners }) => listeners),
      clusters: shares.flatMap(({ clusters }) => clusters),
    },
  };
}
