import { isBefore } from "../mappings/index.js";
import type { ControllerConfig } from "./controller-config.js";

/**
 * What the last controller does and older ones do not, beside keys (`readSince`) and built-in values (`earlier`): the first release of each line that
 * does it, the oldest line first; later lines all do. From the source of each release (docs/ingress-nginx.md, Older controllers).
 */
const SINCE = {
  /** proxy-*-timeout reach gRPC backends (nginx.tmpl, grpc_read_timeout); before, nginx's own 60 s count. */
  "grpc-timeouts": ["1.11.0"],
  /** gRPC backends get the client's Host or upstream-vhost as authority (nginx.tmpl); before, nginx's own name of the upstream. */
  "grpc-authority": ["1.8.1"],
  /** auth-tls-match-cn counts whatever it says where values are not checked; before, only with CN= in it (authtls/main.go, commonNameRegex). */
  "any-common-name": ["1.9.0"],
  /** The template compares backend-protocol as it is written; before, it got it in capitals (backendprotocol/main.go). */
  "protocol-as-written": ["1.9.0"],
  /** use-forwarded-headers takes the client's address from the header behind a PROXY header too (nginx.tmpl, real_ip_header). */
  "forwarded-behind-proxy-protocol": ["1.13.0"],
  /** Backends get the X-Forwarded-Host of the client as X-Original-Forwarded-Host (nginx.tmpl). */
  "original-forwarded-host": ["1.13.0"],
  /** CORS allows Range by itself, and X-CustomHeader no more (cors/main.go, defaultCorsHeaders). */
  "cors-range": ["1.2.1"],
  /** Any Ingress of a host switches ssl-passthrough on; before, the one that opens the host alone (controller.go, createServers). */
  "passthrough-of-any-ingress": ["1.13.8", "1.14.4"],
  /** A default backend beside rules is for the hosts of these alone; before, for all names that nobody has too (controller.go, createServers). */
  "default-backend-of-own-hosts": ["1.3.1"],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type Behaviour = keyof typeof SINCE;

/** Whether the controller that runs does this as the last one does; where no release is known it is taken for the last one. */
export function behaves({ release }: Pick<ControllerConfig, "release">, behaviour: Behaviour): boolean {
  if (release === undefined) return true;
  const firsts: readonly string[] = SINCE[behaviour];
  return firsts.some(
    (first, index) =>
      !isBefore(release, first) && (index === firsts.length - 1 || isBefore(release, nextLineOf(first))),
  );
}

/** `1.14.0` for `1.13.8`. */
function nextLineOf(release: string): string {
  const [major = "", minor = ""] = release.split(".");
  return `${major}.${Number(minor) + 1}.0`;
}

/**
 * Whether the client's address is taken from a header. Where load balancers say it with the PROXY protocol, that counts: beside enable-real-ip, and in older
 * controllers beside use-forwarded-headers too (nginx.tmpl, real_ip_header).
 */
export function takesAddressFromHeader(controller: ControllerConfig): boolean {
  const believesHeaders = controller.isOn("use-forwarded-headers");
  if (!controller.isOn("use-proxy-protocol")) return believesHeaders || controller.isOn("enable-real-ip");
  return believesHeaders && behaves(controller, "forwarded-behind-proxy-protocol");
}
