import type { JsonObject, JsonValue } from "../kubernetes/index.js";

/** The issuer that an Ingress names, or why cert-manager makes nothing. */
export type Issuer = { readonly name: string; readonly kind: string; readonly group: string };
export type Made<T> = { readonly value: T } | { readonly problem: string; readonly key: string };

type Annotations = Readonly<Record<string, string>>;

const CM = "cert-manager.io";

/** As ingress-shim works it out (cert-manager, pkg/controller/certificate-shim/sync.go, issuerForIngressLike); undefined without annotation. */
export function issuerOf(annotations: Annotations): Made<Issuer> | undefined {
  const issuer = annotations[`${CM}/issuer`];
  const cluster = annotations[`${CM}/cluster-issuer`];
  const kind = annotations[`${CM}/issuer-kind`];
  const group = annotations[`${CM}/issuer-group`];
  const name = cluster ?? issuer;
  if (name === undefined) return undefined;
  const key = `${CM}/${cluster === undefined ? "issuer" : "cluster-issuer"}`;
  const beside = cluster === undefined ? undefined : [issuer, kind, group].findIndex((value) => value !== undefined);
  if (beside !== undefined && beside >= 0)
    return {
      key,
      problem: `"${CM}/${["issuer", "issuer-kind", "issuer-group"][beside] ?? ""}" must not stand beside it`,
    };
  if (name === "") return { key, problem: "it names no issuer" };
  return {
    value: { name, kind: kind ?? (cluster === undefined ? "Issuer" : "ClusterIssuer"), group: group ?? CM },
  };
}

/** `time.ParseDuration` of Go. */
const DURATION = /^[+-]?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/;
const WHOLE = /^\+?\d+$/;

/** Names in pkg/api/util/usages.go. */
const USAGES: ReadonlySet<string> = new Set(
  "signing,digital signature,content commitment,key encipherment,key agreement,data encipherment,cert sign,crl sign,encipher only,decipher only,any,server auth,client auth,code signing,email protection,s/mime,ipsec end system,ipsec tunnel,ipsec user,timestamping,ocsp signing,microsoft sgc,netscape sgc".split(
    ",",
  ),
);

type Field = {
  readonly key: string;
  /** Steps in the Certificate's spec. */
  readonly path: readonly [string, string?];
  readonly read: (text: string) => JsonValue | undefined;
  /** Of the reader's answer `undefined`. */
  readonly wanted: string;
};

const oneOf =
  (...values: readonly string[]) =>
  (text: string): string | undefined =>
    values.includes(text) ? text : undefined;
const duration = (text: string): string | undefined => (DURATION.test(text) ? text : undefined);
const plain = (text: string): string => text;

const SUBJECT: readonly (readonly [key: string, field: string])[] = [
  ["subject-organizations", "organizations"],
  ["subject-organizationalunits", "organizationalUnits"],
  ["subject-countries", "countries"],
  ["subject-provinces", "provinces"],
  ["subject-localities", "localities"],
  ["subject-postalcodes", "postalCodes"],
  ["subject-streetaddresses", "streetAddresses"],
];

/** What ingress-shim copies (translateAnnotations); one value that it cannot read leaves the whole Ingress without Certificate. */
const FIELDS: readonly Field[] = [
  { key: "common-name", path: ["commonName"], read: plain, wanted: "" },
  { key: "email-sans", path: ["emailAddresses"], read: listOf, wanted: "" },
  ...SUBJECT.map(([key, field]): Field => ({ key, path: ["subject", field], read: listOf, wanted: "" })),
  { key: "subject-serialnumber", path: ["subject", "serialNumber"], read: plain, wanted: "" },
  { key: "duration", path: ["duration"], read: duration, wanted: "a duration such as 2160h" },
  { key: "renew-before", path: ["renewBefore"], read: duration, wanted: "a duration such as 360h" },
  { key: "usages", path: ["usages"], read: usages, wanted: "a list of key usages" },
  {
    key: "revision-history-limit",
    path: ["revisionHistoryLimit"],
    read: (text) => (WHOLE.test(text) && Number(text) >= 1 ? Number(text) : undefined),
    wanted: "a whole number from 1",
  },
  {
    key: "private-key-algorithm",
    path: ["privateKey", "algorithm"],
    read: oneOf("RSA", "ECDSA", "Ed25519"),
    wanted: "RSA, ECDSA or Ed25519",
  },
  {
    key: "private-key-encoding",
    path: ["privateKey", "encoding"],
    read: oneOf("PKCS1", "PKCS8"),
    wanted: "PKCS1 or PKCS8",
  },
  {
    key: "private-key-size",
    path: ["privateKey", "size"],
    read: (text) => (WHOLE.test(text) ? Number(text) : undefined),
    wanted: "a whole number",
  },
  {
    key: "private-key-rotation-policy",
    path: ["privateKey", "rotationPolicy"],
    read: oneOf("Never", "Always"),
    wanted: "Never or Always",
  },
];

/** The annotations of an Ingress as fields of a Certificate's spec; names, addresses and issuer excluded. */
export function specFields(annotations: Annotations): Made<JsonObject> {
  const spec: Record<string, JsonValue> = {};
  for (const { key, path, read, wanted } of FIELDS) {
    const full = `${CM}/${key}`;
    const text = annotations[full];
    if (text === undefined) continue;
    const value = read(text);
    if (value === undefined) return { key: full, problem: `"${text}" is not ${wanted}` };
    const [field, inner] = path;
    spec[field] = inner === undefined ? value : { ...(spec[field] as JsonObject | undefined), [inner]: value };
  }
  return { value: spec };
}

/** Names and addresses that recent releases add to those of `spec.tls`. */
export function addedNames(annotations: Annotations): {
  readonly names: readonly string[];
  readonly addresses: readonly string[];
} {
  const of = (key: string): readonly string[] => {
    const text = annotations[`${CM}/${key}`];
    return text === undefined ? [] : listOf(text);
  };
  return { names: of("alt-names"), addresses: of("ip-sans") };
}

/** One line of CSV with quotes, as Go's encoding/csv reads it. */
function listOf(text: string): readonly string[] {
  const items = text.match(/"(?:[^"]|"")*"|[^,]+/g) ?? [];
  return items
    .map((item) => item.trim())
    .map((item) => (item.startsWith('"') && item.length > 1 ? item.slice(1, -1).replaceAll('""', '"') : item))
    .filter((item) => item !== "");
}

function usages(text: string): readonly string[] | undefined {
  const names = text.split(",").map((name) => name.replace(/^ +| +$/g, ""));
  return names.every((name) => USAGES.has(name)) ? names : undefined;
}
