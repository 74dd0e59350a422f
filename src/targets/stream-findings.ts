import { finding, type Finding, type TargetName } from "../findings/index.js";
import type { Origin } from "../kubernetes/index.js";
import type { Plan, PlannedStream } from "../plan/index.js";
import type { TargetOptions } from "./translator.js";
import { describeStream } from "./gateway-api/streams.js";

/** Origins of the streams, when there are any. */
export function streamOrigins(streams: readonly PlannedStream[]): readonly [Origin, ...Origin[]] | undefined {
  const [first, ...rest] = streams.map(({ origin }) => origin);
  return first === undefined ? undefined : [first, ...rest];
}

/** A finding about streams, which lists them; none where there are none. */
export function aboutStreams(
  code: "STREAM_PROXY_PROTOCOL_LOST" | "STREAM_EXTERNAL_NAME" | "STREAM_CONNECTS_ONCE",
  streams: readonly PlannedStream[],
  target: TargetName,
): Finding[] {
  const at = streamOrigins(streams);
  return at === undefined ? [] : [finding(code, at, { entries: streams.map(describeStream) }, { target })];
}

/** What became of the TCP and UDP services. */
export function convertedStreams(streams: readonly PlannedStream[], target: TargetName): Finding[] {
  return (["TCP", "UDP"] as const).flatMap((protocol) => {
    const some = streams.filter((stream) => stream.protocol === protocol);
    const at = streamOrigins(some);
    if (at === undefined) return [];
    return [finding("STREAM_SERVICES", at, { protocol, entries: some.map(describeStream) }, { target })];
  });
}

/** Listeners of streams that must not be served, because a snippet kept clients from them and the target does not. */
export function unprotectedStreams(
  { streams, streamAccess }: Plan,
  { allowUnprotected }: TargetOptions,
  isChecked = false,
): readonly string[] {
  return streamAccess.length === 0 || isChecked || allowUnprotected ? [] : streams.map(({ listener }) => listener);
}
