import { define } from "../../define.js";
import type { At } from "./args.js";

const quoted = (texts: readonly string[]): string => texts.map((text) => `"${text}"`).join(", ");

function narrowed(a: At & { readonly paths: readonly string[]; readonly prefixes: readonly string[] }): string {
  const paths = `${a.paths.length === 1 ? "Path" : "Paths"} ${quoted(a.paths)} of Ingress ${a.ingress}`;
  if (a.prefixes.length > 1)
    return `${paths} are written as the prefixes ${quoted(a.prefixes)}, which mind upper and lower case and end at path elements`;
  const verb = a.paths.length === 1 ? "is" : "are";
  return `${paths} ${verb} written as the prefix ${quoted(a.prefixes)}, which minds upper and lower case and ends at path elements`;
}

/** Paths and rewrites, rules that are closed, and what a target has no field for. */
export const paths = {
  FEATURE_NOT_TRANSLATED: define<
    At & { readonly annotations: readonly string[]; readonly feature: string; readonly remedy: string }
  >({
    title: "Annotation without counterpart",
    severity: "medium",
    verdict: "unsupported",
    what: (a) =>
      `Ingress ${a.ingress} sets ${a.annotations.map((key) => `"${key}"`).join(", ")}, which nothing on this target can express.`,
    why: "The behaviour ends with the migration.",
    remedy: (a) => a.remedy,
  }),
  PATH_MATCH_NARROWED: define<
    At & {
      readonly paths: readonly string[];
      readonly prefixes: readonly string[];
      readonly bare: readonly string[];
      /** Each expression with its prefix. */
      readonly pairs: readonly { readonly path: string; readonly prefix: string }[];
      /** Gateway API may choose another one of them than nginx. */
      readonly reordered: boolean;
    }
  >({
    title: "Regular expression that became a prefix",
    severity: "low",
    verdict: "equivalent",
    what: (a) =>
      `${narrowed(a)}${a.bare.length === 0 ? "" : `; ${quoted(a.bare)} without a slash behind it matches now and did not before`}${a.reordered ? "; where several match, the longest prefix is taken, and no longer the first expression" : ""}.`,
    why: "In ingress-nginx they are expressions that ignore case and are open at the end, because the host is in regex mode; some clients may rely on that by accident.",
    remedy:
      "Nothing, if clients use the paths as written; --fidelity exact keeps the matching to the letter where the target can.",
    example: (a) => ({
      method: "GET",
      url: `http://host${(a.prefixes[0] ?? "/").toUpperCase()}/x`,
      before: "matched",
      after: "not matched",
    }),
    cite: "internal/ingress/controller/template/template.go (buildLocation)",
  }),
  REGEX_IMPLEMENTATION_SPECIFIC: define<At & { readonly paths: readonly string[] }>({
    title: "Regular expression whose meaning depends on the implementation",
    severity: "medium",
    verdict: "partial",
    what: (a) =>
      `${a.paths.length === 1 ? "Path" : "Paths"} ${quoted(a.paths)} of Ingress ${a.ingress} ${a.paths.length === 1 ? "needs" : "need"} regular expressions, whose dialect, anchoring and order Gateway API leaves to the implementation.`,
    why: "The expressions are written for RE2 with a match of the whole path; another dialect may refuse them or match other requests.",
    remedy:
      "Check the implementation's documentation on RegularExpression path matches, or rewrite the paths as prefixes.",
    cite: "Gateway API v1.6.1, HTTPPathMatch",
  }),
  REGEX_NOT_RE2: define<At & { readonly path: string; readonly reason: string; readonly prefix: string }>({
    title: "Regular expression that RE2 cannot say",
    severity: "high",
    verdict: "unsupported",
    what: (a) =>
      `Path "${a.path}" of Ingress ${a.ingress} cannot be written as an RE2 expression (${a.reason}); requests below "${a.prefix}" that no other rule matches get an error instead.`,
    why: "nginx uses PCRE, which knows look-around and back-references; Envoy and Gateway API implementations mostly use RE2, which does not.",
    remedy: "Write the path without look-around and back-references, for example as several paths, and convert again.",
    cite: "envoy: source/common/common/regex.cc",
  }),
  WORD_BOUNDARY_BEHIND_ESCAPE: define<At & { readonly paths: readonly string[] }>({
    title: "Word boundary behind a character that clients encode",
    severity: "low",
    verdict: "partial",
    what: (a) =>
      `In ${a.paths.length === 1 ? "path" : "paths"} ${quoted(a.paths)} of Ingress ${a.ingress}, "\\b" or "\\B" may stand behind a blank or another encoded character, where a word begins or ends for nginx only.`,
    why: "nginx compares the decoded path; on the wire a blank is %20, whose last digit belongs to the same word as a letter behind it.",
    remedy: "Say what stands in front of the word instead, for example [ /-], and convert again.",
    example: () => ({
      method: "GET",
      url: "/files/a%20report",
      before: String.raw`matched by "/files/.*\breport"`,
      after: "not matched",
    }),
    cite: "nginx 1.27.1, ngx_http_parse_complex_uri; seen on the real controller",
  }),
  REWRITE_NOT_PORTABLE: define<At & { readonly path: string; readonly target: string }>({
    title: "Rewrite that Gateway API cannot say",
    severity: "high",
    verdict: "unsupported",
    what: (a) =>
      `Ingress ${a.ingress} rewrites "${a.path}" to "${a.target}"; Gateway API replaces a prefix or the whole path only, so the rule answers an error.`,
    why: "Without the rewrite the backend would get paths that it was never meant to get. nginx redirects where the target is an address, on paths that nothing serves too, which answer 404 now.",
    remedy:
      "Convert for a target with regex rewrites (--target envoy-gateway), or let the application serve the original path.",
    cite: "Gateway API v1.6.1, HTTPURLRewriteFilter",
  }),
  REWRITE_OF_ROOT: define<At & { readonly replacement: string }>({
    title: "Every path goes below another one",
    severity: "high",
    verdict: "partial",
    what: (a) =>
      `Ingress ${a.ingress} puts "${a.replacement}" in front of every path, which replaces the prefix "/"; some implementations lose the slash between them.`,
    why: "By the specification /x becomes /new/x. Envoy Gateway 1.9 makes /newx of it, because Envoy replaces the text of the prefix, slash included.",
    remedy:
      "Try one request on your implementation before the switch; for Envoy Gateway convert with --target envoy-gateway, which writes an expression.",
    example: (a) => ({
      method: "GET",
      url: "/x",
      before: `the application sees ${a.replacement}/x`,
      after: `${a.replacement}/x, or ${a.replacement}x on some implementations`,
    }),
    cite: "Gateway API v1.6.1, HTTPPathModifier; Envoy Gateway v1.9.0, internal/xds/translator/route.go (buildXdsURLRewriteAction)",
  }),
  REWRITE_BARE_PREFIX: define<At & { readonly prefix: string; readonly replacement: string }>({
    title: "Rewritten prefix without a slash at its end",
    severity: "low",
    verdict: "equivalent",
    what: (a) =>
      `A request of Ingress ${a.ingress} for exactly "${a.prefix}" reaches the backend as "${a.replacement}"; nginx made "${a.replacement}/" of it.`,
    why: "The prefix is replaced as it stands, while the annotation puts a slash before whatever follows.",
    remedy: "Nothing where the backend treats both alike; otherwise --fidelity exact keeps the slash on Envoy Gateway.",
    example: (a) => ({
      method: "GET",
      url: `http://host${a.prefix}`,
      before: `backend gets ${a.replacement}/`,
      after: `backend gets ${a.replacement}`,
    }),
    cite: "Gateway API v1.6.1, HTTPPathModifier (ReplacePrefixMatch)",
  }),
  REWRITE_SLASH_ONCE: define<At & { readonly prefix: string; readonly replacement: string }>({
    title: "Rewritten path with one slash in place of two",
    severity: "low",
    verdict: "equivalent",
    what: (a) =>
      `Paths of Ingress ${a.ingress} below "${a.prefix}" reach the backend as "${a.replacement === "/" ? "" : a.replacement}/…"; nginx put a second slash in front of what follows.`,
    why: "The target ends with a slash and the group behind it begins with one; a prefix replacement joins them.",
    remedy:
      "Nothing where the backend treats both alike, as most do; otherwise --fidelity exact keeps the slashes on Envoy Gateway.",
    example: (a) => ({
      method: "GET",
      url: `http://host${a.prefix}/x`,
      before: `backend gets ${a.replacement === "/" ? "" : a.replacement}//x`,
      after: `backend gets ${a.replacement === "/" ? "" : a.replacement}/x`,
    }),
    cite: "Gateway API v1.6.1, HTTPPathModifier (ReplacePrefixMatch); nginx, ngx_http_rewrite_module",
  }),
  CLOSED_RULE_ANSWERS_500: define<At & { readonly status: number; readonly reason: string }>({
    title: "Closed rule that answers 500",
    severity: "info",
    verdict: "equivalent",
    what: (a) =>
      `A rule of Ingress ${a.ingress} that must not be served (${a.reason}) has no backends, which Gateway API answers with 500 instead of ${a.status}.`,
    why: "Gateway API has no filter for a fixed answer; a rule without backends is the portable way to close a path.",
    remedy: "Remove the cause named in the other findings of this rule and convert again.",
    cite: "Gateway API v1.6.1, HTTPRouteRule backendRefs",
  }),
  RULE_CLOSED: define<
    At & {
      readonly path: string;
      readonly status: number;
      readonly reason: string;
      /** Expression for the whole of the paths, where a condition of a snippet takes some of the location's. */
      readonly asked?: string;
    }
  >({
    title: "Rule that is closed on purpose",
    severity: "high",
    verdict: "unsupported",
    what: (a) => `Requests to "${a.path}" of Ingress ${a.ingress} are answered with an error: ${a.reason}.`,
    why: "A route that cannot do what the Ingress did is written closed, so that no broader rule takes its paths.",
    remedy: "Follow the finding that names the cause, then convert again.",
  }),
  PARENT_LISTENERS_ASSUMED: define<{ readonly parent: string; readonly listeners: readonly string[] }>({
    title: "Listeners that your Gateway must have",
    severity: "medium",
    verdict: "equivalent",
    what: (a) =>
      `The routes attach to Gateway ${a.parent}, which must have these listeners and allow the routes' namespaces: ${a.listeners.join("; ")}.`,
    why: "The Gateway is neither part of the output nor in the input, so nothing here makes sure that hosts, certificates and allowedRoutes fit. A route joins each listener of its port that has a name in common with it; where two plain HTTP listeners of one port take the same name, Envoy Gateway 1.9 writes it twice, and Envoy refuses the configuration of the whole Gateway.",
    remedy:
      "Add the Gateway to the input: each route then names its listener, and the report says what does not fit. Otherwise compare the Gateway with this list before applying the routes; the namespace of each Secret needs a ReferenceGrant for the Gateway.",
    cite: "docs/gateway-api.md (A Gateway that exists already)",
  }),
  NO_PORTABLE_FIELD: define<
    At & { readonly annotations: readonly string[]; readonly loss: string; readonly remedy: string }
  >({
    title: "Behaviour that core Gateway API has no field for",
    severity: "medium",
    verdict: "unsupported",
    what: (a) => `Ingress ${a.ingress} sets ${a.annotations.map((key) => `"${key}"`).join(", ")}: ${a.loss}.`,
    why: "Gateway API 1.6 has no field for it in the standard channel; each implementation has policies of its own.",
    remedy: (a) => a.remedy,
    cite: "docs/gateway-api.md",
  }),
  PROTECTION_NOT_PORTABLE: define<
    At & { readonly annotations: readonly string[]; readonly protection: string; readonly closed: boolean }
  >({
    title: "Protection that core Gateway API cannot enforce",
    severity: "blocker",
    verdict: "unsupported",
    what: (a) =>
      `Ingress ${a.ingress} is protected by ${a.protection} (${a.annotations.length === 0 ? "the controller's ConfigMap" : a.annotations.map((key) => `"${key}"`).join(", ")}), which Gateway API cannot enforce; its rules ${a.closed ? "answer an error" : "are OPEN, as --allow-unprotected asks"}${a.annotations.some((key) => key.endsWith("/auth-tls-secret")) ? "; redirects and paths that nobody serves are answered without a certificate" : ""}.`,
    why: "A route without its protection would let everyone in.",
    remedy:
      "Convert for a target that can enforce it (--target envoy-gateway), or enforce it in front of or in the application and pass --allow-unprotected.",
    cite: "docs/gateway-api.md",
  }),
  DEFAULTS_NOT_PORTABLE: define<{ readonly defaults: readonly string[] }>({
    title: "Defaults of the controller that end",
    severity: "medium",
    verdict: "unsupported",
    what: (a) =>
      `ingress-nginx did this for every Ingress without being asked, and nothing in the output asks for it: ${a.defaults.join("; ")}.`,
    why: "Core Gateway API has no field for any of it, so the implementation's own defaults are in force.",
    remedy:
      "Compare the list with the implementation's defaults, and set what matters in its own policies; --target envoy-gateway keeps most of it.",
    cite: "internal/ingress/controller/config/config.go (NewDefault)",
  }),
};
