import type { Answer, Finding } from "../findings/index.js";
import type { NginxModel, Server, Settings } from "../ingress-nginx/index.js";
import { accountRefused, settingOf, type AnnotationKey, type Setting } from "../mappings/index.js";
import { unknownName } from "./snippets/known-variables.js";

/** Annotations whose text nginx reads as one with variables, in the location or the server (nginx.tmpl, template.go). */
const WITH_VARIABLES = [
  "app-root",
  "auth-cache-key",
  "auth-signin",
  "auth-url",
  "mirror-host",
  "mirror-target",
  "proxy-ssl-name",
  "rewrite-target",
  "upstream-vhost",
  "x-forwarded-prefix",
] as const satisfies readonly AnnotationKey[];

/** Annotations that name a variable which nothing defines, so that nginx refuses the whole configuration (ngx_http_variables_init_vars). */
export function refusedVariables({ servers }: Pick<NginxModel, "servers">, findings: Finding[]): Answer[] {
  const faults = new Map<Setting, string>();
  for (const server of servers) {
    if (server.denied?.instead !== undefined) continue;
    for (const { settings, denied, owner } of server.locations) {
      if (denied !== undefined) continue;
      for (const key of WITH_VARIABLES) {
        const setting = settingOf(key === "app-root" ? owner.settings : settings, key);
        const problem = setting === undefined ? undefined : problemIn(setting, settings, server);
        if (setting !== undefined && problem !== undefined) faults.set(setting, problem);
      }
    }
  }
  const accounted = [...faults].map(([setting, problem]) => accountRefused(setting, problem));
  findings.push(...accounted.map((one) => one.finding));
  return accounted.map((one) => one.answer);
}

function problemIn({ key, value }: Setting<string>, settings: Settings, server: Server): string | undefined {
  if (MIRROR.has(key) && !hasMirrorLocation(settings)) return undefined;
  if (value.includes("$")) return problemOf(value, server);
  // proxy_pass reads an address without variables when the configuration is loaded (ngx_http_proxy_pass).
  return key === "mirror-target" && !/^https?:\/\//i.test(value)
    ? "it begins with neither http:// nor https://"
    : undefined;
}

const MIRROR: ReadonlySet<AnnotationKey> = new Set<AnnotationKey>(["mirror-target", "mirror-host"]);

/** The location is left out where no host is known, neither by mirror-host nor in front of the target's first `$` (mirror/main.go; template.go, buildMirrorLocations). */
function hasMirrorLocation(settings: Settings): boolean {
  const [front = ""] = (settingOf(settings, "mirror-target")?.value ?? "").split("$");
  return settings.has("mirror-host") || /^[a-z][a-z0-9+.-]*:\/\/(?:[^@/?#]*@)?[^:/?#]/i.test(front);
}

function problemOf(text: string, server: Server): string | undefined {
  const unknown = unknownName(text, server);
  if (unknown === undefined) return undefined;
  return unknown === "" ? "a dollar sign that begins no variable stands in it" : `it knows no variable $${unknown}`;
}
