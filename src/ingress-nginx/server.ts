import { finding, type Finding } from "../findings/index.js";
import type { Snapshot } from "../kubernetes/index.js";
import { accountRefused, isBrokenExpression, settingOf, type AnnotationKey, type Setting } from "../mappings/index.js";
import { hostBackendTls, withHostBackendTls } from "./backend-tls.js";
import { behaves } from "./behaviours.js";
import type { ControllerConfig } from "./controller-config.js";
import type { DraftLocation, DraftServer } from "./drafts.js";
import type { HostDenial, Location, ServedIngress, Server, Settings } from "./model.js";
import { byLocationOrder } from "./order.js";
import { escapedPaths } from "./escaped-paths.js";
import { isRewrittenBelow, reachableExpressions } from "./shadowed.js";
import { serverSettings, UPSTREAM_KEYS, type Sink } from "./scope.js";
import { httpsRedirectOf, tlsOf } from "./tls.js";
import { upstreamKey } from "./upstreams.js";

export type ServerContext = Sink & {
  readonly drafts: ReadonlyMap<string, DraftServer>;
  readonly shared: ReadonlyMap<string, Settings>;
  readonly controller: ControllerConfig;
  /** Hosts that have a certificate of their own. */
  readonly certificates: ReadonlySet<string>;
  /** Ingresses with rules for the host in processing order, canaries included. */
  readonly contributors: readonly ServedIngress[];
  readonly denied: HostDenial | undefined;
  readonly secrets: Snapshot["secrets"];
};

/** Puts one nginx server together from the Ingresses that were merged into it. */
export function buildServer(draft: DraftServer, context: ServerContext): Server {
  const { tls, findings } = tlsOf(draft);
  context.findings.push(...findings);
  const hasCertificate =
    draft.kind !== "default" &&
    (tls !== undefined || context.certificates.has(`*.${draft.host.split(".").slice(1).join(".")}`));
  const regexCause = regexCauseOf(draft);
  const merged = new Map<Settings, Map<string, Settings>>();
  const inherited = hostBackendTls(context.contributors, context.controller);
  const ordered = [...draft.locations.values()].sort(byLocationOrder);
  const written = ordered.map((location): Location => {
    const settings = withHostBackendTls(locationSettings(location, context.shared, merged), inherited, location.owner);
    const httpsRedirect = httpsRedirectOf(location, settings, hasCertificate, context.controller);
    return { ...location, settings, ...(httpsRedirect === undefined ? {} : { httpsRedirect }) };
  });
  const reachable =
    regexCause === undefined ? { locations: written, findings: [] } : reachableExpressions(draft.host, written);
  context.findings.push(
    ...reachable.findings,
    ...rootFindings(draft),
    ...escapedPaths(reachable.locations),
    ...duplicateLocations(draft, regexCause !== undefined),
    ...(regexCause === undefined ? [] : brokenExpressions(draft)),
  );
  const owners = ordered.flatMap(({ owner, ofEveryName }) => (ofEveryName === undefined ? [owner] : []));
  const settings = serverSettings(draft, context.contributors, owners, context);
  const denied = context.denied ?? unaskedNameDenial(draft.host, settings, context);
  const appRoot = settingOf(settings, "app-root");
  const fromToWww = fromToWwwOf(draft, context);
  const passthrough = passthroughOf(draft, context);
  return {
    host: draft.host,
    kind: draft.kind,
    aliases: aliasesOf(draft, context),
    ...(regexCause === undefined ? {} : { regexMode: { cause: regexCause } }),
    ...(tls === undefined ? {} : { tls }),
    locations: reachable.locations,
    ingresses: draft.ingresses,
    ...(appRoot === undefined ? {} : { appRoot }),
    ...(fromToWww === undefined ? {} : { fromToWww }),
    ...(passthrough === undefined ? {} : { passthrough }),
    settings,
    ...clientCrlOf(settings, context.secrets),
    ...(denied === undefined ? {} : { denied: { status: 403, ...denied } }),
  };
}

/** A revocation list is used when the Secret has one (store/backend_ssl.go, getPemCertificate). */
function clientCrlOf(settings: Settings, secrets: Snapshot["secrets"]): Pick<Server, "clientCrl"> {
  const reference = settingOf(settings, "auth-tls-secret")?.value;
  const secret = reference === undefined ? undefined : secrets.get(`${reference.namespace ?? ""}/${reference.name}`);
  return secret === undefined ? {} : { clientCrl: secret.keys.includes("ca.crl") ? "present" : "absent" };
}

/**
 * The comparison of the subject stands in the server block whether or not anybody is asked for a certificate (nginx.tmpl, SERVER). Until an Ingress
 * with a CA comes, each one replaces what the last one said about certificates, silence included (controller.go, getBackendServers).
 */
