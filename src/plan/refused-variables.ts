import type { Answer, Finding } from "../findings/index.js";
import type { NginxModel, Server } from "../ingress-nginx/index.js";
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
        const problem = setting?.value.includes("$") === true ? problemOf(setting.value, server) : undefined;
        if (setting !== undefined && problem !== undefined) faults.set(setting, problem);
      }
    }
  }
  const accounted = [...faults].map(([setting, problem]) => accountRefused(setting, problem));
  findings.push(...accounted.map((one) => one.finding));
  return accounted.map((one) => one.answer);
}

function problemOf(text: string, server: Server): string | undefined {
  const unknown = unknownName(text, server);
  if (unknown === undefined) return undefined;
  return unknown === "" ? "a dollar sign that begins no variable stands in it" : `it knows no variable $${unknown}`;
}
