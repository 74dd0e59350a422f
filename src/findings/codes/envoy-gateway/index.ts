import { rewrites, timing, bodies, cors, limits } from "./traffic.js";
import { access } from "./access.js";
import { clientCertificates } from "./client-certificates.js";
import { externalAuth } from "./external-auth.js";
import { balancing, backends } from "./backends.js";
import { withoutCounterpart } from "./losses.js";
import { gatewaySecurity } from "./gateway-security.js";
import { clientFindings } from "./clients.js";
import { firewall } from "./waf.js";
import { refusals } from "./refusals.js";
import { hiddenDefaults } from "./defaults.js";
import { httpDetails } from "./http-details.js";
import { proxying } from "./proxying.js";
import { sharedCertificates } from "./shared-certificates.js";

/** Findings that only Envoy Gateway raises. */
export const envoyGatewayFindings = {
  ...rewrites,
  ...timing,
  ...bodies,
  ...cors,
  ...limits,
  ...access,
  ...externalAuth,
  ...clientCertificates,
  ...balancing,
  ...backends,
  ...withoutCounterpart,
  ...firewall,
  ...refusals,
  ...hiddenDefaults,
  ...httpDetails,
  ...clientFindings,
  ...gatewaySecurity,
  ...proxying,
  ...sharedCertificates,
};