function unaskedNameDenial(host: string, settings: Settings, context: ServerContext): HostDenial | undefined {
  const isOff = settingOf(settings, "auth-tls-verify-client")?.value === "off";
  const hasAuthority = settings.has("auth-tls-secret");
  const name = hasAuthority ? settingOf(settings, "auth-tls-match-cn") : context.contributors.at(-1)?.unaskedName;
  if (name === undefined || (hasAuthority && !isOff)) return undefined;
  const why = hasAuthority
    ? "auth-tls-verify-client is off"
    : "the Secret holds no CA, so that nobody is asked for one";
  const args = { ingress: name.ingress, host, pattern: name.value, why };
  context.findings.push(finding("CLIENT_NAME_NEVER_ASKED", name.origin, args));
  return { reason: `${name.writtenKey}: no client is asked for a certificate`, origin: name.origin };
}

/** First location whose annotations turn the whole host into regular expressions (template.go enforceRegexModifier). */
function regexCauseOf(draft: DraftServer): Setting | undefined {
  for (const location of draft.locations.values()) {
    const settings = ownSettings(location);
    const useRegex = settingOf(settings, "use-regex");
    if (useRegex?.value === true) return useRegex;
    const rewrite = settingOf(settings, "rewrite-target");
    if (rewrite === undefined || rewrite.value === "") continue;
    if (rewrite.value !== location.path || isRewrittenBelow({ ...location, settings })) return rewrite;
  }
  return undefined;
}

const NO_SETTINGS: Settings = new Map();

const ownSettings = ({ owner, ofEveryName }: DraftLocation): Settings =>
  ofEveryName === "nobody's" ? NO_SETTINGS : owner.settings;

function locationSettings(
  location: DraftLocation,
  shared: ReadonlyMap<string, Settings>,
  merged: Map<Settings, Map<string, Settings>>,
): Settings {
  const own = ownSettings(location);
  if (location.backend.kind !== "service") return own;
  const key = upstreamKey(location.backend.upstream);
  const override = shared.get(key);
  // Settings that stay the same stay one object, from which everything that depends on annotations alone is built once.
  if (override === undefined || (override.size === 0 && !hasUpstreamKeys(own))) return own;
  const known = merged.get(own)?.get(key);
  if (known !== undefined) return known;
  const result = new Map<AnnotationKey, Setting>([...[...own].filter(([k]) => !UPSTREAM_KEYS.has(k)), ...override]);
  const byUpstream = merged.get(own) ?? new Map<string, Settings>();
  byUpstream.set(key, result);
  merged.set(own, byUpstream);
  return result;
}

function hasUpstreamKeys(settings: Settings): boolean {
  for (const key of settings.keys()) if (UPSTREAM_KEYS.has(key)) return true;
  return false;
}

/** Redirect annotations on the implicit `/` reach every unmatched path of the host. */
function rootFindings(draft: DraftServer): Finding[] {
  const root = [...draft.locations.values()].find((location) => location.implicit);
  const redirect =
    root === undefined
      ? undefined
      : (settingOf(ownSettings(root), "temporal-redirect") ?? settingOf(ownSettings(root), "permanent-redirect"));
  if (root === undefined || redirect === undefined) return [];
  return [
    finding("REDIRECT_HITS_UNMATCHED_PATHS", redirect.origin, {
      ingress: root.owner.id,
      host: draft.host,
      key: redirect.writtenKey,
      location: redirect.value,
    }),
  ];
}

function brokenExpressions(draft: DraftServer): Finding[] {
  return [...draft.locations.values()]
    .filter(({ path }) => isBrokenExpression(`^${path}`))
    .map(({ path, origin, owner }) =>
      finding("PATH_EXPRESSION_REFUSED", origin, { ingress: owner.id, host: draft.host, path }),
    );
}

function duplicateLocations(draft: DraftServer, isRegexHost: boolean): Finding[] {
  if (isRegexHost) return [];
  const twice = draft.repeated.map(({ known, origin }) =>
    finding("DUPLICATE_LOCATION", [origin, known.origin], {
      host: draft.host,
      path: known.path,
      repeated: known.pathType,
    }),
  );
  const slashed = [...draft.locations.values()].flatMap((location) => {
    const twin =
      location.pathType === "Prefix" && !location.path.endsWith("/")
        ? draft.locations.get(`Prefix ${location.path}/`)
        : undefined;
    return twin === undefined
      ? []
      : [finding("DUPLICATE_LOCATION", [location.origin, twin.origin], { host: draft.host, path: location.path })];
  });
  return [...slashed, ...twice];
}

