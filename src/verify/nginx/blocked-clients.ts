import type { ControllerConfig, NginxModel } from "../../ingress-nginx/index.js";
import { oneWord } from "../../nginx-config/index.js";
import { expressionOf } from "../expressions.js";
import type { ProbeRequest } from "../request.js";

type MapKey = (value: string) => boolean;
type Blocked = { readonly agents: readonly MapKey[]; readonly referers: readonly MapKey[] };

/** Whether block-user-agents or block-referers of the ConfigMap refuse the request, whatever its host. */
export function isBlocked({ controller }: NginxModel, { headers }: ProbeRequest): boolean {
  const { agents, referers } = blockedBy(controller);
  return agents.some((is) => is(headers["user-agent"] ?? "")) || referers.some((is) => is(headers["referer"] ?? ""));
}

/** Every request is compared with them. */
const KNOWN = new WeakMap<ControllerConfig, Blocked>();

function blockedBy(controller: ControllerConfig): Blocked {
  const known = KNOWN.get(controller) ?? {
    agents: controller.list("block-user-agents").map(mapKey),
    referers: controller.list("block-referers").map(mapKey),
  };
  KNOWN.set(controller, known);
  return known;
}

/** A key of a map: text whatever its case, `~` and `~*` search for an expression (ngx_http_map_module). */
function mapKey(written: string): MapKey {
  const key = oneWord(written) ?? written;
  if (!key.startsWith("~")) return (value) => key.replace(/^\\/, "").toLowerCase() === value.toLowerCase();
  const expression = expressionOf(key.startsWith("~*") ? `(?i)${key.slice(2)}` : key.slice(1));
  return (value) => expression.kind === "compiled" && expression.re.test(value);
}
