/** What the parsers ask of a text beyond its characters: a URL with a host, a path, a name with its namespace. */
import type { CatalogueEntry } from "./types.js";

type Spec = CatalogueEntry["value"];

/** What is wrong with the meaning of a text that passed the first check; `undefined` when nothing is. */
export function meaningFault(text: string, spec: Spec): string | undefined {
  if (spec.accepts === "auth-durations") return durationsFault(text);
  switch (spec.mustBe) {
    case "absolute-url":
      return urlFault(text);
    case "http-url":
      return schemeOf(text)?.startsWith("http") === true
        ? undefined
        : `${JSON.stringify(text)} does not begin with http:// or https://`;
    case "absolute-path":
      return text.startsWith("/") ? undefined : `${JSON.stringify(text)} does not begin with a slash`;
    case "qualified-name":
      return /^[^/]+\/[^/]+$/.test(text) ? undefined : `${JSON.stringify(text)} is not of the form namespace/name`;
    case undefined:
      return undefined;
  }
}

function schemeOf(text: string): string | undefined {
  return /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(text)?.[1]?.toLowerCase();
}

/** Go's url.Parse as far as the controller asks: a scheme, a host, digits as port, no `..` in the host. */
function urlFault(text: string): string | undefined {
  const scheme = schemeOf(text);
  if (scheme === undefined) return `${JSON.stringify(text)} has no scheme`;
  const rest = text.slice(scheme.length + 1);
  const host = /^\/\/([^/?#]*)/.exec(rest)?.[1] ?? "";
  if (host === "") return `${JSON.stringify(text)} has no host`;
  const port = host.includes(":") ? host.slice(host.lastIndexOf(":") + 1) : "";
  if (/\s/.test(host) || host.includes("..") || !/^\d*$/.test(port)) return `${JSON.stringify(host)} is not a host`;
  return undefined;
}

/** Items of status codes followed by at least one nginx time (authreq/main.go ValidCacheDuration). */
function durationsFault(text: string): string | undefined {
  for (const item of text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "")) {
    let hasTime = false;
    for (const word of item.split(" ")) {
      if (/^\d{3}$/.test(word) && hasTime) return `${JSON.stringify(item)} has a status code after a time`;
      if (/^\d+(?:ms|[smhdwMy])$/.test(word)) hasTime = true;
    }
    if (!hasTime) return `${JSON.stringify(item)} has no time such as 10m`;
  }
  return undefined;
}
