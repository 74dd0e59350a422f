/** The URI that nginx matches locations with, or its refusal of the request. */
export type ParsedUri = { readonly kind: "uri"; readonly uri: string } | { readonly kind: "bad-request" };

const BAD: ParsedUri = { kind: "bad-request" };

/**
 * Decodes and normalises a raw path as nginx does before it looks for a location: percent signs decoded, repeated slashes merged, dot segments
 * resolved, a way above the root refused (ngx_http_parse_complex_uri, merge_slashes on).
 */
export function parseUri(raw: string): ParsedUri {
  const text = raw.includes("%") ? decode(raw) : raw;
  if (text === undefined || !text.startsWith("/")) return BAD;
  if (!/\/\/|\/\./.test(text)) return { kind: "uri", uri: text };
  const segments = text.split("/").slice(1);
  const kept: string[] = [];
  let endsInSlash = false;
  for (const [index, segment] of segments.entries()) {
    const isLast = index === segments.length - 1;
    endsInSlash = isLast && (segment === "" || segment === "." || segment === "..");
    if (segment === "..") {
      if (kept.pop() === undefined) return BAD;
    } else if (segment !== "" && segment !== ".") kept.push(segment);
  }
  const path = `/${kept.join("/")}`;
  return { kind: "uri", uri: endsInSlash && path !== "/" ? `${path}/` : path };
}

/** Percent-decoded text; undefined where nginx answers 400: a percent sign without two digits, or a zero byte. */
function decode(raw: string): string | undefined {
  if (/%(?![0-9a-fA-F]{2})|%00/.test(raw)) return undefined;
  return raw.replaceAll(/(?:%[0-9a-fA-F]{2})+/g, (run) => {
    const bytes = new Uint8Array([...run.matchAll(/%(..)/g)].map(([, hex = ""]) => Number.parseInt(hex, 16)));
    return textOf(Array.from(bytes, (byte) => (byte < 0x80 ? String.fromCharCode(byte) : markOf(byte))).join(""));
  });
}

/** Bytes beyond ASCII stand at private characters, which have no case: PCRE compares a path byte by byte, and folds ASCII letters alone. */
const MARKS = 0xe000;
const markOf = (byte: number): string => String.fromCharCode(MARKS + byte);

/** A path as the bytes that nginx matches. */
export function asBytes(text: string): string {
  return text.replaceAll(/[^\u0000-\u007f\ue080-\ue0ff]+/gu, (run) =>
    Array.from(new TextEncoder().encode(run), markOf).join(""),
  );
}

/** An expression for such bytes. */
export function asBytesPattern(pattern: string): string {
  return asBytes(pattern).replaceAll(/\\(?:x([89a-f][0-9a-f])|[^])/gi, (whole, hex?: string) =>
    hex === undefined ? whole : markOf(Number.parseInt(hex, 16)),
  );
}

/** The text that bytes stand for; what is no UTF-8 stays bytes. */
export function textOf(bytes: string): string {
  return bytes.replaceAll(/[\ue080-\ue0ff]+/g, (run) => {
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(
        Uint8Array.from(run, (mark) => mark.charCodeAt(0) - MARKS),
      );
    } catch {
      return run;
    }
  });
}

/** A character, or a single byte, as nginx writes it in a URI. */
function escaped(char: string): string {
  return Array.from(asBytes(char), (byte) => {
    const code = byte.charCodeAt(0);
    return `%${(code < 0x80 ? code : code - MARKS).toString(16).toUpperCase().padStart(2, "0")}`;
  }).join("");
}

/** Characters that nginx encodes in a URI that it has changed (ngx_escape_uri, NGX_ESCAPE_URI, nginx 1.27). */
const ESCAPED = /[\u0000-\u0020"#%<>?\\^`{|}\u007f-\u{10ffff}]/gu;

/** A changed URI as it is sent to the backend. */
export function escapeUri(uri: string): string {
  return uri.replaceAll(ESCAPED, escaped);
}

/** Groups in the Location of a rewrite: those of a path that was escaped are escaped again (ngx_http_script_copy_capture_code). */
export function escapedGroups(groups: readonly string[], { path }: { readonly path: string }): readonly string[] {
  return /[%+]/.test(path) ? groups.map(escapeArguments) : groups;
}

const escapeArguments = (text: string): string =>
  text.replaceAll(/[\u0000-\u0020"#%&+;<>?\\^`{|}\u007f-\u{10ffff}]/gu, escaped);

/**
 * The Location of a rewrite: escapes of what stands behind the percent sign in ASCII are read, up to a question mark (ngx_http_script_regex_end_code,
 * NGX_UNESCAPE_REDIRECT; seen on the real controller).
 */
export function unescapedRedirect(text: string): string {
  const end = /\?|%3f/i.exec(text)?.index ?? text.length;
  const head = text.slice(0, end).replaceAll(/%([0-9a-f]{2})/gi, (whole, hex: string) => {
    const code = Number.parseInt(hex, 16);
    return code > 0x25 && code < 0x7f ? String.fromCharCode(code) : whole;
  });
  return head + text.slice(end).replace(/^%3f/i, "?");
}
