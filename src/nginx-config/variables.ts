/** Variables of nginx 1.27.1 with the modules that the controller's image has (ngx_http_variables.c and the modules; images/nginx/rootfs/build.sh). */
const OF_NGINX =
  `args binary_remote_addr body_bytes_sent bytes_sent connection connection_requests connection_time content_length content_type document_root
  document_uri host hostname https is_args limit_rate msec nginx_version pid pipe proxy_protocol_addr proxy_protocol_port proxy_protocol_server_addr
  proxy_protocol_server_port query_string realpath_root remote_addr remote_port remote_user request request_body request_body_file
  request_completion request_filename request_id request_length request_method request_time request_uri scheme server_addr server_name server_port
  server_protocol status tcpinfo_rcv_space tcpinfo_rtt tcpinfo_rttvar tcpinfo_snd_cwnd time_iso8601 time_local uri
  ancient_browser modern_browser msie fastcgi_path_info fastcgi_script_name limit_conn_status limit_req_status proxy_add_x_forwarded_for proxy_host
  proxy_port realip_remote_addr realip_remote_port date_gmt date_local connections_active connections_reading connections_waiting
  connections_writing http2 http3 gzip_ratio invalid_referer secure_link secure_link_expires uid_got uid_reset uid_set
  ssl_alpn_protocol ssl_cipher ssl_ciphers ssl_client_cert ssl_client_escaped_cert ssl_client_fingerprint ssl_client_i_dn ssl_client_i_dn_legacy
  ssl_client_raw_cert ssl_client_s_dn ssl_client_s_dn_legacy ssl_client_serial ssl_client_v_end ssl_client_v_remain ssl_client_v_start
  ssl_client_verify ssl_curve ssl_curves ssl_early_data ssl_protocol ssl_server_name ssl_session_id ssl_session_reused
  upstream_addr upstream_bytes_received upstream_bytes_sent upstream_cache_etag upstream_cache_last_modified upstream_cache_status
  upstream_connect_time upstream_header_time upstream_response_length upstream_response_time upstream_status`.split(
    /\s+/,
  );

/** Variables of the controller's template, those that stand there for some settings only among them (nginx.tmpl; template.go). */
const OF_TEMPLATE =
  `namespace ingress_name service_name service_port location_path proxy_upstream_name proxy_alternative_upstream_name pass_access_scheme
  pass_server_port best_http_host pass_port balancer_ewma_score target loggable connection_upgrade req_id literal_dollar full_x_forwarded_for
  proxy_protocol_addr_trusted forwarded_for_proxy_protocol block_ua block_ref cors auth_cookie auth_path cache_key tmp_cache_key
  auth_response_headers auth_keepalive_share_vars escaped_request_uri redirect_to`.split(/\s+/);

const NAMES: ReadonlySet<string> = new Set([...OF_NGINX, ...OF_TEMPLATE]);

/**
 * Names that begin with these exist whatever follows; the last ones are those of the template's lists and of modules that settings load. The modules geoip,
 * slice, perl, uwsgi and scgi, and those of the commercial nginx, are not there.
 */
const PREFIXED =
  /^(?:arg|http|cookie|sent_http|sent_trailer|upstream_(?:http|cookie|trailer)|proxy_protocol_tlv|allowlist|limit|opentelemetry|brotli)_|^authheader\d+$/;

/**
 * Whether nginx has a variable without any snippet that defines it; a name more rather than one too few.
 *
 * @param hasGeoip2 whether the ConfigMap's use-geoip2 loads that module
 */
export function isVariableOfController(name: string, hasGeoip2: boolean): boolean {
  return NAMES.has(name) || PREFIXED.test(name) || (hasGeoip2 && name.startsWith("geoip2_"));
}
