/** Where directives stand: in http {}, a server, a location, an `if` of one of the latter, or limit_except. */
export type Place = "http" | "server" | "location" | "server-if" | "location-if" | "limit-except";

/**
 * Directives of nginx 1.27.1 as the controller's image builds it, with headers-more, Lua and set-misc: where they are taken (NGX_HTTP_*_CONF of their
 * modules), and whether a second line of the same block is a duplicate (ngx_conf_set_*_slot; tried on the controller's nginx, where a module has a
 * function of its own for them). Those of modules that settings load are not listed.
 */
const GROUPS: readonly { readonly places: readonly Place[]; readonly once: string; readonly often: string }[] = [
  {
    places: ["http", "server", "location"],
    once: `absolute_redirect add_after_body add_before_body aio aio_write auth_delay auth_request autoindex autoindex_exact_size autoindex_format
      autoindex_localtime chunked_transfer_encoding client_body_buffer_size client_body_in_file_only client_body_in_single_buffer
      client_body_temp_path client_body_timeout client_max_body_size default_type directio directio_alignment disable_symlinks etag
      fastcgi_buffer_size fastcgi_buffering fastcgi_buffers fastcgi_busy_buffers_size fastcgi_cache_background_update fastcgi_cache_lock
      fastcgi_cache_lock_age fastcgi_cache_lock_timeout fastcgi_cache_max_range_offset fastcgi_cache_min_uses fastcgi_cache_revalidate
      fastcgi_connect_timeout fastcgi_force_ranges fastcgi_ignore_client_abort fastcgi_index fastcgi_intercept_errors fastcgi_keep_conn
      fastcgi_limit_rate fastcgi_max_temp_file_size fastcgi_next_upstream_timeout fastcgi_next_upstream_tries fastcgi_pass_request_body
      fastcgi_pass_request_headers fastcgi_read_timeout fastcgi_request_buffering fastcgi_send_lowat fastcgi_send_timeout
      fastcgi_socket_keepalive fastcgi_temp_file_write_size fastcgi_temp_path grpc_buffer_size grpc_connect_timeout grpc_intercept_errors
      grpc_next_upstream_timeout grpc_next_upstream_tries grpc_read_timeout grpc_send_timeout grpc_socket_keepalive grpc_ssl_certificate
      grpc_ssl_certificate_key grpc_ssl_ciphers grpc_ssl_crl grpc_ssl_name grpc_ssl_server_name grpc_ssl_session_reuse
      grpc_ssl_trusted_certificate grpc_ssl_verify grpc_ssl_verify_depth gunzip gunzip_buffers gzip_buffers gzip_comp_level gzip_hash
      gzip_http_version gzip_min_length gzip_no_buffer gzip_static gzip_vary gzip_window http2_chunk_size if_modified_since
      keepalive_requests keepalive_time keepalive_timeout limit_conn_dry_run limit_conn_log_level limit_conn_status limit_req_dry_run
      limit_req_log_level limit_req_status lingering_close lingering_time lingering_timeout log_escape_non_ascii log_not_found
      log_subrequest lua_ssl_ciphers lua_ssl_crl lua_ssl_trusted_certificate lua_ssl_verify_depth max_ranges memcached_buffer_size
      memcached_connect_timeout memcached_gzip_flag memcached_next_upstream_timeout memcached_next_upstream_tries memcached_read_timeout
      memcached_send_timeout memcached_socket_keepalive mirror_request_body msie_padding msie_refresh open_file_cache open_file_cache_errors
      open_file_cache_events open_file_cache_min_uses open_file_cache_valid output_buffers port_in_redirect postpone_gzipping
      postpone_output proxy_bind proxy_buffer_size proxy_buffering proxy_buffers proxy_busy_buffers_size proxy_cache
      proxy_cache_background_update proxy_cache_convert_head proxy_cache_key proxy_cache_lock proxy_cache_lock_age proxy_cache_lock_timeout
      proxy_cache_max_range_offset proxy_cache_min_uses proxy_cache_revalidate proxy_connect_timeout proxy_force_ranges
      proxy_headers_hash_bucket_size proxy_headers_hash_max_size proxy_http_version proxy_ignore_client_abort proxy_intercept_errors
      proxy_limit_rate proxy_max_temp_file_size proxy_method proxy_next_upstream_timeout proxy_next_upstream_tries proxy_pass_request_body
      proxy_pass_request_headers proxy_read_timeout proxy_request_buffering proxy_send_lowat proxy_send_timeout proxy_set_body
      proxy_socket_keepalive proxy_ssl_certificate proxy_ssl_certificate_key proxy_ssl_ciphers proxy_ssl_crl proxy_ssl_name
      proxy_ssl_server_name proxy_ssl_session_reuse proxy_ssl_trusted_certificate proxy_ssl_verify proxy_ssl_verify_depth proxy_store
      proxy_temp_file_write_size proxy_temp_path read_ahead real_ip_recursive recursive_error_pages reset_timedout_connection resolver
      resolver_timeout satisfy secure_link secure_link_md5 secure_link_secret send_lowat send_timeout sendfile_max_chunk
      server_name_in_redirect server_tokens ssi_ignore_recycled_buffers ssi_last_modified ssi_min_file_chunk ssi_silent_errors
      ssi_value_length sub_filter_last_modified sub_filter_once subrequest_output_buffer_size tcp_nodelay tcp_nopush types_hash_bucket_size
      types_hash_max_size userid userid_domain userid_name userid_p3p userid_path userid_service`,
    often: `addition_types ancient_browser ancient_browser_value auth_request_set charset_types error_log fastcgi_bind fastcgi_cache
      fastcgi_cache_bypass fastcgi_cache_key fastcgi_cache_methods fastcgi_cache_use_stale fastcgi_cache_valid fastcgi_catch_stderr
      fastcgi_hide_header fastcgi_ignore_headers fastcgi_next_upstream fastcgi_no_cache fastcgi_param fastcgi_pass_header
      fastcgi_split_path_info fastcgi_store fastcgi_store_access grpc_bind grpc_hide_header grpc_ignore_headers grpc_next_upstream
      grpc_pass_header grpc_set_header grpc_ssl_conf_command grpc_ssl_password_file grpc_ssl_protocols gzip_disable gzip_proxied gzip_types
      http2_push http2_push_preload index keepalive_disable limit_conn limit_req lua_ssl_certificate lua_ssl_certificate_key
      lua_ssl_conf_command lua_ssl_protocols memcached_bind memcached_next_upstream mirror modern_browser modern_browser_value
      open_log_file_cache proxy_cache_bypass proxy_cache_methods proxy_cache_use_stale proxy_cache_valid proxy_cookie_domain
      proxy_cookie_flags proxy_cookie_path proxy_hide_header proxy_ignore_headers proxy_next_upstream proxy_no_cache proxy_pass_header
      proxy_redirect proxy_set_header proxy_ssl_conf_command proxy_ssl_password_file proxy_ssl_protocols proxy_store_access real_ip_header
      set_real_ip_from ssi_types sub_filter sub_filter_types types userid_expires userid_flags userid_mark`,
  },
  {
    places: ["http", "server"],
    once: `client_header_buffer_size client_header_timeout connection_pool_size http2 http2_body_preread_size http2_max_concurrent_streams
      http2_pool_size http2_streams_index_size ignore_invalid_headers large_client_header_buffers merge_slashes request_pool_size
      ssl_buffer_size ssl_ciphers ssl_client_certificate ssl_crl ssl_dhparam ssl_early_data ssl_ecdh_curve ssl_ocsp ssl_ocsp_responder
      ssl_prefer_server_ciphers ssl_reject_handshake ssl_session_tickets ssl_session_timeout ssl_stapling ssl_stapling_file
      ssl_stapling_responder ssl_stapling_verify ssl_trusted_certificate ssl_verify_client ssl_verify_depth underscores_in_headers`,
    often: `http2_idle_timeout http2_max_concurrent_pushes http2_max_field_size http2_max_header_size http2_max_requests http2_recv_timeout
      server_rewrite_by_lua_block server_rewrite_by_lua_file ssl_certificate ssl_certificate_by_lua_block ssl_certificate_by_lua_file
      ssl_certificate_key ssl_client_hello_by_lua_block ssl_client_hello_by_lua_file ssl_conf_command ssl_ocsp_cache ssl_password_file
      ssl_protocols ssl_session_cache ssl_session_ticket_key`,
  },
  {
    places: ["http", "server", "location", "location-if"],
    once: `access_by_lua access_by_lua_block access_by_lua_file body_filter_by_lua body_filter_by_lua_block body_filter_by_lua_file charset
      expires gzip header_filter_by_lua header_filter_by_lua_block header_filter_by_lua_file limit_rate limit_rate_after log_by_lua
      log_by_lua_block log_by_lua_file lua_check_client_abort lua_http10_buffering lua_need_request_body lua_socket_buffer_size
      lua_socket_connect_timeout lua_socket_keepalive_timeout lua_socket_log_errors lua_socket_pool_size lua_socket_read_timeout
      lua_socket_send_lowat lua_socket_send_timeout lua_transform_underscores_in_response_headers lua_use_default_type override_charset
      post_action rewrite_by_lua rewrite_by_lua_block rewrite_by_lua_file sendfile source_charset ssi`,
    often: `add_header add_trailer error_page lua_code_cache more_clear_headers more_clear_input_headers more_set_headers more_set_input_headers
      no_error_pages`,
  },
  {
    places: ["http"],
    once: `access_by_lua_no_postpone http2_recv_buffer_size lua_max_pending_timers lua_max_running_timers lua_sa_restart
      lua_thread_cache_max_entries lua_worker_thread_vm_pool_size map_hash_bucket_size map_hash_max_size rewrite_by_lua_no_postpone
      server_names_hash_bucket_size server_names_hash_max_size variables_hash_bucket_size variables_hash_max_size`,
    often: `charset_map exit_worker_by_lua_block exit_worker_by_lua_file fastcgi_cache_path geo init_by_lua init_by_lua_block init_by_lua_file
      init_worker_by_lua init_worker_by_lua_block init_worker_by_lua_file limit_conn_zone limit_req_zone log_format lua_capture_error_log
      lua_load_resty_core lua_malloc_trim lua_package_cpath lua_package_path lua_regex_cache_max_entries lua_regex_match_limit
      lua_shared_dict map proxy_cache_path server split_clients ssl_session_fetch_by_lua_block ssl_session_fetch_by_lua_file
      ssl_session_store_by_lua_block ssl_session_store_by_lua_file upstream`,
  },
  {
    places: ["server", "location"],
    once: `referer_hash_bucket_size referer_hash_max_size try_files`,
    often: `if location stub_status valid_referers`,
  },
  {
    places: ["location"],
    once: `internal limit_except`,
    often: `empty_gif`,
  },
  {
    places: ["server"],
    once: ``,
    often: `listen server_name`,
  },
  {
    places: ["location", "location-if"],
    once: `content_by_lua content_by_lua_block content_by_lua_file`,
    often: `fastcgi_pass grpc_pass memcached_pass`,
  },
  {
    places: ["server", "location", "server-if", "location-if"],
    once: ``,
    often: `break return rewrite set set_by_lua set_by_lua_block set_by_lua_file`,
  },
  {
    places: ["http", "server", "location", "server-if", "location-if"],
    once: `rewrite_log set_base32_padding set_misc_base32_padding uninitialized_variable_warn`,
    often: `set_base32_alphabet set_decode_base32 set_decode_base64 set_decode_base64url set_decode_hex set_encode_base32 set_encode_base64
      set_encode_base64url set_encode_hex set_escape_uri set_formatted_gmt_time set_formatted_local_time set_hashed_upstream set_hmac_sha1
      set_hmac_sha256 set_if_empty set_local_today set_md5 set_quote_json_str set_quote_pgsql_str set_quote_sql_str set_random set_rotate
      set_secure_random_alphanum set_secure_random_lcalpha set_sha1 set_unescape_uri`,
  },
  {
    places: ["http", "server", "location", "limit-except"],
    once: `auth_basic auth_basic_user_file`,
    often: `allow deny`,
  },
  {
    places: ["http", "server", "location", "location-if", "limit-except"],
    once: ``,
    often: `access_log`,
  },
  {
    places: ["location", "location-if", "limit-except"],
    once: ``,
    often: `proxy_pass`,
  },
];

