import {
  decodeAnnotations,
  loadCatalogue,
  type Catalogue,
  type DecodedAnnotations,
  type InvalidSetting,
  type SettingValue,
} from "../../src/mappings/index.js";
import type { Ingress } from "../../src/kubernetes/index.js";

export const PREFIX = "nginx.ingress.kubernetes.io/";
export const catalogue = loadCatalogue();

/** An Ingress `shop/web` with full annotation keys. */
export function ingressWith(annotations: Readonly<Record<string, string>>): Ingress {
  return {
    apiVersion: "networking.k8s.io/v1",
    namespace: "shop",
    name: "web",
    labels: {},
    annotations,
    tls: [],
    rules: [],
    origin: {
      document: { file: "web.yaml", locate: () => ({ line: 1, column: 1 }) },
      path: [],
      object: "Ingress shop/web",
    },
  };
}

/** Decodes annotations given without prefix. */
export function decode(
  annotations: Readonly<Record<string, string>>,
  validation = true,
  using: Catalogue = catalogue,
  release?: string,
): DecodedAnnotations {
  const full = Object.fromEntries(Object.entries(annotations).map(([key, value]) => [`${PREFIX}${key}`, value]));
  return decodeAnnotations(ingressWith(full), using, { annotationValidation: validation, release });
}

/** The value that one annotation decodes to, what happens instead, or the text `shadowed`. */
export function valueOf(
  key: string,
  raw: string,
  validation = true,
): SettingValue | Pick<InvalidSetting, "onInvalid" | "inForce"> {
  const decoded = decode({ ...gateOf(key), [key]: raw }, validation);
  const setting = [...decoded.settings.values()].find((it) => it.key === key);
  if (setting !== undefined) return setting.value;
  const invalid = decoded.invalid.find((it) => it.key === key);
  if (invalid === undefined) return "shadowed";
  return { onInvalid: invalid.onInvalid, ...(invalid.inForce === undefined ? {} : { inForce: invalid.inForce }) };
}

/** The annotation beside which the controller reads `key` at all. */
function gateOf(key: string): Readonly<Record<string, string>> {
  const [gate, value] = catalogue.find(key)?.value.readWith?.split(": ") ?? [];
  return gate === undefined ? {} : { [gate]: value ?? catalogue.find(gate)?.example.value ?? "" };
}
