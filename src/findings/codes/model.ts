import { define } from "../define.js";
import { hostText, theHost } from "../host-text.js";

type At = { readonly ingress: string };

export const modelFindings = {
  CLASS_ASSUMED: define<At & { readonly class: string }>({
    title: "Class that the input does not explain, taken as ours",
    severity: "low",
    verdict: "exact",
    what: (a) =>
      `Ingress ${a.ingress} names class "${a.class}", which no IngressClass in the input explains; it is converted because it carries annotations of ingress-nginx.`,
    why: "If another controller serves the class, the output would take over hosts that were never ingress-nginx's.",
    remedy: (a) =>
      `Add the IngressClass objects to the input, or name the classes with --ingress-class (for example --ingress-class nginx --ingress-class ${a.class}).`,
    cite: "internal/ingress/controller/store/store.go (GetIngressClass)",
  }),
  CLASSES_TOGETHER: define<{ readonly classes: readonly string[] }>({
    title: "Several classes on one Gateway",
    severity: "high",
    verdict: "partial",
    what: (a) =>
      `Ingresses of the classes ${a.classes.map((name) => `"${name}"`).join(", ")} are converted together: their hosts share one model of the controller and one Gateway, with one address.`,
    why: "Several classes mostly mean several controllers, of which one faces the internet and another does not. Hosts that only the inner one served would be published, and each controller has a ConfigMap and default certificate of its own.",
    remedy: (a) =>
      `Convert each class by itself, with its controller's ConfigMap and a Gateway of its own: --ingress-class ${a.classes[0] ?? "nginx"} --gateway-name NAME, and so on. Nothing, where one controller serves all of them.`,
    example: () => ({
      method: "GET",
      url: "https://admin.example.com/ from the internet",
      before: "no answer: the name is on the inner controller",
      after: "the application answers on the Gateway's address",
    }),
    cite: "internal/ingress/controller/store/store.go (GetIngressClass)",
  }),
  OTHER_CLASS: define<At & { readonly class: string }>({
    title: "Ingress of another controller",
    severity: "info",
    verdict: "exact",
    what: (a) => `Ingress ${a.ingress} has class "${a.class}" and is not converted.`,
    why: "ingress-nginx serves only Ingresses of its own classes.",
    remedy: (a) => `If ingress-nginx serves it, pass --ingress-class ${a.class} or add its IngressClass to the input.`,
  }),
  NO_CLASS: define<At>({
    title: "Ingress without class, left out",
    severity: "low",
    verdict: "exact",
    what: (a) => `Ingress ${a.ingress} names no class and is left out, as --without-class skip asks.`,
    why: "The controller serves it only with --watch-ingress-without-class, or when the API server gave it a default class at creation.",
    remedy: "Set spec.ingressClassName, or convert with --without-class convert.",
  }),
  NO_CLASS_ASSUMED: define<At>({
    title: "Ingress without class, taken as ours",
    severity: "low",
    verdict: "exact",
    what: (a) => `Ingress ${a.ingress} names no class and is converted.`,
    why: "Manifests usually get their class from the cluster's default IngressClass at creation; without one the controller ignores the Ingress.",
    remedy:
      "Set spec.ingressClassName, add the IngressClass objects to the input, or leave such Ingresses out with --without-class skip.",
    cite: "internal/ingress/controller/store/store.go (GetIngressClass)",
  }),
  AUTH_TYPE_WITHOUT_SECRET: define<At>({
    title: "Authentication without credentials",
    severity: "high",
    verdict: "exact",
    what: (a) =>
      `Ingress ${a.ingress} sets auth-type without auth-secret, and the controller answers every request to its paths with 503.`,
    why: "The output keeps the paths closed as they are today.",
    remedy: "Add auth-secret, or remove auth-type if the paths are meant to be open, and convert again.",
    cite: "internal/ingress/annotations/auth/main.go",
  }),
  RESOURCE_BACKEND_SKIPPED: define<At & { readonly kind: string; readonly name: string; readonly path: string }>({
    title: "Backend that is not a Service",
    severity: "medium",
    verdict: "exact",
    what: (a) =>
      `Ingress ${a.ingress} sends "${a.path}" to ${a.kind} "${a.name}"; the controller skips backends that are not Services.`,
    why: "The path is answered by whatever else matches on the host, today and after the conversion.",
    remedy: "Point the path to a Service, or remove it.",
    cite: "internal/ingress/controller/controller.go",
  }),
  DEFAULT_BACKEND_OF_UNKNOWN_HOSTS: define<At>({
    title: "Default backend that answers for unknown hosts",
    severity: "medium",
    verdict: "exact",
    what: (a) => `The default backend of Ingress ${a.ingress} answers on hosts that no Ingress has as well.`,
    why: "Before 1.3.1 ingress-nginx put the default backend of every Ingress behind its server for unknown names, whether or not the Ingress has rules; the last one stayed. A newer controller answers 404 there.",
    remedy:
      "Name a later version with --controller-version, or remove what the output holds for every name, if unknown hosts should get 404.",
    cite: "ingress-nginx 1.3.0 and 1.3.1, internal/ingress/controller/controller.go (createServers)",
  }),
  PATH_CONFLICT: define<
    At & { readonly winner: string; readonly host: string; readonly path: string; readonly isWrittenTwice: boolean }
  >({
    title: "Path that another Ingress already has",
    severity: "high",
    verdict: "exact",
    what: (a) =>
      `Ingress ${a.ingress} claims "${a.path}" of ${theHost(a.host)}, which Ingress ${a.winner} has already; ${a.isWrittenTwice ? "the controller writes both (see DUPLICATE_LOCATION), and the output the first one" : "the controller drops it, and so does the output"}.`,
    why: "First come, first served by creation time, then by reversed name; manifests without creation times may be ordered differently in the cluster.",
    remedy: "Remove one of the two, or convert objects read from the cluster so that their creation times decide.",
    cite: "internal/ingress/controller/controller.go (getBackendServers), store.go (sortIngressSlice)",
  }),
  PATH_WITH_ESCAPE: define<At & { readonly path: string; readonly sent: string }>({
    title: "Path with a percent escape",
    severity: "medium",
    verdict: "exact",
    what: (a) =>
      `Path "${a.path}" of Ingress ${a.ingress} answers clients that send "${a.sent}", today and in the output; "${a.path}" itself reaches something else or nothing.`,
    why: "nginx decodes the path of a request before it compares, and takes the text of the Ingress as it is, percent sign included.",
    remedy: (a) =>
      `Write the decoded characters into the Ingress, or, where clients that send "${a.path}" are meant, take "%25" in the match back to "%".`,
    example: (a) => ({ method: "GET", url: a.path, before: "404, or another path's backend", after: "the same" }),
    cite: "nginx 1.27.1, ngx_http_core_module.c (ngx_http_core_find_location); seen on the real controller",
  }),
  EXPRESSION_SHADOWED: define<
    At & { readonly winner: string; readonly host: string; readonly path: string; readonly pathType: string }
  >({
    title: "Path that another expression takes first",
    severity: "high",
    verdict: "exact",
    what: (a) =>
      `Path "${a.path}" (${a.pathType}) of Ingress ${a.ingress} on ${hostText(a.host)} serves nothing, today and in the output: the host works with regular expressions, and one of Ingress ${a.winner} comes first and takes all that this one would take.`,
    why: "use-regex or rewrite-target of any Ingress turns all paths of a host into expressions that ignore case and path type, and nginx takes the first that fits.",
    remedy: "Remove the path, or give the host to Ingresses without use-regex and rewrite-target, and convert again.",
    cite: "internal/ingress/controller/template/template.go (buildLocation), controller.go (getBackendServers)",
  }),
  DUPLICATE_LOCATION: define<{ readonly host: string; readonly path: string; readonly repeated?: "Exact" | "Prefix" }>({
    title: "Two paths that nginx refuses together",
    severity: "high",
    verdict: "equivalent",
    what: (a) =>
      a.repeated === undefined
        ? `${theHost(a.host, "Host")} has both "${a.path}" and "${a.path}/" as Prefix, which give nginx two equal locations; it refuses the configuration.`
        : `${theHost(a.host, "Host")} has "${a.path}" as ${a.repeated} twice, beside one of the other type that came first; the controller writes both, and nginx refuses the two equal locations.`,
    why: "The controller cannot reload while both exist, so what it serves may be older than these manifests.",
    remedy: (a) =>
      a.repeated === undefined
        ? `Remove one of "${a.path}" and "${a.path}/".`
        : `Remove one of the two paths "${a.path}" of type ${a.repeated}.`,
    cite: "internal/ingress/controller/template/template.go (buildLocation), controller.go (getBackendServers)",
  }),
  PATH_EXPRESSION_REFUSED: define<At & { readonly host: string; readonly path: string }>({
    title: "Path that is no regular expression on a host that works with them",
    severity: "high",
    verdict: "equivalent",
    what: (a) =>
      `Path "${a.path}" of Ingress ${a.ingress} on ${hostText(a.host)} is no regular expression, and the host works with them; nginx refuses the whole configuration.`,
    why: "The controller goes on with the last configuration that passed, so that no change to any host takes effect; what it serves may be older than these manifests.",
    remedy: "Correct the expression, or put a backslash in front of the character that is meant as it stands.",
    cite: "internal/ingress/controller/template/template.go (buildLocation), nginx.go (testTemplate)",
  }),
  PATH_SUSPICIOUS: define<At & { readonly path: string; readonly part: string }>({
    title: "Path that keeps the controller from loading its Ingress",
    severity: "high",
    verdict: "exact",
    what: (a) =>
      `Path "${a.path}" of Ingress ${a.ingress} contains "${a.part}", which the controller takes for an attack, so it does not load the Ingress and none of its paths is converted.`,
    why: "The controller inspects paths for directives and files of nginx, unless it runs with --deep-inspect=false. A version from before the change may still be served until its next restart.",
    remedy:
      "Choose another path, or pass --controller-flag deep-inspect=false where the controller runs with it, and convert again.",
    cite: "internal/ingress/inspector/rules.go, internal/ingress/controller/store/store.go",
  }),
  CATCH_ALL_DISABLED: define<At>({
    title: "Ingress with a default backend that the controller does not load",
    severity: "low",
    verdict: "exact",
    what: (a) =>
      `Ingress ${a.ingress} has a defaultBackend, and the controller runs with --disable-catch-all, so it does not load the Ingress and none of its rules is converted.`,
    why: "The flag leaves the whole Ingress out, rules with hosts included. Rules without host in other Ingresses are served.",
    remedy: "Remove the defaultBackend where the rules beside it are meant to be served.",
    cite: "internal/ingress/controller/store/store.go (hasCatchAllIngressRule)",
  }),
  TLS_SECRET_BY_CERTIFICATE: define<At & { readonly host: string; readonly secret: string }>({
    title: "Certificate chosen by its names",
    severity: "medium",
    verdict: "equivalent",
    what: (a) =>
      `Ingress ${a.ingress} does not list ${theHost(a.host)} under tls; Secret ${a.secret} is taken, as the controller does when the certificate covers the host.`,
    why: "The names in the certificate decide, and certificates are not read here; if it does not cover the host, the controller shows its default certificate.",
    remedy: (a) =>
      `Check that the certificate in Secret ${a.secret} covers ${hostText(a.host)}, and list the host under tls.`,
    cite: "internal/ingress/controller/controller.go (extractTLSSecretName)",
  }),
  TARGET_PORT_USED: define<{ readonly service: string; readonly port: string; readonly servicePort: number }>({
    title: "Port that is only a targetPort",
    severity: "low",
    verdict: "exact",
    what: (a) =>
      `Service ${a.service} has no port "${a.port}", only a targetPort of that name; port ${a.servicePort} is written.`,
    why: "ingress-nginx also matches the targetPort; Gateway API knows the Service port only.",
    remedy: (a) => `Name port ${a.servicePort} in the Ingress as well.`,
    cite: "internal/ingress/controller/controller.go (serviceEndpoints)",
  }),
  SERVICE_PORT_UNUSED: define<{ readonly service: string; readonly port: string; readonly isKnown: boolean }>({
    title: "Port number that nothing needs",
    severity: "low",
    verdict: "exact",
    what: (a) =>
      a.isKnown
        ? `The number given for port "${a.port}" of Service ${a.service} is not used: the Service is in the input and says another one.`
        : `The number given for port "${a.port}" of Service ${a.service} is not used: no Ingress names that port of it.`,
    why: "A misspelt name leaves the port that was meant without a number.",
    remedy: "Correct --service-port, or leave it out.",
  }),
  SERVICE_PORT_MISSING: define<{ readonly service: string; readonly port: string }>({
    title: "Port that the Service does not have",
    severity: "high",
    verdict: "equivalent",
    what: (a) => `Service ${a.service} in the input has no port "${a.port}".`,
    why: "The controller finds no endpoints and answers 503; the Gateway reports an unresolved reference and answers 500.",
    remedy: "Correct the port in the Ingress or add it to the Service.",
  }),
  TLS_SECRET_UNUSABLE: define<{
    readonly secret: string;
    readonly type: string;
    readonly missing: readonly string[];
  }>({
    title: "Certificate Secret that no Gateway takes",
    severity: "high",
    verdict: "unsupported",
    what: (a) =>
      a.missing.length > 0
        ? `Secret ${a.secret} of a tls section has no ${a.missing.map((key) => `"${key}"`).join(" and no ")}, so that nginx shows its default certificate; a listener with this Secret serves no HTTPS at all.`
        : `Secret ${a.secret} of a tls section has the type ${a.type}, which nginx does not look at; a listener takes kubernetes.io/tls only, and serves no HTTPS at all with this one.`,
    why: "Redirects to HTTPS, which a tls section brings about, would lead all clients to a port that nobody answers.",
    remedy: (a) =>
      a.missing.length > 0
        ? "Put the certificate and its key into the Secret, or take the tls section away, before the switch."
        : "Make the Secret anew before the switch, with kubectl create secret tls (the type of a Secret cannot be changed), or let what makes it set the type.",
    example: () => ({
      method: "GET",
      url: "https://any-host-of-the-section/",
      before: "the answer of the application",
      after: "no connection",
    }),
    cite: "Gateway API v1.6.1, Listener (tls.certificateRefs); Envoy Gateway v1.9.0, internal/gatewayapi/validate.go; ingress-nginx 1.15.1, internal/ingress/controller/store/backend_ssl.go",
  }),
  SERVICE_NOT_IN_INPUT: define<{ readonly service: string }>({
    title: "Service that is not in the input",
    severity: "low",
    verdict: "equivalent",
    what: (a) => `Service ${a.service} is not in the input, which has other Services of its namespace.`,
    why: "Where the cluster has none of that name, the controller answers 503; the Gateway reports an unresolved reference and answers 500.",
    remedy:
      "Remove the paths that lead to it, or add the Service to the input if it exists, so that its ports and its type are known.",
    cite: "internal/ingress/controller/controller.go (serviceEndpoints); Gateway API v1.6.1, HTTPRouteRule (backendRefs)",
  }),
  ALIAS_CONFLICT: define<{ readonly alias: string; readonly host: string; readonly winner: string }>({
    title: "Alias that another host has already",
    severity: "low",
    verdict: "exact",
    what: (a) => `Alias ${a.alias} of ${theHost(a.host)} belongs to ${theHost(a.winner)} already and is left out.`,
    why: "nginx ignores a server name that an earlier server block claims, so requests for it never reached this host.",
    remedy: "Remove the alias from one of the hosts.",
    cite: "nginx, server_name (conflicting server name, ignored)",
  }),
  ALIAS_REDIRECTED: define<{ readonly alias: string; readonly host: string }>({
    title: "Alias that a redirect has already",
    severity: "low",
    verdict: "exact",
    what: (a) =>
      `Alias ${a.alias} of ${theHost(a.host)} is the name that from-to-www-redirect redirects from, so it serves nothing and is left out.`,
    why: "The controller writes the servers that redirect first, and nginx ignores a server name that an earlier server block claims.",
    remedy: "Remove the alias, or the redirect if the name is to be served.",
    cite: "ingress-nginx 1.15.1, rootfs/etc/nginx/template/nginx.tmpl (RedirectServers); nginx, server_name (conflicting server name, ignored)",
  }),
  REFERENCE_FOREIGN_NAMESPACE: define<{
    readonly ingress: string;
    readonly key: string;
    readonly value: string;
    readonly status: number;
  }>({
    title: "Reference into another namespace that the controller refuses",
    severity: "high",
    verdict: "exact",
    what: (a) =>
      `"${a.key}: ${a.value}" of Ingress ${a.ingress} names an object of another namespace, so the controller answers ${a.status}; the output does the same.`,
    why: "allow-cross-namespace-resources is off unless the controller's ConfigMap switches it on.",
    remedy:
      "If the ConfigMap allows it, add it to the input or pass --controller-config; otherwise copy the object into the Ingress's namespace.",
    cite: "internal/ingress/controller/config/config.go (AllowCrossNamespaceResources)",
  }),
  AUTH_SECRET_WITHOUT_KEY: define<{ readonly ingress: string; readonly secret: string }>({
    title: "Password Secret without its key",
    severity: "high",
    verdict: "exact",
    what: (a) =>
      `Secret ${a.secret} of Ingress ${a.ingress} has no key "auth", so the controller answers 503 on every path; the output does the same.`,
    why: "auth-secret-type auth-file, the default, reads the htpasswd file under that key.",
    remedy: 'Put the file under "auth", or set auth-secret-type: auth-map where every key is a user.',
    cite: "internal/ingress/annotations/auth/main.go (dumpSecretAuthFile)",
  }),
  CLIENT_CA_MISSING: define<{ readonly ingress: string; readonly secret: string }>({
    title: "Client certificates that nobody asks for",
    severity: "high",
    verdict: "exact",
    what: (a) =>
      `Secret ${a.secret} of Ingress ${a.ingress} has no ca.crt, so client certificates are NOT checked today, and not by the output either.`,
    why: "The controller leaves the check out without a word when the Secret holds no CA.",
    remedy: "Add ca.crt to the Secret if clients should be checked, and convert again.",
    cite: "internal/ingress/controller/controller.go (createServers)",
  }),
  CUSTOM_HEADERS_REFUSED: define<{ readonly ingress: string; readonly headers: readonly string[] }>({
    title: "Response headers that the controller refuses",
    severity: "high",
    verdict: "exact",
    what: (a) =>
      `custom-headers of Ingress ${a.ingress} sets ${a.headers.map((name) => `"${name}"`).join(", ")}, which global-allowed-response-headers does not list, so the controller answers 503; the output does the same.`,
    why: "The list in the controller's ConfigMap is compared letter by letter.",
    remedy: "Add the headers to the list, or remove them from the annotation's ConfigMap.",
    cite: "internal/ingress/annotations/customheaders/main.go",
  }),
  CUSTOM_HEADERS_ASSUMED: define<{ readonly ingress: string; readonly headers: readonly string[] }>({
    title: "Response headers that are taken to be allowed",
    severity: "info",
    verdict: "exact",
    what: (a) =>
      `custom-headers of Ingress ${a.ingress} is converted as if global-allowed-response-headers listed ${a.headers.map((name) => `"${name}"`).join(", ")}; the controller's ConfigMap, which says so, is not in the input.`,
    why: "Paths whose headers are not on the list answer 503 today; they would be served after the switch.",
    remedy: "Add the controller's ConfigMap to the input, or name it with --controller-config.",
    cite: "internal/ingress/annotations/customheaders/main.go",
  }),
  HEADER_MAP_REFUSED: define<
    At & { readonly key: string; readonly configMap: string; readonly entry: string; readonly isName: boolean }
  >({
    title: "ConfigMap of headers that the controller refuses",
    severity: "high",
    verdict: "exact",
    what: (a) =>
      `ConfigMap ${a.configMap}, which "${a.key}" of Ingress ${a.ingress} names, holds "${a.entry}", ${
        a.isName ? "which is no header name to the controller" : "with a value that the controller does not take"
      }, so it answers 503; the output does the same.`,
    why: "Names may have letters, digits, - and _ only. Values of custom-headers are one line of ASCII characters and not empty.",
    remedy: (a) =>
      a.isName
        ? `Correct or remove "${a.entry}", and convert again.`
        : `Correct the value of "${a.entry}", and convert again.`,
    cite: "internal/ingress/annotations/authreq/main.go, internal/ingress/annotations/customheaders/main.go",
  }),
  SNIPPETS_ASSUMED_ALLOWED: define<{ readonly ingress: string; readonly keys: readonly string[] }>({
    title: "Snippets that are assumed to be allowed",
    severity: "info",
    verdict: "exact",
    what: (a) =>
      `Ingress ${a.ingress} has ${a.keys.map((key) => `"${key}"`).join(", ")}; without the controller's ConfigMap it is assumed that snippets are in force.`,
    why: "allow-snippet-annotations is off and annotations-risk-level is High by default; whoever writes snippets has usually changed both.",
    remedy: "Add the controller's ConfigMap to the input, or pass --controller-config.",
    cite: "internal/ingress/controller/config/config.go (AllowSnippetAnnotations, AnnotationsRiskLevel)",
  }),
  SNIPPETS_NOT_ALLOWED: define<{ readonly ingress: string; readonly keys: readonly string[] }>({
    title: "Snippets that the controller drops",
    severity: "medium",
    verdict: "exact",
    what: (a) =>
      `Ingress ${a.ingress} has ${a.keys.map((key) => `"${key}"`).join(", ")}, which the controller drops; they do nothing today.`,
    why: "allow-snippet-annotations is off in the controller's ConfigMap.",
    remedy: "Remove the annotations.",
    cite: "internal/ingress/controller/store/store.go (dropSnippetDirectives)",
  }),
  BLOCKED_WORD: define<{ readonly ingress: string; readonly key: string; readonly word: string }>({
    title: "Annotation with a blocked word",
    severity: "high",
    verdict: "unsupported",
    what: (a) =>
      `"${a.key}" of Ingress ${a.ingress} contains ${a.word === "" ? "the empty word" : `"${a.word}"`}, which annotation-value-word-blocklist forbids.`,
    why: "The controller ignores such an Ingress as a whole.",
    remedy: ({ word }) =>
      word === ""
        ? "Remove the comma that stands alone in annotation-value-word-blocklist, which keeps every Ingress with an annotation of the controller out."
        : "Remove the word, or delete the Ingress.",
    cite: "internal/ingress/controller/controller.go (CheckIngress), store.go",
  }),
  PASSTHROUGH_ASSUMED_ENABLED: define<At & { readonly host: string }>({
    title: "TLS passthrough taken as switched on",
    severity: "info",
    verdict: "exact",
    what: (a) =>
      `Ingress ${a.ingress} asks for ssl-passthrough on ${hostText(a.host)}; the controller is taken to run with --enable-ssl-passthrough.`,
    why: "Without that flag the controller terminates TLS and the annotation has no effect.",
    remedy: "Pass --controller-flag enable-ssl-passthrough=false if the controller runs without it.",
    cite: "internal/ingress/controller/nginx.go",
  }),
  PASSTHROUGH_WITHOUT_ROOT: define<At & { readonly host: string }>({
    title: "TLS passthrough without a backend for /",
    severity: "medium",
    verdict: "exact",
    what: (a) =>
      `Ingress ${a.ingress} asks for ssl-passthrough on ${hostText(a.host)}, whose path / leads to no Service, so TLS ends at the controller as on any other host.`,
    why: "The controller passes connections to the Service behind /; without one it leaves the host out. The output keeps that.",
    remedy: "Remove the annotation, or give the host a path / with the Service that should get the connections.",
    cite: "internal/ingress/controller/controller.go (getConfiguration), internal/ingress/controller/nginx.go (OnUpdate)",
  }),
  REDIRECT_HITS_UNMATCHED_PATHS: define<
    At & { readonly host: string; readonly key: string; readonly location: string }
  >({
    title: "Redirect that also catches unmatched paths",
    severity: "medium",
    verdict: "exact",
    what: (a) =>
      `"${a.key}" of Ingress ${a.ingress} redirects every otherwise unmatched path of ${hostText(a.host)} to "${a.location}", because this Ingress opened the host.`,
    why: "The implicit / of a host carries the annotations of its first Ingress; the output keeps it.",
    remedy: "Give the host an explicit / path if unmatched paths are not meant to be redirected.",
    cite: "internal/ingress/controller/controller.go (createServers)",
  }),
  HOST_SHARED_BY_NAMESPACES: define<{ readonly host: string; readonly namespaces: readonly string[] }>({
    title: "Host served from several namespaces",
    severity: "info",
    verdict: "exact",
    what: (a) => `${theHost(a.host, "Host")} has paths in the namespaces ${a.namespaces.join(", ")}.`,
    why: "Settings of the whole host come from whichever Ingress is first; after the conversion each namespace owns its routes of the host.",
    remedy: "Agree who owns the host; the listener's allowedRoutes names exactly these namespaces.",
  }),
};
