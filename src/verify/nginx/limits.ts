import { behaves, type ControllerConfig, type Settings } from "../../ingress-nginx/index.js";
import { settingOf, type AnnotationKey } from "../../mappings/index.js";
import type { Limits, RateLimit } from "../decision.js";
import { balancingOf, parallelOf, retriesOf } from "./delivery.js";

/** Defaults of the controller (docs/ingress-nginx.md, Hidden defaults). */
const BODY_BYTES = 1024 * 1024;
const BURST_MULTIPLIER = 5;

/** Limits of a location: its annotations, else the ConfigMap. */
export function limitsOf(settings: Settings, controller: ControllerConfig): Limits {
  const body = settingOf(settings, "proxy-body-size")?.value ?? sizeOf(controller.value("proxy-body-size").text);
  const rate = rateOf(settings, controller);
  const retries = retriesOf(settings, controller);
  return {
    ...(body === undefined || body <= 0 ? {} : { bodyBytes: body }),
    ...(hasNginxTimeouts(settings, controller)
      ? NGINX_TIMEOUTS
      : {
          connectSeconds: seconds(settings, controller, "proxy-connect-timeout"),
          readSeconds: seconds(settings, controller, "proxy-read-timeout"),
          sendSeconds: seconds(settings, controller, "proxy-send-timeout"),
        }),
    ...(rate === undefined ? {} : { rate }),
    ...(retries === undefined ? {} : { retries }),
    parallel: parallelOf(controller),
    balancing: balancingOf(settings, controller),
  };
}

/** What nginx has where the template writes none (ngx_http_grpc_module). */
const NGINX_TIMEOUTS = { connectSeconds: 60, readSeconds: 60, sendSeconds: 60 } as const;

function hasNginxTimeouts(settings: Settings, controller: ControllerConfig): boolean {
  const protocol = settingOf(settings, "backend-protocol");
  if (isInSmallLetters(protocol?.raw, controller)) return true;
  return !behaves(controller, "grpc-timeouts") && /^grpcs?$/i.test(protocol?.value.trim() ?? "");
}

/** gRPC that the template does not know as such, because it compares the text as it is written (nginx.tmpl; template.go, proxySetHeader). */
export function isInSmallLetters(protocol: string | undefined, controller: ControllerConfig): boolean {
  const text = protocol?.trim() ?? "";
  return behaves(controller, "protocol-as-written") && /^grpcs?$/i.test(text) && text !== text.toUpperCase();
}

type TimeoutKey = Extract<AnnotationKey, "proxy-connect-timeout" | "proxy-read-timeout" | "proxy-send-timeout">;

function seconds(settings: Settings, controller: ControllerConfig, key: TimeoutKey): number {
  return settingOf(settings, key)?.value ?? controller.number(key);
}

/** nginx size: bytes, k, m or g; an unreadable one is the built-in default. */
function sizeOf(text: string): number | undefined {
  const [, digits, unit = ""] = /^(\d+)([kKmMgG]?)$/.exec(text.trim()) ?? [];
  if (digits === undefined) return BODY_BYTES;
  const factor = { "": 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 }[unit.toLowerCase()] ?? 1;
  return Number(digits) * factor;
}

/** Two leaky buckets; a client may send the burst and one more at once (template.go, buildRateLimit). */
function rateOf(settings: Settings, controller: ControllerConfig): RateLimit | undefined {
  const perSecond = settingOf(settings, "limit-rps")?.value ?? 0;
  const perMinute = settingOf(settings, "limit-rpm")?.value ?? 0;
  const multiplier = settingOf(settings, "limit-burst-multiplier")?.value ?? BURST_MULTIPLIER;
  const rates = [
    ...(perSecond > 0 ? [{ rate: perSecond, perMinute: perSecond * 60 }] : []),
    ...(perMinute > 0 ? [{ rate: perMinute, perMinute }] : []),
  ];
  if (rates.length === 0) return undefined;
  return {
    burst: Math.min(...rates.map(({ rate }) => rate * multiplier + 1)),
    perMinute: Math.min(...rates.map((entry) => entry.perMinute)),
    status: controller.number("limit-req-status-code"),
  };
}
