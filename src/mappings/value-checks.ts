/**
 * The first check that the controller makes on a value, one per kind of value. Facts: parser/validators.go and the
 * `main.go` of each annotation in ingress-nginx 1.15.1. A check gets the text as written, with blanks treated as the
 * catalogue entry says, and returns what is wrong with it.
 */
import { RE2JS } from "re2js";
import { readAddresses } from "./addresses.js";
import type { CatalogueEntry } from "./types.js";

type Spec = CatalogueEntry["value"];
type Check = (text: string, spec: Spec) => string | undefined;

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ...["1", "t", "T", "true", "True", "TRUE"].map((literal) => [literal, true] as const),
  ...["0", "f", "F", "false", "False", "FALSE"].map((literal) => [literal, false] as const),
]);

/** A Go boolean literal (strconv.ParseBool); `on`, `yes` and the like are none. */
export function readBoolean(text: string): boolean | undefined {
  return BOOLEANS.get(text);
}

const MAX_INT = 2n ** 63n - 1n;

/** A Go integer (strconv.Atoi): decimal digits with an optional sign, 64 bits, no unit and no blanks. */
export function readInteger(text: string): number | undefined {
  if (!/^[+-]?\d+$/.test(text)) return undefined;
  const digits = text.replace(/^[+-]/, "");
  if (digits.length > 18 && (digits.length > 1000 || BigInt(digits) > MAX_INT)) return undefined;
  const magnitude = Number(digits);
  return text.startsWith("-") && magnitude !== 0 ? -magnitude : magnitude;
}

/** A check that every character belongs to a set, given as an expression for one character. */
function characters(allowed: RegExp): Check {
  const all = new RegExp(`^${allowed.source}*$`);
  return (text) => {
    if (all.test(text)) return undefined;
    const stranger = Array.from(text).find((character) => !allowed.test(character));
    return `${JSON.stringify(stranger)} is not an allowed character in it`;
  };
}

const BASIC = /[-._~a-zA-Z0-9/:]/;
const REGEX = /[-._~a-zA-Z0-9/:^$[\](){}*+?|&=\\]/;

/** The check passes a text that holds one of the options anywhere (the expression of the controller is not anchored). */
const containsOption: Check = (text, spec) =>
  (spec.values ?? []).some((option) => text.includes(option)) && !/[\r\n]/.test(text) ? undefined : listed(text, spec);

function listed(text: string, spec: Spec): string {
  return `${JSON.stringify(text)} is not one of ${(spec.values ?? []).join(", ")}`;
}

const option: Check = (text, spec) => {
  const isLoose = spec.anyCase === true || spec.exactSpelling === true;
  const wanted = isLoose ? text.toLowerCase() : text;
  return (spec.values ?? []).some((value) => (isLoose ? value.toLowerCase() : value) === wanted)
    ? undefined
    : listed(text, spec);
};

/** Words divided by a comma, one blank, or a comma and one blank; the controller refuses line breaks separately. */
const separatedBy = (item: RegExp, text: string): boolean => {
  const trimmed = text.replace(/^ +/, "").replace(/ +$/, "");
  const words = trimmed.replace(/(?:,[ \t\f]?|[ \t\f])$/, "").split(/,[ \t\f]?|[ \t\f]/);
  return words.every((word) => word !== "" && item.test(word));
};

/** Origins may follow each other without a comma: the expression of the controller makes every separator optional. */
function isOriginList(text: string): boolean {
  if (text === "*") return true;
  let at = 0;
  while (at < text.length) {
    const rest = text.slice(at, at + 3);
    if (/^[A-Za-z0-9\-.,]/.test(rest)) at += 1;
    else if (rest.startsWith("*.")) at += 2;
    else if (rest === "://" && /[a-z]/.test(text[at - 1] ?? "")) at += 3;
    else if (/^:\d/.test(rest)) at += 2;
    else return false;
  }
  return true;
}

const errorPage: Check = (text) => {
  if (/^@[A-Za-z0-9_-]+$/.test(text)) return undefined;
  const afterHost = text.replace(/^(?:https?:\/\/)?[A-Za-z0-9\-.]+(?::\d+)?/, "");
  const isPath = afterHost === "" || /^\/[A-Za-z0-9\-_./]*$/.test(afterHost);
  return isPath && !afterHost.includes("//") ? undefined : "it is neither a URL of host and plain path nor @name";
};

const commonName: Check = (text) => {
  if (!text.startsWith("CN=")) return "it does not begin with CN=";
  try {
    RE2JS.compile(text.slice(3));
    return undefined;
  } catch {
    return "what follows CN= is not a regular expression that Go compiles"; // the controller says no more either
  }
};

const NEXT_UPSTREAM = /^(?:error|timeout|invalid_header|http_50[0234]|http_40[34]|http_429|non_idempotent|off)$/;
const nextUpstream: Check = (text) =>
  text
    .replace(/[ \t\f]$/, "")
    .split(/[ \t\f]/)
    .every((word) => NEXT_UPSTREAM.test(word))
    ? undefined
    : "it is not a list of conditions divided by single blanks";

const integer: Check = (text) => {
  if (readInteger(text) !== undefined) return undefined;
  return /^[+-]?\d+$/.test(text)
    ? `${JSON.stringify(text)} is too large`
    : `${JSON.stringify(text)} is not a whole number`;
};

