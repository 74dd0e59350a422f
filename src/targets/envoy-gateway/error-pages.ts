import { finding } from "../../findings/index.js";
import type { JsonObject } from "../../kubernetes/index.js";
import type { FeatureOf, PlannedRule } from "../../plan/index.js";
import type { Translator } from "../translator.js";
import { challengeOf } from "./auth-challenge.js";
import { HERE, NOTHING_TO_DO, originsOf } from "./parts.js";

/** Status of Envoy's rate limit before anything replaces it (rate-limit.ts writes the controller's instead). */
const LIMITED = 429;

/**
 * custom-http-errors: the answer of the error service becomes a fixed page with the status that is replaced. `redirect` of responseOverride
 * would fetch a page, but leaves 301 or 302 as its status (custom_response.go, buildRedirectAction).
 */
export const errorPages: Translator<"errorPages"> = (feature, rule) => {
  const codes = replacedCodes(feature, rule);
  if (codes.length === 0) return NOTHING_TO_DO;
  const { fallbackBackend } = rule.features;
  const service =
    fallbackBackend === undefined
      ? "the controller's default backend"
      : `Service "${fallbackBackend.service.namespace}/${fallbackBackend.service.name}"`;
  const whose = sourceOf(feature.interceptsApplication, rule) === "All" ? "answers" : "answers of the proxy itself";
  const args = { ingress: rule.owner.id, codes: codes.join(", "), service, whose };
  return {
    verdict: "partial",
    findings: [finding("ERROR_PAGES_STATIC", originsOf(feature), args, HERE)],
    policies: [
      {
        kind: "BackendTrafficPolicy",
        spec: { responseOverride: pageOverrides(codes, feature.interceptsApplication, rule) },
      },
    ],
  };
};

/** auth-signin has its own error_page for 401, which stands first (nginx.tmpl). */
function replacedCodes({ codes }: FeatureOf<"errorPages">, rule: PlannedRule): readonly number[] {
  const signin = rule.features.externalAuth?.signin ?? "";
  return [...new Set(codes)].filter((code) => code !== 401 || signin === "").sort((a, b) => a - b);
}

/** A fixed page for each status; of the application's answers as well, where they are intercepted. */
export function pageOverrides(codes: readonly number[], intercepts: boolean, rule?: PlannedRule): JsonObject[] {
  const source = sourceOf(intercepts, rule);
  const limited = rule?.features.rateLimit?.status;
  const challenge = rule === undefined ? undefined : challengeOf(rule);
  return codes.flatMap((code) => [
    // A page of its own for the password check: the answer that is replaced takes its challenge with it.
    ...(code === 401 && challenge !== undefined ? [override("Local", code, { ...page(code), header: challenge })] : []),
    override(source, code, page(code)),
    // First match wins: a limited request would get its status from the later rule, and no page.
    ...(code === limited && code !== LIMITED ? [override("Local", LIMITED, { statusCode: code, ...page(code) })] : []),
  ]);
}

/** grpc_pass knows no proxy_intercept_errors, so answers of a gRPC application always pass. */
function sourceOf(intercepts: boolean, rule: PlannedRule | undefined): "All" | "Local" {
  return intercepts && !/^GRPCS?$/.test(rule?.features.backendProtocol?.protocol ?? "") ? "All" : "Local";
}

function override(source: "All" | "Local", code: number, response: JsonObject): JsonObject {
  return { source, match: { statusCodes: [{ type: "Value", value: code }] }, response };
}

/** Reason phrases (RFC 9110) of the codes that error pages are written for. */
const PHRASES: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  408: "Request Timeout",
  409: "Conflict",
  410: "Gone",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  422: "Unprocessable Content",
  429: "Too Many Requests",
  500: "Internal Server Error",
  501: "Not Implemented",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
};

/** A page that says the status and nothing else, for the app team to replace. */
function page(code: number): JsonObject {
  const title = `${code} ${PHRASES[code] ?? "Error"}`;
  const inline = `<!doctype html><title>${title}</title><h1>${title}</h1>`;
  return { contentType: "text/html", body: { type: "Inline", inline } };
}
