import type { TranslatorTable } from "../translator.js";
import { affinity } from "./affinity.js";
import { backendProtocol } from "./backend-protocol.js";
import { backendTls } from "./backend-tls.js";
import { bandwidth } from "./bandwidth.js";
import { basicAuth } from "./basic-auth.js";
import { bodySize } from "./body-size.js";
import { buffering } from "./buffering.js";
import { clientCertificates } from "./client-certificates.js";
import { connectionHeader } from "./connection-header.js";
import { connectionLimit } from "./connection-limit.js";
import { cookieRewrite } from "./cookie-rewrite.js";
import { errorPages } from "./error-pages.js";
import { externalAuth } from "./external-auth.js";
import { fallbackBackend } from "./fallback-backend.js";
import { globalAuthOptOut } from "./global-auth-opt-out.js";
import { hashBy } from "./hash-by.js";
import { http2Push } from "./http2-push.js";
import { httpVersion } from "./http-version.js";
import { ipAccess } from "./ip-access.js";
import { loadBalancing } from "./load-balancing.js";
import { locationRewrite } from "./location-rewrite.js";
import { logging } from "./logging.js";
import { rateLimit } from "./rate-limit.js";
import { redirectStyle } from "./redirect-style.js";
import { retries } from "./retries.js";
import { rewrite } from "./rewrite.js";
import { satisfy } from "./satisfy.js";
import { serviceUpstream } from "./service-upstream.js";
import { snippets } from "./snippets.js";
import { timeouts } from "./timeouts.js";
import { tlsCiphers } from "./tls-ciphers.js";
import { tracing } from "./tracing.js";
import { waf } from "./waf.js";

/** Features that Envoy Gateway translates with policies and objects of its own; the rest is standard Gateway API. */
export const envoyGatewayTable: TranslatorTable = {
  affinity,
  backendProtocol,
  backendTls,
  bandwidth,
  basicAuth,
  bodySize,
  buffering,
  clientCertificates,
  connectionHeader,
  connectionLimit,
  cookieRewrite,
  errorPages,
  externalAuth,
  fallbackBackend,
  globalAuthOptOut,
  hashBy,
  http2Push,
  httpVersion,
  ipAccess,
  loadBalancing,
  locationRewrite,
  logging,
  rateLimit,
  redirectStyle,
  retries,
  rewrite,
  satisfy,
  serviceUpstream,
  snippets,
  timeouts,
  tlsCiphers,
  tracing,
  waf,
};
