import { createHash } from "node:crypto";

/** Longest name that policies and generated objects can still derive theirs from; the API allows 253. */
const LONGEST = 63;
/** Longest name of an object (DNS subdomain, RFC 1123). */
const LONGEST_NAME = 253;

const LABEL = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

/** Text as an RFC 1123 label: lower-case letters, digits and inner dashes; `fallback` where nothing is left. */
export function asLabel(text: string, fallback: string): string {
  // Names of rules come here more than once.
  if (text.length <= LONGEST && LABEL.test(text)) return text;
  const label = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, LONGEST)
    .replace(/-+$/, "");
  return label === "" ? fallback : label;
}

/**
 * A name with a suffix, within what the API allows.
 *
 * @returns name and suffix; a name that leaves no room for the suffix keeps its start and a digest of the whole
 */
export function fitName(name: string, suffix = ""): string {
  if (name.length + suffix.length <= LONGEST_NAME) return `${name}${suffix}`;
  const digest = createHash("sha256").update(name).digest("hex").slice(0, 8);
  return `${name.slice(0, LONGEST_NAME - suffix.length - 9).replace(/[-.]+$/, "")}-${digest}${suffix}`;
}

/** Hands out names that are unique within it: `web`, `web-2`, `web-3` … */
export type Namer = (wanted: string) => string;

export function namer(): Namer {
  const taken = new Set<string>();
  // Names are never given back, so the search for the next free number goes on where the last one ended.
  const tried = new Map<string, number>();
  return (wanted) => {
    let name = fitName(wanted);
    let index = tried.get(wanted) ?? 1;
    while (taken.has(name)) name = fitName(wanted, `-${(index += 1)}`);
    taken.add(name);
    tried.set(wanted, index);
    return name;
  };
}

/** Listener name of a host: `https-shop-example-com`, `https-wildcard-example-com`. */
export function listenerName(protocol: "https" | "tls", host: string): string {
  return `${protocol}-${host.replace(/^\*/, "wildcard").replaceAll(".", "-")}`;
}

/** Short rule name from a path: `/v1/users(/|$)(.*)` gives `v1-users`, `/` gives `root`. */
export function ruleName(path: string): string {
  return asLabel(path.replace(/\(\/\|\$\)\(\.\*\)$|\/?\(\.\*\)$|\(\/\.\*\)\?$|\/?\.\*$/, ""), "root");
}
