import { finding } from "../../findings/index.js";
import { upstreamHost as coreUpstreamHost } from "../gateway-api/features/headers.js";
import type { Translator } from "../translator.js";
import { hostByPath } from "./host-by-path.js";
import { objectName } from "./object-name.js";
import { API_VERSION, GROUP, HERE, appResource, originsOf } from "./parts.js";
import { rewrite, snippetRewrite } from "./rewrite.js";

/** Whether the filter of a snippet's rewrite is there to take the host along. */
const movesByExpression = (...[path, of]: Parameters<typeof snippetRewrite>): boolean =>
  path.isWhole !== true && snippetRewrite(path, of) !== undefined;

/**
 * upstream-vhost. The core field takes a DNS name; a host with a port comes out of the path by an expression that takes whatever path there is
 * (PathRegex, whose substitution may be any header value), in the filter of the rewrite where that has one.
 */
export const upstreamHost: Translator<"upstreamHost"> = (feature, rule, context) => {
  const hostname = hostByPath(feature.host);
  if (hostname === undefined) return coreUpstreamHost(feature, rule, context);
  const at = originsOf(feature, "upstream-vhost");
  const findings = [finding("UPSTREAM_HOST_BY_PATH", at, { ingress: rule.owner.id, host: feature.host }, HERE)];
  const path = rule.features.rewrite;
  if (path !== undefined && rewrite(path, rule, context).resources !== undefined)
    return { verdict: "equivalent", findings };
  const bySnippet = rule.features.snippets?.pathRewrite;
  if (bySnippet !== undefined && movesByExpression(bySnippet, { rule, context, origin: feature.origin }))
    return { verdict: "equivalent", findings };
  const name = objectName(context.route.name, rule.name, "host");
  const object = {
    apiVersion: API_VERSION,
    kind: "HTTPRouteFilter",
    metadata: { name, namespace: context.route.namespace },
    spec: { urlRewrite: { hostname } },
  };
  return {
    verdict: "equivalent",
    findings,
    filters: [{ type: "ExtensionRef", extensionRef: { group: GROUP, kind: "HTTPRouteFilter", name } }],
    resources: [appResource(object, rule, at)],
  };
};
