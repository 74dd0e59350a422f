/** nginx variables with an Envoy operator of the same meaning (custom-headers entry of the target's reference). */
const OPERATORS: Readonly<Record<string, string>> = {
  host: "%REQ(:AUTHORITY)%",
  http_host: "%REQ(:AUTHORITY)%",
  best_http_host: "%REQ(:AUTHORITY)%",
  scheme: "%REQ(X-FORWARDED-PROTO)%",
  pass_access_scheme: "%REQ(X-FORWARDED-PROTO)%",
  request_uri: "%REQ(:PATH)%",
  escaped_request_uri: "%REQ(:PATH)%",
  remote_addr: "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%",
  request_id: "%REQ(X-REQUEST-ID)%",
  req_id: "%REQ(X-REQUEST-ID)%",
  request_method: "%REQ(:METHOD)%",
  server_protocol: "%PROTOCOL%",
};

/**
 * Makes a text safe as a header value: Envoy reads values as format strings, and an operator that it does not know makes
 * it refuse the configuration of the whole proxy.
 */
export function escapeHeaderValue(value: string): string {
  return value.replaceAll("%", "%%");
}

/**
 * A text with nginx variables as an Envoy format string.
 *
 * @returns the format string, or the first variable that has no operator
 */
export function formatStringOf(text: string): { readonly value: string } | { readonly unknown: string } {
  let value = "";
  let rest = text;
  for (;;) {
    const at = rest.indexOf("$");
    if (at < 0) return { value: value + escapeHeaderValue(rest) };
    value += escapeHeaderValue(rest.slice(0, at));
    const found = /^\$(?:\{([a-z0-9_]+)\}|([a-z0-9_]+))/i.exec(rest.slice(at));
    if (found === null) return { unknown: "$" };
    const name = found[1] ?? found[2] ?? "";
    const operator = OPERATORS[name] ?? headerOperator(name);
    if (operator === undefined) return { unknown: `$${name}` };
    value += operator;
    rest = rest.slice(at + found[0].length);
  }
}

function headerOperator(name: string): string | undefined {
  return name.startsWith("http_") ? `%REQ(${name.slice("http_".length).replaceAll("_", "-")})%` : undefined;
}

/** Headers that Envoy always has a value of. */
const PRESENT = new Set(["x-request-id", "x-forwarded-proto"]);

/**
 * Headers of the request that a format string reads, and whether it consists of nothing else: Envoy leaves a header as it is whose new value is empty
 * (header_parser.cc, evaluateHeaders).
 */
export function headersRead(format: string): { readonly headers: readonly string[]; readonly mayBeEmpty: boolean } {
  const headers = [...format.matchAll(READ)].map(([, name = ""]) => name.toLowerCase());
  const isAll = format.replaceAll(READ, "") === "";
  return { headers, mayBeEmpty: isAll && !headers.some((name) => PRESENT.has(name)) };
}

const READ = /%REQ\(([^:)][^)]*)\)%/g;