const words = (text: string): string[] => text.split(/\s+/).filter((word) => word !== "");

const PLACES: ReadonlyMap<string, ReadonlySet<Place>> = new Map(
  GROUPS.flatMap(({ places, once, often }) =>
    [...words(once), ...words(often)].map((name): [string, ReadonlySet<Place>] => [name, new Set(places)]),
  ),
);

/** Lua in the file, in a file of its own or as a text is one directive to nginx. */
const asOne = (name: string): string => name.replace(/_by_lua_(?:block|file)$/, "_by_lua");
const ONCE: ReadonlySet<string> = new Set(GROUPS.flatMap(({ once }) => words(once)).map((name) => asOne(name)));

/** Places in which nginx takes a directive; none for those that its image is built without, undefined for any that is not listed. */
export function placesOf(name: string): ReadonlySet<Place> | undefined {
  // images/nginx/rootfs/patches, 00_drop-alias-root.patch; build.sh, --without-http_uwsgi_module and --without-http_scgi_module
  return /^(?:root|alias|(?:uwsgi|scgi)_.*)$/.test(name) ? new Set() : PLACES.get(name);
}

/** Name under which a second line of a block counts as a duplicate; undefined where nginx takes several. */
export function onceName(name: string): string | undefined {
  const one = asOne(name);
  return ONCE.has(one) ? one : undefined;
}

