import {
  CORS_DETAIL_KEYS,
  HASH_KEYS,
  behaves,
  type ControllerConfig,
  type ControllerKeyName,
} from "../../ingress-nginx/index.js";
import type { Origin, Service } from "../../kubernetes/index.js";
import { settingOf } from "../../mappings/index.js";
import type { FallbackBackend, Features } from "../features.js";
import { made, type FeatureContext } from "./made.js";
import { wafOf } from "./waf.js";

/** Limits, CORS, balancing, errors, observability and raw configuration. */
export function trafficFeatures(context: FeatureContext): Features {
  return {
    ...cors(context),
    ...limits(context),
    ...balancing(context),
    ...errors(context),
    ...observability(context),
    ...switches(context),
  };
}

/** Defaults of cors/main.go. */
const CORS_METHODS = ["GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS"];
const CORS_HEADERS = [
  "DNT",
  "Keep-Alive",
  "User-Agent",
  "X-Requested-With",
  "If-Modified-Since",
  "Cache-Control",
  "Content-Type",
  "Range",
  "Authorization",
];

/** Before 1.2.1. */
const OLDER_CORS_HEADERS = ["DNT", "X-CustomHeader", ...CORS_HEADERS.slice(1).filter((name) => name !== "Range")];

function cors({ settings, controller }: FeatureContext): Pick<Features, "cors"> {
  const enabled = settingOf(settings, "enable-cors");
  const found = made(settings, "enable-cors", ...CORS_DETAIL_KEYS);
  if (enabled?.value !== true || found === undefined) return {};
  const origins = settingOf(settings, "cors-allow-origin")?.value ?? ["*"];
  const defaultHeaders = behaves(controller, "cors-range") ? CORS_HEADERS : OLDER_CORS_HEADERS;
  return {
    cors: {
      ...found,
      // A * anywhere in the list is the whole list (cors/main.go).
      allowOrigins: origins.includes("*") ? ["*"] : origins,
      allowMethods: settingOf(settings, "cors-allow-methods")?.value ?? CORS_METHODS,
      allowHeaders: settingOf(settings, "cors-allow-headers")?.value ?? defaultHeaders,
      exposeHeaders: settingOf(settings, "cors-expose-headers")?.value ?? [],
      allowCredentials: settingOf(settings, "cors-allow-credentials")?.value ?? true,
      maxAgeSeconds: settingOf(settings, "cors-max-age")?.value ?? 1_728_000,
    },
  };
}

/** 0 switches a limit off (template.go, buildRateLimit). */
function limits(context: FeatureContext): Pick<Features, "rateLimit" | "connectionLimit" | "bandwidth"> {
  const { settings, controller } = context;
  const exempt = settingOf(settings, "limit-allowlist")?.value ?? [];
  const rate = rateLimitOf(context, exempt);
  const connections = settingOf(settings, "limit-connections");
  const bandwidth = made(settings, "limit-rate", "limit-rate-after");
  return {
    ...rate,
    ...(connections === undefined || connections.value <= 0
      ? {}
      : {
          connectionLimit: {
            settings: [
              connections,
              ...(rate.rateLimit === undefined ? (made(settings, "limit-allowlist")?.settings ?? []) : []),
            ],
            origin: connections.origin,
            perClient: connections.value,
            exempt,
            status: statusOf(controller, "limit-conn-status-code"),
          },
        }),
    ...(bandwidth === undefined
      ? {}
      : {
          bandwidth: {
            ...bandwidth,
            kibPerSecond: settingOf(settings, "limit-rate")?.value ?? 0,
            afterKib: settingOf(settings, "limit-rate-after")?.value ?? 0,
          },
        }),
  };
}

function rateLimitOf({ settings, controller }: FeatureContext, exempt: readonly string[]): Pick<Features, "rateLimit"> {
  const perSecond = settingOf(settings, "limit-rps")?.value ?? 0;
  const perMinute = settingOf(settings, "limit-rpm")?.value ?? 0;
  const found = made(settings, "limit-rps", "limit-rpm", "limit-burst-multiplier", "limit-allowlist");
  if (found === undefined || (perSecond <= 0 && perMinute <= 0)) return {};
  return {
    rateLimit: {
      ...found,
      ...(perSecond > 0 ? { perSecond } : {}),
      ...(perMinute > 0 ? { perMinute } : {}),
      burstMultiplier: settingOf(settings, "limit-burst-multiplier")?.value ?? 5,
      exempt,
      status: statusOf(controller, "limit-req-status-code"),
    },
  };
}

