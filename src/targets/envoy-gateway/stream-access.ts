import { finding, type Finding } from "../../findings/index.js";
import type { OwnedResource } from "../../kubernetes/index.js";
import type { Plan, PlannedStream } from "../../plan/index.js";
import { describeStream, streamFile } from "../gateway-api/streams.js";
import type { TargetOptions } from "../translator.js";
import { accessList } from "./ip-access.js";
import { API_VERSION, HERE } from "./parts.js";

/** A SecurityPolicy knows TCPRoutes and no UDPRoutes (CEL of its targetRefs), and of addresses plain ones only. */
export const checksStreams = ({ streams, streamAccess }: Plan): boolean =>
  streams.every(({ protocol }) => protocol === "TCP") && accessList(streamAccess) !== undefined;

/** Where the address comes from that the list is compared with: a load balancer in front hides it here as it does for requests. */
export function streamAddresses(
  plan: Plan,
  tcp: readonly PlannedStream[],
  { emitGateway }: TargetOptions,
): readonly Finding[] {
  const [first] = plan.streamAccess;
  if (first === undefined || tcp.length === 0 || !checksStreams(plan)) return [];
  const severity = emitGateway ? "low" : "medium";
  return [finding("CLIENT_ADDRESS_SOURCE", first.origin, { entries: tcp.map(describeStream) }, { ...HERE, severity })];
}

/** The list around the TCP services as the policy of one route; connections from elsewhere are closed. */
export function accessPolicy({ name, namespace, protocol }: PlannedStream, plan: Plan): OwnedResource[] {
  const { streamAccess } = plan;
  const [first] = streamAccess;
  const patch = first === undefined || !checksStreams(plan) ? undefined : accessList(streamAccess);
  if (first === undefined || patch === undefined) return [];
  const targetRefs = [{ group: "gateway.networking.k8s.io", kind: "TCPRoute", name }];
  const object = {
    apiVersion: API_VERSION,
    kind: "SecurityPolicy",
    metadata: { name, namespace },
    spec: { targetRefs, ...patch.spec },
  };
  return [{ object, owner: "app", from: [], origins: [first.origin], file: streamFile(protocol) }];
}
