import { finding, type Finding } from "../findings/index.js";
import type { ServedIngress } from "../ingress-nginx/index.js";
import { settingOf } from "../mappings/index.js";
import type { PlannedRoute } from "./plan.js";

/**
 * Body limits of Ingresses that reach no backend at all: nginx compares Content-Length as soon as it has the location, before it redirects or answers by
 * itself (ngx_http_core_find_config_phase), and there is no rule left that a limit could be written for.
 */
export function limitsOfAnswers(routes: readonly PlannedRoute[]): Finding[] {
  const rules = routes.filter(({ purpose }) => purpose === "serve").flatMap((route) => route.rules);
  // A location of a snippet that passes requests on has the limit that stands in it.
  const forwarding = new Set(
    rules
      .filter(
        ({ action, features, owner }) =>
          action.kind === "forward" && features.bodySize?.settings.some(({ ingress }) => ingress === owner.id) === true,
      )
      .map(({ owner }) => owner),
  );
  const answering = new Set(rules.map(({ owner }) => owner).filter((owner) => !forwarding.has(owner)));
  return [...answering].flatMap(limitOf);
}

function limitOf({ id, settings }: ServedIngress): Finding[] {
  const setting = settingOf(settings, "proxy-body-size");
  if (setting === undefined || setting.value <= 0) return [];
  return [finding("BODY_LIMIT_OF_ANSWERS", setting.origin, { ingress: id, limit: setting.raw })];
}
