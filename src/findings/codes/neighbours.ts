import { define } from "../define.js";

type OnIngress = { readonly ingress: string; readonly keys: readonly string[] };

const quoted = (keys: readonly string[]): string => keys.map((key) => `"${key}"`).join(", ");
/** `has "a", which` and `has "a", "b", each of which`. */
const which = ({ ingress, keys }: OnIngress): string =>
  `Ingress ${ingress} has ${quoted(keys)}, ${keys.length === 1 ? "which" : "each of which"}`;

/** Annotations of an Ingress that other programs read. */
export const neighbourFindings = {
  NEIGHBOUR_LOST: define<OnIngress & { readonly reason: string; readonly reader: string; readonly remedy: string }>({
    title: "Annotation of another program without counterpart on routes",
    severity: "medium",
    verdict: "partial",
    what: (a) => `${which(a)} ${a.reason}.`,
    why: (a) => `What it did ends when the Ingress is deleted. ${a.reader}`,
    remedy: (a) => a.remedy,
    cite: "docs/neighbours.md",
  }),
  NEIGHBOUR_NOT_OURS: define<OnIngress & { readonly reader: string }>({
    title: "Annotation of another ingress controller",
    severity: "info",
    verdict: "exact",
    what: (a) => `${which(a)} is an instruction to ${a.reader}. ingress-nginx never read it.`,
    why: "It has no effect on an Ingress that ingress-nginx serves, so the output does not hold it.",
    remedy:
      "Nothing, unless it was meant to have an effect: then say it in an annotation of ingress-nginx and convert again.",
    cite: "docs/neighbours.md",
  }),
  NEIGHBOUR_UNKNOWN: define<OnIngress>({
    title: "Annotation that no known program reads",
    severity: "low",
    verdict: "equivalent",
    what: (a) => `${which(a)} no program known here reads. It is not carried to the routes.`,
    why: "A program of your own that finds Ingresses by it finds nothing when the Ingress is deleted.",
    remedy: "If something reads it, teach that to read HTTPRoutes and add the annotation to the written route.",
    cite: "docs/neighbours.md",
  }),
  NEIGHBOUR_ON_CANARY: define<OnIngress>({
    title: "Annotation of another program on a canary Ingress",
    severity: "low",
    verdict: "equivalent",
    what: (a) => `${which(a)} is not carried: the canary becomes a part of its primary's route.`,
    why: "A route has the annotations of the Ingress that it is named after.",
    remedy: "Add the annotation to the primary Ingress and convert again where the route should have it.",
    cite: "docs/neighbours.md",
  }),
  EXTERNAL_DNS_SOURCES: define<OnIngress>({
    title: "external-dns needs the sources for routes",
    severity: "medium",
    verdict: "equivalent",
    what: (a) => `${which(a)} external-dns reads on Ingresses; routes and Gateways it reads only when it is told to.`,
    why: "Without the source for routes nothing keeps the DNS records, and with --policy=sync they are deleted together with the Ingress.",
    remedy:
      "Start external-dns with --source=gateway-httproute (gateway-grpcroute, gateway-tlsroute as far as there are such routes; --gateway-listener-sets for ListenerSets) and let its role read Gateways, routes and Namespaces, before the Ingress is deleted. While both exist the records hold both addresses: keep routes out with --gateway-label-filter until the switch where that is not wanted.",
    cite: "external-dns, docs/sources/gateway-api.md",
  }),
  EXTERNAL_DNS_TARGET_MOVED: define<{ readonly key: string; readonly gateway: string; readonly count: number }>({
    title: "DNS target on the Gateway",
    severity: "info",
    verdict: "exact",
    what: (a) =>
      `"${a.key}" stands on Gateway ${a.gateway}: all ${a.count === 1 ? "Ingresses (one)" : `${a.count} Ingresses`} ask for the same target.`,
    why: "external-dns reads the target from the Gateway, and from routes never.",
    remedy: "Nothing now. A host that is added later and should point elsewhere needs a Gateway of its own.",
    cite: "external-dns, source/gateway.go (resolve)",
  }),
  EXTERNAL_DNS_TARGET_NOT_CARRIED: define<{
    readonly ingress: string;
    readonly key: string;
    readonly reason: string;
    readonly remedy: string;
  }>({
    title: "DNS target that cannot stand on the Gateway",
    severity: "high",
    verdict: "unsupported",
    what: (a) => `Ingress ${a.ingress} has "${a.key}", which is not carried: ${a.reason}.`,
    why: "external-dns reads the target from the Gateway for all of its hosts, and from routes never. Without it the records point at the Gateway's own address, past whatever stood in front (a tunnel, a CDN, an internal name).",
    remedy: (a) => a.remedy,
    cite: "external-dns, source/gateway.go (resolve)",
  }),
  CERTIFICATE_WRITTEN: define<OnIngress>({
    title: "Certificate as an object of its own",
    severity: "medium",
    verdict: "exact",
    what: (a) =>
      `${which(a)} cert-manager reads on Ingresses; the Certificate that it makes of them is written as an object of its own.`,
    why: "cert-manager reads Gateways, but only for Secrets in the Gateway's own namespace. Today's Certificate belongs to the Ingress and is deleted with it; the Secret stays, and nothing would renew it.",
    remedy:
      'Apply apps/ before the Ingress is deleted, and take the owner off the Certificate so that it stays: kubectl patch certificate NAME -n NAMESPACE --type=json -p \'[{"op":"remove","path":"/metadata/ownerReferences"}]\'.',
    cite: "cert-manager, pkg/controller/certificate-shim/sync.go (validateGatewayListenerBlock, OwnerReferences)",
  }),
  CERTIFICATE_BY_PARENT: define<OnIngress & { readonly parent: string; readonly kind: "Gateway" | "ListenerSet" }>({
    title: "Issuer on the Gateway or the ListenerSet",
    severity: "medium",
    verdict: "exact",
    what: (a) =>
      `${which(a)} cert-manager reads on Ingresses; ${a.keys.length === 1 ? "it stands" : "they stand"} on ${a.kind} ${a.parent} now, for the same names and Secrets.`,
    why: "cert-manager reads Gateways and ListenerSets only when it is told to. Today's Certificate belongs to the Ingress and is deleted with it; the Secret stays, and nothing would renew it.",
    remedy: ({ kind }) =>
      `Start cert-manager with config.gatewayAPI.enabled=true (enableGatewayAPI before 1.21)${kind === "ListenerSet" ? ", config.gatewayAPI.enableListenerSet=true and a release from 1.20" : ""}, with the CRDs of Gateway API installed before. Delete today's Certificate after the Ingress is gone if it is still there: the new one takes its name, and the Secret is kept meanwhile.`,
    cite: "cert-manager, content/docs/usage/gateway.md",
  }),
  CERTIFICATE_SOLVER_UNSEEN: define<{ readonly ingress: string; readonly issuer: string }>({
    title: "Issuer that is not in the input",
    severity: "medium",
    verdict: "equivalent",
    what: (a) =>
      `Ingress ${a.ingress} takes its certificate from ${a.issuer}, which is not in the input: it may answer ACME challenges through Ingresses.`,
    why: "A solver http01.ingress makes an Ingress for each challenge. Once the name points at the Gateway nobody serves that Ingress, and the certificate runs out.",
    remedy:
      "Add the issuer to the input and convert again, or look at it: with http01.ingress, add a solver dns01, or http01.gatewayHTTPRoute with the Gateway's HTTP listener as parentRef, before the names move.",
    cite: "cert-manager, content/docs/configuration/acme/http01/README.md",
  }),
  CERTIFICATE_SOLVER_INGRESS: define<{ readonly ingress: string; readonly issuer: string; readonly gateway: string }>({
    title: "ACME challenges that are answered through Ingresses",
    severity: "high",
    verdict: "unsupported",
    what: (a) =>
      `Ingress ${a.ingress} takes its certificate from ${a.issuer}, whose solver http01.ingress answers ACME challenges through an Ingress.`,
    why: "Once the name points at the Gateway nobody serves that Ingress: renewal fails, and the certificate runs out.",
    remedy: (a) =>
      `Add a solver http01.gatewayHTTPRoute with parentRefs [${a.gateway}] (it needs a listener on port 80 that takes routes from the namespace of the challenge), or dns01, which works on both sides. While names still point at ingress-nginx only the old solver or dns01 works: renew before the switch, then change the solver.`,
    cite: "cert-manager, content/docs/configuration/acme/http01/README.md",
  }),
  CERTIFICATE_ISSUER_UNKNOWN: define<{ readonly ingress: string }>({
    title: "Certificate of cert-manager's default issuer",
    severity: "high",
    verdict: "unsupported",
    what: (a) =>
      `Ingress ${a.ingress} asks for a certificate of cert-manager's default issuer ("kubernetes.io/tls-acme"), which is a flag of cert-manager and not in the input: no Certificate is written.`,
    why: "The annotation works on Ingresses only. When the Ingress is deleted its Certificate goes with it, and nothing renews the Secret.",
    remedy:
      'Write the issuer on the Ingress ("cert-manager.io/cluster-issuer") and convert again; cert-manager\'s flag --default-issuer-name has its name.',
    cite: "cert-manager, pkg/controller/certificate-shim/sync.go (SyncFnFor, autoAnnotations)",
  }),
  CERTIFICATE_CONFLICT: define<{
    readonly ingress: string;
    readonly secret: string;
    readonly other: string;
    readonly taken: string;
    readonly given: string;
  }>({
    title: "Two Ingresses that want one Secret in two ways",
    severity: "high",
    verdict: "partial",
    what: (a) =>
      `Ingress ${a.ingress} asks for Secret ${a.secret} (${a.given}), which Ingress ${a.other} asks for in another way (${a.taken}); the Certificate is written as the latter asks.`,
    why: "cert-manager makes the Certificate for the Ingress that came first and refuses the other, so one of the two has no effect today; manifests do not say which one.",
    remedy:
      "See which one is in force (kubectl describe certificate), and remove the annotations from the other Ingress or give it a Secret of its own.",
    cite: "cert-manager, pkg/controller/certificate-shim/sync.go (buildCertificates)",
  }),
  CERTIFICATE_NAMES_JOINED: define<{
    readonly ingress: string;
    readonly secret: string;
    readonly other: string;
    readonly hosts: readonly string[];
  }>({
    title: "Two Ingresses that want one Secret for different names",
    severity: "medium",
    verdict: "partial",
    what: (a) =>
      `Ingress ${a.ingress} and Ingress ${a.other} ask for Secret ${a.secret} with different names; the Certificate is written with all of them: ${a.hosts.join(", ")}.`,
    why: "cert-manager makes the Certificate for the Ingress that came first and refuses the other, so today it has the names of one of them only.",
    remedy: "Check that the issuer can prove all names, or give each Ingress a Secret of its own.",
    cite: "cert-manager, pkg/controller/certificate-shim/sync.go (buildCertificates)",
  }),
  CERTIFICATE_REFUSED: define<{ readonly ingress: string; readonly key: string; readonly problem: string }>({
    title: "Annotations that cert-manager refuses",
    severity: "medium",
    verdict: "exact",
    what: (a) =>
      `cert-manager makes no Certificate for Ingress ${a.ingress} because of "${a.key}": ${a.problem}. None is written.`,
    why: "One value that cannot be read leaves the whole Ingress without Certificate; only an event says so.",
    remedy: "Correct the annotation and convert again, if a certificate is wanted.",
    cite: "cert-manager, pkg/controller/certificate-shim (issuerForIngressLike, translateAnnotations)",
  }),
  CERTIFICATE_NOT_ASKED: define<OnIngress & { readonly reason: string }>({
    title: "Annotations of cert-manager without effect",
    severity: "info",
    verdict: "exact",
    what: (a) => `Ingress ${a.ingress} has ${quoted(a.keys)}, but cert-manager makes nothing of it: ${a.reason}.`,
    why: "The output holds no Certificate either.",
    remedy: "Nothing, or complete the Ingress and convert again.",
    cite: "cert-manager, pkg/controller/certificate-shim/sync.go (buildCertificates)",
  }),
  CERTIFICATE_STANDS: define<OnIngress & { readonly certificate: string; readonly secret: string }>({
    title: "Certificate that stands by itself already",
    severity: "info",
    verdict: "exact",
    what: (a) =>
      `Ingress ${a.ingress} has ${quoted(a.keys)} for Secret ${a.secret}, which Certificate ${a.certificate} of the input keeps; none is written.`,
    why: "cert-manager does not touch a Certificate that belongs to no Ingress, so it stays when the Ingress is deleted.",
    remedy: "Nothing; the annotations have no effect for this Secret.",
    cite: "cert-manager, pkg/controller/certificate-shim/sync.go (buildCertificates)",
  }),
};

