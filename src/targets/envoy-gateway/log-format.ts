import type { ControllerConfig } from "../../ingress-nginx/index.js";
import type { JsonObject } from "../../kubernetes/index.js";
import type { Plan } from "../../plan/index.js";
import { partsReadIn } from "../gateway-api/features/snippet-variables.js";

/** `log-format-upstream` as a format of Envoy, and the variables that it has nothing for (an empty place then, as nginx writes it). */
export type LogFormat = {
  readonly format: JsonObject;
  readonly lost: readonly string[];
  readonly inMilliseconds: boolean;
};

/**
 * Path and query. The first header holds what the client sent where the route makes another path of it, and is there only with Envoy's own headers
 * (ClientTrafficPolicy, enableEnvoyHeaders; replayed): the log shows the application's path without them.
 */
const REQUEST_URI = "%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%";
const duration = (from: string, to: string): string => `%COMMON_DURATION(${from}:${to}:ms)%`;

/** Variables of nginx and of the controller with an operator of the same meaning (Envoy, access log command operators). */
const OPERATORS: Readonly<Record<string, string>> = {
  body_bytes_sent: "%BYTES_SENT%",
  bytes_sent: "%DOWNSTREAM_WIRE_BYTES_SENT%",
  connection: "%CONNECTION_ID%",
  content_length: "%REQ(CONTENT-LENGTH)%",
  content_type: "%REQ(CONTENT-TYPE)%",
  host: "%REQ(:AUTHORITY)%",
  best_http_host: "%REQ(:AUTHORITY)%",
  http_host: "%REQ(:AUTHORITY)%",
  hostname: "%HOSTNAME%",
  msec: "%START_TIME(%s.%3f)%",
  otel_trace_id: "%TRACE_ID%",
  opentelemetry_trace_id: "%TRACE_ID%",
  pass_access_scheme: "%REQ(X-FORWARDED-PROTO)%",
  proxy_add_x_forwarded_for: "%REQ(X-FORWARDED-FOR)%",
  proxy_upstream_name: "%UPSTREAM_CLUSTER_RAW%",
  realip_remote_addr: "%DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT%",
  remote_addr: "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%",
  remote_port: "%DOWNSTREAM_REMOTE_PORT%",
  req_id: "%REQ(X-REQUEST-ID)%",
  request: `%REQ(:METHOD)% ${REQUEST_URI} %PROTOCOL%`,
  request_id: "%REQ(X-REQUEST-ID)%",
  request_length: "%DOWNSTREAM_WIRE_BYTES_RECEIVED%",
  request_method: "%REQ(:METHOD)%",
  request_time: "%DURATION%",
  request_uri: REQUEST_URI,
  scheme: "%REQ(X-FORWARDED-PROTO)%",
  server_addr: "%DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT%",
  server_protocol: "%PROTOCOL%",
  ssl_cipher: "%DOWNSTREAM_TLS_CIPHER%",
  ssl_client_s_dn: "%DOWNSTREAM_PEER_SUBJECT%",
  ssl_client_i_dn: "%DOWNSTREAM_PEER_ISSUER%",
  ssl_client_serial: "%DOWNSTREAM_PEER_SERIAL%",
  ssl_client_fingerprint: "%DOWNSTREAM_PEER_FINGERPRINT_1%",
  ssl_protocol: "%DOWNSTREAM_TLS_VERSION%",
  ssl_server_name: "%REQUESTED_SERVER_NAME%",
  status: "%RESPONSE_CODE%",
  time_iso8601: "%START_TIME(%Y-%m-%dT%H:%M:%S%Ez)%",
  time_local: "%START_TIME(%d/%b/%Y:%H:%M:%S %z)%",
  upstream_addr: "%UPSTREAM_HOST%",
  upstream_connect_time: duration("US_CX_BEG", "US_CX_END"),
  upstream_header_time: duration("US_TX_BEG", "US_RX_BEG"),
  upstream_response_length: "%UPSTREAM_WIRE_BYTES_RECEIVED%",
  upstream_response_time: duration("US_TX_BEG", "US_RX_END"),
};
/** nginx counts seconds with a fraction, Envoy whole milliseconds. */
const TIMES = /^(?:request_time|session_time|upstream_(?:connect|header|response)_time)$/;
const HEADERS = /^(sent_http|upstream_http|http)_([a-z0-9_]+)$/;
const VARIABLE = /\$(?:\{([a-zA-Z0-9_]+)\}|([a-zA-Z0-9_]+))/g;

function operatorOf(name: string): string | undefined {
  const known = OPERATORS[name];
  if (known !== undefined) return known;
  const [, kind, header = ""] = HEADERS.exec(name) ?? [];
  if (kind === undefined) return undefined;
  return `%${kind === "http" ? "REQ" : "RESP"}(${header.replaceAll("_", "-").toUpperCase()})%`;
}

/** The access log's format where the ConfigMap sets one; undefined where it is the controller's own, or no format that Envoy could write. */
export function logFormat(controller: ControllerConfig): LogFormat | undefined {
  return writtenFormat(controller, "log-format-upstream", operatorOf);
}

