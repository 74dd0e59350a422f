import { standardBalancer } from "../balancer.js";
import { finding } from "../../findings/index.js";
import { corsOfRedirects } from "../gateway-api/features/cors.js";
import { serviceTraits } from "../gateway-api/service-traits.js";
import type { PlannedRule } from "../../plan/index.js";
import type { RulePart, TargetDefinition } from "../definition.js";
import type { Translation, TargetContext } from "../translator.js";
import { standardDefaults } from "./defaults.js";
import { uncheckedListener } from "./losses.js";
import { oneBackendPolicy } from "./one-backend-policy.js";
import { standardStreams } from "./streams.js";
import { standardTable } from "./table.js";
import { tlsBesideHttp } from "./tls-beside-http.js";

/** Plain Gateway API: no kinds but those of gateway.networking.k8s.io. */
export const standardDefinition: TargetDefinition = {
  name: "standard",
  table: standardTable,
  everyRule: backendNotes,
  listeners: { clientCertificates: uncheckedListener },
  regex: "unspecified",
  corsOfRedirects,
  closeRule: (status, rule, { target }) => ({
    filters: [],
    resources: [],
    findings: [
      finding(
        status < 400 ? "FIXED_ANSWER_LOST" : "CLOSED_RULE_ANSWERS_500",
        rule.origin,
        {
          ingress: rule.owner.id,
          status,
          reason: rule.action.kind === "respond" ? rule.action.reason : "see the finding about its cause",
        },
        { target },
      ),
    ],
  }),
  matchCookies,
  finishPolicy: (_kind, spec) => spec,
  policyApiVersion: () => "gateway.networking.k8s.io/v1",
  joinResources: oneBackendPolicy,
  streams: standardStreams,
  gatewayWide: standardDefaults,
  fleet: (plan, options) => ({ ...standardBalancer(plan, options), resources: [] }),
};

function backendNotes(rule: PlannedRule, context: TargetContext): Translation {
  const { target } = context;
  const upstreams = rule.action.kind === "forward" ? rule.action.backends.map((backend) => backend.upstream) : [];
  const outside = upstreams.find(({ isAddress }) => isAddress === true);
  if (outside !== undefined) {
    const args = { ingress: rule.owner.id, host: outside.service?.externalName ?? "" };
    return {
      verdict: "unsupported",
      findings: [finding("SNIPPET_BACKEND_UNREACHED", outside.origin, args, { target })],
      close: { status: 503, reason: "no backend of a route stands for a name outside of the cluster" },
    };
  }
  const findings = upstreams
    .filter((upstream) => upstream.service?.type === "ExternalName")
    .map((upstream) =>
      finding(
        "EXTERNAL_NAME_SERVICE",
        upstream.origin,
        { ingress: rule.owner.id, service: `${upstream.namespace}/${upstream.name}` },
        { target },
      ),
    );
  return {
    verdict: "exact",
    findings: [...findings, ...serviceTraits(rule, context), ...tlsBesideHttp(rule, context)],
  };
}

/** No cookie match exists; the Cookie header is searched for the pair, whatever stands around it. */
function matchCookies(
  cookies: NonNullable<PlannedRule["matches"][0]["cookies"]>,
  rule: PlannedRule,
  { target }: TargetContext,
): RulePart {
  const quoted = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
  const headers = cookies.slice(0, 1).map(({ name, value }) => ({
    type: "RegularExpression",
    name: "Cookie",
    value: `(?:.*;\\s*)?${quoted(name)}=${quoted(value)}(?:\\s*;.*)?`,
  }));
  const findings = cookies.map(({ name }) =>
    finding(
      "COOKIE_MATCH_BY_HEADER",
      rule.features.canary?.origin ?? rule.origin,
      { ingress: rule.owner.id, cookie: name },
      { target },
    ),
  );
  return { filters: [], resources: [], headers, findings };
}
