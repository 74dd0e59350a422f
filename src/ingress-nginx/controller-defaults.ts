/** How the controller reads the text of a key (internal/ingress/controller/template/configmap.go and mapstructure's weak decoding). */
export type ControllerValueType =
  | "bool"
  | "int"
  | "float"
  | "size"
  | "body-size"
  | "duration"
  | "redirect-code"
  | "url"
  | "method"
  /** Divided by commas. */
  | "list"
  /** Divided by blanks. */
  | "words"
  /** OpenSSL's list, divided by colons. */
  | "ciphers"
  /** Not to be shown anywhere. */
  | "secret"
  | "text";

/** One key of the controller's ConfigMap. */
export type ControllerKey = {
  readonly type: ControllerValueType;
  /** Built-in value of ingress-nginx 1.15.1. */
  readonly value: string;
  /**
   * `model`: decides which servers, locations and redirects there are, for all targets alike. `traffic`: changes requests or answers, and each target says
   * what becomes of it. `process`: concerns the nginx process and shows nowhere else. `nothing`: the controller parses it and no more.
   */
  readonly concerns: "model" | "traffic" | "process" | "nothing";
  /** What it does, as the rest of a sentence that begins with the key. */
  readonly does: string;
};

const DEFAULT_CIPHERS = [
  "ECDHE-ECDSA-AES128-GCM-SHA256",
  "ECDHE-RSA-AES128-GCM-SHA256",
  "ECDHE-ECDSA-AES256-GCM-SHA384",
  "ECDHE-RSA-AES256-GCM-SHA384",
  "ECDHE-ECDSA-CHACHA20-POLY1305",
  "ECDHE-RSA-CHACHA20-POLY1305",
  "DHE-RSA-AES256-GCM-SHA384",
  "DHE-RSA-AES128-GCM-SHA256",
].join(":");

const GZIP_TYPES = [
  "application/atom+xml",
  "application/javascript",
  "application/x-javascript",
  "application/json",
  "application/rss+xml",
  "application/vnd.ms-fontobject",
  "application/x-font-ttf",
  "application/x-web-app-manifest+json",
  "application/xhtml+xml",
  "application/xml",
  "font/opentype",
  "image/svg+xml",
  "image/x-icon",
  "text/css",
  "text/javascript",
  "text/plain",
  "text/x-component",
].join(" ");

const UPSTREAM_LOG_FORMAT =
  '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" $request_length $request_time [$proxy_upstream_name] [$proxy_alternative_upstream_name] $upstream_addr $upstream_response_length $upstream_response_time $upstream_status $req_id';

const STREAM_LOG_FORMAT = "[$remote_addr] [$time_local] $protocol $status $bytes_sent $bytes_received $session_time";

/**
 * Every key of the controller's ConfigMap (internal/ingress/controller/config/config.go and internal/ingress/defaults/main.go of ingress-nginx 1.15.1).
 * What becomes of them stands with the targets; docs/controller-defaults.md is printed from both.
 */
