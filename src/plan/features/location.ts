import { finding, type Finding } from "../../findings/index.js";
import { CLIENT_CERTIFICATE_KEYS, type Location, type Server } from "../../ingress-nginx/index.js";
import { settingOf } from "../../mappings/index.js";
import { settingsOfPart, type Affinity, type BodySize, type Features, type SnippetPart } from "../features.js";
import { portableRewrite } from "../portable.js";
import { made } from "./made.js";
import { redirectStyle } from "./redirect-style.js";
import { parsed } from "../snippets/parsed.js";
import { upstreamHost } from "./upstream-host.js";

/** Features that depend on the path, the backend or the host and not on the annotations alone. */
export function locationFeatures(server: Server, location: Location): Features {
  return {
    ...matching(server, location),
    ...rewrite(location),
    ...bodySize(location),
    ...affinity(location),
    ...canary(location),
    ...clientCertificates(server),
    ...snippetsOf(server, location),
    ...redirectStyle(server, location),
    ...upstreamHost(location),
  };
}

function matching(server: Server, location: Location): Pick<Features, "matching"> {
  const found = made(location.settings, "use-regex");
  if (server.regexMode === undefined) return found === undefined ? {} : { matching: { ...found, isRegexHost: false } };
  return { matching: { settings: found?.settings ?? [], origin: found?.origin ?? location.origin, isRegexHost: true } };
}

function rewrite(location: Location): Pick<Features, "rewrite"> {
  const setting = settingOf(location.settings, "rewrite-target");
  if (setting === undefined || setting.value === location.path) return {};
  const portable = portableRewrite(location.path, setting.value);
  return {
    rewrite: {
      settings: [setting],
      origin: setting.origin,
      pattern: location.path,
      target: setting.value,
      ...(portable === undefined ? {} : { portable }),
    },
  };
}

const LONG_READ_SECONDS = 600;
const LARGE_BODY_BYTES = 100 * 1024 * 1024;
const STREAMING: readonly string[] = [
  "kubernetes.io/ws",
  "kubernetes.io/wss",
  "kubernetes.io/h2c",
  "grpc",
  "grpc-web",
  "http2",
];

function bodySize(location: Location): Pick<Features, "bodySize"> {
  const setting = settingOf(location.settings, "proxy-body-size");
  if (setting === undefined) return {};
  const limit: BodySize["limit"] =
    setting.value === 0 ? { kind: "unlimited" } : { kind: "bytes", bytes: setting.value };
  return {
    bodySize: {
      settings: [setting],
      origin: setting.origin,
      limit,
      bufferingHarms: bufferingHarms(location, setting.value),
    },
  };
}

/** Signs that full buffering would break traffic: long-lived streams, upgrades, gRPC, very large bodies. */
function bufferingHarms(location: Location, bytes: number): string[] {
  const { settings, backend } = location;
  const harms: string[] = [];
  const read = Math.max(
    settingOf(settings, "proxy-read-timeout")?.value ?? 0,
    settingOf(settings, "proxy-send-timeout")?.value ?? 0,
  );
  if (read >= LONG_READ_SECONDS) harms.push(`a read or send timeout of ${read} s speaks of long-lived streams`);
  const protocol = settingOf(settings, "backend-protocol")?.value.toUpperCase();
  if (protocol === "GRPC" || protocol === "GRPCS") harms.push("gRPC streams cannot be buffered");
  if (settingOf(settings, "proxy-request-buffering")?.value === "off")
    harms.push("proxy-request-buffering is off, so uploads are streamed today");
  const upstream = backend.kind === "service" ? backend.upstream : undefined;
  const port = upstream?.port.kind === "number" ? upstream.port.number : undefined;
  const appProtocol = upstream?.service?.ports.find((candidate) => candidate.port === port)?.appProtocol;
  if (appProtocol !== undefined && STREAMING.includes(appProtocol))
    harms.push(`the Service port has appProtocol ${appProtocol}`);
  const snippet = settingOf(settings, "configuration-snippet")?.value ?? "";
  if (/upgrade|proxy_request_buffering\s+off|chunked/i.test(snippet))
    harms.push("a snippet speaks of upgrades or streaming");
  if (bytes > LARGE_BODY_BYTES)
    harms.push(`a limit of ${Math.round(bytes / 1024 / 1024)} MiB would be held in memory for each request`);
  return harms;
}

function affinity(location: Location): Pick<Features, "affinity"> {
  const { settings } = location;
  const found = made(
    settings,
    "affinity",
    "affinity-mode",
    "session-cookie-name",
    "session-cookie-path",
    "session-cookie-domain",
    "session-cookie-max-age",
    "session-cookie-expires",
    "session-cookie-samesite",
    "session-cookie-secure",
    "session-cookie-conditional-samesite-none",
    "session-cookie-change-on-failure",
  );
  if (found === undefined || !settings.has("affinity")) return {};
  return {
    affinity: {
      ...found,
      mode: settingOf(settings, "affinity-mode")?.value === "persistent" ? "persistent" : "balanced",
      setsCookie: location.owner.settings.has("affinity"),
      cookie: cookieOf(location),
    },
  };
}