function aliasesOf(draft: DraftServer, context: ServerContext): Server["aliases"] {
  // Aliases are read beside the rules of an Ingress; one with nothing but a default backend gives none (controller.go, createServers).
  const withRules = draft.ingresses.filter(({ ingress }) => ingress.rules.length > 0);
  const first = withRules.find((ingress) => ingress.settings.has("server-alias"));
  const setting = first === undefined ? undefined : settingOf(first.settings, "server-alias");
  for (const other of withRules) {
    const lost = other === first || first === undefined ? undefined : settingOf(other.settings, "server-alias");
    if (lost === undefined || first === undefined) continue;
    const overridden = finding("SETTING_OVERRIDDEN", lost.origin, {
      ingress: lost.ingress,
      key: lost.writtenKey,
      value: lost.raw,
      by: first.id,
      scope: `host ${draft.host}`,
    });
    context.findings.push(overridden);
    context.answers.push({ ingress: lost.ingress, key: lost.writtenKey, verdict: "exact", codes: [overridden.code] });
  }
  if (setting === undefined) return [];
  const taken = setting.value.filter((name) => context.drafts.has(name));
  for (const alias of taken)
    context.findings.push(finding("ALIAS_CONFLICT", setting.origin, { alias, host: draft.host, winner: alias }));
  const redirected = setting.value.filter((name) => !taken.includes(name) && isRedirected(name, context.drafts));
  for (const alias of redirected)
    context.findings.push(finding("ALIAS_REDIRECTED", setting.origin, { alias, host: draft.host }));
  return setting.value
    .filter((name) => !taken.includes(name) && !redirected.includes(name))
    .map((name) => ({ name, isRegex: name.startsWith("~"), setting }));
}

/** Servers that redirect from a name with or without `www.` stand in front of those that have it as an alias (nginx.tmpl), and the first one has it. */
function isRedirected(name: string, drafts: ServerContext["drafts"]): boolean {
  return [name.startsWith("www.") ? name.slice(4) : undefined, `www.${name}`].some((host) => {
    const draft = host === undefined ? undefined : drafts.get(host);
    return draft !== undefined && draft.kind === "exact" && wwwSetting(draft) !== undefined;
  });
}

/** The host redirects when an Ingress says so that gives it a path; one whose paths others gave first does not (controller.go, getBackendServers). */
function wwwSetting(draft: DraftServer): Setting | undefined {
  const givers = new Set([...draft.locations.values()].flatMap(({ implicit, owner }) => (implicit ? [] : [owner])));
  return draft.ingresses
    .filter((ingress) => givers.has(ingress))
    .map((ingress) => settingOf(ingress.settings, "from-to-www-redirect"))
    .find((candidate) => candidate?.value === true);
}

function fromToWwwOf(draft: DraftServer, { drafts, ...sink }: ServerContext): Server["fromToWww"] {
  const setting = wwwSetting(draft);
  if (setting === undefined || draft.kind === "default") return undefined;
  if (draft.kind === "wildcard") {
    // BuildRedirects of pkg/util/ingress/ingress.go puts www. in front of whatever name it is.
    const { finding: refused, answer } = accountRefused(
      setting,
      `the name www.${draft.host} of the server that redirects is no name to it`,
    );
    sink.findings.push(refused);
    sink.answers.push(answer);
    return undefined;
  }
  const twin = draft.host.startsWith("www.") ? draft.host.slice(4) : `www.${draft.host}`;
  return drafts.has(twin) ? undefined : { twin, setting };
}

function passthroughOf(draft: DraftServer, context: ServerContext): Server["passthrough"] {
  const asking = draft.ingresses.flatMap(({ settings }) => settingOf(settings, "ssl-passthrough") ?? []);
  const [first] = draft.ingresses;
  const isOpener = ({ ingress }: Setting): boolean =>
    ingress === first?.id || behaves(context.controller, "passthrough-of-any-ingress");
  const setting = asking.find((candidate) => candidate.value && isOpener(candidate));
  for (const late of asking.filter((candidate) => candidate.value && !isOpener(candidate))) {
    const args = { ingress: late.ingress, key: late.writtenKey, value: late.raw, by: first?.id ?? "" };
    const found = finding("SETTING_OVERRIDDEN", late.origin, { ...args, scope: `host ${draft.host}` });
    context.findings.push(found);
    context.answers.push({ ingress: late.ingress, key: late.writtenKey, verdict: "exact", codes: [found.code] });
  }
  const flag = context.controller.flag("enable-ssl-passthrough");
  if (setting === undefined || draft.kind !== "exact" || flag === "false") return undefined;
  const at = { ingress: setting.ingress, host: draft.host };
  if (flag === undefined) context.findings.push(finding("PASSTHROUGH_ASSUMED_ENABLED", setting.origin, at));
  // Only the first location `/` is looked at, and the implicit one stands first (controller.go, getConfiguration); without a Service it is left out (nginx.go, OnUpdate).
  const root = [...draft.locations.values()].find((location) => location.path === "/");
  if (root?.backend.kind === "service") return { setting, upstream: root.backend.upstream };
  context.findings.push(finding("PASSTHROUGH_WITHOUT_ROOT", setting.origin, at));
  return undefined;
}
