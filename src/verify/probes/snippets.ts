import type { ControllerConfig, Server } from "../../ingress-nginx/index.js";
import { settingOf } from "../../mappings/index.js";
import { parseConfig, withInner, type Directive } from "../../nginx-config/index.js";
import { wordsOf } from "../nginx/snippets/rewriting.js";
import { pathsNear, textOf } from "./paths.js";
import type { Variant } from "./variant.js";

/** What directives of snippets ask about a request: for each question something that fulfils it and something that does not. */
export type SnippetProbes = {
  readonly paths: readonly string[];
  readonly hosts: readonly string[];
  readonly variants: readonly Variant[];
};

const NOTHING: SnippetProbes = { paths: [], hosts: [], variants: [] };

/** Questions of all snippets around the locations of a server. */
export function snippetProbes(server: Server, controller: ControllerConfig): SnippetProbes {
  const settings = [...new Set(server.locations.map((location) => location.settings))];
  const texts = [
    ...settings.map((of) => settingOf(of, "configuration-snippet")?.value),
    settingOf(server.settings, "server-snippet")?.value,
    ...(["http-snippet", "server-snippet", "location-snippet"] as const).map((key) => controller.value(key).text),
  ].filter((text) => text !== undefined && text !== "");
  if (texts.length === 0) return NOTHING;
  const probes = [...new Set(texts)]
    .flatMap((text) => parseConfig(text ?? "").directives)
    .flatMap((directive) => [...withInner(directive)])
    .map(probesOf);
  return {
    paths: [...new Set(probes.flatMap(({ paths = [] }) => paths))],
    hosts: [...new Set(probes.flatMap(({ hosts = [] }) => hosts))],
    variants: distinct(probes.flatMap(({ variants = [] }) => variants)),
  };
}

function distinct(variants: readonly Variant[]): Variant[] {
  return [...new Map(variants.map((variant) => [JSON.stringify(variant), variant])).values()];
}

function probesOf({ name, args, block = [] }: Directive): Partial<SnippetProbes> {
  switch (name) {
    case "if": {
      const [left = "", operator = "", right = ""] = wordsOf(args);
      return asked(variableIn(left), operator.includes("~") ? expressionTexts(right) : plainTexts(operator, right));
    }
    case "map": {
      const texts = block.flatMap((entry) =>
        entry.name.startsWith("~") ? expressionTexts(entry.name.replace(/^~\*?/, "")) : [entry.name, `${entry.name}x`],
      );
      return asked(variableIn(args[0] ?? ""), texts);
    }
    case "location": {
      const [, modifier = "", text = ""] = /^(=|\^~|~\*|~)?\s*(.*)$/s.exec(args.join(" ")) ?? [];
      const found = modifier.startsWith("~") ? [...expressionTexts(text).map(textOf), textOf(text)] : [text];
      return {
        paths: found.filter((path) => path.startsWith("/")).flatMap((path) => [path, ...pathsNear(path).slice(0, 5)]),
      };
    }
    case "rewrite":
      return { paths: [...expressionTexts(args[0] ?? ""), textOf(args[0] ?? "")].map(textOf) };
    case "proxy_set_header":
    case "more_set_input_headers":
    case "more_clear_input_headers":
      return { variants: claimedHeaders(name, args) };
    case "limit_except":
      return { variants: [...args, "POST", "DELETE", "HEAD"].map((method) => ({ method: method.toUpperCase() })) };
    default:
      return {};
  }
}