const KEYS = {
  "allow-snippet-annotations": { type: "bool", value: "false", concerns: "model", does: "accepts snippet annotations" },
  "annotations-risk-level": {
    type: "text",
    value: "High",
    concerns: "model",
    does: "refuses Ingresses with riskier annotations",
  },
  "allow-cross-namespace-resources": {
    type: "bool",
    value: "false",
    concerns: "model",
    does: "lets annotations name Secrets and ConfigMaps of other namespaces",
  },
  "annotation-value-word-blocklist": {
    type: "list",
    value: "",
    concerns: "model",
    does: "refuses Ingresses whose annotation values hold one of these words",
  },
  "strict-validate-path-type": {
    type: "bool",
    value: "true",
    concerns: "nothing",
    does: "makes the admission webhook check paths; serving does not look at it",
  },
  "global-allowed-response-headers": {
    type: "list",
    value: "",
    concerns: "model",
    does: "headers that the annotation custom-headers may set",
  },
  "app-root": { type: "text", value: "", concerns: "nothing", does: "is parsed and read by nothing" },
  "custom-http-errors": {
    type: "list",
    value: "",
    concerns: "traffic",
    does: "replaces answers with these statuses by pages of the default backend",
  },
  "disable-proxy-intercept-errors": {
    type: "bool",
    value: "false",
    concerns: "traffic",
    does: "leaves answers of applications out of custom-http-errors",
  },
  "preserve-trailing-slash": {
    type: "bool",
    value: "false",
    concerns: "traffic",
    does: "keeps a final slash in redirects to HTTPS",
  },
  "proxy-body-size": {
    type: "body-size",
    value: "1m",
    concerns: "traffic",
    does: "largest request body; larger ones get 413",
  },
  "proxy-connect-timeout": { type: "int", value: "5", concerns: "traffic", does: "seconds to connect to a pod" },
  "proxy-read-timeout": {
    type: "int",
    value: "60",
    concerns: "traffic",
    does: "most seconds between two reads from a pod",
  },
  "proxy-send-timeout": {
    type: "int",
    value: "60",
    concerns: "traffic",
    does: "most seconds between two writes to a pod",
  },
  "proxy-buffers-number": { type: "int", value: "4", concerns: "traffic", does: "number of buffers for one response" },
  "proxy-buffer-size": {
    type: "size",
    value: "4k",
    concerns: "traffic",
    does: "buffer for response headers; larger ones get 502",
  },
  "proxy-busy-buffers-size": {
    type: "size",
    value: "",
    concerns: "traffic",
    does: "share of the buffers that may be busy sending",
  },
  "proxy-cookie-path": { type: "text", value: "off", concerns: "traffic", does: "rewrites the path of cookies" },
  "proxy-cookie-domain": { type: "text", value: "off", concerns: "traffic", does: "rewrites the domain of cookies" },
  "proxy-next-upstream": {
    type: "words",
    value: "error timeout",
    concerns: "traffic",
    does: "when a request is tried on another pod",
  },
  "proxy-next-upstream-timeout": {
    type: "int",
    value: "0",
    concerns: "traffic",
    does: "seconds that all tries together may take",
  },
  "proxy-next-upstream-tries": { type: "int", value: "3", concerns: "traffic", does: "how many pods are tried" },
  "proxy-redirect-from": {
    type: "text",
    value: "off",
    concerns: "traffic",
    does: "what is replaced in Location headers of applications",
  },
  "proxy-redirect-to": { type: "text", value: "off", concerns: "traffic", does: "what it is replaced by" },
  "proxy-request-buffering": {
    type: "text",
    value: "on",
    concerns: "traffic",
    does: "reads a request body in full before the pod gets it",
  },
  "proxy-buffering": {
    type: "text",
    value: "off",
    concerns: "traffic",
    does: "reads a response from the pod as fast as it comes",
  },
  "proxy-http-version": { type: "text", value: "1.1", concerns: "traffic", does: "HTTP version towards pods" },
  "proxy-max-temp-file-size": {
    type: "size",
    value: "1024m",
    concerns: "traffic",
    does: "most of a buffered response that goes to disk",
  },
  "skip-access-log-urls": { type: "list", value: "", concerns: "traffic", does: "request URIs that are not logged" },
  "ssl-redirect": {
    type: "bool",
    value: "true",
    concerns: "model",
    does: "redirects to HTTPS where there is a certificate",
  },
  "force-ssl-redirect": { type: "bool", value: "false", concerns: "model", does: "redirects to HTTPS always" },
  "use-port-in-redirects": {
    type: "bool",
    value: "false",
    concerns: "traffic",
    does: "writes the port into redirects",
  },
  "relative-redirects": {
    type: "bool",
    value: "false",
    concerns: "traffic",
    does: "writes redirects of nginx itself without scheme and host",
  },
  "upstream-hash-by": { type: "text", value: "", concerns: "nothing", does: "is parsed and read by nothing" },
  "upstream-hash-by-subset": {
    type: "bool",
    value: "false",
    concerns: "nothing",
    does: "is parsed and read by nothing",
  },
  "upstream-hash-by-subset-size": {
    type: "int",
    value: "0",
    concerns: "nothing",
    does: "is parsed and read by nothing",
  },
  "load-balance": {
    type: "text",
    value: "round_robin",
    concerns: "traffic",
    does: "how requests are spread over pods",
  },
  "whitelist-source-range": {
    type: "list",
    value: "",
    concerns: "traffic",
    does: "addresses that alone may come in where an Ingress has no list of its own",
  },
  "denylist-source-range": {
    type: "list",
    value: "",
    concerns: "traffic",
    does: "addresses that are refused where an Ingress has no list of its own",
  },
  "limit-rate": { type: "int", value: "0", concerns: "traffic", does: "KiB per second of one response" },
  "limit-rate-after": { type: "int", value: "0", concerns: "traffic", does: "KiB before limit-rate counts" },
  "service-upstream": {
    type: "bool",
    value: "false",
    concerns: "traffic",
    does: "uses the address of the Service instead of those of its pods",
  },
  "add-headers": { type: "text", value: "", concerns: "traffic", does: "ConfigMap with headers for every response" },
  "proxy-set-headers": {
    type: "text",
    value: "",
    concerns: "traffic",
    does: "ConfigMap with headers for every request to a pod",
  },
  "hide-headers": {
    type: "list",
    value: "",
    concerns: "traffic",
    does: "response headers of applications that clients do not get",
  },
  "allow-backend-server-header": {
    type: "bool",
    value: "false",
    concerns: "traffic",
    does: "lets the Server header of applications through, if server-tokens is on too",
  },
  "server-tokens": {
    type: "bool",
    value: "false",
    concerns: "traffic",
    does: "sends a Server header with nginx and its version",
  },
  "enable-underscores-in-headers": {
    type: "bool",
    value: "false",
    concerns: "traffic",
    does: "accepts request headers with underscores in their names",
  },
  "ignore-invalid-headers": {
    type: "bool",
    value: "true",
    concerns: "traffic",
    does: "drops request headers with invalid names",
  },
  "generate-request-id": {
    type: "bool",
    value: "true",
    concerns: "traffic",
    does: "makes an X-Request-ID where the client sent none",
  },
  "proxy-add-original-uri-header": {
    type: "bool",
    value: "false",
    concerns: "traffic",
    does: "sends X-Original-URI to pods",
  },
  "use-forwarded-headers": {
    type: "bool",
    value: "false",
    concerns: "traffic",
    does: "believes the X-Forwarded headers of clients",
  },
  "enable-real-ip": {
    type: "bool",
    value: "false",
    concerns: "traffic",
    does: "takes the client's address from forwarded-for-header",
  },
  "forwarded-for-header": {
    type: "text",
    value: "X-Forwarded-For",
    concerns: "traffic",
    does: "header that holds the client's address",
  },
  "forwarded-for-proxy-protocol-header": {
    type: "text",
    value: "X-Forwarded-For-Proxy-Protocol",
    concerns: "process",
    does: "name of a header inside of nginx",
  },
  "forwarded-host-header": {
    type: "text",
    value: "X-Forwarded-Host",
    concerns: "traffic",
    does: "header that is passed on as X-Original-Forwarded-Host",
  },
  "compute-full-forwarded-for": {
    type: "bool",
    value: "false",
    concerns: "traffic",
    does: "appends to X-Forwarded-For instead of replacing it",
  },
  "proxy-real-ip-cidr": {
    type: "list",
    value: "0.0.0.0/0",
    concerns: "traffic",
    does: "networks whose word about the client's address is believed",
  },
  "use-proxy-protocol": {
    type: "bool",
    value: "false",
    concerns: "traffic",
    does: "expects the PROXY protocol on ports 80 and 443",
  },
  "proxy-protocol-header-timeout": {
    type: "duration",
    value: "5s",
    concerns: "process",
    does: "how long the proxy for TLS passthrough waits for the PROXY header",
  },
  hsts: {
    type: "bool",
    value: "true",
    concerns: "traffic",
    does: "sends Strict-Transport-Security with every HTTPS response",
  },
  "hsts-include-subdomains": { type: "bool", value: "true", concerns: "traffic", does: "adds includeSubDomains to it" },
  "hsts-max-age": { type: "text", value: "31536000", concerns: "traffic", does: "its max-age" },
  "hsts-preload": { type: "bool", value: "false", concerns: "traffic", does: "adds preload to it" },
  "http-redirect-code": {
    type: "redirect-code",
    value: "308",
    concerns: "model",
    does: "status of redirects to HTTPS and to or from www",
  },
  "no-tls-redirect-locations": {
    type: "list",
    value: "/.well-known/acme-challenge",
    concerns: "model",
    does: "paths that are never redirected to HTTPS",
  },
  "ssl-ciphers": { type: "ciphers", value: DEFAULT_CIPHERS, concerns: "traffic", does: "ciphers below TLS 1.3" },
  "ssl-protocols": { type: "words", value: "TLSv1.2 TLSv1.3", concerns: "traffic", does: "versions of TLS" },
  "ssl-ecdh-curve": { type: "text", value: "auto", concerns: "traffic", does: "curves for key exchange" },
  "ssl-dh-param": {
    type: "text",
    value: "",
    concerns: "traffic",
    does: "Secret with parameters for finite-field Diffie-Hellman",
  },
  "ssl-early-data": {
    type: "bool",
    value: "false",
    concerns: "traffic",
    does: "accepts requests in the first flight of TLS 1.3",
  },
  "ssl-session-cache": {
    type: "bool",
    value: "true",
    concerns: "traffic",
    does: "lets clients resume TLS sessions by their number",
  },
  "ssl-session-cache-size": {
    type: "size",
    value: "10m",
    concerns: "process",
    does: "size of the cache for TLS sessions",
  },
  "ssl-session-tickets": {
    type: "bool",
    value: "false",
    concerns: "traffic",
    does: "lets clients resume TLS sessions by a ticket",
  },
  "ssl-session-ticket-key": { type: "secret", value: "", concerns: "process", does: "key of the tickets" },
  "ssl-session-timeout": {
    type: "text",
    value: "10m",
    concerns: "process",
    does: "how long a TLS session can be resumed",
  },
  "ssl-buffer-size": { type: "size", value: "4k", concerns: "process", does: "size of TLS records" },
  "ssl-reject-handshake": {
    type: "bool",
    value: "false",
    concerns: "traffic",
    does: "refuses TLS for unknown server names",
  },
  "enable-ocsp": { type: "bool", value: "false", concerns: "traffic", does: "staples OCSP answers to certificates" },
  "proxy-ssl-location-only": {
    type: "bool",
    value: "false",
    concerns: "traffic",
    does: "keeps proxy-ssl settings of one Ingress from the other paths of its host",
  },
  "limit-req-status-code": {
    type: "int",
    value: "503",
    concerns: "traffic",
    does: "status of requests above limit-rps and limit-rpm",
  },
  "limit-conn-status-code": {
    type: "int",
    value: "503",
    concerns: "traffic",
    does: "status of requests above limit-connections",
  },
  "limit-conn-zone-variable": {
    type: "text",
    value: "$binary_remote_addr",
    concerns: "traffic",
    does: "what rate and connection limits count by",
  },
  "block-cidrs": {
    type: "list",
    value: "",
    concerns: "traffic",
    does: "addresses that are refused where an Ingress has no list of its own",
  },
  "block-user-agents": { type: "list", value: "", concerns: "traffic", does: "User-Agent headers that are refused" },
  "block-referers": { type: "list", value: "", concerns: "traffic", does: "Referer headers that are refused" },
  "retry-non-idempotent": {
    type: "bool",
    value: "false",
    concerns: "traffic",
    does: "tries POST, LOCK and PATCH again as well",
  },
  "global-auth-url": {
    type: "url",
    value: "",
    concerns: "traffic",
    does: "asks this service about every request whose Ingress has no auth-url",
  },
  "global-auth-method": { type: "method", value: "", concerns: "traffic", does: "method of that request" },
  "global-auth-signin": {
    type: "url",
    value: "",
    concerns: "traffic",
    does: "where browsers are sent that the service refuses",
  },
  "global-auth-signin-redirect-param": {
    type: "text",
    value: "rd",
    concerns: "traffic",
    does: "query parameter that holds the way back",
  },
  "global-auth-response-headers": {
    type: "list",
    value: "",
    concerns: "traffic",
    does: "headers of the service that the pod gets",
  },
  "global-auth-request-redirect": {
    type: "text",
    value: "",
    concerns: "traffic",
    does: "X-Auth-Request-Redirect for the service",
  },
  "global-auth-snippet": {
    type: "text",
    value: "",
    concerns: "traffic",
    does: "nginx directives for the request to the service",
  },
  "global-auth-cache-key": {
    type: "text",
    value: "",
    concerns: "traffic",
    does: "what answers of the service are cached by",
  },
  "global-auth-cache-duration": { type: "list", value: "", concerns: "traffic", does: "how long they are cached" },
  "global-auth-always-set-cookie": {
    type: "bool",
    value: "false",
    concerns: "traffic",
    does: "passes the service's cookie on with every status",
  },
  "no-auth-locations": {
    type: "list",
    value: "/.well-known/acme-challenge",
    concerns: "traffic",
    does: "paths without passwords and external authentication",
  },
  "client-header-timeout": {
    type: "int",
    value: "60",
    concerns: "traffic",
    does: "seconds to receive the request headers",
  },
  "client-body-timeout": {
    type: "int",
    value: "60",
    concerns: "traffic",
    does: "most seconds between two reads of a request body",
  },
  "client-header-buffer-size": {
    type: "size",
    value: "1k",
    concerns: "process",
    does: "first buffer for request headers",
  },
  "large-client-header-buffers": {
    type: "words",
    value: "4 8k",
    concerns: "traffic",
    does: "most that request line and headers may take",
  },
  "client-body-buffer-size": {
    type: "size",
    value: "8k",
    concerns: "process",
    does: "request body that is kept in memory",
  },
  "keep-alive": {
    type: "int",
    value: "75",
    concerns: "traffic",
    does: "seconds that an idle client connection stays open",
  },
  "keep-alive-requests": { type: "int", value: "1000", concerns: "traffic", does: "requests on one client connection" },
  "upstream-keepalive-connections": {
    type: "int",
    value: "320",
    concerns: "traffic",
    does: "idle connections to pods that are kept",
  },
  "upstream-keepalive-time": {
    type: "text",
    value: "1h",
    concerns: "traffic",
    does: "longest life of a connection to a pod",
  },
  "upstream-keepalive-timeout": {
    type: "int",
    value: "60",
    concerns: "traffic",
    does: "seconds that an idle connection to a pod stays open",
  },
  "upstream-keepalive-requests": {
    type: "int",
    value: "10000",
    concerns: "traffic",
    does: "requests on one connection to a pod",
  },
  "use-http2": { type: "bool", value: "true", concerns: "traffic", does: "speaks HTTP/2 with clients" },
  "http2-max-field-size": {
    type: "size",
    value: "",
    concerns: "nothing",
    does: "is written for nginx versions of the past",
  },
  "http2-max-header-size": {
    type: "size",
    value: "",
    concerns: "nothing",
    does: "is written for nginx versions of the past",
  },
  "http2-max-requests": {
    type: "int",
    value: "0",
    concerns: "nothing",
    does: "is written for nginx versions of the past",
  },
  "http2-max-concurrent-streams": {
    type: "int",
    value: "128",
    concerns: "traffic",
    does: "parallel requests on one HTTP/2 connection",
  },
  "use-gzip": { type: "bool", value: "false", concerns: "traffic", does: "compresses responses with gzip" },
  "gzip-disable": { type: "text", value: "", concerns: "traffic", does: "clients that get no gzip" },
  "gzip-level": { type: "int", value: "1", concerns: "traffic", does: "how hard gzip tries" },
  "gzip-min-length": {
    type: "int",
    value: "256",
    concerns: "traffic",
    does: "shortest response that is compressed with gzip",
  },
  "gzip-types": {
    type: "words",
    value: GZIP_TYPES,
    concerns: "traffic",
    does: "MIME types that are compressed with gzip",
  },
  "enable-brotli": { type: "bool", value: "false", concerns: "traffic", does: "compresses responses with Brotli" },
  "brotli-level": { type: "int", value: "4", concerns: "traffic", does: "how hard Brotli tries" },
  "brotli-min-length": {
    type: "int",
    value: "20",
    concerns: "traffic",
    does: "shortest response that is compressed with Brotli",
  },
  "brotli-types": {
    type: "words",
    value: `application/xml+rss ${GZIP_TYPES}`,
    concerns: "traffic",
    does: "MIME types that are compressed with Brotli",
  },
  "default-type": {
    type: "text",
    value: "text/html",
    concerns: "process",
    does: "MIME type of answers that nginx makes itself",
  },
  "grpc-buffer-size-kb": { type: "int", value: "0", concerns: "process", does: "buffer for gRPC responses" },
  "main-snippet": { type: "text", value: "", concerns: "traffic", does: "nginx directives for the main context" },
  "http-snippet": { type: "text", value: "", concerns: "traffic", does: "nginx directives for http" },
  "server-snippet": { type: "text", value: "", concerns: "traffic", does: "nginx directives for every host" },
  "location-snippet": { type: "text", value: "", concerns: "traffic", does: "nginx directives for every path" },
  "stream-snippet": { type: "text", value: "", concerns: "traffic", does: "nginx directives for stream" },
  "proxy-stream-timeout": {
    type: "text",
    value: "600s",
    concerns: "traffic",
    does: "idle time of TCP and UDP services",
  },
  "proxy-stream-next-upstream": {
    type: "bool",
    value: "true",
    concerns: "traffic",
    does: "tries another pod when a TCP connection fails",
  },
  "proxy-stream-next-upstream-timeout": {
    type: "text",
    value: "600s",
    concerns: "traffic",
    does: "how long that may go on",
  },
  "proxy-stream-next-upstream-tries": { type: "int", value: "3", concerns: "traffic", does: "how many pods are tried" },
  "proxy-stream-responses": {
    type: "int",
    value: "1",
    concerns: "traffic",
    does: "datagrams that a UDP service answers with",
  },
  "enable-modsecurity": {
    type: "bool",
    value: "false",
    concerns: "traffic",
    does: "looks at every request with ModSecurity",
  },
  "enable-owasp-modsecurity-crs": {
    type: "bool",
    value: "false",
    concerns: "traffic",
    does: "uses the OWASP rule set for it",
  },
  "modsecurity-snippet": { type: "text", value: "", concerns: "traffic", does: "rules for it" },
  "use-geoip2": {
    type: "bool",
    value: "false",
    concerns: "traffic",
    does: "fills the GeoIP variables of snippets and log formats",
  },
  "geoip2-autoreload-in-minutes": {
    type: "int",
    value: "0",
    concerns: "process",
    does: "how often the GeoIP databases are read again",
  },
  "access-log-params": { type: "text", value: "", concerns: "traffic", does: "further parameters of the access log" },
  "access-log-path": {
    type: "text",
    value: "/var/log/nginx/access.log",
    concerns: "traffic",
    does: "file of the access log",
  },
  "http-access-log-path": { type: "text", value: "", concerns: "traffic", does: "file of the access log for HTTP" },
  "stream-access-log-path": {
    type: "text",
    value: "",
    concerns: "traffic",
    does: "file of the access log for TCP and UDP",
  },
  "disable-access-log": { type: "bool", value: "false", concerns: "traffic", does: "writes no access log" },
  "disable-http-access-log": {
    type: "bool",
    value: "false",
    concerns: "traffic",
    does: "writes no access log for HTTP",
  },
  "disable-stream-access-log": {
    type: "bool",
    value: "false",
    concerns: "traffic",
    does: "writes no access log for TCP and UDP",
  },
  "enable-access-log-for-default-backend": {
    type: "bool",
    value: "false",
    concerns: "traffic",
    does: "logs requests to the default backend",
  },
  "enable-auth-access-log": {
    type: "bool",
    value: "false",
    concerns: "traffic",
    does: "logs requests to external auth services",
  },
  "error-log-path": {
    type: "text",
    value: "/var/log/nginx/error.log",
    concerns: "process",
    does: "file of the error log",
  },
  "error-log-level": { type: "text", value: "notice", concerns: "process", does: "detail of the error log" },
  "log-format-escape-none": {
    type: "bool",
    value: "false",
    concerns: "traffic",
    does: "writes values into the log as they are",
  },
  "log-format-escape-json": {
    type: "bool",
    value: "false",
    concerns: "traffic",
    does: "escapes values in the log as JSON",
  },
  "log-format-upstream": {
    type: "text",
    value: UPSTREAM_LOG_FORMAT,
    concerns: "traffic",
    does: "format of the access log for HTTP",
  },
  "log-format-stream": {
    type: "text",
    value: STREAM_LOG_FORMAT,
    concerns: "traffic",
    does: "format of the access log for TCP and UDP",
  },
  "enable-syslog": { type: "bool", value: "false", concerns: "traffic", does: "sends logs to a syslog server" },
  "syslog-host": { type: "text", value: "", concerns: "traffic", does: "that server" },
  "syslog-port": { type: "int", value: "514", concerns: "traffic", does: "its port" },
  "enable-opentelemetry": { type: "bool", value: "false", concerns: "traffic", does: "traces every request" },
  "opentelemetry-config": {
    type: "text",
    value: "/etc/ingress-controller/telemetry/opentelemetry.toml",
    concerns: "process",
    does: "file with the configuration of the tracer",
  },
  "opentelemetry-operation-name": { type: "text", value: "", concerns: "traffic", does: "name of spans" },
  "opentelemetry-trust-incoming-span": {
    type: "bool",
    value: "true",
    concerns: "traffic",
    does: "takes the client's span for the parent",
  },
  "otlp-collector-host": { type: "text", value: "", concerns: "traffic", does: "collector of the traces" },
  "otlp-collector-port": { type: "text", value: "4317", concerns: "traffic", does: "its port" },
  "otel-service-name": { type: "text", value: "nginx", concerns: "traffic", does: "name of the service in traces" },
  "otel-sampler": { type: "text", value: "AlwaysOn", concerns: "traffic", does: "which requests are traced" },
  "otel-sampler-ratio": {
    type: "float",
    value: "0.01",
    concerns: "traffic",
    does: "share of requests that TraceIdRatioBased traces",
  },
  "otel-sampler-parent-based": {
    type: "bool",
    value: "true",
    concerns: "traffic",
    does: "follows the decision of the client's span",
  },
  "otel-max-queuesize": { type: "int", value: "2048", concerns: "process", does: "queue of the exporter" },
  "otel-schedule-delay-millis": { type: "int", value: "5000", concerns: "process", does: "delay of the exporter" },
  "otel-max-export-batch-size": { type: "int", value: "512", concerns: "process", does: "batches of the exporter" },
  "worker-processes": { type: "text", value: "", concerns: "process", does: "number of workers" },
  "worker-cpu-affinity": { type: "text", value: "", concerns: "process", does: "workers bound to CPUs" },
  "enable-serial-reloads": { type: "bool", value: "false", concerns: "process", does: "reloads one after the other" },
  "worker-shutdown-timeout": {
    type: "text",
    value: "240s",
    concerns: "process",
    does: "how long workers of an old configuration live on",
  },
  "enable-multi-accept": { type: "bool", value: "true", concerns: "process", does: "accepts connections in batches" },
  "max-worker-connections": { type: "int", value: "16384", concerns: "traffic", does: "connections of one worker" },
  "max-worker-open-files": { type: "int", value: "0", concerns: "process", does: "open files of one worker" },
  "map-hash-bucket-size": { type: "int", value: "64", concerns: "process", does: "size of a hash table" },
  "server-name-hash-max-size": { type: "int", value: "1024", concerns: "process", does: "size of a hash table" },
  "server-name-hash-bucket-size": { type: "int", value: "0", concerns: "process", does: "size of a hash table" },
  "proxy-headers-hash-max-size": { type: "int", value: "512", concerns: "process", does: "size of a hash table" },
  "proxy-headers-hash-bucket-size": { type: "int", value: "64", concerns: "process", does: "size of a hash table" },
  "variables-hash-bucket-size": { type: "int", value: "256", concerns: "process", does: "size of a hash table" },
  "variables-hash-max-size": { type: "int", value: "2048", concerns: "process", does: "size of a hash table" },
  "enable-aio-write": { type: "bool", value: "true", concerns: "process", does: "writes files asynchronously" },
  "reuse-port": { type: "bool", value: "true", concerns: "process", does: "one listening socket for each worker" },
  "disable-ipv6": { type: "bool", value: "false", concerns: "traffic", does: "does not listen on IPv6" },
  "disable-ipv6-dns": { type: "bool", value: "false", concerns: "process", does: "asks DNS for IPv4 only" },
  "bind-address": { type: "list", value: "", concerns: "traffic", does: "addresses to listen on" },
  "bind-address-ipv4": {
    type: "list",
    value: "",
    concerns: "traffic",
    does: "an IPv4 address to listen on, the whole text as one",
  },
  "bind-address-ipv6": {
    type: "list",
    value: "",
    concerns: "traffic",
    does: "an IPv6 address to listen on, the whole text as one",
  },
  "nginx-status-ipv4-whitelist": {
    type: "list",
    value: "127.0.0.1",
    concerns: "traffic",
    does: "who may read /nginx_status",
  },
  "nginx-status-ipv6-whitelist": {
    type: "list",
    value: "::1",
    concerns: "traffic",
    does: "who may read /nginx_status",
  },
  "lua-shared-dicts": { type: "list", value: "", concerns: "process", does: "memory of the Lua code" },
  "debug-connections": {
    type: "list",
    value: "",
    concerns: "process",
    does: "clients whose connections are logged in detail",
  },
  "global-external-auth": {
    type: "text",
    value: "",
    concerns: "nothing",
    does: "holds the global-auth keys inside of the controller",
  },
} as const satisfies Readonly<Record<string, ControllerKey>>;

