import { DEFAULT_TYPE, typeOfEnding } from "../../../nginx-config/index.js";
import { SYMBOLS, type HeaderChanges } from "../../decision.js";
import type { Placed } from "./sources.js";
import { filledValue, type State } from "./state.js";

/** Directives in force, from the outside in: http, server, location, `if`. */
export type Levels = readonly (readonly Placed[])[];

/** What becomes of one header of the answer. */
type Header = { own: "backend" | "gone" | { readonly value: string }; readonly added: string[] };

/** A step of headers-more, or of the controller's own directives, in the order of their effect. */
export type HeaderStep =
  | { readonly kind: "set"; readonly name: string; readonly value: string }
  | { readonly kind: "clear"; readonly name: string };

/** Statuses with which add_header adds and expires sets its two headers (ngx_http_headers_module). */
const SUCCESSFUL: readonly number[] = [200, 201, 204, 206, 301, 302, 303, 304, 307, 308];

/** Directives of the innermost level that has any: arrays of nginx are not joined (ngx_conf_merge_ptr_value). */
export function innermost(levels: Levels, ...names: readonly string[]): readonly Placed[] {
  for (const level of [...levels].reverse()) {
    const own = level.filter(({ name }) => names.includes(name));
    if (own.length > 0) return own;
  }
  return [];
}

/** Lines of the server and of http {} do not reach a block that has one of its own. */
export const withOwnAddHeader = (levels: Levels): Levels =>
  levels.map((level, index) => (index < 2 ? level.filter(({ name }) => name !== "add_header") : level));

/**
 * Response headers: the backend's line is hidden, then headers-more sets and clears from the outside in, then add_header adds lines, which is the
 * order of the filters in the controller's nginx (images/nginx/rootfs/build.sh).
 *
 * @param inside levels of the controller's own backend, whose add_header with `always` stands in its answer already
 * @param hidden headers that the controller hides when no level does
 * @param steps what headers-more does by the template, before (`outer`) and after (`inner`) the directives of snippets
 */
export function responseHeaders(
  levels: Levels,
  state: State,
  from: {
    readonly status: number;
    readonly hasBackend: boolean;
    readonly inside: Levels;
    readonly hidden: readonly string[];
    /** Of a text that nginx itself sends. */
    readonly type?: string;
    readonly outer: readonly HeaderStep[];
    readonly inner: readonly HeaderStep[];
  },
): HeaderChanges {
  const headers = new Map<string, Header>();
  const of = (name: string): Header => {
    let header = headers.get(name);
    if (header === undefined) headers.set(name, (header = { own: "backend", added: [] }));
    return header;
  };
  for (const { name, value } of addedBy(from.inside, state, from.status)) of(name).own = { value };
  for (const name of from.hidden) of(name).own = "gone";
  if (from.type !== undefined) of("content-type").own = { value: from.type };
  const more = levels.flatMap((level) => level.flatMap((directive) => moreSteps(directive, state, from.status)));
  for (const step of [...from.outer, ...more, ...from.inner])
    of(step.name).own = step.kind === "clear" ? "gone" : { value: step.value };
  for (const { name, value } of addedBy(levels, state, from.status)) of(name).added.push(value);
  const expires = innermost(levels, "expires")[0]?.args[0] ?? "off";
  if (expires !== "off" && SUCCESSFUL.includes(from.status))
    for (const name of ["expires", "cache-control"]) of(name).own = { value: SYMBOLS.unknown };
  return asChanges(headers, from.hasBackend);
}

/** Lines of add_header with their values, where the status lets them. */
function addedBy(levels: Levels, state: State, status: number): { readonly name: string; readonly value: string }[] {
  return innermost(levels, "add_header").flatMap(({ args: [name = "", text = "", always] }) => {
    const value = always === "always" || SUCCESSFUL.includes(status) ? filledValue(text, state) : "";
    return value === "" ? [] : [{ name: name.toLowerCase(), value }];
  });
}

function asChanges(headers: ReadonlyMap<string, Header>, hasBackend: boolean): HeaderChanges {
  const set: Record<string, string> = {};
  const removed: string[] = [];
  for (const [name, { own, added }] of headers) {
    const first =
      typeof own === "object"
        ? [own.value]
        : own === "backend" && hasBackend && added.length > 0
          ? [SYMBOLS.backend]
          : [];
    const lines = [...first, ...added];
    if (lines.length > 0) set[name] = lines.join(", ");
    else if (own === "gone" && hasBackend) removed.push(name);
  }
  return { set, removed };
}

