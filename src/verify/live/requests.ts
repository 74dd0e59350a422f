import type { NginxModel } from "../../ingress-nginx/index.js";
import { probesOf, type ProbeOptions } from "../probes/probes.js";
import { DEFAULT_CLIENT, WELCOME, withQuery, type ProbeRequest } from "../request.js";
import type { EntryPoint } from "./entry-point.js";

/** Methods that ask and change nothing (RFC 9110, section 9.2.1). */
const SAFE: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "TRACE"]);

export type LiveChoice = ProbeOptions & {
  /** Only methods that change nothing, and no bodies. */
  readonly safeMethods: boolean;
};

/** A request that is sent, and how it is printed. */
export type LiveRequest = { readonly probe: ProbeRequest; readonly target: string };

/**
 * The probes that can be sent over the wire to both sides: clients cannot choose their address, and nobody knows the passwords, so of probes that
 * differ in those only one is sent. Schemes that one of the sides does not listen on are left out.
 */
export function* liveRequests(
  model: NginxModel,
  choice: LiveChoice,
  sides: readonly [EntryPoint, EntryPoint],
): Generator<LiveRequest> {
  const seen = new Set<string>();
  for (const probe of probesOf(model, choice)) {
    if (sides.some((side) => side[probe.scheme] === undefined)) continue;
    if (probe.address !== DEFAULT_CLIENT) continue;
    if (choice.safeMethods && (!SAFE.has(probe.method) || probe.bodyBytes > 0)) continue;
    const target = withQuery(probe.path, probe.query);
    // What cannot stand in a request line would be refused before it is sent.
    if (!/^\/[!-~]*$/.test(target)) continue;
    const key = JSON.stringify([probe.method, probe.scheme, probe.host, target, probe.headers, probe.bodyBytes]);
    if (seen.has(key)) continue;
    seen.add(key);
    yield { probe: { ...probe, credentials: WELCOME }, target };
  }
}
