import type { Server, Upstream } from "../../ingress-nginx/index.js";
import type { Service } from "../../kubernetes/index.js";
import type { Directive } from "../../nginx-config/index.js";
import { clientCertificatesOf } from "../features/location.js";
import type { Features, SnippetPart, SnippetRewrite } from "../features.js";
import type { PlannedAction } from "../plan.js";
import type { Block } from "./blocks.js";
import { isExpression } from "./blocks.js";
import { quoted } from "./expressions.js";

const SERVICES = new WeakMap<Server, readonly Service[]>();

/** Remembers which Services the input has, for the addresses in snippets. */
export function noteServices(servers: readonly Server[], services: readonly Service[]): void {
  for (const server of servers) SERVICES.set(server, services);
}

/** A `location` of a snippet that hands its requests to a Service. */
export type Passing = {
  readonly action: PlannedAction;
  readonly features: Features;
  readonly pathRewrite?: SnippetRewrite;
  /** Directives that the rule is made of. */
  readonly done: readonly Directive[];
};

type Place = { readonly server: Server; readonly block: Block; readonly part: SnippetPart };

const CHECKS =
  /^(?:allow|deny|satisfy|auth_.*|.*_by_lua.*|internal|proxy_ssl_.*|proxy_method|proxy_set_body|proxy_pass_request_.*|error_page|proxy_intercept_errors|proxy_cache.*|proxy_store|sub_filter.*|limit_.*|valid_referers|secure_link.*)$/;

/** What a Backend of Envoy Gateway does anyway: it looks at no certificate, and sends the name of the host in the handshake. */
const isPlainTls = ({ name, args: [value] }: Directive): boolean =>
  (name === "proxy_ssl_server_name" && (value === "on" || value === "off")) ||
  (name === "proxy_ssl_verify" && value === "off");

/**
 * What `proxy_pass` in a `location` of a server snippet comes to, where its address is certainly a Service or one outside of the cluster (ngx_http_proxy_module): the Service, the Host
 * that nginx sends, the path behind the address, and its own timeouts and limit, since no line of the controller stands there.
 *
 * @param inForce directives that count there
 */
export function passingOf(inForce: ReadonlySet<Directive>, place: Place): Passing | { readonly refused: string } {
  const directives = [...inForce];
  const [pass, ...others] = directives.filter(({ name }) => name.endsWith("_pass"));
  if (pass?.name !== "proxy_pass" || others.length > 0)
    return { refused: "a backend that a snippet names is not routed to" };
  const plain = directives.filter(isPlainTls);
  const check = directives.find((directive) => CHECKS.test(directive.name) && !plain.includes(directive));
  if (check !== undefined) return { refused: `${check.name} beside the backend is not translated` };
  const address = addressOf(pass.args[0] ?? "", place);
  if ("refused" in address) return address;
  const path = pathBehind(address.uri, pass, place.block);
  if (path !== undefined && "refused" in path) return path;
  const hosts = directives.filter(({ name, args }) => name === "proxy_set_header" && args[0]?.toLowerCase() === "host");
  const host = hostOf(hosts, address.host);
  if (host === undefined) return { refused: "the Host that it sends is not known beforehand" };
  const limits = limitsOf(directives, place.part);
  if (limits === undefined) return { refused: "a limit beside the backend cannot be read" };
  const { origin } = place.part;
  const checked = clientCertificatesOf(place.server);
  return {
    action: { kind: "forward", backends: [{ upstream: address.upstream }] },
    features: {
      ...limits.features,
      ...(hasOneAddress(address.upstream)
        ? { retries: { settings: [], origin, conditions: ["off"], tries: 1, timeoutSeconds: 0 } }
        : {}),
      ...(checked === undefined ? {} : { clientCertificates: checked }),
      ...(address.isSecure
        ? {
            backendProtocol: {
              settings: [],
              origin,
              protocol: "HTTPS" as const,
              isWithoutHeaders: false,
              isWithoutAuthority: false,
            },
          }
        : {}),
      ...(host === "" ? {} : { upstreamHost: { settings: [], origin, host } }),
    },
    ...(path === undefined ? {} : { pathRewrite: path }),
    done: [pass, ...hosts, ...limits.done, ...plain],
  };
}

