import type { NginxModel } from "../../../ingress-nginx/index.js";
import { settingOf } from "../../../mappings/index.js";
import { isVariableOfController, parseConfig, withInner } from "../../../nginx-config/index.js";
import type { Placed } from "./sources.js";

/** Whether nginx knows a variable, by itself or by the texts of all hosts. */
export type VariableNames = (name: string) => boolean;

const KNOWN = new WeakMap<NginxModel, VariableNames>();

/** A variable that one host defines is known in all of them, whether or not its directive runs (ngx_http_add_variable). */
export function variableNames(model: NginxModel): VariableNames {
  const known = KNOWN.get(model) ?? namesOf(model);
  KNOWN.set(model, known);
  return known;
}

const SET = new WeakMap<NginxModel, ReadonlySet<string>>();

/** Variables that `set` and `auth_request_set` make on any host: empty wherever their directive has not run (nginx 1.27.1, ngx_http_rewrite_var). */
export function setNames(model: NginxModel): ReadonlySet<string> {
  const known = SET.get(model);
  if (known !== undefined) return known;
  const directives = [...textsOf(model)].flatMap((text) => parseConfig(text).directives);
  const names = directives
    .flatMap((directive) => [...withInner(directive)])
    .flatMap(({ name, args: [word = ""] }) =>
      /^(?:auth_request_)?set$/.test(name) ? [word.replace(/^\$\{?|\}$/g, "").toLowerCase()] : [],
    );
  const made = new Set(names);
  SET.set(model, made);
  return made;
}

/** Texts with directives: those of the ConfigMap and of every host. */
function textsOf({ servers, controller }: NginxModel): ReadonlySet<string> {
  const texts = new Set<string>();
  for (const key of ["main-snippet", "http-snippet", "server-snippet", "location-snippet"] as const)
    texts.add(controller.value(key).text);
  for (const { settings, locations } of servers) {
    texts.add(settingOf(settings, "server-snippet")?.value ?? "");
    for (const location of locations) {
      for (const key of ["configuration-snippet", "auth-snippet"] as const)
        texts.add(settingOf(location.settings, key)?.value ?? "");
    }
  }
  return texts;
}

function namesOf(model: NginxModel): VariableNames {
  const { servers } = model;
  const texts = textsOf(model);
  const names = new Set<string>();
  const addGroups = (text: string): void => {
    for (const [, name = ""] of text.matchAll(/\(\?P?[<'](\w+)/g)) names.add(name.toLowerCase());
  };
  for (const { path } of servers.flatMap(({ locations }) => locations)) addGroups(path);
  for (const text of texts) {
    for (const { name, args } of parseConfig(text).directives.flatMap((directive) => [...withInner(directive)])) {
      // A module that is loaded may bring others.
      if (name === "load_module" || name === "include") return () => true;
      const defining = name === "set" ? args.slice(0, 1) : isReading(name) ? [] : args;
      for (const word of defining) {
        const [, braced, bare] = /^\$(?:\{(\w+)\}|(\w+))$/.exec(word) ?? [];
        names.add((braced ?? bare ?? "").toLowerCase());
      }
      for (const word of args) addGroups(word);
    }
  }
  const hasGeoip2 = model.controller.isOn("use-geoip2");
  return (name) => names.has(name) || isVariableOfController(name, hasGeoip2);
}

const isReading = (name: string): boolean =>
  /^(?:if|return|rewrite|add_header|more_set_(?:input_)?headers|(?:proxy|grpc)_set_header|proxy_pass)$/.test(name);

/** The first directive with a variable that nginx does not know, and the variable. */
export function unknownVariable(
  directives: readonly Placed[],
  isKnown: VariableNames,
): { readonly directive: Placed; readonly name: string } | undefined {
  for (const directive of directives) {
    const name = variablesRead(directive).find((one) => !isKnown(one));
    if (name !== undefined) return { directive, name };
    const inner = directive.block === undefined ? undefined : unknownVariable(directive.block, isKnown);
    if (inner !== undefined) return inner;
  }
  return undefined;
}

function variablesRead({ name, args }: Placed): string[] {
  if (name !== "set" && !isReading(name)) return [];
  const isConstant = (index: number): boolean =>
    (index === 0 && /^(?:set|rewrite|add_header|.*_set_header)$/.test(name)) || (index > 1 && name !== "if");
  const words = name === "if" ? conditionWords(args) : args.filter((_, index) => !isConstant(index));
  return words.flatMap((word) =>
    [...word.matchAll(/\$(?:\{(\w+)\}|([A-Za-z_]\w*))/g)].map(([, braced = "", bare]) =>
      (bare ?? braced).toLowerCase(),
    ),
  );
}

/** What stands on the right is a text with variables behind `=` only; behind `~` a `$` is the end of the line. */
function conditionWords(args: readonly string[]): string[] {
  const text = args.join(" ");
  const [, left = "", right = ""] = /^\(\s*(\$\S+?)\s*\)?(?:\s+!?=\s*(.*))?(?:\s.*)?\)?$/.exec(text) ?? [];
  return [left, right];
}
