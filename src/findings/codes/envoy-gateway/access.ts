import { define } from "../../define.js";
import type { Named, OfIngress } from "./args.js";

export const access = {
  CLIENT_ADDRESS_SOURCE: define<OfIngress | { readonly entries: readonly string[] }>({
    title: "Address lists need the client's real address",
    severity: "low",
    verdict: "exact",
    what: (of) =>
      `${"entries" in of ? `TCP service ${of.entries.join(", ")}` : `Ingress ${of.ingress}`}: the address list is checked against the address that Envoy sees as the client.`,
    why: "Behind a load balancer or with externalTrafficPolicy: Cluster that is a node or the balancer, and the list then refuses everybody or lets everybody in.",
    remedy:
      "Keep externalTrafficPolicy: Local on Envoy's Service, or set clientIPDetection or proxyProtocol in the ClientTrafficPolicy as the controller's ConfigMap had it; try one allowed and one refused address.",
    cite: "Envoy Gateway v1.9.0, internal/xds/translator/authorization.go (buildIPPredicate)",
  }),
  SATISFY_ANY_BECOMES_ALL: define<Named<"checks">>({
    title: "One of several checks becomes all of them",
    severity: "high",
    verdict: "unsupported",
    what: ({ ingress, checks }) =>
      `Ingress ${ingress}: "satisfy: any" let a request through with one of ${checks}; now all of them are required.`,
    why: "A SecurityPolicy always applies every check that it lists. Clients that used only one of them are refused.",
    remedy:
      "Remove the check that is not needed from the Ingress, split the paths by kind of client, or let one external auth service decide on both.",
    example: () => ({ method: "GET", url: "/ from a listed address without credentials", before: "200", after: "401" }),
    cite: "Envoy Gateway v1.9.0, internal/xds/translator/httpfilters.go (newOrderedHTTPFilter)",
  }),
  BASIC_AUTH_SECRET_NEEDED: define<Named<"secret" | "created" | "command">>({
    title: "Password file in another form needed",
    severity: "high",
    verdict: "partial",
    what: ({ ingress, secret, created }) =>
      `Ingress ${ingress}: Envoy Gateway cannot read the Secret "${secret}"; the policy refers to "${created}", which has to be created.`,
    why: "The password file must stand under the key .htpasswd and hold {SHA} hashes only. Until the Secret exists, or while it holds one line with another hash (apr1, bcrypt, crypt), the route answers 500.",
    remedy: ({ command }) =>
      `Run: ${command} — it works as it is when every line starts with a user and {SHA}; set the other passwords anew with "htpasswd -s".`,
    example: () => ({
      method: "GET",
      url: "/ with valid credentials",
      before: "200",
      after: "500 until the Secret exists, then 200",
    }),
    cite: "Envoy Gateway v1.9.0, internal/gatewayapi/securitypolicy.go (buildBasicAuth, validateHtpasswdFormat)",
  }),
  BASIC_AUTH_REALM_SET: define<Named<"realm">>({
    title: "Realm of the password prompt",
    severity: "info",
    verdict: "equivalent",
    what: ({ ingress, realm }) =>
      `Ingress ${ingress}: the realm "${realm}" is written into Envoy's 401 by a responseOverride; the answer has no page.`,
    why: "Envoy's own challenge names the URL as realm, which makes browsers ask again on other paths, and Envoy Gateway has no field for the realm.",
    remedy: "Nothing to do; write a page into response.body of the override if people see the 401.",
    cite: "Envoy Gateway v1.9.0, internal/xds/translator/custom_response.go; Envoy, basic_auth_filter.cc",
  }),
  BASIC_AUTH_REALM_LOST: define<Named<"realm">>({
    title: "Realm of the password prompt is lost",
    severity: "info",
    verdict: "unsupported",
    what: ({ ingress, realm }) => `Ingress ${ingress}: the realm "${realm}" is not shown any more.`,
    why: "Envoy's challenge names the URL instead, and the 401 cannot be rewritten where an auth service answers 401 on the same paths; browsers keep passwords per realm and ask again.",
    remedy: "Tell users that they are asked for the password again after the switch.",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/basic_auth_types.go",
  }),
  DIGEST_AUTH_UNSUPPORTED: define<OfIngress & { readonly closed: boolean }>({
    title: "Digest authentication",
    severity: "blocker",
    verdict: "unsupported",
    what: ({ ingress, closed }) =>
      `Ingress ${ingress}: Envoy Gateway has no digest authentication; the paths ${closed ? "answer 403" : "are open to everybody"}.`,
    why: "Without the check everybody could use what was protected.",
    remedy:
      "Change the Ingress to basic authentication over HTTPS, or put an external auth service in front, and convert again; --allow-unprotected writes the open route.",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/securitypolicy_types.go",
  }),
};