export const VALUE_CHECKS = {
  anything: () => undefined,
  boolean: (text) => (readBoolean(text) === undefined ? `${JSON.stringify(text)} is not true or false` : undefined),
  integer,
  size: (text) =>
    /^\d+[bkmg]?$/i.test(text) ? undefined : `${JSON.stringify(text)} is not digits with one of b, k, m, g`,
  option,
  "contains-option": containsOption,
  "basic-characters": characters(BASIC),
  "basic-characters-blank": characters(/[-._~a-zA-Z0-9/: ]/),
  "auth-durations": characters(/[-._~a-zA-Z0-9/:, ]/),
  "regex-characters": characters(REGEX),
  "url-characters": characters(/[-._~a-zA-Z0-9/:,?&=]/),
  "url-variable-characters": characters(/[-._~a-zA-Z0-9/:,?&=$ ]/),
  "variable-characters": characters(/[-A-Za-z0-9_${}]/),
  "rewrite-characters": characters(/[-._~a-zA-Z0-9/:$]/),
  "header-list": characters(/[-A-Za-z0-9_, ]/),
  "span-name": characters(/[-A-Za-z0-9_]/),
  "cipher-list": characters(/[-A-Za-z0-9+:_!]/),
  "server-cipher-list": (text, spec) =>
    characters(/[-A-Za-z0-9!:+_]/)(text.replace(/@STRENGTH|@SECLEVEL=[0-5]/g, ""), spec),
  "fastcgi-index": (text, spec) => (text === "" ? "it is empty" : characters(/[-A-Za-z0-9._]/)(text, spec)),
  "server-name": characters(REGEX),
  "server-names": (text, spec) =>
    text
      .split(",")
      .map((name) => characters(REGEX)(name.trim(), spec))
      .find((problem) => problem !== undefined),
  cidrs: (text) => {
    const read = readAddresses(text);
    return "bad" in read ? `${JSON.stringify(read.bad)} is neither an IP address nor a CIDR` : undefined;
  },
  "dns-label": (text) =>
    text.length <= 63 && /^[a-z]/.test(text) && /^[-a-z0-9]*$/.test(text) && !text.endsWith("-")
      ? undefined
      : "it is not a Service name that begins with a letter (RFC 1035 label)",
  "cookie-domain": (text) => {
    const words = text.split(/[\s]+/);
    const isPair =
      words.length === 2 && words.every((word) => word !== "" && characters(BASIC)(word, NO_SPEC) === undefined);
    return (text === "off" || isPair) && !/[\r\n]/.test(text)
      ? undefined
      : "it is neither off nor two plain names divided by blanks";
  },
  "cookie-age": (text) =>
    /^0|[1-9]\d*$/.test(text) && !/[\r\n]/.test(text)
      ? undefined
      : `${JSON.stringify(text)} is not a number of seconds`,
  "next-upstream": nextUpstream,
  "tls-protocols": (text) =>
    text.replace(/TLSv1\.[23]/g, "") === ""
      ? undefined
      : `${JSON.stringify(text)} names something else than TLSv1.2 and TLSv1.3`,
  "http-error-codes": (text) =>
    text === "" ||
    text
      .replace(/,$/, "")
      .split(",")
      .every((code) => /^(?:[45]\d\d)+$/.test(code))
      ? undefined
      : "it is not a list of codes from 400 to 599 divided by commas",
  "cors-origins": (text) => (isOriginList(text) ? undefined : "it is neither * nor a list of scheme://host[:port]"),
  "cors-methods": (text) =>
    separatedBy(/^[A-Za-z]+$/, text)
      ? undefined
      : "it is not a list of methods divided by a comma and at most one blank",
  "cors-exposed": (text) =>
    separatedBy(/^[-A-Za-z0-9_*]+$/, text)
      ? undefined
      : "it is not a list of header names divided by a comma and at most one blank",
  "error-page": errorPage,
  "common-name": commonName,
} as const satisfies Readonly<Record<string, Check>>;

const NO_SPEC: Spec = { type: "string", onInvalid: "fall-back" };

export type ValueCheckName = keyof typeof VALUE_CHECKS;

/** The first check of an entry on a text as written; `undefined` when it passes. */
export function checkValue(raw: string, spec: Spec): string | undefined {
  if (spec.accepts === undefined) return undefined;
  const check: Check = VALUE_CHECKS[spec.accepts];
  return check(prepareBlanks(raw, spec), spec);
}

/** Checks that look at the text exactly as written; the others ignore blanks unless their entry says otherwise. */
const KEPT: readonly ValueCheckName[] = ["boolean", "integer", "dns-label", "common-name", "anything"];
const TRIMMED: readonly ValueCheckName[] = ["option", "cidrs", "server-name", "server-names"];

function prepareBlanks(raw: string, spec: Spec): string {
  const check = spec.accepts ?? "anything";
  const blanks = spec.blanks ?? (KEPT.includes(check) ? "kept" : TRIMMED.includes(check) ? "trimmed" : "ignored");
  if (blanks === "kept") return raw;
  return blanks === "trimmed" ? raw.trim() : raw.replaceAll(" ", "");
}
