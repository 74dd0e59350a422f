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

/**
 * One key of the controller's ConfigMap (mappings/controller/; internal/ingress/controller/config/config.go and internal/ingress/defaults/main.go of
 * ingress-nginx 1.15.1).
 */
export type ControllerKey = {
  readonly type: ControllerValueType;
  /** Built-in value of ingress-nginx 1.15.1. */
  readonly value: string;
  /** The first release that reads it, where that is not 1.0.0. */
  readonly readSince?: string;
  /** Built-in values of older controllers, the oldest first: in force in the releases before `before`. */
  readonly earlier?: readonly { readonly before: string; readonly value: string }[];
  /**
   * `model`: decides which servers, locations and redirects there are, for all targets alike. `traffic`: changes requests or answers, and each target says
   * what becomes of it. `process`: concerns the nginx process and shows nowhere else. `nothing`: the controller parses it and no more.
   */
  readonly concerns: "model" | "traffic" | "process" | "nothing";
};

/** A text as the controller reads it: the value in force in one spelling, or why it falls back to the built-in value. */
export type ReadValue = { readonly text: string } | { readonly refused: string };

const TRUE = /^(?:1|t|T|TRUE|true|True)$/;
const FALSE = /^(?:0|f|F|FALSE|false|False|)$/;
/** strconv.ParseInt with base 0, which mapstructure uses: 0x10 and 010 are not ten. */
const INTEGER = /^[+-]?(?:0[xX][\da-fA-F]+|0[oO]?[0-7]+|0[bB][01]+|[1-9]\d*|0)$/;
const FLOAT = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
/** time.ParseDuration. */
const DURATION = /^(?:0|[+-]?(?:\d+(?:\.\d*)?(?:ns|us|µs|ms|s|m|h))+)$/;
/** isValidByteSize of template.go, with bytes allowed. */
const BODY_SIZE = /^\s*\d+[kKmMgG]?\s*$/;
const URL_WITH_HOST = /^[a-zA-Z][\w+.-]*:\/\/[^/?#\s]+/;
const METHODS: ReadonlySet<string> = new Set([
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "PATCH",
  "DELETE",
  "CONNECT",
  "OPTIONS",
  "TRACE",
]);

type Reader = (text: string) => ReadValue;

const READERS: Readonly<Partial<Record<ControllerValueType, Reader>>> = {
  bool: (text) =>
    TRUE.test(text)
      ? { text: "true" }
      : FALSE.test(text)
        ? { text: "false" }
        : { refused: "it is neither true nor false" },
  int: (text) => {
    if (text === "") return { text: "0" };
    return INTEGER.test(text) ? { text: String(integerOf(text)) } : { refused: "it is not a whole number" };
  },
  float: (text) => (text === "" || FLOAT.test(text) ? { text } : { refused: "it is not a number" }),
  duration: (text) => (DURATION.test(text) ? { text } : { refused: "it is not a duration such as 5s" }),
  "body-size": (text) => (BODY_SIZE.test(text) ? { text: text.trim() } : { refused: "it is not a size such as 8m" }),
  "redirect-code": (text) =>
    /^(?:301|302|307|308)$/.test(text) ? { text } : { refused: "only 301, 302, 307 and 308 are allowed" },
  url: (text) =>
    text.trim() === "" || (URL_WITH_HOST.test(text.trim()) && !text.includes(".."))
      ? { text: text.trim() }
      : { refused: "it is not a URL with scheme and host" },
  method: (text) => (text === "" || METHODS.has(text) ? { text } : { refused: "it is not an HTTP method" }),
};

/** Reads the text of a ConfigMap key as the controller does. */
export function readControllerValue(key: ControllerKey, text: string): ReadValue {
  return READERS[key.type]?.(text) ?? { text };
}

function integerOf(text: string): number {
  const [, sign = "", digits = ""] = /^([+-]?)(.*)$/.exec(text) ?? [];
  const octal = /^0[oO]?([0-7]+)$/.exec(digits)?.[1];
  const number = octal === undefined ? Number(digits) : Number.parseInt(octal, 8);
  return sign === "-" ? -number : number;
}

/** Whether two texts of a key mean the same. */
export function isSameValue(key: ControllerKey, a: string, b: string): boolean {
  return a === b || spelling(key.type, a) === spelling(key.type, b);
}

function spelling(type: ControllerValueType, text: string): string {
  switch (type) {
    case "list":
      return listItems(text).join(",");
    case "words":
      return text
        .split(/\s+/)
        .filter((item) => item !== "")
        .join(" ");
    case "ciphers":
      return text
        .split(/[:\s]+/)
        .filter((item) => item !== "")
        .join(":");
    case "size":
    case "body-size":
      return sizeSpelling(text);
    default:
      return text.trim();
  }
}

/** Items of a list that commas divide, as splitAndTrimSpace of configmap.go makes them; `[]` is how people write an empty one. */
export function listItems(text: string): string[] {
  return text
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "" && item !== "[]");
}

const UNITS: Readonly<Record<string, number>> = { "": 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

function sizeSpelling(text: string): string {
  const [, number, unit = ""] = /^(\d+)([kmg]?)$/.exec(text.trim().toLowerCase()) ?? [];
  return number === undefined ? text.trim() : String(Number(number) * (UNITS[unit] ?? 1));
}
