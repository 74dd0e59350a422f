import { finding, type Finding } from "../findings/index.js";
import type { NginxModel } from "../ingress-nginx/index.js";
import { settingOf } from "../mappings/index.js";

/**
 * Hosts that compare the subject of client certificates: nginx does so at the head of the server block, on plain HTTP too (nginx.tmpl, SERVER), where routes
 * check what reaches an application. Closed hosts answer 403 to everything on both sides.
 */
export function namesComparedFirst({ servers }: NginxModel): Finding[] {
  return servers.flatMap(({ host, settings, denied }) => {
    const name = settingOf(settings, "auth-tls-match-cn");
    if (name === undefined || denied !== undefined) return [];
    return [finding("CLIENT_NAME_COMPARED_FIRST", name.origin, { ingress: name.ingress, host, pattern: name.value })];
  });
}
