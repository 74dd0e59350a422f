import type { Location, NginxModel, Server } from "../../../src/ingress-nginx/index.js";
import type { Check, Controller, Effect } from "./choices.js";
import { liesIn, passesHandshake, type Request } from "./request.js";

/** One Ingress of the set: what its annotations do, by hand. */
export type Declared = {
  readonly id: string;
  readonly hosts: readonly string[];
  readonly isCanary: boolean;
  readonly effects: readonly Effect[];
};

export type Cluster = {
  /** Servers and locations; its access rules are not looked at. */
  readonly model: NginxModel;
  /** In processing order. */
  readonly ingresses: readonly Declared[];
  readonly controller: Controller;
};

/** Whether nginx lets the request through to an application, or has none there to protect. */
export function nginxLetsIn(request: Request, { model, ingresses, controller }: Cluster): boolean {
  const server = serverOf(model, request.host);
  if (server === undefined) return true;
  const rules = hostRules(ingresses, server.host);
  if (!passesHost(request, rules)) return false;
  const location = locationOf(server, request.path);
  if (location === undefined || location.backend.kind !== "service") return true;
  // Where certificates are wanted, nothing but the redirect keeps clients from plain HTTP.
  if (request.scheme === "http" && location.httpsRedirect !== undefined && rules.mode !== undefined) return false;
  const owner = ingresses.find(({ id }) => id === location.owner.id);
  return owner !== undefined && passesAccess(request, { location, effects: owner.effects, controller });
}

/** The location that serves the request, for findings about its Ingress. */
export function ownerOf(request: Request, { model }: Cluster): string | undefined {
  const server = serverOf(model, request.host);
  return server === undefined ? undefined : locationOf(server, request.path)?.owner.id;
}

function serverOf({ servers }: NginxModel, host: string): Server | undefined {
  const parent = `*${host.slice(host.indexOf("."))}`;
  const byName = (name: string): readonly Server[] => servers.filter((server) => server.host === name);
  const byAlias = servers.filter(({ aliases }) => aliases.some(({ name }) => name === host));
  return [...byName(host), ...byAlias, ...byName(parent), ...byName("_")][0];
}

function locationOf(server: Server, path: string): Location | undefined {
  const byLength = [...server.locations].sort((a, b) => b.path.length - a.path.length);
  if (server.regexMode !== undefined) return byLength.find((each) => new RegExp(`^${each.path}`, "i").test(path));
  const exact = byLength.find((each) => each.pathType === "Exact" && each.path === path);
  return exact ?? byLength.find((each) => each.pathType === "Prefix" && isBelow(path, each.path));
}

function isBelow(path: string, prefix: string): boolean {
  const base = prefix.endsWith("/") ? prefix : `${prefix}/`;
  return path === prefix || path.startsWith(base);
}

type HostRules = {
  readonly denied: boolean;
  readonly mode?: "on" | "optional" | "optional_no_ca";
  readonly name?: string;
  readonly asksNobody: boolean;
};

/** The first Ingress with a CA decides, and one that cannot be set up closes the host (controller.go, createServers). */
function hostRules(ingresses: readonly Declared[], host: string): HostRules {
  const effects = ingresses.filter(({ hosts }) => hosts.includes(host)).flatMap((ingress) => ingress.effects);
  const denied = effects.some(({ kind }) => kind === "denies-hosts");
  for (const effect of effects) {
    if (effect.kind === "asks-for-no-certificate") return { denied, asksNobody: true };
    if (effect.kind === "wants-certificates") {
      const { mode, name } = effect;
      return { denied, mode, asksNobody: false, ...(name === undefined ? {} : { name }) };
    }
  }
  return { denied, asksNobody: true };
}

function passesHost({ scheme, certificate }: Request, { denied, mode, name }: HostRules): boolean {
  if (denied || (scheme === "https" && !passesHandshake(mode, certificate))) return false;
  const subject = scheme === "https" && mode !== undefined ? (certificate?.subject ?? "") : "";
  return name === undefined || new RegExp(name).test(subject);
}

type Access = { readonly location: Location; readonly effects: readonly Effect[]; readonly controller: Controller };

function passesAccess(request: Request, { location, effects, controller }: Access): boolean {
  if (effects.some(({ kind }) => kind === "denies")) return false;
  const isExempt = (controller.exempt ?? ["/.well-known/acme-challenge"]).some((item) =>
    location.path.startsWith(item),
  );
  const checks = isExempt ? [] : checksOf(effects, controller);
  const answers = checks.map((check): boolean => passes(check, request));
  const listed = addressAnswer(request.address, effects, controller);
  const isAny = !isExempt && effects.some(({ kind }) => kind === "satisfies-any");
  if (!isAny) return listed !== "refused" && answers.every(Boolean);
  // A list that names nobody has no say; whoever is not refused by anything comes in (ngx_http_core_access_phase).
  if (listed === "accepted" || answers.some(Boolean)) return true;
  return listed === "no opinion" && answers.length === 0;
}

function checksOf(effects: readonly Effect[], controller: Controller): readonly Check[] {
  const own = effects.flatMap((effect) => (effect.kind === "asks" ? [effect.check] : []));
  const isGlobal =
    controller.asksService === true &&
    own.every(({ kind }) => kind !== "service") &&
    effects.every(({ kind }) => kind !== "opts-out");
  return isGlobal ? [...own, { kind: "service" }] : own;
}

function passes(check: Check, { password, isKnown }: Request): boolean {
  return check.kind === "service" ? isKnown : check.scheme === password;
}

function addressAnswer(
  address: string,
  effects: readonly Effect[],
  controller: Controller,
): "accepted" | "refused" | "no opinion" {
  const lists = effects.find((effect) => effect.kind === "lists");
  const allow = lists?.allow ?? controller.allow ?? [];
  const own = lists?.deny ?? controller.deny ?? [];
  const deny = own.length + allow.length > 0 ? own : (controller.block ?? []);
  if (liesIn(address, deny)) return "refused";
  if (allow.length === 0) return "no opinion";
  return liesIn(address, allow) ? "accepted" : "refused";
}