const statusOf = (controller: ControllerConfig, key: ControllerKeyName): number =>
  Number.parseInt(controller.value(key).text, 10) || 503;

function balancing({ settings }: FeatureContext): Pick<Features, "loadBalancing" | "hashBy" | "serviceUpstream"> {
  const algorithm = settingOf(settings, "load-balance");
  const hash = settingOf(settings, "upstream-hash-by");
  const found = made(settings, ...HASH_KEYS);
  const upstream = settingOf(settings, "service-upstream");
  const subset = settingOf(settings, "upstream-hash-by-subset")?.value === true;
  return {
    ...(algorithm === undefined
      ? {}
      : { loadBalancing: { settings: [algorithm], origin: algorithm.origin, algorithm: algorithm.value } }),
    ...(hash === undefined || found === undefined
      ? {}
      : {
          hashBy: {
            ...found,
            expression: hash.value,
            ...(subset ? { subset: settingOf(settings, "upstream-hash-by-subset-size")?.value || 3 } : {}),
          },
        }),
    ...(upstream?.value === true ? { serviceUpstream: { settings: [upstream], origin: upstream.origin } } : {}),
  };
}

function errors({ settings, namespace, services }: FeatureContext): Pick<Features, "errorPages" | "fallbackBackend"> {
  const codes = settingOf(settings, "custom-http-errors");
  const found = made(settings, "custom-http-errors", "disable-proxy-intercept-errors");
  const fallback = settingOf(settings, "default-backend");
  return {
    ...(codes === undefined || found === undefined
      ? {}
      : {
          errorPages: {
            ...found,
            codes: codes.value,
            interceptsApplication: settingOf(settings, "disable-proxy-intercept-errors")?.value !== true,
          },
        }),
    ...(fallback === undefined
      ? {}
      : {
          fallbackBackend: {
            settings: [fallback],
            origin: fallback.origin,
            service: { namespace, name: fallback.value },
            ...firstPort(services.get(`${namespace}/${fallback.value}`), fallback.origin),
          },
        }),
  };
}

/** The first port of the Service is used (controller.go, getBackendServers); one without ports has no upstream. */
function firstPort(service: Service | undefined, origin: Origin): Pick<FallbackBackend, "upstream"> {
  const port = service?.ports[0]?.port;
  if (service === undefined || port === undefined) return {};
  const { namespace, name } = service;
  return {
    upstream: { namespace, name, ref: { number: port }, port: { kind: "number", number: port }, service, origin },
  };
}

function observability(context: FeatureContext): Pick<Features, "logging" | "tracing" | "waf"> {
  const { settings } = context;
  const logging = made(settings, "enable-access-log", "enable-rewrite-log");
  const tracing = made(
    settings,
    "enable-opentelemetry",
    "opentelemetry-trust-incoming-span",
    "opentelemetry-operation-name",
  );
  const access = settingOf(settings, "enable-access-log")?.value;
  const rewrite = settingOf(settings, "enable-rewrite-log")?.value;
  const enabled = settingOf(settings, "enable-opentelemetry")?.value;
  const trustIncoming = settingOf(settings, "opentelemetry-trust-incoming-span")?.value;
  const operation = settingOf(settings, "opentelemetry-operation-name")?.value;
  return {
    ...(logging === undefined
      ? {}
      : {
          logging: {
            ...logging,
            ...(access === undefined ? {} : { access }),
            ...(rewrite === undefined ? {} : { rewrite }),
          },
        }),
    ...(tracing === undefined
      ? {}
      : {
          tracing: {
            ...tracing,
            ...(enabled === undefined ? {} : { enabled }),
            ...(trustIncoming === undefined ? {} : { trustIncoming }),
            ...(operation === undefined ? {} : { operation }),
          },
        }),
    ...wafOf(context),
  };
}

function switches({ settings }: FeatureContext): Pick<Features, "http2Push"> {
  const push = settingOf(settings, "http2-push-preload");
  return push === undefined ? {} : { http2Push: { settings: [push], origin: push.origin } };
}