/** What the template writes into every block of its kind, as far as a line more is a duplicate then (nginx.tmpl; tried on the controller's nginx). */
const OF_TEMPLATE: Readonly<Record<"http" | "server" | "location", ReadonlySet<string>>> = {
  http: new Set(
    words(`aio aio_write client_body_buffer_size client_body_temp_path client_body_timeout client_header_buffer_size client_header_timeout default_type
      fastcgi_temp_path http2_max_concurrent_streams ignore_invalid_headers keepalive_requests keepalive_timeout large_client_header_buffers
      limit_conn_status limit_req_status log_subrequest lua_package_path map_hash_bucket_size port_in_redirect proxy_headers_hash_bucket_size
      proxy_headers_hash_max_size proxy_ssl_session_reuse proxy_temp_path reset_timedout_connection resolver server_name_in_redirect
      server_names_hash_bucket_size server_names_hash_max_size server_tokens ssl_buffer_size ssl_ciphers ssl_early_data ssl_ecdh_curve
      ssl_prefer_server_ciphers ssl_session_tickets ssl_session_timeout tcp_nodelay tcp_nopush types_hash_max_size underscores_in_headers
      uninitialized_variable_warn variables_hash_bucket_size variables_hash_max_size`),
  ),
  server: new Set(["http2"]),
  location: new Set(
    words(`client_max_body_size header_filter_by_lua log_by_lua port_in_redirect proxy_buffer_size proxy_buffering proxy_buffers
      proxy_connect_timeout proxy_cookie_domain proxy_cookie_path proxy_http_version proxy_max_temp_file_size proxy_next_upstream_timeout
      proxy_next_upstream_tries proxy_pass proxy_read_timeout proxy_redirect proxy_request_buffering proxy_send_timeout rewrite_by_lua`),
  ),
};

/** Whether the template has the directive in each block of the kind already, so that nginx refuses one more there. */
export const isOfTemplate = (name: string, block: "http" | "server" | "location"): boolean =>
  OF_TEMPLATE[block].has(asOne(name));