function cookieOf({ settings, path }: Location): Affinity["cookie"] {
  const domain = settingOf(settings, "session-cookie-domain")?.value;
  const maxAgeSeconds = settingOf(settings, "session-cookie-max-age")?.value;
  const expiresSeconds = settingOf(settings, "session-cookie-expires")?.value;
  const sameSite = settingOf(settings, "session-cookie-samesite")?.value;
  const secure = settingOf(settings, "session-cookie-secure")?.value;
  return {
    name: settingOf(settings, "session-cookie-name")?.value ?? "INGRESSCOOKIE",
    path: settingOf(settings, "session-cookie-path")?.value ?? path,
    ...(domain === undefined ? {} : { domain }),
    ...(maxAgeSeconds === undefined ? {} : { maxAgeSeconds }),
    ...(expiresSeconds === undefined ? {} : { expiresSeconds }),
    ...(sameSite === undefined ? {} : { sameSite }),
    ...(secure === undefined ? {} : { secure }),
    conditionalSameSiteNone: settingOf(settings, "session-cookie-conditional-samesite-none")?.value ?? false,
    changeOnFailure: settingOf(settings, "session-cookie-change-on-failure")?.value ?? false,
  };
}

const PATTERN = /[\\^$.|?*+()[\]{}]/;

/** The path of the cookie is the text of the location, which browsers compare literally (sticky.lua, controller.go). */
export function cookieNotes({ regexMode }: Server, { affinity }: Features, location: Location): readonly Finding[] {
  if (affinity?.setsCookie !== true || regexMode === undefined) return [];
  const { name, path } = affinity.cookie;
  if (path !== location.path || !PATTERN.test(path)) return [];
  return [finding("AFFINITY_PATTERN_PATH", affinity.origin, { ingress: location.owner.id, cookie: name, path })];
}

function canary({ canary: split }: Location): Pick<Features, "canary"> {
  if (split === undefined) return {};
  const weight = split.weight > 0 && split.weight < split.total;
  return {
    canary: {
      settings: split.settings,
      origin: split.upstream.origin,
      sticky: split.sticky,
      bySharedUpstream: split.bySharedUpstream,
      hasWeight: weight,
      byCookie: split.cookie !== undefined,
    },
  };
}

/** Host-wide; stands on the rules too, so that a target that cannot check certificates can close them. */
function clientCertificates(server: Server): Pick<Features, "clientCertificates"> {
  const found = clientCertificatesOf(server);
  return found === undefined ? {} : { clientCertificates: found };
}

/** Client certificate checks of a host, if any are in force. */
export function clientCertificatesOf({ settings, ingresses, clientCrl }: Server): Features["clientCertificates"] {
  const found = made(settings, ...CLIENT_CERTIFICATE_KEYS);
  const secret = settingOf(settings, "auth-tls-secret");
  const verify = settingOf(settings, "auth-tls-verify-client")?.value ?? "on";
  if (found === undefined || secret === undefined) return undefined;
  const errorPage = settingOf(settings, "auth-tls-error-page")?.value;
  const matchCn = settingOf(settings, "auth-tls-match-cn")?.value;
  return {
    ...found,
    secret: {
      namespace: secret.value.namespace ?? ingresses[0]?.ingress.namespace ?? "default",
      name: secret.value.name,
    },
    verify: verify === "optional" || verify === "optional_no_ca" || verify === "off" ? verify : "on",
    depth: settingOf(settings, "auth-tls-verify-depth")?.value || 1,
    ...(errorPage === undefined ? {} : { errorPage }),
    passCertificate: settingOf(settings, "auth-tls-pass-certificate-to-upstream")?.value ?? false,
    ...(matchCn === undefined ? {} : { matchCn }),
    crl: clientCrl ?? "unknown",
  };
}

/** ssl-ciphers and ssl-prefer-server-ciphers of a host. */
export function tlsCiphersOf({ settings }: Server): Features["tlsCiphers"] {
  const found = made(settings, "ssl-ciphers", "ssl-prefer-server-ciphers");
  if (found === undefined) return undefined;
  const ciphers = settingOf(settings, "ssl-ciphers")?.value;
  const preferServer = settingOf(settings, "ssl-prefer-server-ciphers")?.value;
  return {
    ...found,
    ...(ciphers === undefined ? {} : { ciphers }),
    ...(preferServer === undefined ? {} : { preferServer }),
  };
}

/**
 * The server snippet is the host's, whoever wrote it; the others are the Ingress's own. Those of the ConfigMap stand behind them (nginx.tmpl). Each text
 * is parsed once for all paths.
 */
export function snippetsOf(server: Server, { settings }: Location): Pick<Features, "snippets"> {
  const found = [
    { where: "configuration" as const, setting: settingOf(settings, "configuration-snippet") },
    { where: "server" as const, setting: settingOf(server.settings, "server-snippet") },
    { where: "auth" as const, setting: settingOf(settings, "auth-snippet") },
    { where: "stream" as const, setting: settingOf(settings, "stream-snippet") },
  ];
  const parts = found.flatMap(({ where, setting }): SnippetPart[] => {
    if (setting === undefined) return [];
    const { key, value, origin } = setting;
    return [{ where, config: parsed({ origin, text: value }), key, text: value, origin, setting }];
  });
  parts.push(...partsOfController(server.everywhere));
  const first = parts[0];
  if (first === undefined) return {};
  return { snippets: { settings: parts.flatMap(settingsOfPart), origin: first.origin, parts } };
}

/** Snippets of the controller's ConfigMap as parts of a location. */
export function partsOfController(everywhere: Server["everywhere"]): SnippetPart[] {
  if (everywhere === undefined) return [];
  const { http, server, location, auth } = everywhere;
  const found = [
    { where: "http" as const, snippet: http },
    { where: "server" as const, snippet: server },
    { where: "configuration" as const, snippet: location },
    { where: "auth" as const, snippet: auth },
  ];
  return found.flatMap(({ where, snippet }): SnippetPart[] => {
    if (snippet === undefined) return [];
    const { key, text, origin, configMap } = snippet;
    return [{ where, config: parsed(snippet), key, text, origin, configMap }];
  });
}
