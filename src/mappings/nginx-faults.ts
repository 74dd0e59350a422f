/**
 * Texts that the controller writes into its configuration as they are, and that nginx refuses there. `nginx -t` fails with one of them, and the
 * controller goes on with the configuration that it has, for all hosts (nginx.go, testTemplate). Facts: nginx 1.27.1, the function that sets each directive.
 */
import { RE2JS } from "re2js";
import type { CatalogueEntry } from "./types.js";

type Spec = CatalogueEntry["value"];
type Fault = (text: string) => string | undefined;

const word: Fault = (text) =>
  /\s/.test(text) ? "its directive takes one word here, and blanks divide it into several" : undefined;
/** Where a brace may be part of the text, which ends the word unless it follows a `$` (ngx_conf_read_token). */
const bareWord: Fault = (text) => word(text) ?? (/(?<!\$)\{/.test(text) ? "a brace begins a block for it" : undefined);

/** More bytes than ngx_parse_size can count. */
const MOST_BYTES = 2 ** 63;

function sizeFault(text: string, units: string): string | undefined {
  const [, digits = "", unit = ""] = /^(\d+)([a-z]?)$/.exec(text.toLowerCase()) ?? [];
  if (digits === "" || !units.includes(unit))
    return `${JSON.stringify(text)} is no size to it: digits, and one of ${units} behind them`;
  const bytes = Number(digits) * 1024 ** ["", "k", "m", "g"].indexOf(unit);
  return bytes < MOST_BYTES ? undefined : `${JSON.stringify(text)} is more than it can count`;
}

/** The controller leaves out what is not digits with one of k, m and g (template.go, isValidByteSize). */
const offered = (text: string, units: RegExp): boolean => units.test(text);

/** Decimal digits with an optional sign, which the controller writes without the plus. */
function numberFault(text: string, low: number, high = Infinity): string | undefined {
  if (!/^[+-]?\d+$/.test(text)) return undefined;
  const number = Number(text);
  return number < low
    ? `it takes no number below ${low} here`
    : number > high
      ? `it takes no number above ${high} here`
      : undefined;
}

/** A status, or `any`, in front of the time of proxy_cache_valid, which is in seconds or more (ngx_http_file_cache_valid_set_slot). */
function durationsFault(text: string): string | undefined {
  for (const item of text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "")) {
    const words = item.split(/\s+/);
    const time = words.at(-1) ?? "";
    const stranger = words.slice(0, -1).find((one) => one !== "any" && !/^0*[1-5]\d\d$/.test(one));
    if (stranger !== undefined) return `${JSON.stringify(stranger)} in front of the time is no status from 100 to 599`;
    if (time.endsWith("ms")) return `${JSON.stringify(time)} is shorter than the seconds that it counts here`;
  }
  return undefined;
}

/** Statuses of error_page: 300 to 599, and 499 is nginx's own (ngx_http_core_error_page). */
function statusesFault(text: string): string | undefined {
  const codes = text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
  // With an item that is no number the controller takes none of them.
  if (codes.some((code) => !/^\d{1,18}$/.test(code))) return undefined;
  const bad = codes.find((code) => Number(code) < 300 || Number(code) > 599 || Number(code) === 499);
  return bad === undefined ? undefined : `it has no error page for ${bad}`;
}

/**
 * Names of server_name: one wildcard at the most, as the first or the last label (ngx_http_core_server_name, ngx_hash_add_key). An expression counts as
 * broken where neither of two engines compiles it.
 */
function namesFault(text: string): string | undefined {
  for (const name of text.split(",").map((part) => part.trim())) {
    if (name.startsWith("~")) {
      if (isBrokenExpression(name.slice(1))) return `${JSON.stringify(name)} is no expression to it`;
      continue;
    }
    const isWild = name.includes("*");
    if (isWild && !/^\*\.[^*]+$|^[^*]+\.\*$/.test(name))
      return `${JSON.stringify(name)} is no name to it, nor a wildcard`;
    if (name.includes("..") || name === ".") return `${JSON.stringify(name)} is no name to it`;
  }
  return undefined;
}

/** What PCRE knows and neither of the two engines does. */
const OF_PCRE = /\(\?(?:[>|#R&\d+-]|P[=>])|\(\*|\\[KQEGRXhHvVN]/;

/** Whether neither of two engines compiles an expression, so that nginx hardly does. */
export function isBrokenExpression(pattern: string): boolean {
  if (OF_PCRE.test(pattern)) return false;
  // Possessive quantifiers are as well formed without their plus.
  const plain = pattern.replaceAll(/(?<=[*+?}])\+/g, "");
  // The engine of JavaScript first: it takes nearly all of them, in a fiftieth of the time.
  const compiles = [(): unknown => new RegExp(plain), (): unknown => RE2JS.compile(plain)];
  return !compiles.some((compile) => {
    try {
      compile();
      return true;
    } catch {
      return false; // the other one is asked
    }
  });
}

export const NGINX_CHECKS = {
  word,
  "bare-word": bareWord,
  // Blanks around it are those between words; within quotes they belong to it.
  "unquoted-word": (text) => (/^\s*["']/.test(text) ? undefined : bareWord(text.trim())),
  "cookie-path": (text) =>
    text === "off" || text.split(/\s+/).length === 2
      ? undefined
      : "proxy_cookie_path takes off, or the path and what replaces it",
  size: (text) => sizeFault(text, "km"),
  "buffer-size": (text) =>
    sizeFault(text, "km") ?? (/^0+[km]?$/i.test(text) ? "a buffer of no bytes is none" : undefined),
  "checked-size": (text) => (offered(text, /^\d+[kKmM]?$/) ? sizeFault(text, "km") : undefined),
  "checked-offset": (text) => (offered(text, /^\d+[kKmMgG]?$/) ? sizeFault(text, "kmg") : undefined),
  "checked-offset-as-size": (text) => (offered(text, /^\d+[kKmMgG]?$/) ? sizeFault(text, "km") : undefined),
  "zero-or-more": (text) => numberFault(text, 0),
  "one-or-more": (text) => numberFault(text, 1),
  connections: (text) => numberFault(text, -Infinity, 65535),
  names: namesFault,
  durations: durationsFault,
  protocols: (text) => {
    const stranger = text.split(/\s+/).find((one) => one !== "" && !/^TLSv1\.[23]$/.test(one));
    return stranger === undefined ? undefined : `${JSON.stringify(stranger)} is no protocol to it`;
  },
  statuses: statusesFault,
} as const satisfies Readonly<Record<string, Fault>>;

export type NginxCheckName = keyof typeof NGINX_CHECKS;

/** Why nginx refuses a text that the controller accepts; `undefined` where it takes it. */
export function nginxFault(text: string, { nginx }: Pick<Spec, "nginx">): string | undefined {
  return nginx === undefined ? undefined : NGINX_CHECKS[nginx](text);
}
