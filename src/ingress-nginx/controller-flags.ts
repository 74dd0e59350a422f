import { finding, type Finding } from "../findings/index.js";
import type { Snapshot } from "../kubernetes/index.js";
import type { ControllerConfig } from "./controller-config.js";

/** What becomes of a flag of the controller. */
type FlagFate =
  /** The model is made with it. */
  | { readonly kind: "read" }
  /** An option of this tool says the same. */
  | { readonly kind: "option"; readonly option: string }
  /** It concerns the controller's process, its metrics, its status reports or its webhook. */
  | { readonly kind: "process" }
  | { readonly kind: "lost"; readonly how: string; readonly remedy: string };

const read: FlagFate = { kind: "read" };
const process: FlagFate = { kind: "process" };
const option = (name: string): FlagFate => ({ kind: "option", option: name });
const lost = (how: string, remedy: string): FlagFate => ({ kind: "lost", how, remedy });

const SELECTION = "Convert only the Ingresses that the controller serves.";

/** Every flag of ingress-nginx 1.15.1 (pkg/flags/flags.go). */
const FLAGS: Readonly<Record<string, FlagFate>> = {
  "annotations-prefix": option("--annotations-prefix"),
  "apiserver-host": process,
  "bucket-factor": process,
  "certificate-authority": process,
  configmap: read,
  "controller-class": read,
  "deep-inspect": read,
  "default-backend-service": read,
  "default-server-port": read,
  "default-ssl-certificate": option("--default-certificate"),
  "disable-catch-all": read,
  "disable-full-test": process,
  "disable-leader-election": process,
  "disable-svc-external-name": lost(
    "Services of type ExternalName are converted although the controller did not serve them",
    "Remove the routes to Services of type ExternalName.",
  ),
  "disable-sync-events": process,
  "dynamic-configuration-retries": process,
  "election-id": process,
  "election-ttl": process,
  "enable-annotation-validation": option("--annotation-validation"),
  "enable-metrics": process,
  "enable-ssl-chain-completion": lost(
    "certificates are shown as they stand in their Secrets",
    "Put the intermediate certificates into the Secrets.",
  ),
  "enable-ssl-passthrough": read,
  "enable-topology-aware-routing": lost(
    "requests go to pods of all zones",
    "Set loadBalancer.zoneAware in the BackendTrafficPolicy of the Gateway.",
  ),
  "exclude-socket-metrics": process,
  "health-check-path": lost(
    "the Gateway has no such path",
    "Let health checks ask the readiness port of the proxy, or set healthCheck.path in a ClientTrafficPolicy.",
  ),
  "health-check-timeout": process,
  "healthz-host": process,
  "healthz-port": read,
  "http-port": read,
  "https-port": read,
  "ingress-class": read,
  "ingress-class-by-name": lost(
    "IngressClasses are chosen by their controller",
    "Name the classes with --ingress-class.",
  ),
  "internal-logger-address": process,
  kubeconfig: process,
  "length-buckets": process,
  "max-buckets": process,
  "metrics-per-host": process,
  "metrics-per-undefined-host": process,
  "monitor-max-batch-size": process,
  "post-shutdown-grace-period": process,
  profiling: process,
  "profiler-port": process,
  "publish-service": process,
  "publish-status-address": process,
  "report-node-internal-ip-address": process,
  "report-status-classes": process,
  "shutdown-grace-period": process,
  "size-buckets": process,
  "ssl-passthrough-proxy-port": read,
  "status-port": process,
  "status-update-interval": process,
  "stream-port": process,
  "sync-period": process,
  "sync-rate-limit": process,
  "tcp-services-configmap": read,
  "time-buckets": process,
  "udp-services-configmap": read,
  "update-status": process,
  "update-status-on-shutdown": process,
  "validating-webhook": process,
  "validating-webhook-certificate": process,
  "validating-webhook-key": process,
  version: process,
  "watch-ingress-without-class": read,
  "watch-namespace": lost("Ingresses of all namespaces are converted", SELECTION),
  "watch-namespace-selector": lost("Ingresses of all namespaces are converted", SELECTION),
};

/** Names of all flags. */
export const CONTROLLER_FLAGS: readonly string[] = Object.keys(FLAGS);

/** Flags that the conversion does not follow; they point to the first object of the input, for want of a place. */
export function flagFindings(
  { ingresses, configMaps, services }: Snapshot,
  flags: ReadonlyMap<string, string>,
  controller: ControllerConfig,
): readonly Finding[] {
  const [first] = [...ingresses, ...configMaps.values(), ...services.values()];
  if (first === undefined) return [];
  return [...flags].flatMap(([flag, value]) => {
    const fate = Object.hasOwn(FLAGS, flag) ? FLAGS[flag] : undefined;
    if (flag === "http-port" && Number(value) !== 80 && !controller.isOn("use-proxy-protocol"))
      return [finding("CONTROLLER_FLAG_NOT_CARRIED", first.origin, httpPort(value), LOW)];
    if (fate === undefined || fate.kind === "read" || fate.kind === "process" || value === "false") return [];
    const args =
      fate.kind === "lost"
        ? { flag, value, how: fate.how, remedy: fate.remedy }
        : { flag, value, how: "an option of this tool says the same", remedy: `Use ${fate.option}.` };
    return [finding("CONTROLLER_FLAG_NOT_CARRIED", first.origin, args)];
  });
}

const LOW = { severity: "low" } as const;

/** HTTPS is 443 to applications wherever nginx listens (lua_ingress.lua, rewrite), plain HTTP is the port of nginx. */
const httpPort = (value: string): { flag: string; value: string; how: string; remedy: string } => ({
  flag: "http-port",
  value,
  how: `applications got X-Forwarded-Port: ${value} with requests over plain HTTP, and redirects from and to www names named that port; they get 80, and no port`,
  remedy: "Nothing, unless an application compares the header or builds addresses with it.",
});
