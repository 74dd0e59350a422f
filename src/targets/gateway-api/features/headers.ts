import { finding, type Finding } from "../../../findings/index.js";
import type { IngressId } from "../../../kubernetes/index.js";
import { constantGroups, type Plan } from "../../../plan/index.js";
import { NOTHING_TO_DO, originsOf } from "../../parts.js";
import type { TargetContext, Translator } from "../../translator.js";

/** Makes a literal header value safe for the target. */
export type EscapeHeaderValue = (value: string) => string;

const HOSTNAME = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;
/** The Host that nginx sends anyway. */
export const CLIENT_HOST: readonly string[] = ["$host", "$http_host", "$best_http_host"];

/** A Host as the core field takes it, in lower case; undefined for a port, an address or a variable. */
export function coreHostname(host: string): string | undefined {
  const hostname = host.toLowerCase();
  return HOSTNAME.test(hostname) && hostname.length <= 253 ? hostname : undefined;
}

/** upstream-vhost: URLRewrite, because Gateway API forbids nothing but implementations ignore Host in header filters. */
export const upstreamHost: Translator<"upstreamHost"> = (feature, rule, { target }) => {
  if (CLIENT_HOST.includes(feature.host)) return NOTHING_TO_DO;
  const hostname = coreHostname(feature.host);
  if (hostname === undefined) {
    const args = { ingress: rule.owner.id, host: feature.host, ofSnippet: feature.settings.length === 0 };
    return {
      verdict: "unsupported",
      findings: [finding("UPSTREAM_HOST_UNSUPPORTED", originsOf(feature), args, { target })],
    };
  }
  return { ...NOTHING_TO_DO, filters: [{ type: "URLRewrite", urlRewrite: { hostname } }] };
};

/** x-forwarded-prefix, which nginx sends together with a rewrite only (template.go, buildProxyPass). */
export function forwardedPrefix(escape: EscapeHeaderValue): Translator<"forwardedPrefix"> {
  return (feature, rule, { target }) => {
    const { rewrite } = rule.features;
    if (rewrite === undefined) return NOTHING_TO_DO;
    const value = constantGroups(feature.value, rewrite.pattern);
    if (value === undefined) {
      const args = { ingress: rule.owner.id, value: feature.value };
      return {
        verdict: "unsupported",
        findings: [finding("FORWARDED_PREFIX_CAPTURES", originsOf(feature), args, { target })],
      };
    }
    const set = [{ name: "X-Forwarded-Prefix", value: escape(value) }];
    const filters = [{ type: "RequestHeaderModifier", requestHeaderModifier: { set } }];
    if (value === feature.value) return { ...NOTHING_TO_DO, filters };
    const args = { ingress: rule.owner.id, value: feature.value, written: value };
    const told = finding("FORWARDED_PREFIX_CONSTANT", originsOf(feature), args, { target });
    return { verdict: "equivalent", findings: [told], filters };
  };
}

const NAME = /^[A-Za-z0-9!#$%&'*+\-.^_`|~]{1,256}$/;
/** Values that the experimental CRDs take as well (pattern of HTTPHeader.value). */
const VALUE = /^[!-~]+(?:[\t ]?[!-~]+)*$/;
/** Most entries of a header modifier (CRD, maxItems). */
const MAX_HEADERS = 16;

/** How a target writes headers of responses. */
export type ResponseHeaderWriting = {
  readonly escape: EscapeHeaderValue;
  /** Whether answers of the proxy itself (errors, refusals) get them too; Gateway API speaks of the backend's responses only. */
  readonly onEveryAnswer: boolean;
  /** Headers, lower case, that the Gateway takes out of every answer behind whatever rules write. */
  readonly removedAtLast?: (context: TargetContext) => ReadonlySet<string>;
  /** Headers, lower case, that the Gateway writes into every answer behind whatever rules write, with their values. */
  readonly writtenAtLast?: (context: TargetContext) => ReadonlyMap<string, string>;
};

/** custom-headers: the ConfigMap's headers on every response, the proxy's own included (nginx.tmpl, more_set_headers). */
export function responseHeaders(writing: ResponseHeaderWriting): Translator<"responseHeaders"> {
  const { escape, onEveryAnswer, removedAtLast, writtenAtLast } = writing;
  return (feature, rule, context) => {
    const { target, plan, route } = context;
    const ingress = rule.owner.id;
    const at = originsOf(feature);
    if (feature.set === undefined) {
      return {
        verdict: "unsupported",
        findings: [finding("RESPONSE_HEADERS_UNKNOWN", at, { ingress, configMap: feature.configMap }, { target })],
      };
    }
    const removed = removedAtLast?.(context);
    const written = writtenAtLast?.(context);
    const findings: Finding[] = [];
    const set: { name: string; value: string }[] = [];
    for (const [name, text] of Object.entries(feature.set).sort(([a], [b]) => (a < b ? -1 : 1))) {
      const value = escape(text.trim());
      const isWritable = NAME.test(name) && VALUE.test(value) && value.length <= 4096 && set.length < MAX_HEADERS;
      if (removed?.has(name.toLowerCase()) === true)
        findings.push(finding("RESPONSE_HEADER_REMOVED", at, { ingress, header: name }, { target }));
      else if ((written?.get(name.toLowerCase()) ?? value) !== value)
        findings.push(finding("RESPONSE_HEADER_REPLACED", at, { ingress, header: name }, { target }));
      else if (isWritable) set.push({ name, value });
      else findings.push(finding("RESPONSE_HEADER_REFUSED", at, { ingress, header: name }, { target }));
    }
    const filters = set.length === 0 ? [] : [{ type: "ResponseHeaderModifier", responseHeaderModifier: { set } }];
    const isRefused = findings.length > 0;
    if (set.length > 0 && isRedirected(plan, route.hostnames, ingress))
      findings.push(finding("RESPONSE_HEADERS_NOT_ON_REDIRECTS", at, { ingress }, { target }));
    if (set.length > 0 && !onEveryAnswer)
      findings.push(finding("RESPONSE_HEADERS_ON_ANSWERS", at, { ingress }, { target }));
    if (findings.length === 0) return { ...NOTHING_TO_DO, filters };
    return { verdict: isRefused ? "partial" : "equivalent", findings, filters };
  };
}

type Redirected = { readonly hosts: ReadonlySet<string>; readonly ingresses: ReadonlySet<IngressId> };

const REDIRECTED = new WeakMap<Plan, Redirected>();

/** Whether there are redirects that no annotation names: to HTTPS, and to a path with a slash at its end. */
function isRedirected(plan: Plan, hostnames: readonly string[], ingress: IngressId): boolean {
  const known = REDIRECTED.get(plan) ?? redirectedIn(plan);
  REDIRECTED.set(plan, known);
  return known.ingresses.has(ingress) || hostnames.some((name) => known.hosts.has(name));
}

/** Asked for each rule, hence worked out once. */
function redirectedIn({ routes }: Plan): Redirected {
  const toHttps = routes.filter(({ purpose }) => purpose === "https-redirect");
  const toSlash = routes
    .flatMap((route) => route.rules)
    .filter(({ action }) => action.kind === "redirect" && action.settings.length === 0);
  return {
    hosts: new Set(toHttps.flatMap((route) => route.hostnames)),
    ingresses: new Set(toSlash.map(({ owner }) => owner.id)),
  };
}
