import { define } from "../define.js";
import { theHost } from "../host-text.js";

type At = { readonly ingress: string };

/** Findings about who may come in, as far as the controller's own behaviour settles them. */
export const modelAccessFindings = {
  CLIENT_NAME_NEVER_ASKED: define<At & { readonly host: string; readonly pattern: string; readonly why: string }>({
    title: "Common name that no client can show",
    severity: "high",
    verdict: "exact",
    what: (a) =>
      `Host ${a.host} answers 403 to every request: auth-tls-match-cn of Ingress ${a.ingress} wants "${a.pattern}", and ${a.why}; the output does the same.`,
    why: "nginx compares the subject of the client certificate before anything else, and without a certificate the subject is empty.",
    remedy:
      "Set auth-tls-verify-client to on or optional and give the Secret a ca.crt, or remove auth-tls-match-cn, and convert again.",
    cite: "rootfs/etc/nginx/template/nginx.tmpl (SERVER), internal/ingress/controller/controller.go (getBackendServers)",
  }),
  CLIENT_NAME_COMPARED_FIRST: define<At & { readonly host: string; readonly pattern: string }>({
    title: "Answers that no common name is asked for any more",
    severity: "low",
    verdict: "equivalent",
    what: (a) =>
      `${theHost(a.host, "Host")}: redirects, unmatched paths, CORS preflights and answers of snippets no longer refuse clients without "${a.pattern}" (Ingress ${a.ingress}) with 403, nor does plain HTTP in front of its redirect.`,
    why: "nginx compares the subject before anything else, and on plain HTTP there is none. A route checks what reaches an application; a redirect or a text that stands in the route reaches none.",
    remedy:
      "Nothing for redirects and 404. Where the text of an answer is for holders of these certificates alone, let an application give it and convert again.",
    example: ({ host }) => ({
      method: "GET",
      url: `http://${host === "_" ? "any.example.com" : host}/`,
      before: "403",
      after: "the redirect, the text or 404",
    }),
    cite: "rootfs/etc/nginx/template/nginx.tmpl (SERVER)",
  }),
  CERTIFICATE_SECRET_UNUSABLE: define<
    At & { readonly key: string; readonly secret: string; readonly status: 403 | 503 }
  >({
    title: "Secret in which the controller finds no certificate",
    severity: "high",
    verdict: "exact",
    what: (a) =>
      `Secret ${a.secret}, which "${a.key}" of Ingress ${a.ingress} names, holds neither ca.crt nor tls.crt with tls.key, so the controller answers ${a.status} on ${a.status === 403 ? "the whole host" : "every path of the Ingress"}; the output does the same.`,
    why: "The controller does not take such a Secret, and what names one that it does not have is closed.",
    remedy: "Put the authority into the Secret as ca.crt, and convert again.",
    cite: "internal/ingress/controller/store/backend_ssl.go (getPemCertificate); internal/ingress/annotations/authtls/main.go; internal/ingress/annotations/proxyssl/main.go",
  }),
  AUTH_EXEMPT_LOCATION: define<
    At & { readonly path: string; readonly prefix: string; readonly keys: readonly string[] }
  >({
    title: "Path that is not asked to authenticate",
    severity: "medium",
    verdict: "exact",
    what: (a) =>
      `Path "${a.path}" of Ingress ${a.ingress} begins with "${a.prefix}" (no-auth-locations), so ${a.keys.map((key) => `"${key}"`).join(", ")} protect${a.keys.length === 1 ? "s" : ""} nothing there, today and in the output.`,
    why: "The controller leaves passwords and external authentication out for the paths of that list, so that certificate authorities can reach them; source lists stay.",
    remedy:
      "Nothing for ACME challenges; otherwise take the prefix off no-auth-locations in the controller's ConfigMap and convert again.",
    cite: "internal/ingress/controller/template/template.go (isLocationInLocationList)",
  }),
  AFFINITY_PATTERN_PATH: define<At & { readonly cookie: string; readonly path: string }>({
    title: "Session cookie that never comes back",
    severity: "medium",
    verdict: "exact",
    what: (a) =>
      `Cookie "${a.cookie}" of Ingress ${a.ingress} has the path "${a.path}", a regular expression that matches no URL literally, so sessions do not stay on a pod there, today and in the output.`,
    why: "Without session-cookie-path the cookie gets the text of the path of its location, and browsers send cookies for literal prefixes only.",
    remedy: 'Set session-cookie-path, for instance to "/", if sessions are meant to stay on a pod, and convert again.',
    cite: "rootfs/etc/nginx/lua/balancer/sticky.lua (set_cookie); RFC 6265, section 5.1.4",
  }),
  AUTH_REALM_OFF: define<At>({
    title: "Realm that switches the password off",
    severity: "high",
    verdict: "exact",
    what: ({ ingress }) =>
      `Ingress ${ingress} sets auth-realm to "off", so passwords are NOT asked for today, and not by the output either.`,
    why: "nginx reads the word as the switch of auth_basic. The controller takes the Authorization header from requests there all the same, and so does the output: the application never sees it.",
    remedy: "Choose another realm if passwords should be asked for, and convert again; otherwise remove auth-type.",
    cite: "ngx_http_auth_basic_module; rootfs/etc/nginx/template/nginx.tmpl (auth_basic)",
  }),
  BACKEND_CA_MISSING: define<At & { readonly secret: string; readonly verified: boolean }>({
    title: "Backend certificates that nobody checks",
    severity: "medium",
    verdict: "exact",
    what: (a) =>
      `Secret ${a.secret} of Ingress ${a.ingress} has no ca.crt, so ${a.verified ? "backend certificates are NOT checked although proxy-ssl-verify is on, and " : ""}no client certificate is shown to the backend, today and by the output.`,
    why: "The controller writes certificate and authority to disk only for a Secret that holds an authority. Where another Ingress of the host has one, its settings are in force at these paths as well, apart from the name of the backend and whether it is sent.",
    remedy: "Add ca.crt to the Secret if TLS to the backend was meant to be checked, and convert again.",
    cite: "internal/ingress/controller/store/backend_ssl.go (getPemCertificate)",
  }),
};
