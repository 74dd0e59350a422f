import { finding } from "../findings/index.js";
import type { ServedIngress } from "../ingress-nginx/index.js";
import type { CertificateRequest } from "./certificates.js";
import type { Said } from "./types.js";

/** Issuers that may answer ACME challenges through Ingresses, which nobody serves afterwards. */
export function solverFindings(
  requests: ReadonlyMap<string, CertificateRequest>,
  served: readonly ServedIngress[],
): Said[] {
  const known = new Set(served.map(({ id }) => id));
  return [...requests.values()].flatMap(({ issuer, annotations, ingresses: [ingress], origin }) => {
    if (!known.has(ingress)) return [];
    const args = { ingress, issuer: `${issuer.kind} ${issuer.name}` };
    return [{ finding: finding("CERTIFICATE_SOLVER_UNSEEN", origin, args), ingress, keys: Object.keys(annotations) }];
  });
}
