import { define } from "../../define.js";
import { holder, type Holder, type NamedOfRun } from "./args.js";

type OfRules<Name extends string> = NamedOfRun<Name> & Holder;

type OfModule = OfRules<"image"> & { readonly refuses: boolean; readonly bytes: number };

/** ModSecurity, and Coraza in its place. */
export const firewall = {
  WAF_BY_CORAZA: define<OfModule>({
    title: "Web application firewall by Coraza",
    severity: "high",
    verdict: "partial",
    what: ({ image, refuses, bytes, ...of }) =>
      `${holder(of)}: Coraza (${image}) ${
        refuses ? "refuses requests by the rules" : "reports requests and refuses none, as ModSecurity did"
      }; it looks at the first ${Math.floor(bytes / 1024)} KiB of a body and not at answers.`,
    why: "Envoy Gateway has no rule engine of its own. Coraza reads the same rule language and brings its own release of the OWASP rules, so single rules may decide differently; its reports go to the proxy's log, and there is no audit log. Bodies are looked at as far as Envoy can hold them.",
    remedy: ({ refuses }) =>
      `Let Envoy Gateway's controller reach the image, or name a copy and its digest with --waf-image; ${
        refuses
          ? "until it can, the route answers 500. Send requests that the rules have to refuse before the switch; proxy-body-size (or --body-limit enforce) makes Envoy hold whole bodies."
          : "until it can, requests pass without a report. --waf-image none leaves the module out."
      }`,
    example: ({ refuses }) =>
      refuses
        ? {
            method: "POST",
            url: "/ with an attack behind the first part of a large body",
            before: "403",
            after: "the backend's answer",
          }
        : undefined,
    cite: "coraza-proxy-wasm 0.5.0, README.md, wasmplugin/plugin.go; Envoy Gateway v1.9.0, api/v1alpha1/wasm_types.go",
  }),
  WAF_RULE_LOST: define<OfRules<"text" | "reason"> & { readonly line: number }>({
    title: "Firewall rule that Coraza cannot read",
    severity: "blocker",
    verdict: "unsupported",
    what: ({ line, text, reason, ...of }) => `${holder(of)}: line ${line} of the rules is left out, ${reason}: ${text}`,
    why: "One directive that Coraza does not know keeps the whole module from starting. Files of the controller's image are not in it either; rules that are chained stand or fall together.",
    remedy: "Write the rule with what Coraza has, or put the content of the file into the policy's directives_map.",
    cite: "Coraza 3.3, internal/seclang/directivesmap.gen.go, internal/operators, internal/actions",
  }),
  WAF_SETTINGS_LEFT_OUT: define<OfRules<"settings">>({
    title: "Firewall settings without counterpart",
    severity: "info",
    verdict: "partial",
    what: ({ settings, ...of }) => `${holder(of)}: these settings of ModSecurity are left out: ${settings}.`,
    why: "They are about log files, folders and limits, none of which a Wasm module has: it writes to the proxy's log, keeps no files, and holds as much of a body as the policy says.",
    remedy: "Look for what the logs were used for; the proxy's log names the rules that match.",
    cite: "coraza-proxy-wasm 0.5.0, wasmplugin/rules/coraza.conf-recommended.conf",
  }),
  WAF_REFUSES_NOTHING: define<Holder>({
    title: "Firewall rules that refuse nothing",
    severity: "medium",
    verdict: "exact",
    what: (of) =>
      `${holder(of)}: its rules say deny, but SecRuleEngine is not On, so ModSecurity refused nothing; neither does the output.`,
    why: "The recommended file only detects, a snippet takes its place without setting a mode, and ModSecurity refuses in the mode On alone.",
    remedy: "Put SecRuleEngine On into the rules if they were meant to refuse, and try them first.",
    cite: "ModSecurity 3, src/rule_with_actions.cc (executeAction); ingress-nginx 1.15.1, template.go (buildModSecurityForLocation)",
  }),
  WAF_RULES_BROKEN: define<Holder & { readonly line: number }>({
    title: "Firewall rules that nginx cannot load",
    severity: "high",
    verdict: "partial",
    what: ({ line, ...of }) =>
      `${holder(of)}: line ${line} of "modsecurity-snippet" has a single quote without backslash, so nginx refuses the configuration and these rules have never run; the output has them as they are meant.`,
    why: "The controller writes the rules between single quotes; the first one inside ends them.",
    remedy: "Check which rules the cluster really runs, and try these before the switch.",
    cite: "ingress-nginx 1.15.1, template.go (buildModSecurityForLocation); nginx, ngx_conf_file.c",
  }),
  WAF_TRANSACTION_ID_LOST: define<OfRules<"id">>({
    title: "Id of requests in the firewall's log",
    severity: "low",
    verdict: "unsupported",
    what: ({ id, ...of }) => `${holder(of)}: Coraza logs an id of its own instead of "${id}".`,
    why: "The module has no setting for it.",
    remedy: "Find requests by their time, host and path, or log %{REQUEST_HEADERS.x-request-id} in the rules' logdata.",
    cite: "coraza-proxy-wasm 0.5.0, wasmplugin/plugin.go (OnHttpRequestHeaders)",
  }),
  WAF_LOST: define<OfRules<"mode">>({
    title: "Web application firewall",
    severity: "high",
    verdict: "unsupported",
    what: ({ mode, ...of }) => `${holder(of)}: ModSecurity does not look at requests any more; it ${mode}.`,
    why: "Envoy Gateway has no rule engine of its own, and a module was not wanted (--waf-image none).",
    remedy:
      "Convert with the module, run another firewall as external processor (EnvoyExtensionPolicy) before the switch, or decide that the rules are not needed.",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/ext_proc_types.go, wasm_types.go",
  }),
};