/** The load balancer in front of the controller, and programs that shift traffic by an Ingress. */
export const surroundingsFindings = {
  LOAD_BALANCER_KEPT: define<{
    readonly service: string;
    readonly settings: readonly string[];
    readonly where: string;
  }>({
    title: "Settings of the load balancer",
    severity: "info",
    verdict: "exact",
    what: (a) =>
      `Service ${a.service} in front of ingress-nginx asks for ${a.settings.join(", ")}; ${a.where} does the same.`,
    why: "The Gateway gets a Service and a load balancer of its own, which cost as much as today's as long as both run.",
    remedy: "Nothing; compare the new load balancer with today's before names move.",
    cite: "docs/neighbours.md",
  }),
  LOAD_BALANCER_NOT_CARRIED: define<{
    readonly service: string;
    readonly settings: readonly string[];
    readonly reason: string;
    readonly remedy: string;
  }>({
    title: "Setting of the load balancer that is not carried over",
    severity: "medium",
    verdict: "partial",
    what: (a) =>
      `Service ${a.service} in front of ingress-nginx has ${a.settings.join(", ")}, not carried over: ${a.reason}.`,
    why: "The Gateway gets a Service and a load balancer of its own.",
    remedy: (a) => a.remedy,
    cite: "docs/neighbours.md",
  }),
  FLAGGER_CANARY_OF_INGRESS: define<{
    readonly canary: string;
    readonly ingress: string;
    readonly hosts: readonly string[];
    readonly apex: string;
    readonly routes: readonly string[];
    readonly gateway: { readonly namespace: string; readonly name: string };
  }>({
    title: "Flagger shifts traffic by an Ingress",
    severity: "high",
    verdict: "unsupported",
    what: (a) =>
      `Canary ${a.canary} of Flagger shifts traffic by Ingress ${a.ingress}; requests through the Gateway are not shifted.`,
    why: "Flagger writes a canary copy of the Ingress, which only ingress-nginx reads, and measures it by metrics that only ingress-nginx has: a release would pass or hang without one request to the new version.",
    remedy: ({ hosts, apex, routes, gateway }) =>
      `Before names move set spec.provider: gatewayapi:v1 in the Canary, remove spec.ingressRef, and set spec.service.gatewayRefs: [{name: ${gateway.name}, namespace: ${gateway.namespace}}] and spec.service.hosts: [${hosts.join(", ")}]. Flagger then writes HTTPRoute ${apex} by itself: do not apply ${routes.length === 0 ? "the route that is written here" : `HTTPRoute ${routes.join(", ")}`} for the same hosts, and move its filters and policies over. Name MetricTemplates for the new proxies in spec.analysis.metrics.`,
    cite: "Flagger, docs/gitbook/tutorials/gatewayapi-progressive-delivery.md",
  }),
  ROLLOUT_OF_INGRESS: define<{
    readonly rollout: string;
    readonly namespace: string;
    readonly ingresses: readonly string[];
    readonly routes: readonly string[];
    readonly stable: string;
    readonly canary: string;
  }>({
    title: "Argo Rollouts shifts traffic by an Ingress",
    severity: "high",
    verdict: "unsupported",
    what: (a) =>
      `Rollout ${a.rollout} shifts traffic by Ingress ${a.ingresses.join(", ")}; requests through the Gateway are not shifted.`,
    why: "The Rollout writes a canary copy of the Ingress, which only ingress-nginx reads: its steps would pass without one request to the new version.",
    remedy: ({ namespace, routes, stable, canary }) =>
      `Before names move install the Gateway API plugin of Argo Rollouts, and replace trafficRouting.nginx by trafficRouting.plugins: {argoproj-labs/gatewayAPI: {namespace: ${namespace}, httpRoutes: [${(routes.length === 0 ? ["ROUTE"] : routes).map((name) => `{name: ${name}}`).join(", ")}]}}. Add ${canary} as a backend of weight 0 beside ${stable} (weight 100) to the rules that it shifts, and let Argo CD ignore these weights.`,
    cite: "rollouts-plugin-trafficrouter-gatewayapi, docs/quick-start.md",
  }),
  OAUTH2_PROXY_PAIR: define<{ readonly ingress: string; readonly partner: string; readonly path: string }>({
    title: "Sign-in through an Ingress beside the protected one",
    severity: "info",
    verdict: "exact",
    what: (a) =>
      `Ingress ${a.ingress} sends people to ${a.path} for signing in, which Ingress ${a.partner} serves; both become routes.`,
    why: "One without the other locks everybody out: they have to move together.",
    remedy: "Nothing; move names only when both routes are accepted, and try a sign-in.",
    cite: "oauth2-proxy, docs/configuration/integrations/nginx.md",
  }),
  OAUTH2_PROXY_MISSING: define<{ readonly ingress: string; readonly path: string; readonly hosts: readonly string[] }>({
    title: "Sign-in that nothing in the input serves",
    severity: "medium",
    verdict: "partial",
    what: (a) =>
      `Ingress ${a.ingress} sends people to ${a.path} on ${a.hosts.join(", ")} for signing in, which no Ingress of the input serves without asking for a sign-in first.`,
    why: "If the Ingress of oauth2-proxy was left out of the input, its route is missing, and nobody can sign in.",
    remedy: "Add the Ingress for /oauth2 to the input and convert again.",
    cite: "oauth2-proxy, docs/configuration/integrations/nginx.md",
  }),
};
