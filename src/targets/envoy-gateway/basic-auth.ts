import { finding, type Finding } from "../../findings/index.js";
import type { FeatureOf, PlannedRule } from "../../plan/index.js";
import { WITHOUT_CREDENTIALS } from "../gateway-api/features/credentials.js";
import type { Translation, Translator } from "../translator.js";
import { challengeOf, challengeOverride } from "./auth-challenge.js";
import { answeredHeaders } from "./external-auth-spec.js";
import { HERE, NOTHING_TO_DO, answersFor, originsOf } from "./parts.js";

type BasicAuth = Exclude<FeatureOf<"basicAuth">, { readonly scheme: "off" }>;

/**
 * auth-type and friends. The policy names a Secret that the user has to make, because Envoy reads another key and another
 * hash; until then the route answers 500, which is closed (securitypolicy.go, buildBasicAuth).
 */
export const basicAuth: Translator<"basicAuth"> = (feature, rule, context) => {
  if (feature.scheme === "off")
    return { ...NOTHING_TO_DO, filters: hidesCredentials(rule) ? [WITHOUT_CREDENTIALS] : [] };
  if (feature.scheme === "digest") return digest(feature, rule, context.options.allowUnprotected);
  const created = `${feature.secret.name}-htpasswd`;
  const namespace = context.route.namespace;
  const realm = realmFinding(feature, rule);
  return {
    verdict: "partial",
    findings: [...basicFindings(feature, rule, { created, namespace }), realm],
    filters: [WITHOUT_CREDENTIALS],
    policies: [
      { kind: "SecurityPolicy", spec: { basicAuth: { users: { name: created } } } },
      ...challengeOverride(rule),
    ],
    answers: answersFor(feature, ["auth-realm"], realm.verdict, realm.code),
  };
};

/** An auth service that sets Authorization for the backend wins over the blanking, because its line comes later. */
function hidesCredentials(rule: PlannedRule): boolean {
  const { externalAuth } = rule.features;
  return externalAuth === undefined || !answeredHeaders(externalAuth).includes("authorization");
}

function basicFindings(
  feature: BasicAuth,
  rule: PlannedRule,
  to: { readonly created: string; readonly namespace: string },
): Finding[] {
  const ingress = rule.owner.id;
  const secret = `${feature.secret.namespace}/${feature.secret.name}`;
  const args = { ingress, secret, created: `${to.namespace}/${to.created}`, command: conversionCommand(feature, to) };
  return [finding("BASIC_AUTH_SECRET_NEEDED", originsOf(feature, "auth-secret", "auth-type"), args, HERE)];
}

function realmFinding(feature: BasicAuth, rule: PlannedRule): Finding {
  const code = challengeOf(rule) === undefined ? "BASIC_AUTH_REALM_LOST" : "BASIC_AUTH_REALM_SET";
  return finding(code, originsOf(feature, "auth-realm"), { ingress: rule.owner.id, realm: feature.realm }, HERE);
}

/** The command pipes the Secret's content; nothing of it is ever read or shown here. */
function conversionCommand(feature: BasicAuth, to: { readonly created: string; readonly namespace: string }): string {
  const read = `kubectl get secret ${feature.secret.name} -n ${feature.secret.namespace}`;
  const lines =
    feature.secretType === "auth-file"
      ? `-o go-template='{{.data.auth | base64decode}}'`
      : `-o go-template='{{range $user, $hash := .data}}{{$user}}:{{$hash | base64decode}}{{"\\n"}}{{end}}'`;
  return `${read} ${lines} | kubectl create secret generic ${to.created} -n ${to.namespace} --from-file=.htpasswd=/dev/stdin`;
}

function digest(feature: BasicAuth, rule: PlannedRule, allowUnprotected: boolean): Translation {
  const closed = !allowUnprotected;
  const at = originsOf(feature, "auth-type");
  return {
    verdict: "unsupported",
    findings: [finding("DIGEST_AUTH_UNSUPPORTED", at, { ingress: rule.owner.id, closed }, HERE)],
    ...(closed ? { close: { status: 403, reason: "digest authentication cannot be enforced" } } : {}),
  };
}
