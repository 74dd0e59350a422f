import type { Placed } from "./sources.js";

/** Places where directives stand: in http {}, a server, a location, an `if` of one of the latter, or limit_except. */
export type Level = "http" | "server" | "location" | "server-if" | "location-if" | "limit-except";

const ALL: readonly Level[] = ["http", "server", "location", "location-if"];
const PLAIN: readonly Level[] = ["http", "server", "location"];
const PROGRAM: readonly Level[] = ["server", "location", "server-if", "location-if"];

/** Where nginx knows a directive ("Context" in its documentation and that of headers-more). Others are taken to be right where they stand. */
const CONTEXTS: Readonly<Record<string, readonly Level[]>> = {
  set: PROGRAM,
  return: PROGRAM,
  rewrite: PROGRAM,
  break: PROGRAM,
  if: ["server", "location"],
  map: ["http"],
  geo: ["http"],
  location: ["server", "location"],
  limit_except: ["location"],
  proxy_pass: ["location", "location-if", "limit-except"],
  internal: ["location"],
  default_type: PLAIN,
  types: PLAIN,
  add_header: ALL,
  add_trailer: ALL,
  expires: ALL,
  more_set_headers: ALL,
  more_clear_headers: ALL,
  more_set_input_headers: ALL,
  more_clear_input_headers: ALL,
  allow: [...PLAIN, "limit-except"],
  deny: [...PLAIN, "limit-except"],
  auth_basic: [...PLAIN, "limit-except"],
  auth_basic_user_file: [...PLAIN, "limit-except"],
  satisfy: PLAIN,
  auth_request_set: PLAIN,
  client_max_body_size: PLAIN,
  sub_filter: PLAIN,
  access_log: [...ALL, "limit-except"],
  error_page: ALL,
  limit_rate: ALL,
  gzip: ALL,
};

function allowed(name: string): readonly Level[] | undefined {
  const own = Object.hasOwn(CONTEXTS, name) ? CONTEXTS[name] : undefined;
  if (own !== undefined) return own;
  return name.startsWith("proxy_") ? PLAIN : undefined;
}

/** Directives that may stand once in a block. */
const ONCE = new Set([
  "default_type",
  "proxy_connect_timeout",
  "proxy_send_timeout",
  "proxy_read_timeout",
  "proxy_buffering",
  "proxy_buffer_size",
  "proxy_buffers",
  "proxy_busy_buffers_size",
  "proxy_max_temp_file_size",
  "proxy_request_buffering",
  "proxy_http_version",
  "proxy_next_upstream",
  "proxy_next_upstream_timeout",
  "proxy_next_upstream_tries",
  "proxy_pass",
  "proxy_pass_request_headers",
  "proxy_pass_request_body",
  "proxy_intercept_errors",
  "client_max_body_size",
  "client_body_buffer_size",
  "port_in_redirect",
  "satisfy",
  "auth_basic",
  "auth_basic_user_file",
  "limit_except",
]);

/** Of those, the ones that the template writes into every location, whatever the annotations say (nginx.tmpl). */
const IN_EVERY_LOCATION = new Set([
  "proxy_connect_timeout",
  "proxy_send_timeout",
  "proxy_read_timeout",
  "proxy_buffering",
  "proxy_buffer_size",
  "proxy_buffers",
  "proxy_max_temp_file_size",
  "proxy_request_buffering",
  "proxy_next_upstream",
  "proxy_next_upstream_timeout",
  "proxy_next_upstream_tries",
  "proxy_cookie_domain",
  "proxy_cookie_path",
  "proxy_pass",
  "client_max_body_size",
  "port_in_redirect",
]);

/** Directives that the template writes into http {}, whatever the ConfigMap says (nginx.tmpl); a second line of them is a duplicate. */
const IN_HTTP = new Set(
  `aio tcp_nopush tcp_nodelay log_subrequest reset_timedout_connection keepalive_timeout keepalive_requests client_header_buffer_size
  client_header_timeout large_client_header_buffers client_body_buffer_size client_body_timeout http2_max_concurrent_streams types_hash_max_size
  server_names_hash_max_size server_names_hash_bucket_size map_hash_bucket_size proxy_headers_hash_max_size proxy_headers_hash_bucket_size
  variables_hash_bucket_size variables_hash_max_size underscores_in_headers ignore_invalid_headers limit_req_status limit_conn_status default_type
  server_tokens uninitialized_variable_warn server_name_in_redirect port_in_redirect ssl_early_data ssl_session_cache ssl_session_timeout
  ssl_session_tickets ssl_buffer_size ssl_ciphers ssl_prefer_server_ciphers ssl_ecdh_curve proxy_ssl_session_reuse resolver`.split(
    /\s+/,
  ),
);

