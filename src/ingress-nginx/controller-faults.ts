/**
 * Values of the controller's ConfigMap that it accepts and nginx refuses: `nginx -t` fails, and nothing that was changed since takes effect. Facts:
 * nginx.tmpl says where a key is written, and nginx 1.27.1 what may stand there.
 */
import { isAddress, isBrokenExpression, nginxFault, type NginxCheckName } from "../mappings/index.js";
import { parseConfig } from "../nginx-config/index.js";
import { bufferFault, BUFFERS, bytesOf } from "./buffers.js";
import type { ControllerKeyName } from "./controller-keys.js";

/** Values of all keys, those that the ConfigMap does not set included. */
export type TextOf = (key: ControllerKeyName) => string;
type Fault = (text: string, textOf: TextOf) => string | undefined;

/** The words of an argument list; undefined where something in it ends the directive or begins a block (ngx_conf_read_token). */
function wordsOf(text: string): readonly string[] | undefined {
  const { directives, problem } = parseConfig(`x ${text};`);
  const [only] = directives;
  return problem !== undefined || directives.length !== 1 || only?.block !== undefined ? undefined : only?.args;
}

const BROKEN = "something in it ends the directive or begins a block";
const shown = (text: string): string => JSON.stringify(text);

const words =
  (low: number, high: number, each?: (word: string) => boolean): Fault =>
  (text) => {
    const found = wordsOf(text);
    if (found === undefined) return BROKEN;
    const range = high === Infinity ? `${low} or more` : String(high);
    if (found.length < low || found.length > high)
      return `its directive takes ${range} word${range === "1" ? "" : "s"}, and there ${found.length === 1 ? "is" : "are"} ${found.length}`;
    const stranger = each === undefined ? undefined : found.find((word) => !each(word));
    return stranger === undefined ? undefined : `${shown(stranger)} is none of the words that it knows`;
  };

/** Words of a fixed set count in any case (ngx_conf_set_flag_slot, ngx_conf_set_enum_slot). */
const oneOf = (...known: readonly string[]): Fault => words(1, 1, (word) => known.includes(word.toLowerCase()));
const offOrTwo: Fault = (text, textOf) => (text.trim() === "off" ? undefined : words(2, 2)(text, textOf));
const like =
  (check: NginxCheckName): Fault =>
  (text) =>
    nginxFault(text, { nginx: check });
const unless =
  (isUnused: (text: string, textOf: TextOf) => boolean, fault: Fault): Fault =>
  (text, textOf) =>
    isUnused(text, textOf) ? undefined : fault(text, textOf);
const whereOn = (key: ControllerKeyName, fault: Fault): Fault => unless((_, textOf) => textOf(key) !== "true", fault);

const between =
  (low: number, high: number): Fault =>
  (text) =>
    Number(text) >= low && Number(text) <= high
      ? undefined
      : `it takes ${high === Infinity ? `no number below ${low}` : `numbers from ${low} to ${high}`} here`;

/** A time of one word; seconds know no `ms` (ngx_parse_time). */
const time = (units: string): Fault => words(1, 1, (word) => new RegExp(`^(?:\\d+(?:${units})?)+$`).test(word));

/** The list as configmap.go divides it: empty items fall out, and blank ones stay (splitAndTrimSpace). */
const itemsOf = (text: string): readonly string[] =>
  text
    .split(",")
    .filter((item) => item !== "")
    .map((item) => item.trim());

const addresses: Fault = (text) => {
  const bad = itemsOf(text).find((item) => item !== "all" && !isAddress(item));
  return bad === undefined ? undefined : `${shown(bad)} is no address or CIDR to it`;
};

/** Every item is the first word of a line of a map. */
const mapKeys: Fault = (text) => {
  for (const item of itemsOf(text)) {
    const found = wordsOf(item);
    if (found?.length !== 1)
      return `${shown(item)} is not one word of its configuration, which quotes around it would make it`;
    const expression = /^~\*?(.*)$/s.exec(found[0] ?? "")?.[1];
    if (expression !== undefined && isBrokenExpression(expression)) return `${shown(item)} is no expression to it`;
  }
  return undefined;
};

const eachOneWord: Fault = (text) =>
  itemsOf(text).some((item) => wordsOf(item)?.length !== 1) ? "each item has to be one word" : undefined;