/** Variables of the format for requests, each with the part of the request that it shows: `host`, `path`, or a header in lower case. */
export function partsOfLog(controller: ControllerConfig): readonly (readonly [variable: string, part: string])[] {
  const written = controller.changed.find(({ key }) => key === "log-format-upstream")?.text ?? "";
  const names = [...written.matchAll(VARIABLE)].map(([, braced, bare]) => (braced ?? bare ?? "").toLowerCase());
  return [...new Set(names)].flatMap((name) =>
    (name === "request" ? ["path"] : partsReadIn(`$${name}`)).map((part) => [`$${name}`, part] as const),
  );
}

/** Variables of nginx's stream module; what TCP and UDP are called is no variable where all services are of one kind. */
const OF_STREAMS: Readonly<Record<string, string>> = {
  bytes_received: "%BYTES_RECEIVED%",
  bytes_sent: "%BYTES_SENT%",
  connection: "%CONNECTION_ID%",
  hostname: "%HOSTNAME%",
  msec: "%START_TIME(%s.%3f)%",
  proxy_upstream_name: "%UPSTREAM_CLUSTER_RAW%",
  realip_remote_addr: "%DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT%",
  remote_addr: "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%",
  remote_port: "%DOWNSTREAM_REMOTE_PORT%",
  server_addr: "%DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT%",
  server_port: "%DOWNSTREAM_LOCAL_PORT%",
  session_time: "%DURATION%",
  time_iso8601: "%START_TIME(%Y-%m-%dT%H:%M:%S%Ez)%",
  time_local: "%START_TIME(%d/%b/%Y:%H:%M:%S %z)%",
  upstream_addr: "%UPSTREAM_HOST%",
  upstream_bytes_received: "%UPSTREAM_WIRE_BYTES_RECEIVED%",
  upstream_bytes_sent: "%UPSTREAM_WIRE_BYTES_SENT%",
};

/** The same for connections of TCP and UDP services; undefined without such services. */
export function streamLogFormat({ controller, streams }: Pick<Plan, "controller" | "streams">): LogFormat | undefined {
  const protocols = new Set(streams.map(({ protocol }) => protocol));
  const [protocol] = protocols;
  if (protocol === undefined) return undefined;
  return writtenFormat(controller, "log-format-stream", (name) =>
    name === "protocol" && protocols.size === 1 ? protocol : OF_STREAMS[name],
  );
}

type OperatorOf = (name: string) => string | undefined;

function writtenFormat(
  controller: ControllerConfig,
  wanted: "log-format-upstream" | "log-format-stream",
  operator: OperatorOf,
): LogFormat | undefined {
  const written = controller.changed.find(({ key }) => key === wanted)?.text.trim() ?? "";
  if (written === "") return undefined;
  const lost = new Set<string>();
  const filled = (text: string): string => replaced(text, lost, operator);
  const isJson = written.startsWith("{");
  const fields = isJson ? jsonFields(written) : undefined;
  // Text of Envoy escapes nothing, so a JSON line that is no flat object would break at the first quote of a client.
  if (isJson && fields === undefined) return undefined;
  const format: JsonObject =
    fields === undefined
      ? { type: "Text", text: `${filled(written)}\n` }
      : { type: "JSON", json: Object.fromEntries(fields.map(([key, value]) => [key, filled(value)])) };
  const names = [...written.matchAll(VARIABLE)].map(([, braced, bare]) => (braced ?? bare ?? "").toLowerCase());
  return { format, lost: [...lost].sort(), inMilliseconds: names.some((name) => TIMES.test(name)) };
}

function replaced(text: string, lost: Set<string>, operatorFor: OperatorOf): string {
  let result = "";
  let end = 0;
  for (const found of text.matchAll(VARIABLE)) {
    const name = found[1] ?? found[2] ?? "";
    // nginx takes names in any case (ngx_http_log_variable_compile, ngx_http_get_variable_index).
    const operator = operatorFor(name.toLowerCase());
    if (operator === undefined) lost.add(`$${name}`);
    result += `${text.slice(end, found.index).replaceAll("%", "%%")}${operator ?? "-"}`;
    end = found.index + found[0].length;
  }
  return result + text.slice(end).replaceAll("%", "%%");
}

/** Names and values of a flat JSON object whose values are texts or bare variables; undefined for anything else. */
function jsonFields(text: string): readonly (readonly [string, string])[] | undefined {
  const quoted = text.replaceAll(/:\s*(\$\{?[a-zA-Z0-9_]+\}?)(?=\s*[,}])/g, ': "$1"');
  let parsed: unknown;
  try {
    parsed = JSON.parse(quoted);
  } catch {
    return undefined;
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) return undefined;
  const fields = Object.entries(parsed).map(([key, value]) => [key, value as unknown] as const);
  return fields.every((field): field is readonly [string, string] => typeof field[1] === "string") ? fields : undefined;
}
