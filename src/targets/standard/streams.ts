import { finding } from "../../findings/index.js";
import type { StreamTranslation } from "../definition.js";
import type { Plan } from "../../plan/index.js";
import type { TargetOptions } from "../translator.js";
import { describeStream } from "../gateway-api/streams.js";
import { aboutStreams, convertedStreams, streamOrigins, unprotectedStreams } from "../stream-findings.js";

/** TCP and UDP services in plain Gateway API: the routes, and what no field says. */
export function standardStreams(plan: Plan, options: TargetOptions): StreamTranslation {
  const { controller } = plan;
  const refused = new Set(unprotectedStreams(plan, options));
  const streams = plan.streams.filter(({ listener }) => !refused.has(listener));
  const at = streamOrigins(streams);
  const entries = streams.map(describeStream);
  const timeout = controller.value("proxy-stream-timeout").text;
  const proxied = streams.filter(({ proxyProtocol }) => proxyProtocol.decode || proxyProtocol.encode);
  const outside = streams.filter(({ upstream }) => upstream.service?.type === "ExternalName");
  return {
    refused,
    backends: new Map(),
    resources: [],
    findings: [
      ...convertedStreams(streams, "standard"),
      ...(at === undefined
        ? []
        : [finding("STREAM_LIMITS_LOST", at, { entries, timeout, isEnvoyGateway: false }, { target: "standard" })]),
      ...aboutStreams("STREAM_PROXY_PROTOCOL_LOST", proxied, "standard"),
      ...aboutStreams("STREAM_EXTERNAL_NAME", outside, "standard"),
    ],
  };
}
