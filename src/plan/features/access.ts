import { finding, type Finding } from "../../findings/index.js";
import { type ControllerConfig, type ControllerKeyName, type Location } from "../../ingress-nginx/index.js";
import type { Origin } from "../../kubernetes/index.js";
import { settingOf } from "../../mappings/index.js";
import type { ExternalAuth, Features } from "../features.js";
import { authRequestOf } from "../snippets/auth-request.js";
import { parsed } from "../snippets/parsed.js";
import { located, made, type FeatureContext } from "./made.js";

/** Who may come in: address lists, passwords, external authentication, satisfy. */
export function accessFeatures(context: FeatureContext): Features {
  return {
    ...ipAccess(context),
    ...basicAuth(context),
    ...externalAuth(context),
    ...globalAuthOptOut(context),
    ...satisfy(context),
  };
}

/**
 * Address lists in force: the annotation's, else that of the ConfigMap (ipallowlist/main.go, ipdenylist/main.go). block-cidrs stands at nginx's
 * http level, which a location with a rule of its own does not inherit (nginx.tmpl; ngx_http_access_module).
 */
function ipAccess({ settings, controller }: FeatureContext): Pick<Features, "ipAccess"> {
  const found = made(settings, "allowlist-source-range", "denylist-source-range");
  const allow = settingOf(settings, "allowlist-source-range")?.value ?? listOf(controller, "whitelist-source-range");
  const own = settingOf(settings, "denylist-source-range")?.value ?? listOf(controller, "denylist-source-range");
  const hasOwn = found !== undefined || allow.length > 0 || own.length > 0;
  const deny = hasOwn ? own : listOf(controller, "block-cidrs");
  if (found !== undefined) return { ipAccess: { ...found, allow, deny } };
  const origin = LISTS.filter((key) => listOf(controller, key).length > 0)
    .map((key) => controller.value(key).origin)
    .find((candidate) => candidate !== undefined);
  if (origin === undefined || allow.length + deny.length === 0) return {};
  return { ipAccess: { settings: [], origin, allow, deny, ...(hasOwn ? {} : { isOfHttp: true }) } };
}

const LISTS = ["whitelist-source-range", "denylist-source-range", "block-cidrs"] as const;

function listOf(controller: ControllerConfig, key: ControllerKeyName): readonly string[] {
  return controller.list(key);
}

function basicAuth({ settings, namespace }: FeatureContext): Pick<Features, "basicAuth"> {
  const found = made(settings, "auth-type", "auth-secret", "auth-secret-type", "auth-realm");
  const type = settingOf(settings, "auth-type");
  const secret = settingOf(settings, "auth-secret");
  // The realm is left alone where it switches the password off (src/ingress-nginx/references.ts).
  const realm = settingOf(settings, "auth-realm");
  if (type === undefined && realm?.value === "off")
    return { basicAuth: { settings: [], origin: realm.origin, scheme: "off" } };
  if (found === undefined || type === undefined || secret === undefined) return {};
  return {
    basicAuth: {
      ...found,
      // Any accepted value other than exactly `basic` renders digest directives (auth/main.go).
      scheme: type.value === "basic" ? "basic" : "digest",
      secret: located(secret.value, namespace),
      secretType: settingOf(settings, "auth-secret-type")?.value === "auth-map" ? "auth-map" : "auth-file",
      realm: realm?.value ?? "",
    },
  };
}

function externalAuth(context: FeatureContext): Pick<Features, "externalAuth"> {
  const { settings } = context;
  const url = settingOf(settings, "auth-url");
  const found = made(
    settings,
    "auth-url",
    "auth-method",
    "auth-signin",
    "auth-signin-redirect-param",
    "auth-response-headers",
    "auth-proxy-set-headers",
    "auth-request-redirect",
    "auth-cache-key",
    "auth-cache-duration",
    "auth-always-set-cookie",
    "auth-keepalive",
    "auth-keepalive-share-vars",
    "auth-keepalive-requests",
    "auth-keepalive-timeout",
  );
  if (url === undefined || found === undefined) return globalAuth(context);
  const method = settingOf(settings, "auth-method")?.value;
  const signin = settingOf(settings, "auth-signin")?.value;
  const requestRedirect = settingOf(settings, "auth-request-redirect")?.value;
  const cacheKey = settingOf(settings, "auth-cache-key")?.value;
  const cacheDuration = settingOf(settings, "auth-cache-duration")?.value;
  return {
    externalAuth: {
      ...found,
      url: url.value,
      ...(method === undefined ? {} : { method }),
      ...(signin === undefined ? {} : { signin }),
      signinRedirectParam: settingOf(settings, "auth-signin-redirect-param")?.value ?? "rd",
      responseHeaders: settingOf(settings, "auth-response-headers")?.value ?? [],
      ...proxySetHeaders(context),
      ...(requestRedirect === undefined ? {} : { requestRedirect }),
      ...(cacheKey === undefined ? {} : { cacheKey }),
      ...(cacheDuration === undefined ? {} : { cacheDuration }),
      alwaysSetCookie: settingOf(settings, "auth-always-set-cookie")?.value ?? false,
      ...keepalive(context),
      ...requestOf(settingOf(settings, "auth-snippet"), {
        hasMethod: method !== undefined,
      }),
      isGlobal: false,
    },
  };
}

