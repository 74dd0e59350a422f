import type { Decision } from "../decision.js";
import { envoyPath } from "../gateway/envoy-path.js";
import { parseUri } from "../nginx/uri.js";
import type { ProbeRequest } from "../request.js";
import { differencesOf, type Aspect, type Difference } from "./difference.js";

/** What the output asks of listeners; where it cannot, escaped slashes are read differently in any case. */
const ASKED = { mergesSlashes: true, escapedSlashes: "KeepUnchanged" } as const;

/** Whether both proxies look for the same path behind a spelling: dot segments, repeated slashes and needless escapes, but no others. */
export function isReadAlike(raw: string, plain: string): boolean {
  const read = envoyPath(raw, ASKED);
  return read.kind === "path" && upperEscapes(read.path) === upperEscapes(plain);
}

const upperEscapes = (path: string): string => path.replaceAll(/%[0-9a-f]{2}/gi, (escape) => escape.toUpperCase());

/** Parts of an answer in which the path of the request stands as it was sent. */
const HOLDING: readonly Aspect[] = ["path", "location", "request-header", "response-header", "authentication"];

/**
 * Whether one proxy answers two spellings of a path alike, apart from the spelling, as far as the two proxies differ about the request.
 *
 * @param of the request, and where the proxies differ about it
 * @param path the plain spelling of the request's path
 */
export function isSpelling(
  { request, unnamed }: { readonly request: ProbeRequest; readonly unnamed: readonly Difference[] },
  path: string,
  plain: Decision,
  spelled: Decision,
): boolean {
  // Addresses of sign-in pages hold the whole target as a value (template.go, buildAuthSignURL), or as it was sent where they name $request_uri.
  const asValue = (text: string): string =>
    text
      .replaceAll(encodeURIComponent(request.path), () => encodeURIComponent(path))
      .replaceAll(request.path, () => path);
  return differencesOf({ request, before: plain, after: spelled }, {})
    .filter((difference) => isAbout(difference, unnamed))
    .every(
      ({ aspect, before, after }) =>
        HOLDING.includes(aspect) && (normal(before) === normal(after) || before === asValue(after)),
    );
}

/** Whether a difference bears on those: one of the answer as a whole does, one of a detail on the same detail. */
export const isAbout = ({ aspect, name }: Difference, others: readonly Difference[]): boolean =>
  !HOLDING.includes(aspect) || others.some((one) => one.aspect === aspect && one.name === name);

/** A path or an address with its path as nginx reads it; a last slash comes and goes with the HTTPS redirect. */
function normal(text: string): string {
  const [, origin = "", path = "", rest = ""] = /^(.*?:\/\/[^/?]*)?([^?]*)(.*)$/s.exec(text) ?? [];
  const parsed = parseUri(path);
  return `${origin}${(parsed.kind === "uri" ? parsed.uri : path).replace(/\/$/, "")}${rest}`;
}
