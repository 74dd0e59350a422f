import { behaves, type ControllerConfig, type Settings } from "../../ingress-nginx/index.js";
import { settingOf } from "../../mappings/index.js";
import { expressionOf } from "../expressions.js";
import type { ProbeRequest } from "../request.js";
import { RE2JS } from "re2js";

/** Defaults of annotations/cors/main.go. */
const METHODS = "GET, PUT, POST, DELETE, PATCH, OPTIONS";
const HEADERS =
  "DNT,Keep-Alive,User-Agent,X-Requested-With,If-Modified-Since,Cache-Control,Content-Type,Range,Authorization";
const OLDER_HEADERS =
  "DNT,X-CustomHeader,Keep-Alive,User-Agent,X-Requested-With,If-Modified-Since,Cache-Control,Content-Type,Authorization";
const MAX_AGE = 1_728_000;

/**
 * The CORS headers that a location puts on every answer to this request, whatever its method and status; undefined without CORS or for a foreign
 * origin (nginx.tmpl CORS; template.go buildCorsOriginRegex).
 */
export function corsHeaders(
  settings: Settings,
  request: ProbeRequest,
  controller: ControllerConfig,
): Readonly<Record<string, string>> | undefined {
  if (settingOf(settings, "enable-cors")?.value !== true) return undefined;
  const origins = settingOf(settings, "cors-allow-origin")?.value ?? ["*"];
  const origin = request.headers["origin"];
  const isAny = origins.includes("*");
  if (!isAny && (origin === undefined || !allows(origins, origin))) return undefined;
  const credentials = settingOf(settings, "cors-allow-credentials")?.value ?? true;
  const exposed = settingOf(settings, "cors-expose-headers");
  return {
    "access-control-allow-origin": isAny ? "*" : (origin ?? ""),
    ...(credentials ? { "access-control-allow-credentials": "true" } : {}),
    // The lists stand there as they are written, blanks included.
    "access-control-allow-methods": settingOf(settings, "cors-allow-methods")?.raw.trim() ?? METHODS,
    "access-control-allow-headers": settingOf(settings, "cors-allow-headers")?.raw.trim() ?? defaultHeaders(controller),
    ...(exposed === undefined || exposed.value.length === 0
      ? {}
      : { "access-control-expose-headers": exposed.raw.trim() }),
    "access-control-max-age": String(settingOf(settings, "cors-max-age")?.value ?? MAX_AGE),
  };
}

const defaultHeaders = (controller: ControllerConfig): string =>
  behaves(controller, "cors-range") ? HEADERS : OLDER_HEADERS;

/** Alternatives, any case, bound to the end of the Origin only; the first `*` is one label. */
function allows(origins: readonly string[], origin: string): boolean {
  return origins.some((allowed) => {
    const pattern = RE2JS.quote(allowed).replace("\\*", "[A-Za-z0-9\\-]+");
    const expression = expressionOf(`(?i)(${pattern})$`);
    return expression.kind === "compiled" && expression.re.test(origin);
  });
}
