import { isIP } from "node:net";

/** Where one side listens for one scheme. */
export type Endpoint = { readonly address: string; readonly port: number };

/** An entry point of the cluster: the running ingress controller, or the running Gateway. */
export type EntryPoint = { readonly http?: Endpoint; readonly https?: Endpoint };

const DEFAULT_PORTS = { http: 80, https: 443 } as const;

/**
 * Reads where a side listens.
 *
 * @param urls one URL for each scheme that is to be asked, e.g. `https://203.0.113.7` and `http://203.0.113.7:8080`
 * @param resolve addresses of names in the URLs, as with `curl --resolve`
 * @returns the entry point, or what is wrong with the URLs as a sentence
 */
export function entryPointOf(
  urls: readonly string[],
  resolve: ReadonlyMap<string, string>,
): EntryPoint | { readonly problem: string } {
  const found: { http?: Endpoint; https?: Endpoint } = {};
  for (const text of urls) {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    const scheme = url?.protocol === "http:" ? "http" : url?.protocol === "https:" ? "https" : undefined;
    if (url === undefined || scheme === undefined)
      return { problem: `"${text}" is not a URL: write http://ADDRESS[:PORT] or https://ADDRESS[:PORT]` };
    if (url.pathname !== "/" || url.search !== "" || url.hash !== "" || url.username !== "")
      return {
        problem: `"${text}" has more than scheme, address and port: the requests bring their own hosts and paths`,
      };
    if (found[scheme] !== undefined) return { problem: `two addresses for ${scheme}: name each scheme once` };
    const name = url.hostname.replace(/^\[|\]$/g, "");
    found[scheme] = {
      address: resolve.get(name.toLowerCase()) ?? name,
      port: url.port === "" ? DEFAULT_PORTS[scheme] : Number(url.port),
    };
  }
  return found;
}

/**
 * Reads `host:address` pairs.
 *
 * @returns addresses by host name in lower case, or what is wrong as a sentence
 */
export function resolvedNames(pairs: readonly string[]): ReadonlyMap<string, string> | { readonly problem: string } {
  const names = new Map<string, string>();
  for (const pair of pairs) {
    const [, host = "", address = ""] = /^([^:]+):(?:\d+:)?\[?([^\]]+)\]?$/.exec(pair) ?? [];
    if (isIP(address) === 0) return { problem: `"${pair}": write HOST:ADDRESS with an IP address` };
    names.set(host.toLowerCase(), address);
  }
  return names;
}
