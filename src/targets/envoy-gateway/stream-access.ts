import type { OwnedResource } from "../../kubernetes/index.js";
import type { Plan, PlannedStream } from "../../plan/index.js";
import { streamFile } from "../gateway-api/streams.js";
import { accessList } from "./ip-access.js";
import { API_VERSION } from "./parts.js";

/** A SecurityPolicy knows TCPRoutes and no UDPRoutes (CEL of its targetRefs), and of addresses plain ones only. */
export const checksStreams = ({ streams, streamAccess }: Plan): boolean =>
  streams.every(({ protocol }) => protocol === "TCP") && accessList(streamAccess) !== undefined;

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
