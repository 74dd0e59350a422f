import { define } from "../define.js";

type Key = { readonly key: string };
type Setting = Key & { readonly value: string };

/** `"keep-alive: 30"`, or the key alone where the value is long or not to be shown. */
const written = ({ key, value }: Setting): string => (value === "" ? `"${key}"` : `"${key}: ${value}"`);

/** What the controller's ConfigMap says, whatever the target. */
export const controllerFindings = {
  DEFAULT_CONFIG_ASSUMED: define<Readonly<Record<string, never>>>({
    title: "Controller without its ConfigMap",
    severity: "low",
    verdict: "exact",
    what: () => "The input holds no ConfigMap of the controller, so its built-in defaults are taken to be in force.",
    why: "The ConfigMap decides what every Ingress does: body limits, timeouts, HSTS, trusted proxies, address lists, authentication.",
    remedy:
      "Pass it with --controller-config FILE, or add it to the input (kubectl get configmap -n ingress-nginx ingress-nginx-controller -o yaml).",
    cite: "ingress-nginx 1.15.1, internal/ingress/controller/config/config.go (NewDefault)",
  }),
  DEFAULT_VERSION_ASSUMED: define<Readonly<Record<string, never>>>({
    title: "Controller of unknown version",
    severity: "info",
    verdict: "exact",
    what: () => "Everything is read as ingress-nginx 1.15, the last one, reads it; which version runs is not known.",
    why: "Before 1.12 annotation values were not checked, risky annotations loaded and Secrets of other namespaces read; before 1.9.5 HSTS lasted half a year; before 1.9.0 snippets were allowed, all of it unless the controller was told otherwise.",
    remedy:
      "Say which version runs with --controller-version, or pass its ConfigMap with the labels of the Helm chart.",
    cite: "ingress-nginx, internal/ingress/controller/config/config.go and pkg/flags/flags.go of 1.0.0 to 1.15.1; docs/ingress-nginx.md, Older controllers",
  }),
  CONTROLLER_VERSION_READ: define<{ readonly configMap: string; readonly release: string }>({
    title: "Version of the controller",
    severity: "info",
    verdict: "exact",
    what: (a) =>
      `Annotations, keys and built-in values are read as by ingress-nginx ${a.release}, which the labels of ConfigMap ${a.configMap} name.`,
    why: "Defaults have changed over time, such as snippets and the length of HSTS, and annotations were added. The labels are those of the Helm chart, and stay behind where only the image is replaced.",
    remedy: "Say which version runs with --controller-version where it is another one.",
    cite: "ingress-nginx, charts/ingress-nginx/templates/_helpers.tpl (ingress-nginx.labels)",
  }),
  CONTROLLER_CONFIG_AMBIGUOUS: define<{ readonly used: string; readonly ignored: readonly string[] }>({
    title: "Several ConfigMaps that could be the controller's",
    severity: "medium",
    verdict: "exact",
    what: (a) => `ConfigMap ${a.used} is taken for the controller's; ${a.ignored.join(", ")} could be it as well.`,
    why: "Each controller reads one ConfigMap. With two controllers in the input, each needs a conversion of its own.",
    remedy: "Name the right one with --controller-config FILE or --controller-flag configmap=NAMESPACE/NAME.",
    cite: "ingress-nginx 1.15.1, pkg/flags/flags.go (configmap)",
  }),
  CONTROLLER_KEY_UNKNOWN: define<Key & { readonly configMap: string; readonly suggestion?: string }>({
    title: "Unknown key in the controller's ConfigMap",
    severity: "low",
    verdict: "exact",
    what: (a) =>
      `ConfigMap ${a.configMap} sets "${a.key}", which the controller does not know${a.suggestion === undefined ? "" : `; did you mean "${a.suggestion}"?`}.`,
    why: "The setting has no effect today, so the output does not hold it.",
    remedy: "Remove the key, or correct its spelling and convert again.",
    cite: "ingress-nginx 1.15.1, internal/ingress/controller/config/config.go",
  }),
  CONTROLLER_KEY_REMOVED: define<Key & { readonly configMap: string; readonly removedIn: string }>({
    title: "Key of an older controller",
    severity: "low",
    verdict: "exact",
    what: (a) => `ConfigMap ${a.configMap} sets "${a.key}", which controllers since ${a.removedIn} do not read.`,
    why: "The output follows the last controller, or the one whose version is known. One older than that version still does what the key says.",
    remedy: "Remove the key if the controller is newer; otherwise look for its purpose in docs/controller-defaults.md.",
    cite: "ingress-nginx, changelog/controller-1.10.0.md and controller-1.12.0.md",
  }),
  CONTROLLER_KEY_OF_OLDER_CONTROLLER: define<
    Key & { readonly configMap: string; readonly removedIn: string; readonly release: string }
  >({
    title: "Key that the controller still reads, and newer ones do not",
    severity: "medium",
    verdict: "unsupported",
    what: (a) =>
      `ConfigMap ${a.configMap} sets "${a.key}", which ingress-nginx ${a.release} still reads and ${a.removedIn} does not; it is not carried over.`,
    why: "It applied to every Ingress, and the output does nothing of the kind.",
    remedy:
      "Do without it, or set up the like of it beside the Gateway; the documentation of that release says what it does.",
    cite: "ingress-nginx, changelog/controller-1.10.0.md and controller-1.12.0.md",
  }),
  CONTROLLER_KEY_NEWER_THAN_CONTROLLER: define<
    Key & { readonly configMap: string; readonly readSince: string; readonly release: string }
  >({
    title: "Key that is newer than the controller",
    severity: "low",
    verdict: "exact",
    what: (a) =>
      `ConfigMap ${a.configMap} sets "${a.key}", which ingress-nginx reads since ${a.readSince}; ${a.release}, which is said to run, does not know it.`,
    why: "It does nothing today, so the output does nothing of it either. It would begin to act with an upgrade of the controller.",
    remedy: ({ readSince }) =>
      `Remove it, or, to have it carried over, name the later version with --controller-version ${readSince}.`,
    cite: "ingress-nginx, internal/ingress/controller/config/config.go of each release from 1.0.0 on; docs/ingress-nginx.md, Older controllers",
  }),
  CONTROLLER_VALUE_INVALID: define<Setting & { readonly reason: string; readonly fallback: string }>({
    title: "Value that the controller does not accept",
    severity: "medium",
    verdict: "exact",
    what: (a) =>
      `${written(a)} of the controller's ConfigMap is ignored: ${a.reason}. ${a.fallback === "" ? "Nothing is in force instead." : `"${a.fallback}" is in force instead.`}`,
    why: "The controller only logs a warning. The output follows what is in force, not what was meant.",
    remedy: "Correct the value and convert again if it should count.",
    cite: "ingress-nginx 1.15.1, internal/ingress/controller/template/configmap.go (ReadConfig)",
  }),
  CONTROLLER_VALUE_STOPS_RELOAD: define<Setting & { readonly problem: string }>({
    title: "ConfigMap value with which nginx loads no new configuration",
    severity: "high",
    verdict: "equivalent",
    what: (a) =>
      `${written(a)} of the controller's ConfigMap makes nginx refuse the whole configuration: ${a.problem}.`,
    why: "The controller tests a configuration before it is loaded and goes on with the last one that passed. While the value is there, no change to any host takes effect, and what is served may be older than these manifests; the output follows the manifests.",
    remedy: "Correct the value, convert again, and compare the output with what the controller serves today.",
    cite: "ingress-nginx 1.15.1, internal/ingress/controller/nginx.go (OnUpdate, testTemplate)",
  }),
  CONTROLLER_FLAG_NOT_CARRIED: define<{
    readonly flag: string;
    readonly value: string;
    readonly how: string;
    readonly remedy: string;
  }>({
    title: "Flag of the controller that the output does not follow",
    severity: "medium",
    verdict: "unsupported",
    what: ({ flag, value, how }) => `The controller runs with --${flag}=${value}, which is not followed: ${how}.`,
    why: "It decides what the controller does for all Ingresses.",
    remedy: (a) => a.remedy,
    cite: "ingress-nginx 1.15.1, pkg/flags/flags.go",
  }),
  HTTPS_REDIRECT_BEHIND_BALANCER: define<{ readonly hosts: readonly string[]; readonly count: number }>({
    title: "Redirects to HTTPS look at the connection, not at X-Forwarded-Proto",
    severity: "high",
    verdict: "unsupported",
    what: ({ hosts, count }) =>
      `Requests that a load balancer received over HTTPS and passes on over plain HTTP are redirected to HTTPS again, on ${hosts.join(", ")}${count > hosts.length ? ` and ${count - hosts.length} more hosts` : ""}: a loop.`,
    why: "With use-forwarded-headers nginx redirects only where X-Forwarded-Proto is not https. A route that redirects does so for every request of its listener.",
    remedy:
      'Let the load balancer pass TLS connections on to port 443 of the Gateway. Where it ends TLS itself, set ssl-redirect: "false" in the controller\'s ConfigMap for the conversion and redirect in the load balancer.',
    example: () => ({
      method: "GET",
      url: "http:// on the Gateway, / ",
      headers: { "X-Forwarded-Proto": "https" },
      before: "the answer of the application",
      after: "308 to the same https:// address, again and again",
    }),
    cite: "ingress-nginx 1.15.1, rootfs/etc/nginx/lua/lua_ingress.lua (rewrite), nginx.tmpl ($pass_access_scheme)",
  }),
  SNIPPET_UNKNOWN_HOSTS: define<Key & { readonly configMap: string }>({
    title: "Snippet of the ConfigMap on hosts that nobody has",
    severity: "low",
    verdict: "partial",
    what: ({ configMap, key }) =>
      `ConfigMap ${configMap}: what "${key}" answers on hosts without an Ingress is answered with 404.`,
    why: "The controller's server for unknown hosts has the snippet too. A Gateway has no route for them.",
    remedy:
      "Nothing, unless something asks the Gateway under names that no Ingress has; add a route without host names for that.",
    cite: "ingress-nginx 1.15.1, rootfs/etc/nginx/template/nginx.tmpl (ServerSnippet, LocationSnippet)",
  }),
  CONTROLLER_SETTING_KEPT: define<Setting & { readonly how: string }>({
    title: "Controller setting that the output keeps",
    severity: "info",
    verdict: "equivalent",
    what: (a) => `${written(a)} of the controller's ConfigMap is kept: ${a.how}.`,
    why: "It applied to every Ingress without an annotation of its own.",
    remedy: "Nothing; this line accounts for the setting.",
    cite: "docs/controller-defaults.md",
  }),
  CONTROLLER_SETTING_PARTLY: define<Setting & { readonly how: string; readonly remedy: string }>({
    title: "Controller setting that the output keeps in part",
    severity: "medium",
    verdict: "partial",
    what: (a) => `${written(a)} of the controller's ConfigMap is kept in part: ${a.how}.`,
    why: "It applied to every Ingress without an annotation of its own.",
    remedy: (a) => a.remedy,
    cite: "docs/controller-defaults.md",
  }),
  CONTROLLER_SETTING_NOT_CARRIED: define<Setting & { readonly how: string; readonly remedy: string }>({
    title: "Controller setting without counterpart in the output",
    severity: "medium",
    verdict: "unsupported",
    what: (a) => `${written(a)} of the controller's ConfigMap is not carried over: ${a.how}.`,
    why: "It applied to every Ingress without an annotation of its own.",
    remedy: (a) => a.remedy,
    cite: "docs/controller-defaults.md",
  }),
  CONTROLLER_SETTING_INTERNAL: define<{ readonly keys: readonly string[] }>({
    title: "Settings of the nginx process",
    severity: "info",
    verdict: "exact",
    what: ({ keys }) =>
      `${keys.map((key) => `"${key}"`).join(", ")} of the controller's ConfigMap ${keys.length === 1 ? "concerns" : "concern"} nginx itself and ${keys.length === 1 ? "has" : "have"} no counterpart.`,
    why: "Memory, workers, hash tables and log files of one proxy say nothing about another.",
    remedy: "Nothing. Size the new proxy by its own documentation.",
    cite: "docs/controller-defaults.md",
  }),
};
