import type { Directive } from "../../../nginx-config/index.js";
import type { FeatureOf, PlannedRule } from "../../../plan/index.js";
import type { TargetContext } from "../../translator.js";
import { CLIENT_HOST } from "./headers.js";
import type { DirectiveOutcome, SnippetDialect } from "./snippet-directives.js";

type Snippets = FeatureOf<"snippets">;
type Of = { readonly dialect: SnippetDialect; readonly feature: Snippets; readonly rule: PlannedRule };

/** A line about the auth service's answer on a target that does not ask the service. */
export function isUnasked({ name }: Directive, { dialect, rule }: Of): boolean {
  const { externalAuth } = rule.features;
  return name === "auth_request_set" && externalAuth !== undefined && dialect.asksService?.(externalAuth) !== true;
}

/** A header that goes away, or may do so, while another line hands on what the client sent in it: a route takes away first. */
export function isReadElsewhere(directive: Directive, { inForce }: Snippets): boolean {
  const { name, args } = directive;
  const [header = "", value = "-"] = args;
  if (name !== "proxy_set_header" || !/^(?:\$\{?\w+\}?)*$/.test(value)) return false;
  // A Host that is the client's own never goes away.
  if (header.toLowerCase() === "host" && CLIENT_HOST.includes(value)) return false;
  const own = `http_${header.toLowerCase().replaceAll("-", "_")}`;
  return [...(inForce ?? [])].some(
    (other) => other !== directive && other.name === name && variablesIn(other).includes(own),
  );
}

const variablesIn = ({ args }: Directive): string[] =>
  args.flatMap((text) => [...text.matchAll(/\$\{?(\w+)/g)].map(([, variable = ""]) => variable.toLowerCase()));

/** Variables of the request line and the parts of the request that they stand for. */
const PARTS: Readonly<Record<string, string>> = {
  host: "host",
  http_host: "host",
  best_http_host: "host",
  request_uri: "path",
  escaped_request_uri: "path",
};

const partOf = (variable: string): string | undefined =>
  PARTS[variable] ?? (variable.startsWith("http_") ? variable.slice("http_".length).replaceAll("_", "-") : undefined);

/** Parts of the request that a text with nginx variables reads: `host`, `path`, and names of headers, lower case. */
export const partsReadIn = (text: string): readonly string[] =>
  [...text.matchAll(/\$\{?(\w+)/g)].flatMap(([, variable = ""]) => partOf(variable.toLowerCase()) ?? []);

/** Directives that write headers of answers. */
const ANSWERING = /^(?:add_header|more_set_headers)$/;

/**
 * Whether a line of an answer reads a part of the request that is another one by then, on a target that fills in answers from the request as it went to
 * the application: nginx's variables stay the client's, whatever `proxy_set_header` sends instead.
 */
export function readsChanged(directive: Directive, { dialect, rule, context }: Of & Asked): boolean {
  if (!ANSWERING.test(directive.name) || dialect.changedRequest === undefined) return false;
  const parts = directive.args.flatMap(partsReadIn);
  if (parts.length === 0) return false;
  const changed = dialect.changedRequest(rule, context);
  return parts.some((part) => changed.has(part));
}

type Asked = { readonly context: TargetContext };

/** Headers, and `host`, that lines of snippets give another value on the way to the application. */
export const sentByLines = ({ inForce }: Snippets): readonly string[] =>
  [...(inForce ?? [])].flatMap(({ name, args: [header = "", value = ""] }) => {
    if (name !== "proxy_set_header" && name !== "grpc_set_header") return [];
    return header.toLowerCase() === "host" && CLIENT_HOST.includes(value) ? [] : [header.toLowerCase()];
  });

/** Whether a line writes what the auth service answered. */
export function readsAnswer(directive: Directive, { answers }: Snippets): boolean {
  if (directive.name === "more_set_input_headers") return false;
  return variablesIn(directive).some((variable) => answers?.variables.has(variable) === true);
}

/** Marks header changes whose value comes from the service. */
export const ofAnswer = (outcome: DirectiveOutcome): DirectiveOutcome => ({
  ...outcome,
  ...(outcome.headers === undefined ? {} : { headers: outcome.headers.map((one) => ({ ...one, ofAnswer: true })) }),
});

/**
 * The directive with variables filled in that do not depend on the request; those that hold a header of the auth service's answer stand for the header
 * of the request that the target makes of it. It is there when headers are written for the backend, and not yet when nginx looks at the client's.
 */
export function withKnown(directive: Directive, { dialect, feature, rule }: Of): Directive {
  const { constants, answers } = feature;
  const { externalAuth } = rule.features;
  const asks = externalAuth !== undefined && dialect.asksService?.(externalAuth) === true;
  const isBefore = directive.name === "more_set_input_headers";
  if ((constants === undefined || constants.size === 0) && answers === undefined) return directive;
  const value = (name: string): string | undefined => {
    const header = answers?.variables.get(name);
    if (header === undefined) return constants?.get(name);
    if (isBefore) return "";
    return asks ? `\${http_${header.replaceAll("-", "_")}}` : undefined;
  };
  const filled = (text: string): string =>
    text.replaceAll(
      /\$(?:\{(\w+)\}|(\w+))/g,
      (whole, braced?: string, bare?: string) => value((braced ?? bare ?? "").toLowerCase()) ?? whole,
    );
  return { ...directive, args: directive.args.map(filled) };
}
