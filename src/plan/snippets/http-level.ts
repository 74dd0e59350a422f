import { withInner, type Directive } from "../../nginx-config/index.js";
import { mappedValue, reads, type VariableMap } from "./maps.js";
import type { Variables } from "./conditions.js";
import type { Placed } from "./tree.js";

/** Directives of http {} that change nothing by themselves: others use what they define. */
const DEFINITIONS =
  /^(?:map|geo|geoip2?|split_clients|js_set|perl_set|js_import|log_format|limit_req_zone|limit_conn_zone|proxy_cache_path|upstream|lua_shared_dict|server|types)$/;

/** Whether the lines of the block are no directives, or stand in no server of an Ingress. */
export const isDefinition = ({ name }: Directive): boolean => DEFINITIONS.test(name);

export type DefinitionFates = {
  readonly done: ReadonlySet<Directive>;
  readonly idle: ReadonlyMap<Directive, string>;
  readonly lost: ReadonlyMap<Directive, string>;
};

type Around = {
  /** All directives of the rule's snippets. */
  readonly placed: readonly Placed[];
  readonly maps: readonly VariableMap[];
  readonly variables: Variables;
  /** Directives of the rewrite module that are followed. */
  readonly done: ReadonlySet<Directive>;
};

/** What becomes of the definitions in http {}: nobody uses them, what uses them is followed, or they are lost with it. */
export function definitionFates(http: readonly Placed[], { placed, maps, variables, done }: Around): DefinitionFates {
  const fates = { done: new Set<Directive>(), idle: new Map<Directive, string>(), lost: new Map<Directive, string>() };
  const all = [...http, ...placed].flatMap(({ directive }) => [...withInner(directive)]);
  for (const { directive } of http) {
    if (!isDefinition(directive)) continue;
    if (directive.name === "server") {
      fates.lost.set(directive, "it is a server of its own beside those of the Ingresses");
      continue;
    }
    const own = new Set(withInner(directive));
    const users = all.filter((other) => !own.has(other) && isUsedBy(directive, other));
    const map = maps.find((one) => one.directive === directive);
    if (users.length === 0) fates.idle.set(directive, "no directive of a snippet uses it");
    else if (map !== undefined && (mappedValue(map, variables) !== undefined || users.every((user) => done.has(user))))
      fates.done.add(directive);
    else fates.lost.set(directive, "what uses it is not carried over");
  }
  return fates;
}

/** Definitions of a variable, with the place of its name among the arguments. */
const VARIABLE_AT: Readonly<Record<string, number>> = { map: 1, geo: -1, split_clients: 1, js_set: 0, perl_set: 0 };

function isUsedBy({ name, args }: Directive, other: Directive): boolean {
  const place = Object.hasOwn(VARIABLE_AT, name) ? VARIABLE_AT[name] : undefined;
  if (place !== undefined) {
    const variable = (args.at(place) ?? "").replace(/^\$/, "").toLowerCase();
    return reads([other.name, ...other.args], variable);
  }
  const zone = args.flatMap((arg) => /^(?:keys_)?zone=([^:]+)/.exec(arg)?.[1] ?? [])[0] ?? args[0] ?? "";
  if (name === "upstream") return other.args.some((arg) => arg.includes(`//${zone}`));
  return other.args.some((arg) => arg === zone || arg === `zone=${zone}`);
}