/** Name of a key that the final controller knows. */
export type ControllerKeyName = keyof typeof KEYS;

/** Keys that change requests or answers, so that each target has to say what becomes of them. */
export type TrafficKeyName = {
  [Name in ControllerKeyName]: (typeof KEYS)[Name]["concerns"] extends "traffic" ? Name : never;
}[ControllerKeyName];

export const CONTROLLER_KEYS: ReadonlyMap<string, ControllerKey> = new Map(Object.entries(KEYS));

/** Whether the final controller knows a key of this name. */
export function isControllerKey(key: string): key is ControllerKeyName {
  return Object.hasOwn(KEYS, key);
}

/** Whether a key changes requests or answers. */
export function isTrafficKey(key: ControllerKeyName): key is TrafficKeyName {
  return KEYS[key].concerns === "traffic";
}

/** Keys of older controllers, and the first version without them (changelog/controller-1.10.0.md, changelog/controller-1.12.0.md). */
export const REMOVED_KEYS: readonly { readonly pattern: RegExp; readonly removedIn: string }[] = [
  { pattern: /^global-rate-limit-/, removedIn: "1.12.0" },
  { pattern: /^plugins$/, removedIn: "1.12.0" },
  { pattern: /^(?:enable-opentracing$|opentracing-|zipkin-|jaeger-|datadog-)/, removedIn: "1.10.0" },
  { pattern: /^use-geoip$/, removedIn: "1.10.0" },
];