/** The name of such a Service stands for one address, which nginx tries once: it has no other one to go on to (ngx_http_upstream_round_robin). */
const hasOneAddress = ({ isAddress, service }: Upstream): boolean =>
  isAddress !== true && service?.clusterIP !== "None" && service?.type !== "ExternalName";

type Address = {
  readonly upstream: Upstream;
  readonly isSecure: boolean;
  readonly host: string;
  readonly uri: string;
};

/** `http(s)://name.namespace.svc[.cluster.local][:port][/uri]`, `name.namespace` of a Service in the input, or a full name outside of the cluster. */
function addressOf(text: string, place: Place): Address | { readonly refused: string } {
  if (text.includes("$")) return { refused: "the address of the backend has variables" };
  const [, scheme = "", written = "", port, uri = ""] =
    /^(https?):\/\/([^/?#:]+)(?::(\d{1,5}))?(\/[^?#]*)?$/.exec(text) ?? [];
  const ordinary = scheme === "https" ? 443 : 80;
  const number = Number(port ?? ordinary);
  const found = upstreamAt(written.toLowerCase(), number, place);
  if ("refused" in found) return found;
  return {
    upstream: found,
    isSecure: scheme === "https",
    // The port is left out where it is that of the scheme (ngx_http_proxy_set_vars).
    host: number === ordinary ? written : `${written}:${number}`,
    uri,
  };
}

const NOT_CERTAIN = { refused: "the address of the backend is not certainly that of a Service" };

function upstreamAt(host: string, port: number, place: Place): Upstream | { readonly refused: string } {
  const services = SERVICES.get(place.server) ?? [];
  const inFull = /^([a-z0-9-]+)\.([a-z0-9-]+)\.svc(?:\.cluster\.local)?\.?$/.exec(host);
  // The controller's pod looks for short names in svc.cluster.local first (resolv.conf: search, ndots), once, when nginx starts.
  const inShort = /^([a-z0-9-]+)\.([a-z0-9-]+)$/.exec(host);
  const [, name = "", namespace = ""] = inFull ?? inShort ?? [];
  const service = services.find((one) => one.name === name && one.namespace === namespace);
  if (inFull === null && service === undefined) return outsideAt(host, port, place);
  if (service?.type === "ExternalName") return { refused: "the Service leads to another name" };
  const listed = service?.ports.find((candidate) => candidate.port === port);
  if (service !== undefined && listed === undefined) return { refused: `the Service has no port ${port}` };
  // The name of a Service without an address of its own leads to the pods.
  if (service?.clusterIP === "None" && listed?.targetPort !== undefined && listed.targetPort !== port)
    return { refused: "the pods listen on another port than the Service" };
  return {
    namespace,
    name,
    ref: { number: port },
    port: { kind: "number", number: port },
    ...(service === undefined ? {} : { service }),
    origin: place.part.origin,
  };
}

const DOMAIN = /^(?:[a-z0-9](?:[-a-z0-9]*[a-z0-9])?\.){2,}[a-z](?:[-a-z0-9]*[a-z0-9])?$/;

/**
 * A name outside of the cluster. Two labels may as well be a Service that is not in the input, and a name that ends in a namespace a pod of a headless
 * one (web-0.web.shop).
 */
function outsideAt(host: string, port: number, { server, part }: Place): Upstream | { readonly refused: string } {
  const namespaces = new Set([
    ...(SERVICES.get(server) ?? []).map(({ namespace }) => namespace),
    ...server.ingresses.map(({ ingress }) => ingress.namespace),
  ]);
  const owner = server.ingresses.find(({ id }) => part.setting === undefined || id === part.setting.ingress);
  const isInside = /\.svc(?:\.|$)|\.(?:local|internal)$/.test(host) || namespaces.has(host.split(".").at(-1) ?? "");
  if (owner === undefined || !DOMAIN.test(host) || isInside) return NOT_CERTAIN;
  const { namespace } = owner.ingress;
  const name = host.replaceAll(".", "-");
  return {
    namespace,
    name,
    ref: { number: port },
    port: { kind: "number", number: port },
    service: {
      namespace,
      name,
      labels: {},
      annotations: {},
      type: "ExternalName",
      externalName: host,
      ports: [],
      origin: part.origin,
    },
    isAddress: true,
    origin: part.origin,
  };
}

/** The part of the path that the location matched is replaced by the path behind the address; without one nothing is. */
function pathBehind(
  uri: string,
  directive: Directive,
  block: Block,
): SnippetRewrite | { readonly refused: string } | undefined {
  if (uri === "" || uri === block.text) return undefined;
  if (isExpression(block)) return { refused: "nginx takes no path behind the address in an expression" };
  if (!/^[A-Za-z0-9/._~-]*$/.test(uri + block.text)) return { refused: "the path behind the address needs encoding" };
  if (block.modifier === "=")
    return { directive, pattern: `^${quoted(block.text)}$`, target: uri, leads: true, isWhole: true };
  return { directive, pattern: `^${quoted(block.text)}(.*)$`, target: `${uri}$1`, leads: true };
}

const CLIENT_HOST = /^\$(?:host|http_host|best_http_host)$/;

/** The Host header: that of the client (empty text), or a constant; undefined where it is neither. */
function hostOf(lines: readonly Directive[], own: string): string | undefined {
  const [line, ...others] = lines;
  if (line === undefined || (others.length === 0 && line.args[1] === "$proxy_host")) return own;
  const text = line.args[1] ?? "";
  if (others.length > 0 || text === "") return undefined;
  if (CLIENT_HOST.test(text)) return "";
  return text.includes("$") ? undefined : text;
}

const PAUSE_SECONDS = 60;
const TIMEOUTS = { connect: "proxy_connect_timeout", read: "proxy_read_timeout", send: "proxy_send_timeout" } as const;

type Limits = { readonly features: Pick<Features, "timeouts" | "bodySize">; readonly done: readonly Directive[] };

/** nginx's own defaults, and what the block says. */
function limitsOf(directives: readonly Directive[], { origin }: SnippetPart): Limits | undefined {
  const done: Directive[] = directives.filter(({ name, args }) => name === "proxy_redirect" && args[0] === "off");
  const seconds = (name: string): number | undefined => {
    const directive = directives.find((one) => one.name === name);
    if (directive === undefined) return PAUSE_SECONDS;
    done.push(directive);
    return secondsIn(directive.args[0] ?? "");
  };
  const [connect, read, send] = [seconds(TIMEOUTS.connect), seconds(TIMEOUTS.read), seconds(TIMEOUTS.send)];
  const size = directives.find(({ name }) => name === "client_max_body_size");
  const bytes = size === undefined ? undefined : bytesIn(size.args[0] ?? "");
  if (connect === undefined || read === undefined || send === undefined) return undefined;
  if (size !== undefined && bytes === undefined) return undefined;
  if (size !== undefined) done.push(size);
  const made = { settings: [], origin };
  return {
    features: {
      timeouts: { ...made, connect, read, send },
      ...(bytes === undefined
        ? {}
        : {
            bodySize: {
              ...made,
              limit: bytes === 0 ? { kind: "unlimited" as const } : { kind: "bytes" as const, bytes },
              bufferingHarms: [],
            },
          }),
    },
    done,
  };
}

const UNITS: Readonly<Record<string, number>> = { "": 1, s: 1, m: 60, h: 3600, d: 86_400 };
const SIZES: Readonly<Record<string, number>> = { "": 1, k: 1024, m: 1024 * 1024, g: 1024 * 1024 * 1024 };

function secondsIn(text: string): number | undefined {
  const [, digits, unit = ""] = /^(\d+)([smhd]?)$/.exec(text) ?? [];
  return digits === undefined || digits === "0" ? undefined : Number(digits) * (UNITS[unit] ?? 1);
}

function bytesIn(text: string): number | undefined {
  const [, digits, unit = ""] = /^(\d+)([kmg]?)$/i.exec(text) ?? [];
  return digits === undefined ? undefined : Number(digits) * (SIZES[unit.toLowerCase()] ?? 1);
}
