/** How a listener treats the path before it looks for a route. */
export type PathSettings = {
  readonly mergesSlashes: boolean;
  readonly escapedSlashes: "KeepUnchanged" | "UnescapeAndForward" | "UnescapeAndRedirect" | "RejectRequest";
};

export type EnvoyPath =
  | { readonly kind: "path"; readonly path: string }
  | { readonly kind: "redirect"; readonly path: string }
  | { readonly kind: "bad-request" };

/**
 * The path that Envoy matches and sends on: escaped slashes first, then the normal form of RFC 3986, then repeated slashes
 * (source/common/http/conn_manager_utility.cc maybeNormalizePath; normalize_path is always on in Envoy Gateway, internal/xds/translator/listener.go).
 */
export function envoyPath(raw: string, settings: PathSettings): EnvoyPath {
  const hasEscaped = /%2[fF]|%5[cC]/.test(raw);
  if (hasEscaped && settings.escapedSlashes === "RejectRequest") return { kind: "bad-request" };
  const unescapes = hasEscaped && settings.escapedSlashes !== "KeepUnchanged";
  const text = unescapes ? raw.replaceAll(/%2[fF]/g, "/").replaceAll(/%5[cC]/g, "\\") : raw;
  if (text.includes("%00")) return { kind: "bad-request" };
  const normal = withoutDots(canonical(text));
  const path = settings.mergesSlashes ? normal.replaceAll(/\/{2,}/g, "/") : normal;
  return { kind: unescapes && settings.escapedSlashes === "UnescapeAndRedirect" ? "redirect" : "path", path };
}

/** Unreserved characters are decoded, characters that no path may hold are encoded, a backslash is a slash (googleurl, url_canon_path.cc). */
function canonical(text: string): string {
  if (/^[\w\-.~/!$&'()*+,;=:@]*$/.test(text)) return text;
  return text
    .replaceAll("\\", "/")
    .replaceAll(/%([0-9a-fA-F]{2})/g, (escape, hex: string) => {
      const char = String.fromCharCode(Number.parseInt(hex, 16));
      return /[\w\-.~]/.test(char) ? char : escape;
    })
    .replaceAll(/[\u0000-\u0020"<>`{}\u007f-\uffff]/g, encodeURIComponent);
}

/** Dot segments go, each `..` with the segment before it; above the root they go alone. Empty segments count as segments. */
function withoutDots(path: string): string {
  if (!/\/\.{1,2}(?:\/|$)/.test(path)) return path;
  const segments = path.split("/").slice(1);
  const kept: string[] = [];
  for (const [index, segment] of segments.entries()) {
    const isLast = index === segments.length - 1;
    if (segment === "." || segment === "..") {
      if (segment === "..") kept.pop();
      if (isLast) kept.push("");
    } else kept.push(segment);
  }
  return `/${kept.join("/")}`;
}