/**
 * Why `nginx -t` refuses directives, as far as their names and places say; undefined where it accepts them. The controller keeps its former
 * configuration then, for all hosts.
 *
 * @param isGenerated whether the template's own directives stand in the same block
 */
export function configurationError(
  directives: readonly Placed[],
  level: Level,
  isGenerated: boolean,
): string | undefined {
  const generated = level === "location" ? IN_EVERY_LOCATION : level === "http" ? IN_HTTP : [];
  const seen = new Set<string>(isGenerated ? generated : []);
  for (const directive of directives) {
    const { name, block } = directive;
    const where = `line ${directive.at.line} of ${directive.from.key}`;
    const places = allowed(name);
    if (places?.includes(level) === false) return `${where}: "${name}" directive is not allowed here`;
    if (seen.has(name)) return `${where}: "${name}" directive is duplicate`;
    if (ONCE.has(name)) seen.add(name);
    const inner = innerLevel(name, level);
    if (block === undefined || inner === undefined) continue;
    const error = configurationError(block, inner, false);
    if (error !== undefined) return error;
  }
  return undefined;
}

function innerLevel(name: string, level: Level): Level | undefined {
  if (name === "if") return level === "server" ? "server-if" : "location-if";
  if (name === "location") return "location";
  return name === "limit_except" ? "limit-except" : undefined;
}

/** Directives on which nothing that is compared depends: logs, buffers, connections, compression, TLS towards backends. */
const INERT =
  /^(?:access_log|error_log|log_not_found|log_subrequest|rewrite_log|server_tokens|tcp_nodelay|tcp_nopush|sendfile|aio|directio|keepalive_(?:timeout|requests|time)|client_(?:body|header)_timeout|send_timeout|client_header_buffer_size|large_client_header_buffers|client_body_(?:buffer_size|temp_path|in_file_only|in_single_buffer)|proxy_(?:buffering|buffers|buffer_size|busy_buffers_size|max_temp_file_size|temp_path|temp_file_write_size|request_buffering|http_version|next_upstream|next_upstream_timeout|next_upstream_tries|ssl_[a-z_]+|socket_keepalive|ignore_client_abort|headers_hash_[a-z_]+|limit_rate|force_ranges)|gzip[a-z_]*|brotli[a-z_]*|ssl_(?:protocols|ciphers|prefer_server_ciphers|session_[a-z_]+|dhparam|ecdh_curve|stapling[a-z_]*|buffer_size)|resolver|resolver_timeout|chunked_transfer_encoding|reset_timedout_connection|lingering_[a-z]+|limit_rate|limit_rate_after|open_file_cache[a-z_]*|uninitialized_variable_warn|http2[a-z_]*|variables_hash_[a-z_]+|map_hash_[a-z_]+|server_names_hash_[a-z_]+|types_hash_[a-z_]+|output_buffers|postpone_output|opentelemetry[a-z_]*|opentracing[a-z_]*|port_in_redirect|etag|charset|charset_types|log_format|upstream|geo|geoip[a-z0-9_]*|limit_(?:req|conn)_zone|lua_[a-z_]+|proxy_cache_path)$/;

/** Directives whose effect is worked out. */
const KNOWN = new Set([
  ...Object.keys(CONTEXTS).filter((name) => !["geo", "sub_filter", "error_page", "add_trailer"].includes(name)),
  "proxy_set_header",
  "proxy_hide_header",
  "proxy_pass_header",
  "proxy_pass_request_headers",
  "proxy_connect_timeout",
  "proxy_send_timeout",
  "proxy_read_timeout",
]);

/** The first directive whose effect cannot be predicted, at this level or in an `if` that held; blocks of locations are looked at when they answer. */
export function unpredictable(directives: readonly Placed[]): Placed | undefined {
  return directives.find(({ name, args, lua }) => {
    // It leaves the answers of backends alone.
    if (name === "proxy_redirect" && args[0] === "off") return false;
    return lua !== undefined || (!KNOWN.has(name) && !INERT.test(name));
  });
}