/** `more_set_headers "Name: value" …` and `more_clear_headers Name …`, with -s (statuses) and -t (content types, which are not known). */
function moreSteps({ name, args }: Placed, state: State, status: number): HeaderStep[] {
  if (name !== "more_set_headers" && name !== "more_clear_headers") return [];
  const { headers, statuses, hasTypes } = options(args);
  if (statuses.length > 0 && !statuses.includes(String(status))) return [];
  return headers.map((text): HeaderStep => {
    const [header, value] = headerOf(text);
    if (hasTypes) return { kind: "set", name: header, value: SYMBOLS.unknown };
    const written = filledValue(value, state);
    // A value that comes out empty clears as well (headers-more, ngx_http_set_header_helper).
    if (name === "more_clear_headers" || written === "") return { kind: "clear", name: header };
    return { kind: "set", name: header, value: written };
  });
}

function options(args: readonly string[]): {
  readonly headers: readonly string[];
  readonly statuses: readonly string[];
  readonly hasTypes: boolean;
} {
  const headers: string[] = [];
  const statuses: string[] = [];
  let hasTypes = false;
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] ?? "";
    if (word === "-s") statuses.push(...(args[(at += 1)] ?? "").trim().split(/\s+/));
    else if (word === "-t") {
      hasTypes = true;
      at += 1;
    } else if (word !== "-a" && word !== "-r") headers.push(word);
  }
  return { headers, statuses, hasTypes };
}

/** Name in lower case, and value, of `Name: value`. */
export function headerOf(text: string): readonly [string, string] {
  const colon = text.indexOf(":");
  return colon < 0
    ? [text.trim().toLowerCase(), ""]
    : [text.slice(0, colon).trim().toLowerCase(), text.slice(colon + 1).trim()];
}

/** The request after more_set_input_headers and more_clear_input_headers: `-r` replaces only what was sent. */
export function withInput(levels: Levels, state: State): State["request"] {
  const { request } = state;
  const headers = new Map(Object.entries(request.headers));
  let { credentials } = request;
  for (const { name, args } of levels.flat()) {
    if (name !== "more_set_input_headers" && name !== "more_clear_input_headers") continue;
    const replacesOnly = args.includes("-r");
    for (const line of options(args).headers) {
      const [header, value] = headerOf(line);
      // A value that comes out empty clears as well (headers-more, ngx_http_set_header_helper).
      const text = filledValue(value, state);
      const isCleared = name === "more_clear_input_headers" || text === "";
      if (header === "authorization") credentials = { ...credentials, password: "none" };
      if (isCleared) headers.delete(header);
      else if (!replacesOnly || headers.has(header)) headers.set(header, text);
    }
  }
  return { ...request, headers: Object.fromEntries(headers), credentials };
}

/** Names of the headers that more_*_input_headers changes, which are set or gone whatever the client sent. */
export function inputChanges(levels: Levels, before: State["request"], after: State["request"]): HeaderChanges {
  const names = levels
    .flat()
    .filter(({ name }) => name === "more_set_input_headers" || name === "more_clear_input_headers")
    .flatMap(({ args }) => options(args).headers.map((text) => headerOf(text)[0]));
  const set: Record<string, string> = {};
  const removed: string[] = [];
  for (const name of new Set(names)) {
    const value = after.headers[name];
    if (value === undefined) removed.push(name);
    else if (value !== before.headers[name]) set[name] = value;
  }
  return { set, removed };
}

/** Lines of a block that the controller leaves to itself; these two follow from the connection and are not compared. */
const HOP_BY_HOP: readonly string[] = ["connection", "upgrade"];

/**
 * proxy_set_header behind the lines that the template writes into the same block: a name that stands there already gets a second line, an empty value
 * adds none (ngx_http_proxy_init_headers).
 */
export function proxyHeaders(
  generated: HeaderChanges,
  directives: readonly Placed[],
  state: State,
): HeaderChanges & { readonly host: readonly string[] } {
  const set: Record<string, string> = { ...generated.set };
  const removed = new Set(generated.removed);
  const host: string[] = [];
  const own = new Set<string>();
  for (const { args } of directives) {
    const name = (args[0] ?? "").toLowerCase();
    if (HOP_BY_HOP.includes(name)) continue;
    const value = filledValue(args[1] ?? "", state);
    if (name === "host") {
      if (value !== "") host.push(value);
      continue;
    }
    const isGenerated = generated.set[name] !== undefined || generated.removed.includes(name) || own.has(name);
    own.add(name);
    const line = set[name];
    if (value !== "") {
      set[name] = line === undefined || !isGenerated ? value : `${line}, ${value}`;
      removed.delete(name);
    } else if (!isGenerated) removed.add(name);
  }
  return { set, removed: [...removed], host };
}

/** The type of a text that nginx sends (ngx_http_set_content_type): that of the path's ending, then `default_type`; undefined where own `types` decide. */
export function textType(levels: Levels, { uri }: State): string | undefined {
  const [types] = innermost(levels, "types");
  if (types?.block !== undefined && types.block.length > 0) return undefined;
  const ofEnding = types === undefined ? typeOfEnding(uri) : undefined;
  return ofEnding ?? innermost(levels, "default_type")[0]?.args[0] ?? DEFAULT_TYPE;
}
