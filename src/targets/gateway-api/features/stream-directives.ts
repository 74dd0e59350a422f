import { withInner, type Directive } from "../../../nginx-config/index.js";
import type { Plan } from "../../../plan/index.js";

/** What becomes of a directive of stream {} or of the main context. */
export type ProcessFate =
  | { readonly kind: "process" }
  | { readonly kind: "idle" | "refused"; readonly reason: string }
  | { readonly kind: "lost"; readonly reason?: string };

export type StreamFate = ProcessFate | { readonly kind: "done" };

/** What the template writes into every TCP and UDP server, so that a line around them does not count (ingress-nginx 1.15.1, nginx.tmpl). */
const IN_EVERY_SERVER =
  /^(?:proxy_timeout|proxy_next_upstream|proxy_next_upstream_timeout|proxy_next_upstream_tries|proxy_responses)$/;
const DEFINITIONS = /^(?:upstream|map|geo|split_clients|log_format|limit_conn_zone|js_import|js_set)$/;
const ACCESS = /^(?:allow|deny)$/;

/** @param checks whether the target checks the addresses of all streams */
export function streamFate(directive: Directive, { streams }: Pick<Plan, "streams">, checks: boolean): StreamFate {
  const { name } = directive;
  const hasStreams = streams.length > 0;
  if (hasStreams && checks && ACCESS.test(name)) return { kind: "done" };
  if (name === "server") return { kind: "lost", reason: portsOf(directive) };
  if (IN_EVERY_SERVER.test(name))
    return { kind: "idle", reason: "the controller writes it into every server, and that counts" };
  if (DEFINITIONS.test(name)) return { kind: "lost", reason: "what uses it is not carried over" };
  if (!hasStreams && ACCESS.test(name))
    return { kind: "idle", reason: "the controller has no TCP or UDP service that it stands around" };
  return { kind: "lost" };
}

function portsOf(server: Directive): string {
  const listens = [...withInner(server)].filter(({ name }) => name === "listen");
  const ports = listens.map(({ args }) => {
    const port = /(?:^|:)(\d+)$/.exec(args[0] ?? "")?.[1] ?? args[0] ?? "";
    return `${args.includes("udp") ? "UDP" : "TCP"} port ${port}`;
  });
  return `it opens ${ports.length === 0 ? "a port" : ports.join(", ")} of its own, and a route needs a Service for it`;
}

const OF_MAIN = /^(?:daemon|worker_processes|worker_rlimit_nofile|worker_shutdown_timeout|events|http|stream)$/;
const OF_PROCESS =
  /^(?:worker_[a-z_]+|env|load_module|error_log|pcre_jit|thread_pool|master_process|user|lock_file|timer_resolution|working_directory|debug_[a-z_]+|google_perftools_profiles|ssl_engine|ssl_object_cache_inheritable)$/;

export function mainFate({ name }: Directive): ProcessFate {
  if (OF_MAIN.test(name))
    return { kind: "refused", reason: "the controller writes it already, and nginx takes it once" };
  return OF_PROCESS.test(name) ? { kind: "process" } : { kind: "lost" };
}