const headerName: Fault = (text) =>
  /[\s;{$]/.test(text.trim()) ? "the name of a header becomes the name of a variable in its configuration" : undefined;

/** Digits and k or m, and the text in front of them of large_client_header_buffers. */
const numberAndSize: Fault = (text) => {
  const found = wordsOf(text) ?? [];
  const [number = "", size = ""] = found;
  return found.length === 2 && /^\d*[1-9]\d*$/.test(number) && nginxFault(size, { nginx: "size" }) === undefined
    ? undefined
    : "its directive takes a number and a size";
};

/** 32 KiB: eight pages of shared memory (ngx_ssl_session_cache). */
const SMALLEST_CACHE = 32 * 1024;
const cacheSize: Fault = (text) => {
  const fault = wordsOf(text)?.length === 1 ? nginxFault(text, { nginx: "size" }) : "it wants one size";
  if (fault !== undefined) return fault;
  const bytes = Number.parseInt(text, 10) * 1024 ** ["", "k", "m"].indexOf(text.replace(/^\d+/, "").toLowerCase());
  return bytes < SMALLEST_CACHE ? "a cache of less than 32k is too small for it" : undefined;
};

/** The location of all other names gets this key and not proxy-redirect-to (controller.go, createServers). */
const redirectFrom: Fault = (text, textOf) =>
  text === "off" || text === "default" || (wordsOf(text)?.length === 2 && textOf("proxy-redirect-to") === "off")
    ? undefined
    : "the location of all other names is written with it and without proxy-redirect-to, unless an Ingress takes that location over";

const CONDITIONS =
  "error timeout invalid_header non_idempotent updating off http_500 http_502 http_503 http_504 http_403 http_404 http_429";

const LOG_LEVELS: readonly string[] = ["debug", "info", "notice", "warn", "error", "crit", "alert", "emerg"];

const FAULTS: Readonly<Partial<Record<ControllerKeyName, Fault>>> = {
  "proxy-connect-timeout": between(0, Infinity),
  "proxy-read-timeout": between(0, Infinity),
  "proxy-send-timeout": between(0, Infinity),
  "proxy-next-upstream-timeout": between(0, Infinity),
  "proxy-next-upstream-tries": between(0, Infinity),
  "proxy-buffers-number": between(1, Infinity),
  "proxy-buffer-size": like("buffer-size"),
  "proxy-busy-buffers-size": unless((text) => text === "", like("size")),
  "proxy-max-temp-file-size": like("checked-offset-as-size"),
  "proxy-body-size": like("checked-offset"),
  "proxy-cookie-path": offOrTwo,
  "proxy-cookie-domain": offOrTwo,
  "proxy-redirect-from": redirectFrom,
  "proxy-next-upstream": words(1, Infinity, (word) => CONDITIONS.split(" ").includes(word.toLowerCase())),
  "proxy-request-buffering": oneOf("on", "off"),
  "proxy-buffering": oneOf("on", "off"),
  "proxy-http-version": oneOf("1.0", "1.1"),
  "skip-access-log-urls": mapKeys,
  "block-user-agents": mapKeys,
  "block-referers": mapKeys,
  "whitelist-source-range": addresses,
  "denylist-source-range": addresses,
  "block-cidrs": addresses,
  "nginx-status-ipv4-whitelist": addresses,
  "hide-headers": eachOneWord,
  "forwarded-for-header": headerName,
  "forwarded-host-header": headerName,
  "ssl-protocols": words(1, Infinity, (word) => /^(?:sslv[23]|tlsv1(?:\.[123])?)$/i.test(word)),
  "ssl-ecdh-curve": words(1, 1),
  "ssl-session-cache-size": whereOn("ssl-session-cache", cacheSize),
  "ssl-session-timeout": time("[yMwdhms]"),
  "ssl-buffer-size": like("size"),
  "limit-req-status-code": between(400, 599),
  "limit-conn-status-code": between(400, 599),
  "client-header-timeout": between(0, Infinity),
  "client-body-timeout": between(0, Infinity),
  "client-header-buffer-size": like("size"),
  "client-body-buffer-size": like("size"),
  "large-client-header-buffers": numberAndSize,
  "keep-alive": between(0, Infinity),
  "keep-alive-requests": between(0, Infinity),
  "upstream-keepalive-time": time("ms|[yMwdhms]"),
  "upstream-keepalive-timeout": between(0, Infinity),
  "upstream-keepalive-requests": between(0, Infinity),
  "http2-max-concurrent-streams": between(0, Infinity),
  "gzip-level": whereOn("use-gzip", between(1, 9)),
  "brotli-level": whereOn("enable-brotli", between(0, 11)),
  "default-type": words(1, 1),
  "error-log-level": words(0, 1, (word) => LOG_LEVELS.includes(word)),
  "error-log-path": words(0, 1),
  "access-log-path": words(1, 1),
  "http-access-log-path": unless((text) => text === "", words(1, 1)),
  "log-format-upstream": (text) =>
    /(?<!\\)'/.test(text) ? "the format stands in single quotes, and one of its own ends it" : undefined,
  "worker-shutdown-timeout": time("ms|[yMwdhms]"),
  "max-worker-open-files": between(0, Infinity),
  "map-hash-bucket-size": between(1, Infinity),
  "proxy-headers-hash-max-size": between(1, Infinity),
  "proxy-headers-hash-bucket-size": between(1, Infinity),
  "variables-hash-bucket-size": between(1, Infinity),
  "variables-hash-max-size": between(1, Infinity),
};

/** Why nginx refuses values of the ConfigMap, by their keys; nothing is said of those of which nobody knows. */
export function controllerFaults(
  keys: readonly ControllerKeyName[],
  textOf: TextOf,
): ReadonlyMap<ControllerKeyName, string> {
  const faults = new Map<ControllerKeyName, string>();
  for (const key of keys) {
    const problem = FAULTS[key]?.(textOf(key), textOf);
    if (problem !== undefined) faults.set(key, problem);
  }
  const set = BUFFERS.filter((key) => keys.includes(key));
  if (set.length === 0 || set.some((key) => faults.has(key))) return faults;
  const [key, problem] =
    bufferFault({
      size: bytesOf(textOf("proxy-buffer-size")),
      number: Number(textOf("proxy-buffers-number")),
      busy: bytesOf(textOf("proxy-busy-buffers-size")),
      file: bytesOf(textOf("proxy-max-temp-file-size")),
    }) ?? [];
  const guilty = key === undefined || set.includes(key) ? key : set[0];
  return guilty === undefined || problem === undefined ? faults : faults.set(guilty, problem);
}
