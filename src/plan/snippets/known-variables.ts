import type { NginxModel, Server } from "../../ingress-nginx/index.js";
import { settingOf } from "../../mappings/index.js";
import { isVariableOfController, parseConfig, parseText, withInner, type Directive } from "../../nginx-config/index.js";

/** Variables that snippets and paths define somewhere in the whole configuration: nginx knows them in every place then. */
type Defined = {
  /** By `set` and `auth_request_set` alone: they are empty until one of them runs. */
  readonly bySet: ReadonlySet<string>;
  readonly otherwise: ReadonlySet<string>;
  /** A module that nobody knows here may bring variables of its own. */
  readonly isOpen: boolean;
  readonly hasGeoip2: boolean;
};

const OF_SERVER = new WeakMap<Server | NginxModel, Defined>();
const NOTHING: Defined = { bySet: new Set(), otherwise: new Set(), isOpen: true, hasGeoip2: false };

/** Reads, once for all hosts, which variables the snippets define. */
export function noteVariables(model: NginxModel): void {
  const { controller, servers } = model;
  const texts = new Set<string | undefined>(
    (["main-snippet", "http-snippet", "server-snippet", "location-snippet"] as const).map(
      (key) => controller.value(key).text,
    ),
  );
  for (const server of servers) {
    texts.add(settingOf(server.settings, "server-snippet")?.value);
    for (const { settings } of server.locations) {
      texts.add(settingOf(settings, "configuration-snippet")?.value);
      texts.add(settingOf(settings, "auth-snippet")?.value);
    }
  }
  const directives = [...texts].flatMap((text) =>
    text === undefined || text === "" ? [] : parseConfig(text).directives.flatMap((one) => [...withInner(one)]),
  );
  const bySet = new Set<string>();
  const otherwise = new Set<string>();
  for (const { locations } of servers)
    for (const { path } of locations) for (const name of groupNames(path)) otherwise.add(name);
  for (const directive of directives) {
    const [target = ""] = directive.args;
    // auth_request_set fills its variable behind the rewrite phase, where an auth service is asked.
    if (directive.name === "set" || directive.name === "auth_request_set") bySet.add(nameIn(target));
    else if (!READERS.has(directive.name)) for (const arg of directive.args) otherwise.add(nameIn(arg));
    for (const arg of directive.args) for (const name of groupNames(arg)) otherwise.add(name);
  }
  const isOpen = directives.some(({ name }) => name === "load_module" || name === "include");
  const defined: Defined = { bySet, otherwise, isOpen, hasGeoip2: controller.isOn("use-geoip2") };
  for (const place of [model, ...servers]) OF_SERVER.set(place, defined);
}

const nameIn = (text: string): string => /^\$\{?(\w+)\}?$/.exec(text)?.[1]?.toLowerCase() ?? "";
const groupNames = (text: string): string[] =>
  !text.includes("(?") ? [] : [...text.matchAll(/\(\?P?[<'](\w+)[>']/g)].map(([, name = ""]) => name.toLowerCase());

/** Names that nothing but `set` and `auth_request_set` defines: their value is the empty text until it runs (ngx_http_rewrite_module). */
export function unsetVariables(server: Server): readonly string[] {
  const { bySet, otherwise, hasGeoip2 } = OF_SERVER.get(server) ?? NOTHING;
  return [...bySet].filter((name) => !otherwise.has(name) && !isVariableOfController(name, hasGeoip2));
}

/** Directives of which it is known where they read variables. */
const READERS = new Set([
  "set",
  "if",
  "return",
  "rewrite",
  "add_header",
  "more_set_headers",
  "more_set_input_headers",
  "proxy_set_header",
  "grpc_set_header",
  "proxy_pass",
]);

/** A variable that nginx refuses to start with, because nothing defines it (ngx_http_variables_init_vars). */
export function unknownVariable(directive: Directive, server: Server | NginxModel): string | undefined {
  if (!READERS.has(directive.name)) return undefined;
  return readBy(directive)
    .flatMap((text) => (parseText(text) ?? []).flatMap((part) => namesOf(part)))
    .find((name) => !isKnownName(name, server));
}

/** Whether nginx or a text somewhere in the whole configuration defines the variable, as far as can be said. */
export function isKnownName(name: string, place: Server | NginxModel): boolean {
  const { bySet, otherwise, isOpen, hasGeoip2 } = OF_SERVER.get(place) ?? NOTHING;
  return isOpen || bySet.has(name) || otherwise.has(name) || isVariableOfController(name, hasGeoip2);
}

/** The same for a text of an annotation; empty where a `$` begins no variable at all. */
export function unknownName(text: string, server: Server): string | undefined {
  const parts = parseText(text);
  return parts === undefined ? "" : parts.flatMap((part) => namesOf(part)).find((name) => !isKnownName(name, server));
}

type Part = NonNullable<ReturnType<typeof parseText>>[number];
const namesOf = (part: Part): string[] => (typeof part !== "string" && "variable" in part ? [part.variable] : []);

/** Arguments in which a `$` begins a variable; in the expressions of `if` and `rewrite` it does not. */
function readBy({ name, args }: Directive): readonly string[] {
  switch (name) {
    case "set":
    case "add_header":
    case "proxy_set_header":
    case "grpc_set_header":
    case "rewrite":
      return args.slice(1, 2);
    case "if": {
      const [first = "", operator = "", ...rest] = args
        .join(" ")
        .replace(/^\(\s*|\s*\)$/g, "")
        .split(/\s+/);
      return [first, ...(/^!?=$/.test(operator) ? rest : [])].filter((word) => word.startsWith("$"));
    }
    default:
      return args;
  }
}
