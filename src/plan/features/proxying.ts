import { behaves, takesBackendTls } from "../../ingress-nginx/index.js";
import { settingOf } from "../../mappings/index.js";
import type { Features } from "../features.js";
import { buffering } from "./buffering.js";
import { located, made, numberInForce, type FeatureContext } from "./made.js";
import { rewriting } from "./response-rewriting.js";

/** How requests travel to the pods: timeouts, retries, buffering, protocol, TLS, headers. */
export function proxyingFeatures(context: FeatureContext): Features {
  return {
    ...timeouts(context),
    ...retries(context),
    ...buffering(context),
    ...backendProtocol(context),
    ...backendTls(context),
    ...headers(context),
    ...rewriting(context),
    ...httpVersion(context),
    ...mirror(context),
  };
}

function timeouts(context: FeatureContext): Pick<Features, "timeouts"> {
  const protocol = settingOf(context.settings, "backend-protocol");
  // The template writes none of them for gRPC, so that nginx's own count (ngx_http_grpc_module).
  if (
    protocol !== undefined &&
    /^grpcs?$/i.test(protocol.value.trim()) &&
    !behaves(context.controller, "grpc-timeouts")
  )
    return { timeouts: { settings: [], origin: protocol.origin, connect: 60, read: 60, send: 60 } };
  const found = made(context.settings, "proxy-connect-timeout", "proxy-read-timeout", "proxy-send-timeout");
  if (found === undefined) return {};
  return {
    timeouts: {
      ...found,
      connect: numberInForce(context, "proxy-connect-timeout"),
      read: numberInForce(context, "proxy-read-timeout"),
      send: numberInForce(context, "proxy-send-timeout"),
    },
  };
}

function retries(context: FeatureContext): Pick<Features, "retries"> {
  const { settings, controller } = context;
  const found = made(settings, "proxy-next-upstream", "proxy-next-upstream-tries", "proxy-next-upstream-timeout");
  if (found === undefined) return {};
  return {
    retries: {
      ...found,
      conditions:
        settingOf(settings, "proxy-next-upstream")?.value ?? controller.value("proxy-next-upstream").text.split(/\s+/),
      tries: numberInForce(context, "proxy-next-upstream-tries"),
      timeoutSeconds: numberInForce(context, "proxy-next-upstream-timeout"),
    },
  };
}

const PROTOCOLS = ["HTTP", "HTTPS", "AUTO_HTTP", "GRPC", "GRPCS", "FCGI"] as const;

function backendProtocol({ settings, controller }: FeatureContext): Pick<Features, "backendProtocol"> {
  const found = made(settings, "backend-protocol", "fastcgi-index", "fastcgi-params-configmap");
  if (found === undefined) return {};
  const setting = settingOf(settings, "backend-protocol");
  const written = (setting?.value ?? "HTTP").trim().toUpperCase();
  const protocol = PROTOCOLS.find((known) => known === written) ?? "HTTP";
  const isGrpc = protocol === "GRPC" || protocol === "GRPCS";
  const index = settingOf(settings, "fastcgi-index")?.value;
  const params = settingOf(settings, "fastcgi-params-configmap")?.value;
  return {
    backendProtocol: {
      ...found,
      protocol,
      // Only capitals make the template write grpc_set_header (nginx.tmpl, proxySetHeader).
      isWithoutHeaders: isGrpc && setting?.raw.trim() !== protocol && behaves(controller, "protocol-as-written"),
      isWithoutAuthority: isGrpc && !behaves(controller, "grpc-authority"),
      ...(protocol === "FCGI"
        ? {
            fastcgi: {
              ...(index === undefined ? {} : { index }),
              ...(params === undefined ? {} : { paramsConfigMap: params.name }),
            },
          }
        : {}),
    },
  };
}

function backendTls({ settings, namespace }: FeatureContext): Pick<Features, "backendTls"> {
  const found = made(
    settings,
    "proxy-ssl-secret",
    "proxy-ssl-verify",
    "proxy-ssl-verify-depth",
    "proxy-ssl-name",
    "proxy-ssl-server-name",
    "proxy-ssl-ciphers",
    "proxy-ssl-protocols",
  );
  const secret = settingOf(settings, "proxy-ssl-secret");
  if (found === undefined || !takesBackendTls(settings)) return {};
  const name = settingOf(settings, "proxy-ssl-name")?.value;
  const ciphers = settingOf(settings, "proxy-ssl-ciphers")?.value;
  return {
    backendTls: {
      ...found,
      ...(secret === undefined ? {} : { secret: located(secret.value, namespace) }),
      verify: settingOf(settings, "proxy-ssl-verify")?.value === "on",
      // 0 is replaced by 1 (proxyssl/main.go).
      depth: settingOf(settings, "proxy-ssl-verify-depth")?.value || 1,
      ...(name === undefined ? {} : { name }),
      sendSni: settingOf(settings, "proxy-ssl-server-name")?.value === "on",
      ...(ciphers === undefined ? {} : { ciphers }),
      // Written beside the authority only; without one nginx has its own choice, up to TLS 1.3 (nginx.tmpl, proxy_ssl_protocols).
      protocols: secret === undefined ? [] : (settingOf(settings, "proxy-ssl-protocols")?.value ?? ["TLSv1.2"]),
    },
  };
}

function headers({
  settings,
  namespace,
  configMaps,
}: FeatureContext): Pick<Features, "responseHeaders" | "forwardedPrefix" | "connectionHeader"> {
  const custom = settingOf(settings, "custom-headers");
  const prefix = settingOf(settings, "x-forwarded-prefix");
  const connection = settingOf(settings, "connection-proxy-header");
  const reference = custom === undefined ? undefined : located(custom.value, namespace);
  const map = reference === undefined ? undefined : configMaps.get(`${reference.namespace}/${reference.name}`);
  return {
    ...(custom === undefined || reference === undefined
      ? {}
      : {
          responseHeaders: {
            settings: [custom],
            origin: custom.origin,
            configMap: `${reference.namespace}/${reference.name}`,
            ...(map === undefined ? {} : { set: map.data }),
          },
        }),
    ...(prefix === undefined
      ? {}
      : { forwardedPrefix: { settings: [prefix], origin: prefix.origin, value: prefix.value } }),
    ...(connection === undefined
      ? {}
      : { connectionHeader: { settings: [connection], origin: connection.origin, value: connection.value } }),
  };
}

function httpVersion({ settings }: FeatureContext): Pick<Features, "httpVersion"> {
  const found = made(settings, "proxy-http-version");
  return found === undefined
    ? {}
    : {
        httpVersion: { ...found, version: settingOf(settings, "proxy-http-version")?.value === "1.0" ? "1.0" : "1.1" },
      };
}

function mirror({ settings }: FeatureContext): Pick<Features, "mirror"> {
  const found = made(settings, "mirror-target", "mirror-host", "mirror-request-body");
  const target = settingOf(settings, "mirror-target");
  if (found === undefined || target === undefined) return {};
  const host = settingOf(settings, "mirror-host")?.value;
  return {
    mirror: {
      ...found,
      target: target.value,
      ...(host === undefined ? {} : { host }),
      body: settingOf(settings, "mirror-request-body")?.value !== "off",
    },
  };
}
