/** Accepted texts to typed values, one reader per value type. A fault is a text that passed the check and still means nothing. */
import { readAddresses } from "./addresses.js";
import type { CatalogueEntry, NamespacedName, SettingValue } from "./types.js";
import { meaningFault } from "./value-meanings.js";
import { checkValue, readBoolean, readInteger } from "./value-checks.js";

type Spec = CatalogueEntry["value"];
export type Read = { readonly value: SettingValue; readonly skipped?: readonly string[] } | { readonly fault: string };
type Reader = (text: string, spec: Spec) => Read;

/** Reads a trimmed, non-empty text that passed the first check (or was not checked). */
export function readValue(text: string, spec: Spec): Read {
  const fault = meaningFault(text, spec);
  if (fault !== undefined) return { fault };
  return (READERS[spec.type] ?? readText)(text, spec);
}

/** A line break at the end of a text that is written into the configuration as it stands does no harm there. */
const ends = (text: string, spec: Spec): string => (spec.blanks === "trimmed" ? text.trim() : text);

const readText: Reader = (text, spec) => ({ value: ends(text, spec) });

const READERS: Readonly<Record<string, Reader>> = {
  bool: (text) => {
    const value = readBoolean(text);
    return value === undefined ? { fault: `${JSON.stringify(text)} is not true or false` } : { value };
  },
  int: readNumber,
  seconds: readSeconds,
  size: readSize,
  enum: readOption,
  "cidr-list": (text) => {
    const read = readAddresses(text);
    return "bad" in read
      ? { fault: `${JSON.stringify(read.bad)} is neither an IP address nor a CIDR` }
      : { value: read.cidrs };
  },
  "comma-list": readCommaList,
  "blank-list": readBlankList,
  "status-list": readStatuses,
  "secret-ref": readReference,
  "configmap-ref": readReference,
};

function readNumber(text: string, spec: Spec): Read {
  const value = readInteger(text);
  if (value === undefined) return { fault: `${JSON.stringify(text)} is not a whole number` };
  const [low, high] = spec.range ?? [null, null];
  if (low !== null && value < low) return { fault: `${value} is less than ${low}` };
  if (high !== null && value > high) return { fault: `${value} is more than ${high}` };
  return { value };
}

const NUMBER_OF_LUA = /^\s*([-+]?)(0x[0-9a-f]+|(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)\s*$/i;

/** The age of a cookie as the balancer reads it (sticky.lua, tonumber). Expires is a date of whole seconds; a Max-Age with a fraction is none to browsers. */
function readSeconds(text: string, spec: Spec): Read {
  const [, sign = "", digits = ""] = NUMBER_OF_LUA.exec(text) ?? [];
  const magnitude = digits === "" ? Number.NaN : Number(digits);
  const value = sign === "-" && magnitude !== 0 ? -magnitude : magnitude;
  const whole = spec.unreadable === undefined ? value : Math.floor(value);
  return Number.isSafeInteger(whole) ? { value: whole } : { fault: `${JSON.stringify(text)} is not a whole number` };
}

const FACTORS: Readonly<Record<string, number>> = { "": 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 };

/** nginx reads k and m (offsets also g), all binary; the controller lets b and blanks through and then leaves the value out. */
function readSize(text: string, spec: Spec): Read {
  const match = /^(\d+)([a-z]?)$/.exec(text.toLowerCase());
  const suffix = match?.[2] ?? "";
  const factor = suffix === "g" && spec.suffixes !== "kmg" ? undefined : FACTORS[suffix];
  if (match === null || factor === undefined)
    return { fault: `nginx cannot read ${JSON.stringify(text)} as a size here` };
  const bytes = Number(match[1]) * factor;
  return Number.isSafeInteger(bytes) ? { value: bytes } : { fault: `${JSON.stringify(text)} is too large` };
}

function readOption(written: string, spec: Spec): Read {
  const text = ends(written, spec);
  const values = spec.values ?? [];
  const exact = values.find((value) => value === text);
  if (exact !== undefined) return { value: exact };
  const loose = values.find((value) => value.toLowerCase() === text.toLowerCase());
  if (spec.anyCase === true && loose !== undefined) return { value: loose };
  if (loose !== undefined && spec.exactSpelling === true) {
    return {
      fault: `${JSON.stringify(text)} is accepted but only ${JSON.stringify(loose)} in this spelling has an effect`,
    };
  }
  // auth-type: whatever holds "basic" or "digest" and is not exactly "basic" is rendered as digest (nginx.tmpl).
  if (
    spec.accepts === "contains-option" &&
    values.includes("digest") &&
    values.some((value) => text.replaceAll(" ", "").includes(value))
  ) {
    return { value: "digest" };
  }
  return { fault: `${JSON.stringify(text)} is not one of ${values.join(", ")}` };
}

const ORIGIN = /^(?:[a-z]+:\/\/(?:\*\.)?[A-Za-z0-9\-.]*(?::\d+)?|null)$/;

function readCommaList(text: string, spec: Spec): Read {
  const items = text
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
  switch (spec.accepts) {
    case "server-names":
      return { value: [...new Set(items)].sort() };
    case "cors-origins": {
      if (items.includes("*")) return { value: ["*"] };
      const skipped = items.filter((item) => !ORIGIN.test(item));
      return { value: items.filter((item) => ORIGIN.test(item)), ...(skipped.length === 0 ? {} : { skipped }) };
    }
    case "header-list":
      return readHeaders(items, spec);
    default: {
      // The value is sent as one header; the parser checks it once more before that, whatever the validation flag says.
      const problem = checkValue(text, spec);
      return problem === undefined ? { value: items } : { fault: problem };
    }
  }
}

/** auth-response-headers refuses names with a blank inside (ValidHeader); the CORS list is sent as it is. */
function readHeaders(items: readonly string[], spec: Spec): Read {
  const bad = items.find((item) => !/^[-A-Za-z0-9_]+$/.test(item));
  if (bad === undefined) return { value: items };
  if (spec.onInvalid === "deny-503") return { fault: `${JSON.stringify(bad)} is not a header name` };
  const names = items.filter((item) => !item.includes(" "));
  return items.every((item) => /^[-A-Za-z0-9_ ]+$/.test(item))
    ? { value: names }
    : { fault: `${JSON.stringify(bad)} is not a header name` };
}

function readBlankList(text: string, spec: Spec): Read {
  const items = text.split(/\s+/).filter((item) => item !== "");
  const bad = items.find((item) => !(spec.values ?? []).includes(item));
  if (bad !== undefined) return { fault: `${JSON.stringify(bad)} is not one of ${(spec.values ?? []).join(", ")}` };
  return { value: spec.accepts === "tls-protocols" ? [...new Set(items)].sort() : items };
}

function readStatuses(text: string): Read {
  const items = text
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
  const bad = items.find((item) => !/^[3-5]\d\d$/.test(item));
  return bad === undefined
    ? { value: [...new Set(items.map(Number))] }
    : { fault: `${JSON.stringify(bad)} is not a status code` };
}

/** `name` or `namespace/name` (client-go SplitMetaNamespaceKey, k8s.ParseNameNS). */
function readReference(text: string): Read {
  const parts = text.split("/");
  const name = parts.at(-1) ?? "";
  if (parts.length > 2 || !/^[^\s]+$/.test(name))
    return { fault: `${JSON.stringify(text)} is not the name of an object` };
  const namespace = parts.length === 2 ? (parts[0] ?? "") : "";
  const reference: NamespacedName = namespace === "" ? { name } : { namespace, name };
  return { value: reference };
}