function requestOf(
  snippet: { readonly origin?: Origin; readonly raw?: string; readonly text?: string } | undefined,
  of: { readonly hasMethod: boolean },
): Pick<ExternalAuth, "request"> {
  const { origin, raw, text = raw ?? "" } = snippet ?? {};
  if (origin === undefined || text.trim() === "") return {};
  return { request: authRequestOf(parsed({ origin, text }), { ...of, origin }) };
}

/** Defaults of authreq/main.go. */
function keepalive({ settings }: FeatureContext): Pick<ExternalAuth, "keepalive"> {
  if (!settings.has("auth-keepalive")) return {};
  return {
    keepalive: {
      requests: settingOf(settings, "auth-keepalive-requests")?.value ?? 1000,
      idleSeconds: settingOf(settings, "auth-keepalive-timeout")?.value ?? 60,
      sharesVariables: settingOf(settings, "auth-keepalive-share-vars")?.value === true,
    },
  };
}

function proxySetHeaders({ settings, namespace, configMaps }: FeatureContext): {
  proxySetHeaders?: { name: string; headers?: Readonly<Record<string, string>> };
} {
  const reference = settingOf(settings, "auth-proxy-set-headers");
  if (reference === undefined) return {};
  const { namespace: owner, name } = located(reference.value, namespace);
  const map = configMaps.get(`${owner}/${name}`);
  return { proxySetHeaders: { name: `${owner}/${name}`, ...(map === undefined ? {} : { headers: map.data }) } };
}

/** global-auth-url of the ConfigMap, which protects every location without an auth-url of its own (nginx.tmpl). */
function globalAuth({ settings, controller }: FeatureContext): Pick<Features, "externalAuth"> {
  const url = controller.value("global-auth-url");
  if (url.text === "" || url.origin === undefined || settingOf(settings, "enable-global-auth")?.value === false)
    return {};
  const method = controller.value("global-auth-method").text;
  const signin = controller.value("global-auth-signin").text;
  const headers = controller.value("global-auth-response-headers").text;
  return {
    externalAuth: {
      settings: [],
      origin: url.origin,
      url: url.text,
      ...(method === "" ? {} : { method }),
      ...(signin === "" ? {} : { signin }),
      signinRedirectParam: controller.value("global-auth-signin-redirect-param").text || "rd",
      responseHeaders: headers
        .split(",")
        .map((name) => name.trim())
        .filter((name) => name !== ""),
      alwaysSetCookie: controller.value("global-auth-always-set-cookie").text === "true",
      ...requestOf(controller.value("global-auth-snippet"), { hasMethod: method !== "" }),
      isGlobal: true,
    },
  };
}

function globalAuthOptOut({ settings }: FeatureContext): Pick<Features, "globalAuthOptOut"> {
  const found = made(settings, "enable-global-auth");
  return found === undefined ? {} : { globalAuthOptOut: found };
}

function satisfy({ settings }: FeatureContext): Pick<Features, "satisfy"> {
  const found = made(settings, "satisfy");
  return found === undefined
    ? {}
    : { satisfy: { ...found, mode: settingOf(settings, "satisfy")?.value === "any" ? "any" : "all" } };
}

const ASKING = ["basicAuth", "externalAuth", "satisfy"] as const;

/**
 * The features of a location without those that no-auth-locations takes away there: passwords and external authentication, and with them what
 * `satisfy` joins (template.go, isLocationInLocationList; nginx.tmpl).
 */
export function withoutExemptAuth(
  features: Features,
  location: Location,
  controller: ControllerConfig,
): { readonly features: Features; readonly findings: readonly Finding[] } {
  const { basicAuth, externalAuth } = features;
  if (basicAuth === undefined && externalAuth === undefined) return { features, findings: [] };
  const prefix = listOf(controller, "no-auth-locations").find((item) => location.path.startsWith(item));
  if (prefix === undefined) return { features, findings: [] };
  const kept = Object.fromEntries(
    Object.entries(features).filter(([name]) => !ASKING.some((asking) => asking === name)),
  );
  const [first, ...rest] = [...(basicAuth?.settings ?? []), ...(externalAuth?.settings ?? [])];
  const args = {
    ingress: location.owner.id,
    path: location.path,
    prefix,
    keys: [first, ...rest].flatMap((setting) => setting?.writtenKey ?? []),
  };
  // Authentication that the ConfigMap asks of everyone is meant to leave these paths out.
  const findings =
    first === undefined
      ? []
      : [finding("AUTH_EXEMPT_LOCATION", [first.origin, ...rest.map((setting) => setting.origin)], args)];
  return { features: kept, findings };
}
