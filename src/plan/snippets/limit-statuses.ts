import type { Directive } from "../../nginx-config/index.js";
import type { Features } from "../features.js";

/** limit_req_status and limit_conn_status of snippets in the place of the ConfigMap's: nginx takes the innermost one (ngx_http_limit_req_module). */
export function withLimitStatuses(features: Features): Features {
  const { rateLimit, connectionLimit, snippets } = features;
  const rate = statusOf("limit_req_status", snippets?.inForce);
  const connections = statusOf("limit_conn_status", snippets?.inForce);
  return {
    ...features,
    ...(rateLimit === undefined || rate === undefined ? {} : { rateLimit: { ...rateLimit, status: rate } }),
    ...(connectionLimit === undefined || connections === undefined
      ? {}
      : { connectionLimit: { ...connectionLimit, status: connections } }),
  };
}

function statusOf(name: string, inForce: ReadonlySet<Directive> | undefined): number | undefined {
  const found = [...(inForce ?? [])].findLast((directive) => directive.name === name);
  return found === undefined ? undefined : Number.parseInt(found.args[0] ?? "", 10) || undefined;
}
