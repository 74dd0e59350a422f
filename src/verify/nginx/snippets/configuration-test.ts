import { isOfTemplate, onceName, placesOf, type Place } from "../../../nginx-config/index.js";
import type { Placed } from "./sources.js";

/**
 * Why `nginx -t` refuses directives, as far as their names and places say; undefined where it accepts them. The controller keeps its former
 * configuration then, for all hosts.
 *
 * @param isGenerated whether the template's own directives stand in the same block
 */
export function configurationError(
  directives: readonly Placed[],
  level: Place,
  isGenerated: boolean,
): string | undefined {
  const seen = new Set<string>();
  for (const directive of directives) {
    const { name, block } = directive;
    const where = `line ${directive.at.line} of ${directive.from.key}`;
    if (placesOf(name)?.has(level) === false) return `${where}: "${name}" directive is not allowed here`;
    const once = onceName(name);
    if ((once !== undefined && seen.has(once)) || (isGenerated && isBlock(level) && isOfTemplate(name, level)))
      return `${where}: "${name}" directive is duplicate`;
    if (once !== undefined) seen.add(once);
    const inner = innerLevel(name, level);
    if (block === undefined || inner === undefined) continue;
    const error = configurationError(block, inner, false);
    if (error !== undefined) return error;
  }
  return undefined;
}

const isBlock = (place: Place): place is "http" | "server" | "location" =>
  place === "http" || place === "server" || place === "location";

function innerLevel(name: string, level: Place): Place | undefined {
  if (name === "if") return level === "server" ? "server-if" : "location-if";
  if (name === "location") return "location";
  return name === "limit_except" ? "limit-except" : undefined;
}

/** Directives on which nothing that is compared depends: logs, buffers, connections, compression, TLS towards backends. */
const INERT =
  /^(?:access_log|error_log|log_not_found|log_subrequest|rewrite_log|server_tokens|tcp_nodelay|tcp_nopush|sendfile|aio|directio|keepalive_(?:timeout|requests|time)|client_(?:body|header)_timeout|send_timeout|client_header_buffer_size|large_client_header_buffers|client_body_(?:buffer_size|temp_path|in_file_only|in_single_buffer)|proxy_(?:buffering|buffers|buffer_size|busy_buffers_size|max_temp_file_size|temp_path|temp_file_write_size|request_buffering|http_version|next_upstream|next_upstream_timeout|next_upstream_tries|ssl_[a-z_]+|socket_keepalive|ignore_client_abort|headers_hash_[a-z_]+|limit_rate|force_ranges)|gzip[a-z_]*|brotli[a-z_]*|ssl_(?:protocols|ciphers|prefer_server_ciphers|session_[a-z_]+|dhparam|ecdh_curve|stapling[a-z_]*|buffer_size)|resolver|resolver_timeout|chunked_transfer_encoding|reset_timedout_connection|lingering_[a-z]+|limit_rate|limit_rate_after|open_file_cache[a-z_]*|uninitialized_variable_warn|http2[a-z_]*|variables_hash_[a-z_]+|map_hash_[a-z_]+|server_names_hash_[a-z_]+|types_hash_[a-z_]+|output_buffers|postpone_output|opentelemetry[a-z_]*|opentracing[a-z_]*|port_in_redirect|etag|charset|charset_types|log_format|upstream|geo|geoip[a-z0-9_]*|limit_(?:req|conn)_(?:zone|log_level)|lua_[a-z_]+|proxy_cache_path)$/;

/** Directives whose effect is worked out. */
const KNOWN = new Set(
  `set return rewrite break if map location limit_except proxy_pass internal default_type types add_header expires more_set_headers
  more_clear_headers more_set_input_headers more_clear_input_headers allow deny auth_basic auth_basic_user_file satisfy auth_request_set
  client_max_body_size access_log limit_rate gzip proxy_set_header proxy_hide_header proxy_pass_header proxy_pass_request_headers
  proxy_connect_timeout proxy_send_timeout proxy_read_timeout limit_req_status limit_conn_status`.split(/\s+/),
);

/** What nginx does without the line as well. */
const DEFAULT_LINES = new Set(["proxy_pass_request_body on", "proxy_cache off", "ssi off", "autoindex off"]);

/** The first directive whose effect cannot be predicted, at this level or in an `if` that held; blocks of locations are looked at when they answer. */
export function unpredictable(directives: readonly Placed[]): Placed | undefined {
  return directives.find(({ name, args, lua }) => {
    // It leaves the answers of backends alone.
    if ((name === "proxy_redirect" || name === "proxy_intercept_errors") && args[0] === "off") return false;
    if (DEFAULT_LINES.has(`${name} ${args[0] ?? ""}`)) return false;
    return lua !== undefined || (!KNOWN.has(name) && !INERT.test(name));
  });
}
