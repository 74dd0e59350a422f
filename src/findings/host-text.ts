/** nginx calls the server for names that no Ingress has `_`, which says nothing to a reader of manifests. */
const NAMELESS = "any other host";

/** A host in a sentence. */
export const hostText = (host: string): string => (host === "_" ? NAMELESS : host);

/**
 * A host in a sentence that says what it is: `host shop.example.com`.
 *
 * @param word `Host` at the start of a sentence
 */
export function theHost(host: string, word: "host" | "Host" = "host"): string {
  if (host !== "_") return `${word} ${host}`;
  return word === "Host" ? `${NAMELESS.charAt(0).toUpperCase()}${NAMELESS.slice(1)}` : NAMELESS;
}