/** Clients that send what a line writes for the backend, and what it reads. */
function claimedHeaders(directive: string, args: readonly string[]): Variant[] {
  const written = directive === "proxy_set_header" ? args.slice(0, 1) : args.map((text) => text.split(":")[0] ?? "");
  const names = written.map((name) => name.trim().toLowerCase()).filter((name) => /^[a-z0-9-]+$/.test(name));
  const read = args.flatMap((text) =>
    [...text.matchAll(/\$\{?http_(\w+)/g)].map(([, name = ""]) => name.toLowerCase().replaceAll("_", "-")),
  );
  return [...new Set([...names.filter((name) => !/^(?:host|connection|upgrade)$/.test(name)), ...read])].map(
    (name) => ({
      headers: { [name]: "claimed" },
    }),
  );
}

const variableIn = (text: string): string => /^\$\{?(\w+)\}?$/.exec(text)?.[1]?.toLowerCase() ?? "";

/** What is compared, something near it, and what a bare variable takes for no. */
const plainTexts = (operator: string, right: string): string[] =>
  operator === "" ? ["1", "0", "yes"] : [right, `${right}x`, right.toUpperCase()];

/** Texts that an expression may match, one for each alternative, with something around them; read loosely. */
function expressionTexts(pattern: string): string[] {
  const inner = pattern.replaceAll(/\(\?[a-zA-Z<>:=!]+[:)]?/g, "(").replaceAll(/\\[bB]/g, "");
  const alternatives = inner.includes("|") ? inner.split("|") : [inner];
  const first = (inner.split(/[(|]/)[0] ?? "").replaceAll(/[\^$]/g, "");
  const texts = alternatives.map((text, index) => {
    const plain = text
      .replaceAll(/\[0-9\][+*]?|\\d[+*]?(?:\{\d+(?:,\d*)?\})?/g, "42")
      .replaceAll(/\\w[+*]?|\[[^\]]*\][+*?]?/g, "a")
      .replaceAll(/\.[*+]/g, "x")
      .replaceAll(/\\(.)/g, "$1")
      .replaceAll(/[()?*+^$]/g, "");
    return index === 0 || text.startsWith("^") ? plain : `${first.includes("/") ? first : ""}${plain}`;
  });
  return [
    ...new Set(
      texts
        .filter((text) => text !== "")
        .slice(0, 4)
        .flatMap((text) => [text, `a${text}b`, text.toUpperCase()]),
    ),
  ];
}

/** Requests in which the variable has each of the texts. */
function asked(variable: string, texts: readonly string[]): Partial<SnippetProbes> {
  const header = (name: string): Partial<SnippetProbes> => ({
    variants: texts.map((text) => ({ headers: { [name]: text } })),
  });
  const cookie = /^cookie_(.+)$/.exec(variable)?.[1];
  if (cookie !== undefined)
    return { variants: texts.map((text) => ({ headers: { cookie: `a=b; ${cookie}=${text}` } })) };
  const argument = /^arg_(.+)$/.exec(variable)?.[1];
  if (argument !== undefined)
    return { variants: texts.map((text) => ({ query: `z=1&${argument}=${encodeURIComponent(text)}` })) };
  switch (variable) {
    case "request_method": {
      const methods = texts.filter((text) => /^[A-Z]+$/.test(text));
      return { variants: [...methods, "GET", "POST", "PATCH", "DELETE", "HEAD"].map((method) => ({ method })) };
    }
    case "host":
    case "http_host":
    case "best_http_host":
    case "server_name":
      return { hosts: texts.map((text) => text.toLowerCase()).filter((text) => /^[a-z0-9][a-z0-9.-]*$/.test(text)) };
    case "uri":
    case "document_uri":
    case "request_uri":
      return { paths: texts.map(textOf) };
    case "args":
    case "query_string":
      return { variants: texts.map((text) => ({ query: text.replaceAll(/[^\w=&.~-]/g, "") })) };
    case "remote_addr":
      return { variants: texts.filter((text) => /^\d+\.\d+\.\d+\.\d+$/.test(text)).map((address) => ({ address })) };
    case "http_cookie":
      return { variants: texts.map((text) => ({ headers: { cookie: text.includes("=") ? text : `${text}=1` } })) };
    case "content_type":
      return header("content-type");
    default: {
      const name = /^http_(.+)$/.exec(variable)?.[1];
      return name === undefined ? {} : header(name.replaceAll("_", "-"));
    }
  }
}
