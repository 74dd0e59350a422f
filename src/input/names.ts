import { isIP } from "node:net";

/*
 * The name rules of the API server (k8s.io/apimachinery v0.34, util/validation and api/validation), without their patterns:
 * each is checked label by label.
 */

const QUALIFIED_NAME = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const PORT_NAME = /^[-a-z0-9]{1,15}$/;

const DASH = 0x2d;
const DOT = 0x2e;

function isLowerAlphanumeric(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39);
}

/** Labels of lower case letters, digits and inner hyphens. By character: every name of every object comes through here. */
function areLabels(name: string, mayHaveDots: boolean): boolean {
  let previous = DOT;
  for (let at = 0; at <= name.length; at++) {
    const code = at === name.length ? DOT : name.charCodeAt(at);
    if (code === DOT) {
      if (previous === DOT || previous === DASH || (at < name.length && !mayHaveDots)) return false;
    } else if (code === DASH ? previous === DOT : !isLowerAlphanumeric(code)) return false;
    previous = code;
  }
  return true;
}

/** RFC 1123 label: names of namespaces and Services. */
export function isDnsLabel(name: string): boolean {
  return name.length <= 63 && areLabels(name, false);
}

/** RFC 1123 subdomain: object names, hosts, class names. The API server limits the whole to 253, not the labels to 63. */
export function isDnsSubdomain(name: string): boolean {
  return name.length <= 253 && areLabels(name, true);
}

/** A host, or a wildcard host with `*` as its whole first label. */
export function isHost(host: string): boolean {
  if (!host.startsWith("*.")) return isDnsSubdomain(host);
  return host.length <= 253 && isDnsSubdomain(host.slice(2));
}

/** Whether the text is an IP address, also with leading zeros (`010.0.0.1`), as the API server reads it. */
export function isAddress(host: string): boolean {
  if (!/^[0-9a-fA-F:.]+$/.test(host)) return false;
  return isIP(host) !== 0 || isIP(host.replace(/(^|\.)0+(?=[0-9])/g, "$1")) !== 0;
}

/** Keys of annotations and labels: `[prefix/]name`. Annotation prefixes may be in upper case, label prefixes not. */
export function isQualifiedName(key: string, isAnnotation: boolean): boolean {
  const slash = key.indexOf("/");
  const name = key.slice(slash + 1);
  if (slash !== -1) {
    const prefix = key.slice(0, slash);
    if (!isDnsSubdomain(isAnnotation ? prefix.toLowerCase() : prefix)) return false;
  }
  return name.length <= 63 && QUALIFIED_NAME.test(name);
}

/** Values of labels: empty, or at most 63 characters of the same kind as names. */
export function isLabelValue(value: string): boolean {
  return value === "" || (value.length <= 63 && QUALIFIED_NAME.test(value));
}

/** Names of Service ports (IANA service names): letters, digits, single hyphens, at least one letter. */
export function isPortName(name: string): boolean {
  return (
    PORT_NAME.test(name) && /[a-z]/.test(name) && !name.includes("--") && !name.startsWith("-") && !name.endsWith("-")
  );
}

export function isPortNumber(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= 65_535;
}
