import type { ControllerConfig } from "../../ingress-nginx/index.js";
import type { JsonObject } from "../../kubernetes/index.js";
import { splitCiphers } from "./tls-suites.js";

const VERSIONS = ["1.0", "1.1", "1.2", "1.3"] as const;
type Version = (typeof VERSIONS)[number];

/** Names of curves: OpenSSL's, and those that BoringSSL, in Envoy, takes. */
const CURVES: Readonly<Record<string, string>> = {
  x25519: "X25519",
  prime256v1: "P-256",
  "p-256": "P-256",
  secp384r1: "P-384",
  "p-384": "P-384",
  secp521r1: "P-521",
  "p-521": "P-521",
  x25519mlkem768: "X25519MLKEM768",
};

/** TLS settings of the ConfigMap that change what clients may negotiate; nothing where it says nothing. */
export function tlsDefaults(controller: ControllerConfig): JsonObject {
  const isChanged = (key: string): boolean => controller.changed.some((setting) => setting.key === key);
  const { min, max } = isChanged("ssl-protocols") ? versionRange(controller) : {};
  const ciphers = isChanged("ssl-ciphers") ? splitCiphers(controller.value("ssl-ciphers").text).kept : [];
  const curves = curveNames(controller).kept;
  const resumption = {
    ...(controller.isOn("ssl-session-tickets") ? { stateless: {} } : {}),
  };
  return {
    ...(min === undefined ? {} : { minVersion: min }),
    ...(max === undefined ? {} : { maxVersion: max }),
    ...(ciphers.length > 0 && min !== "1.3" ? { ciphers } : {}),
    ...(curves.length > 0 ? { ecdhCurves: curves } : {}),
    ...(Object.keys(resumption).length > 0 ? { session: { resumption } } : {}),
    ...(controller.isOn("use-http2") ? {} : { alpnProtocols: ["http/1.1"] }),
  };
}

/** ssl-protocols is a set, and policies know a range: `gaps` are the versions in between that come along. */
export function versionRange(controller: ControllerConfig): {
  readonly min?: Version;
  readonly max?: Version;
  readonly gaps: readonly Version[];
} {
  const set = new Set(controller.list("ssl-protocols").flatMap(versionOf));
  const indices = VERSIONS.flatMap((version, index) => (set.has(version) ? [index] : []));
  const [first] = indices;
  const last = indices.at(-1);
  const min = first === undefined ? undefined : VERSIONS[first];
  const max = last === undefined ? undefined : VERSIONS[last];
  if (min === undefined || max === undefined) return { gaps: [] };
  return { min, max, gaps: VERSIONS.slice(first, last).filter((version) => !set.has(version)) };
}

function versionOf(protocol: string): readonly Version[] {
  const number = /^TLSv1(?:\.([0-3]))?$/.exec(protocol);
  const version = number === null ? undefined : VERSIONS.find((known) => known === `1.${number[1] ?? "0"}`);
  return version === undefined ? [] : [version];
}

/** ssl-ecdh-curve in the words of a policy, and curves that it does not know; `auto` leaves the choice to the proxy. */
export function curveNames(controller: ControllerConfig): {
  readonly kept: readonly string[];
  readonly dropped: readonly string[];
} {
  const items = controller
    .value("ssl-ecdh-curve")
    .text.split(/[:\s]+/)
    .filter((item) => item !== "" && item !== "auto");
  return {
    kept: [...new Set(items.flatMap((item) => CURVES[item.toLowerCase()] ?? []))],
    dropped: items.filter((item) => CURVES[item.toLowerCase()] === undefined),
  };
}
