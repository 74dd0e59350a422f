import { withInner, type Directive } from "../../nginx-config/index.js";
import {
  asksPassword,
  type AuthAnswers,
  type ExternalAuth,
  type Features,
  type SnippetPart,
  type Snippets,
} from "../features.js";

/**
 * What `auth_request_set` keeps of the answer of the location's auth service (ngx_http_auth_request_module). It runs in the access phase: variables are
 * empty before, and stay so where nobody asks.
 */
export function withAuthAnswers(features: Features): Features {
  const { snippets, externalAuth } = features;
  if (snippets === undefined) return features;
  const lines = linesOf(snippets.parts);
  if (lines.length === 0 && !snippets.parts.some(({ text }) => /\$\{?authHeader\d/i.test(text))) return features;
  const answers = answersOf(lines, snippets.parts, { externalAuth, hasPassword: asksPassword(features) });
  const names = neededHeaders(snippets.parts, answers.variables, externalAuth);
  const renamed = names.filter((name) => !isHandedOn(name, snippets.parts, answers.variables));
  return {
    ...features,
    snippets: { ...snippets, answers },
    ...(externalAuth === undefined || names.length === 0
      ? {}
      : { externalAuth: { ...externalAuth, snippetHeaders: { names, renamed, origin: originOf(snippets) } } }),
  };
}

const linesOf = (parts: readonly SnippetPart[]): readonly Directive[] =>
  parts
    .filter(({ where }) => where === "configuration")
    .flatMap(({ config }) => config.directives.filter(({ name }) => name === "auth_request_set"));

const originOf = ({ parts, origin }: Snippets): Snippets["origin"] =>
  parts.find(({ where }) => where === "configuration")?.origin ?? origin;

/** Whether the check that the lines are about is one that a snippet itself asks for. */
const hasOwnCheck = (parts: readonly SnippetPart[]): boolean =>
  parts.some(({ config }) => config.directives.some(({ name }) => name === "auth_request"));

function answersOf(
  lines: readonly Directive[],
  parts: readonly SnippetPart[],
  { externalAuth, hasPassword }: { readonly externalAuth: ExternalAuth | undefined; readonly hasPassword: boolean },
): AuthAnswers {
  const variables = new Map<string, string>();
  const setBy = new Map<string, Directive>();
  const done = new Set<Directive>();
  const idle = new Map<Directive, string>();
  const lost = new Map<Directive, string>();
  // The client's own header of that name carries the password, which no backend may get.
  const isTheirs = (header: string): boolean => !hasPassword || header !== "authorization";
  const own = externalAuth?.keepalive === undefined ? (externalAuth?.responseHeaders ?? []) : [];
  // The template keeps auth-response-headers in variables of these names (template.go, buildAuthResponseHeaders).
  for (const [index, header] of own.entries()) {
    if (isTheirs(header.toLowerCase())) variables.set(`authheader${index}`, header.toLowerCase());
  }
  for (const directive of lines) {
    const variable = (directive.args[0] ?? "").replace(/^\$\{?|\}$/g, "").toLowerCase();
    const header = headerIn(directive.args[1] ?? "");
    const taken = variables.get(variable);
    if (hasOwnCheck(parts)) lost.set(directive, "the check that it is about is not made");
    else if (externalAuth === undefined) idle.set(directive, "nobody asks an auth service here");
    else if (externalAuth.keepalive !== undefined)
      idle.set(directive, "with auth-keepalive the controller asks in another way, which sets no such variables");
    else if (header === undefined) lost.set(directive, "a policy hands on headers of the auth service's answer alone");
    else if (!isTheirs(header)) lost.set(directive, "the client's password stands in the same header");
    else if (header === "set-cookie") {
      if (variable === "auth_cookie") idle.set(directive, "the controller has the same line");
      else lost.set(directive, "cookies of the auth service reach no client");
    } else if (setBy.get(variable) === undefined && taken !== undefined && taken !== header)
      lost.set(directive, `the controller keeps ${taken} of auth-response-headers in the same variable`);
    else {
      const before = setBy.get(variable);
      if (before !== undefined) {
        done.delete(before);
        idle.set(before, "a later line sets the same variable");
      }
      variables.set(variable, header);
      setBy.set(variable, directive);
      done.add(directive);
    }
  }
  const all = lines.map(({ args: [target = ""] }) => target.replace(/^\$\{?|\}$/g, "").toLowerCase());
  return { variables, empty: all.filter((name) => !variables.has(name) && name !== "auth_cookie"), done, idle, lost };
}

/** `$upstream_http_x_user`, in lower case with hyphens. */
function headerIn(text: string): string | undefined {
  const [, name] = /^\$\{?upstream_http_(\w+)\}?$/i.exec(text) ?? [];
  return name?.toLowerCase().replaceAll("_", "-");
}

/** Directives that say what backend and client get. */
const READERS = /^(?:proxy_set_header|add_header|more_set_headers)$/;

/** Headers of the answer that lines of snippets read, beside those of auth-response-headers. */
function neededHeaders(
  parts: readonly SnippetPart[],
  variables: ReadonlyMap<string, string>,
  externalAuth: ExternalAuth | undefined,
): readonly string[] {
  const given = new Set(externalAuth?.responseHeaders.map((name) => name.toLowerCase()));
  const read = parts
    .filter(({ where }) => where === "configuration" || where === "server")
    .flatMap(({ config }) => config.directives.flatMap((directive) => [...withInner(directive)]))
    .filter(({ name }) => READERS.test(name))
    .flatMap(({ args }) => args.flatMap((text) => [...text.matchAll(/\$\{?(\w+)/g)]))
    .flatMap(([, name = ""]) => variables.get(name.toLowerCase()) ?? []);
  return [...new Set(read)].filter((name) => !given.has(name)).sort();
}

/** Whether a line hands a header of the answer on under its own name. */
function isHandedOn(header: string, parts: readonly SnippetPart[], variables: ReadonlyMap<string, string>): boolean {
  return parts
    .filter(({ where }) => where === "configuration")
    .flatMap(({ config }) => config.directives)
    .some(
      ({ name, args: [own = "", value = ""] }) =>
        name === "proxy_set_header" &&
        own.toLowerCase() === header &&
        variables.get(value.replace(/^\$\{?|\}$/g, "").toLowerCase()) === header,
    );
}
