import { finding, type Answer, type Finding } from "../findings/index.js";
import type { Closing, NginxModel } from "../ingress-nginx/index.js";
import { accountRefused, settingOf } from "../mappings/index.js";
import { parseConfig, withInner } from "../nginx-config/index.js";
import { refusedVariables } from "./refused-variables.js";
import { isKnownName } from "./snippets/known-variables.js";

/** Variables that nothing but locations sets (nginx.tmpl). */
const OF_LOCATIONS: ReadonlySet<string> = new Set([
  "namespace",
  "ingress_name",
  "service_name",
  "service_port",
  "location_path",
  "balancer_ewma_score",
  "pass_access_scheme",
  "pass_server_port",
  "best_http_host",
  "pass_port",
  "proxy_alternative_upstream_name",
]);

/** Variables of the stream module of nginx 1.27.1 as the controller has it, each of them tried there. */
const OF_STREAM: ReadonlySet<string> = new Set(
  `binary_remote_addr bytes_received bytes_sent connection hostname limit_conn_status msec nginx_version pid protocol proxy_protocol_addr proxy_protocol_port
  proxy_protocol_server_addr proxy_protocol_server_port proxy_upstream_name realip_remote_addr realip_remote_port remote_addr remote_port server_addr
  server_port session_time ssl_alpn_protocol ssl_cipher ssl_ciphers ssl_client_cert ssl_client_fingerprint ssl_client_i_dn ssl_client_raw_cert ssl_client_s_dn
  ssl_client_serial ssl_client_v_end ssl_client_v_remain ssl_client_v_start ssl_client_verify ssl_curve ssl_curves ssl_preread_alpn_protocols
  ssl_preread_protocol ssl_preread_server_name ssl_protocol ssl_server_name ssl_session_id ssl_session_reused status time_iso8601 time_local upstream_addr
  upstream_bytes_received upstream_bytes_sent upstream_connect_time upstream_first_byte_time upstream_session_time`.split(
    /\s+/,
  ),
);

/**
 * Annotations and formats of the access logs with variables that keep nginx from loading a new configuration. Both formats are read whether or not anything
 * is logged (nginx.tmpl, log_format).
 */
export function refusedByNginx(model: NginxModel, findings: Finding[]): Answer[] {
  const answers = refusedVariables(model, findings);
  findings.push(
    ...faultyFormat(model, "log-format-upstream", (name) => isKnownName(name, model)),
    ...faultyFormat(model, "log-format-stream", streamNames(model)),
  );
  return [...answers, ...closedEverywhere(model, findings)];
}

function faultyFormat(
  { controller }: NginxModel,
  key: "log-format-upstream" | "log-format-stream",
  isKnown: (name: string) => boolean,
): Finding[] {
  const { text, origin } = controller.value(key);
  if (origin === undefined) return [];
  const names = variablesOf(text);
  const unknown = names?.find((name) => !isKnown(name));
  if (names !== undefined && unknown === undefined) return [];
  const problem =
    unknown === undefined ? "a dollar sign that begins no variable stands in it" : `it knows no variable $${unknown}`;
  return [finding("CONTROLLER_VALUE_STOPS_RELOAD", origin, { key, value: text, problem })];
}

/** Names in any case, digits among them; undefined where a `$` begins none (ngx_http_log_compile_format). */
function variablesOf(text: string): readonly string[] | undefined {
  const found = [...text.matchAll(/\$(?:\{(\w+)\}|(\w+))?/g)].map(([, braced, bare]) =>
    (braced ?? bare)?.toLowerCase(),
  );
  return found.every((name) => name !== undefined) ? found : undefined;
}

/** Snippets for stream {} may define variables, and modules that the ConfigMap loads bring some. */
function streamNames({ controller, served }: NginxModel): (name: string) => boolean {
  const texts = [
    controller.value("main-snippet").text,
    controller.value("stream-snippet").text,
    ...served.map(({ settings }) => settingOf(settings, "stream-snippet")?.value ?? ""),
  ];
  const isOpen = /\b(?:load_module|include)\b/.test(texts.join("\n"));
  const defined = definedBy(texts.slice(1));
  return (name) => isOpen || OF_STREAM.has(name) || /^proxy_protocol_tlv_/.test(name) || defined.has(name);
}

function definedBy(texts: readonly string[]): ReadonlySet<string> {
  const directives = texts.flatMap((text) => parseConfig(text).directives.flatMap((one) => [...withInner(one)]));
  return new Set(
    directives.flatMap(({ args }) => args.flatMap((arg) => /^\$\{?(\w+)\}?$/.exec(arg)?.[1]?.toLowerCase() ?? [])),
  );
}

/**
 * Where every server answers 403 instead of its locations, nobody defines the variables of locations that the access log names. The server `_` is always
 * there, so it has to be among them (nginx.tmpl, AuthTLSError).
 */
function closedEverywhere({ servers, unknownHosts, controller }: NginxModel, findings: Finding[]): Answer[] {
  const all = servers.map(({ denied }) => denied?.instead);
  if (servers.every(({ kind }) => kind !== "default")) all.push(unknownHosts?.instead);
  const closings = all.filter((closing) => closing !== undefined);
  if (closings.length < all.length) return [];
  const defined = definedBy([controller.value("http-snippet").text, controller.value("server-snippet").text]);
  const names = variablesOf(controller.value("log-format-upstream").text) ?? [];
  const unknown = names.find((name) => OF_LOCATIONS.has(name) && !defined.has(name));
  if (unknown === undefined) return [];
  const problem = `every host is closed by such an annotation, so that no location defines $${unknown}, which the access log names`;
  const accounted = [...new Set<Closing>(closings)].map((closing) => accountRefused(closing, problem));
  findings.push(...accounted.map((one) => one.finding));
  return accounted.map((one) => one.answer);
}
