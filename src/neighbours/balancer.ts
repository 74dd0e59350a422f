import { finding, type Finding, type Severity, type Verdict } from "../findings/index.js";
import { annotationOrigin, below, type Origin, type Service, type Snapshot } from "../kubernetes/index.js";
import { serviceEntry } from "./catalogue.js";
import type { ServiceEntry } from "./types.js";

/** What is asked of the load balancer in front of the controller, and should be asked for the Gateway. */
export type Balancer = {
  readonly service: string;
  readonly origin: Origin;
  readonly type: "LoadBalancer" | "NodePort";
  readonly annotations: Readonly<Record<string, string>>;
  /** Annotations that make it send PROXY headers, which only a Gateway that expects them understands. */
  readonly proxyProtocol: Readonly<Record<string, string>>;
  readonly sourceRanges: readonly string[];
  readonly trafficPolicy: "Cluster" | "Local";
  readonly loadBalancerClass?: string;
  readonly allocateNodePorts?: boolean;
};

/** Names that manifests and charts of ingress-nginx have given to its Service. */
const NAMES: ReadonlySet<string> = new Set(["ingress-nginx-controller", "nginx-ingress-controller", "ingress-nginx"]);

/**
 * The Service in front of the controller: recognised by the labels of the Helm chart or by its name, with a load balancer or ports of the nodes. Of
 * several the first by name counts; the others are named.
 */
export function readBalancer({ services }: Pick<Snapshot, "services">): {
  readonly balancer?: Balancer;
  readonly findings: readonly Finding[];
} {
  const candidates = [...services.values()].filter(isController).sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
  const [service, ...others] = candidates;
  if (service === undefined) return { findings: [] };
  const sorted = Object.entries(service.annotations).sort(([a], [b]) => (a < b ? -1 : 1));
  const those = (becomes: ServiceEntry["becomes"]): Readonly<Record<string, string>> =>
    Object.fromEntries(sorted.filter(([key]) => serviceEntry(key)?.becomes === becomes));
  const { sourceRanges = [], externalTrafficPolicy, loadBalancerClass, allocateNodePorts } = service.balancing ?? {};
  return {
    balancer: {
      service: idOf(service),
      origin: service.origin,
      type: service.type === "NodePort" ? "NodePort" : "LoadBalancer",
      annotations: those("kept"),
      proxyProtocol: those("proxy"),
      sourceRanges,
      trafficPolicy: externalTrafficPolicy === "Local" ? "Local" : "Cluster",
      ...(loadBalancerClass === undefined ? {} : { loadBalancerClass }),
      ...(allocateNodePorts === undefined ? {} : { allocateNodePorts }),
    },
    findings: [...notKept(service), ...others.map((other) => secondService(other, service))],
  };
}

const idOf = ({ namespace, name }: Service): string => `${namespace}/${name}`;

function isController({ name, labels, type }: Service): boolean {
  if (type !== "LoadBalancer" && type !== "NodePort") return false;
  const { "app.kubernetes.io/name": app, "app.kubernetes.io/component": component } = labels;
  return NAMES.has(name) || (app === "ingress-nginx" && component === "controller");
}

type Group = {
  readonly severity: Severity;
  readonly verdict: Verdict;
  readonly reason: string;
  readonly remedy: string;
};

const GROUPS: Readonly<Record<"address" | "health" | "tls" | "unknown", Group>> = {
  address: {
    severity: "medium",
    verdict: "partial",
    reason: "an address, a name or a DNS record belongs to one load balancer at a time, and today's has it",
    remedy:
      "Let the Gateway have an address of its own while both run. To keep this one, add the setting to the Gateway's Service when the Service of ingress-nginx is deleted.",
  },
  health: {
    severity: "medium",
    verdict: "partial",
    reason:
      "the check asks ingress-nginx for a path or port that the new proxies do not have, and would take all of them out",
    remedy:
      "Leave the load balancer its own default, or set the check for the new Service after looking up what the proxies answer (Envoy Gateway: port 19003, path /ready, of the pods).",
  },
  tls: {
    severity: "high",
    verdict: "unsupported",
    reason: "TLS ends at the load balancer, which names ports of the Service that the new one calls otherwise",
    remedy:
      "Let the load balancer pass TLS on and the Gateway end it; otherwise set the annotations on the new Service with its port names, and send the decrypted requests to the Gateway's HTTP listener.",
  },
  unknown: {
    severity: "low",
    verdict: "partial",
    reason: "no program known here reads it",
    remedy: "If something reads it on the Service, add it to the Gateway's Service as well.",
  },
};

function notKept(service: Service): Finding[] {
  const groups = new Map<keyof typeof GROUPS, string[]>();
  const note = (group: keyof typeof GROUPS, name: string): void =>
    void groups.set(group, [...(groups.get(group) ?? []), name]);
  for (const key of Object.keys(service.annotations).sort()) {
    const becomes: ServiceEntry["becomes"] | "unknown" = serviceEntry(key)?.becomes ?? "unknown";
    if (becomes !== "kept" && becomes !== "proxy" && becomes !== "record") note(becomes, key);
  }
  const { loadBalancerIP, externalIPs = [], nodePorts = [] } = service.balancing ?? {};
  if (loadBalancerIP !== undefined) note("address", "spec.loadBalancerIP");
  if (externalIPs.length > 0) note("address", "spec.externalIPs");
  // Ports of the nodes are chosen by hand for a balancer that the cluster does not know.
  if (service.type === "NodePort" && nodePorts.length > 0) note("address", "spec.ports[].nodePort");
  return [...groups].map(([group, settings]) => {
    const { severity, verdict, reason, remedy } = GROUPS[group];
    const [first = service.origin, ...rest] = settings.map((name) => placeOfSetting(service, name));
    const args = { service: idOf(service), settings, reason, remedy };
    return finding("LOAD_BALANCER_NOT_CARRIED", [first, ...rest], args, { severity, verdict });
  });
}

function placeOfSetting({ origin }: Service, name: string): Origin {
  return name.startsWith("spec.")
    ? below(origin, ...name.replace("[].nodePort", "").split("."))
    : annotationOrigin(origin, name);
}

function secondService(other: Service, first: Service): Finding {
  return finding("LOAD_BALANCER_NOT_CARRIED", other.origin, {
    service: idOf(other),
    settings: ["the Service as a whole"],
    reason: `a Gateway has one Service, and ${idOf(first)} is taken for it`,
    remedy: "Convert once more with a --gateway-name of its own for the Ingresses that are reached through it.",
  });
}
