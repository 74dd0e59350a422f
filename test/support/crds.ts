import * as z from "zod";
import { objectCheck, readCrds } from "../../src/schema/index.js";
import type { ObjectCheck } from "../../src/schema/validate.js";
import { sharedPath } from "./shared.js";

/** What the tool writes of cert-manager's Certificate (cert-manager.io/v1), whose CRD is not at hand: these fields and no others. */
const texts = z.array(z.string().min(1)).min(1);
const certificate = z.strictObject({
  secretName: z.string().min(1),
  issuerRef: z.strictObject({ name: z.string().min(1), kind: z.string().min(1), group: z.string().min(1) }),
  dnsNames: texts.optional(),
  ipAddresses: texts.optional(),
  emailAddresses: texts.optional(),
  commonName: z.string().optional(),
  duration: z.string().optional(),
  renewBefore: z.string().optional(),
  usages: texts.optional(),
  revisionHistoryLimit: z.int().min(1).optional(),
  subject: z
    .strictObject({
      organizations: texts.optional(),
      organizationalUnits: texts.optional(),
      countries: texts.optional(),
      provinces: texts.optional(),
      localities: texts.optional(),
      postalCodes: texts.optional(),
      streetAddresses: texts.optional(),
      serialNumber: z.string().optional(),
    })
    .optional(),
  privateKey: z
    .strictObject({
      algorithm: z.enum(["RSA", "ECDSA", "Ed25519"]).optional(),
      encoding: z.enum(["PKCS1", "PKCS8"]).optional(),
      size: z.int().optional(),
      rotationPolicy: z.enum(["Never", "Always"]).optional(),
    })
    .optional(),
});

/** Kinds of other programs, with what is checked in place of their CRD. */
const WITHOUT_CRD: ReadonlyMap<string, z.ZodType> = new Map([["cert-manager.io/v1 Certificate", certificate]]);

/** The CRDs that a cluster with Gateway API 1.6.1 (standard channel) and Envoy Gateway 1.9.0 has. */
export async function clusterCheck(): Promise<ObjectCheck> {
  const check = objectCheck(
    await readCrds([
      sharedPath("crds", "gateway-api", "v1.6.1", "standard"),
      sharedPath("crds", "envoy-gateway", "v1.9.0"),
    ]),
  );
  return (object) => {
    const other = WITHOUT_CRD.get(`${object.apiVersion} ${object.kind}`);
    if (other === undefined) return check(object);
    const parsed = other.safeParse(object.spec);
    return parsed.success ? [] : parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  };
}
