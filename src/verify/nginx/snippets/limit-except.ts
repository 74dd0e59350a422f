import type { Placed } from "./sources.js";

/** Whether `limit_except GET …` of a location concerns the method; GET lets HEAD pass too (ngx_http_core_limit_except). */
export function isExcepted(directives: readonly Placed[], method: string): boolean {
  return directives.some(({ name, args }) => {
    if (name !== "limit_except") return false;
    const spared = args.map((text) => text.toUpperCase());
    return !(spared.includes(method) || (method === "HEAD" && spared.includes("GET")));
  });
}
