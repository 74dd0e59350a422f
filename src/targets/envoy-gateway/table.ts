import { canary } from "../gateway-api/features/canary.js";
import { corsFilter, reasonForPolicy } from "../gateway-api/features/cors.js";
import { forwardedPrefix, responseHeaders } from "../gateway-api/features/headers.js";
import { matching } from "../gateway-api/features/matching.js";
import { redirectStyle } from "../gateway-api/features/redirect-style.js";
import { snippets } from "../gateway-api/features/snippets.js";
import type { Translator, TranslatorTable } from "../translator.js";
import { quietsRules } from "./access-log.js";
import { affinity } from "./affinity.js";
import { backendProtocol } from "./backend-protocol.js";
import { backendTls } from "./backend-tls.js";
import { bandwidth } from "./bandwidth.js";
import { basicAuth } from "./basic-auth.js";
import { bodySize } from "./body-size.js";
import { buffering } from "./buffering.js";
import { clientCertificates } from "./client-certificates.js";
import { removedAtLast, writtenAtLast } from "./client-defaults.js";
import { connectionHeader } from "./connection-header.js";
import { connectionLimit } from "./connection-limit.js";
import { corsPolicy } from "./cors-policy.js";
import { cookieRewrite } from "./cookie-rewrite.js";
import { errorPages } from "./error-pages.js";
import { describesRequests } from "./described-headers.js";
import { asksService, externalAuth } from "./external-auth.js";
import { fallbackBackend } from "./fallback-backend.js";
import { globalAuthOptOut } from "./global-auth-opt-out.js";
import { changedRequest } from "./changed-requests.js";
import { escapeHeaderValue, formatStringOf, headersRead } from "./header-value.js";
import { hashBy } from "./hash-by.js";
import { http2Push } from "./http2-push.js";
import { httpVersion } from "./http-version.js";
import { accessList, addressSource, ipAccess } from "./ip-access.js";
import { loadBalancing } from "./load-balancing.js";
import { locationRewrite } from "./location-rewrite.js";
import { mirror } from "./mirror.js";
import { logging } from "./logging.js";
import { rateLimit } from "./rate-limit.js";
import { retries } from "./retries.js";
import { rewrite, snippetRewrite } from "./rewrite.js";
import { satisfy } from "./satisfy.js";
import { serviceUpstream } from "./service-upstream.js";
import { timeouts } from "./timeouts.js";
import { checksStreams } from "./stream-access.js";
import { tlsCiphers } from "./tls-ciphers.js";
import { tracing } from "./tracing.js";
import { upstreamHost } from "./upstream-host.js";
import { waf } from "./waf.js";

function headerValue(text: string): string | undefined {
  const made = formatStringOf(text);
  return "value" in made ? made.value : undefined;
}

/** The filter of core Gateway API where it can carry the feature, the SecurityPolicy elsewhere. */
const cors: Translator<"cors"> = (feature, rule, context) => {
  const reason = reasonForPolicy(feature);
  return reason === undefined ? corsFilter(feature, rule, context) : corsPolicy(feature, rule, reason);
};

/** Every feature, by policies and objects of Envoy Gateway or by core Gateway API. */
export const envoyGatewayTable: Required<TranslatorTable> = {
  affinity,
  backendProtocol,
  backendTls,
  bandwidth,
  basicAuth,
  bodySize,
  buffering,
  canary: canary("re2"),
  clientCertificates,
  connectionHeader,
  connectionLimit,
  cookieRewrite,
  cors,
  errorPages,
  externalAuth,
  fallbackBackend,
  forwardedPrefix: forwardedPrefix(escapeHeaderValue),
  globalAuthOptOut,
  hashBy,
  http2Push,
  httpVersion,
  ipAccess,
  loadBalancing,
  locationRewrite,
  logging,
  matching: matching("re2"),
  mirror,
  rateLimit,
  redirectStyle,
  responseHeaders: responseHeaders({ escape: escapeHeaderValue, onEveryAnswer: true, removedAtLast, writtenAtLast }),
  retries,
  rewrite,
  satisfy,
  serviceUpstream,
  snippets: snippets({
    headerValue,
    readBy: headersRead,
    changedRequest,
    removedAtLast,
    writtenAtLast,
    accessList,
    addressNote: (origin, rule, options) => addressSource([origin], rule, options),
    pathRewrite: snippetRewrite,
    asksService,
    describesRequests,
    checksStreams,
    quietsRules,
  }),
  timeouts,
  tlsCiphers,
  tracing,
  upstreamHost,
  waf,
};
