import { finding } from "../findings/index.js";
import type { JsonObject, JsonValue, NeighbourObject } from "../kubernetes/index.js";
import type { CertificateRequest } from "./certificates.js";
import type { NeighbourOptions, Said } from "./types.js";

/** Issuers that answer, or may answer, ACME challenges through Ingresses, which nobody serves afterwards. */
export function solverFindings(
  requests: ReadonlyMap<string, CertificateRequest>,
  objects: readonly NeighbourObject[],
  { gateway }: NeighbourOptions,
): Said[] {
  const issuers = new Map(
    objects
      .filter(({ kind }) => kind === "Issuer" || kind === "ClusterIssuer")
      .map((object) => [issuerKey(object.kind, object.namespace, object.name), object]),
  );
  return [...requests.values()].flatMap(({ namespace, issuer, annotations, ingresses: [ingress], origin }) => {
    // Issuers from outside of cert-manager know nothing of ACME challenges.
    if (issuer.group !== "cert-manager.io") return [];
    const found = issuers.get(issuerKey(issuer.kind, namespace, issuer.name));
    const keys = Object.keys(annotations);
    const args = { ingress, issuer: `${issuer.kind} ${issuer.name}` };
    if (found === undefined) return [{ finding: finding("CERTIFICATE_SOLVER_UNSEEN", origin, args), ingress, keys }];
    if (!solvesByIngress(found.spec)) return [];
    const parent =
      gateway === undefined ? "the Gateway" : `{kind: Gateway, name: ${gateway.name}, namespace: ${gateway.namespace}}`;
    return [
      {
        finding: finding("CERTIFICATE_SOLVER_INGRESS", [origin, found.origin], { ...args, gateway: parent }),
        ingress,
        keys,
      },
    ];
  });
}

const issuerKey = (kind: string, namespace: string, name: string): string =>
  kind === "ClusterIssuer" ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;

/** Whether any of `spec.acme.solvers` is `http01.ingress`; which of them a name takes depends on selectors. */
function solvesByIngress(spec: JsonObject): boolean {
  const solvers = object(spec["acme"])["solvers"];
  return (
    Array.isArray(solvers) &&
    (solvers as readonly JsonValue[]).some((solver) => object(object(solver)["http01"])["ingress"] !== undefined)
  );
}

function object(value: JsonValue | undefined): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}
