/**
 * Certificates for the servers that tests start, written by hand: `selfsigned` (5.5) makes no list of revoked certificates, which Envoy wants beside an
 * authority, and `@peculiar/x509` beneath it, which has one, signs asynchronously and would be a second dependency for these hundred lines.
 */
import { generateKeyPairSync, sign, type KeyObject } from "node:crypto";

/** Certificate and key as the Secrets of a cluster hold them. */
export type Identity = {
  readonly certificate: string;
  readonly key: string;
  /** Signs others; only for an authority. */
  readonly privateKey: KeyObject;
  readonly subject: string;
};

export type Wanted = {
  readonly subject: string;
  readonly names?: readonly string[];
  readonly isAuthority?: boolean;
  /** Self-signed without it. */
  readonly issuer?: Identity;
};

const TAG = { sequence: 0x30, set: 0x31, integer: 0x02, bits: 0x03, octets: 0x04, oid: 0x06, text: 0x0c, time: 0x17 };
const OID = {
  ecdsaWithSha256: [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02],
  commonName: [0x55, 0x04, 0x03],
  subjectAltName: [0x55, 0x1d, 0x11],
  basicConstraints: [0x55, 0x1d, 0x13],
};
/** Fixed, so that no test depends on the clock; UTCTime ends in 2049. */
const FROM = "240101000000Z";
const TO = "490101000000Z";

function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const head = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...head]), content]);
}

const oid = (bytes: readonly number[]): Buffer => der(TAG.oid, Buffer.from(bytes));
const integer = (value: number): Buffer => der(TAG.integer, Buffer.from([value]));
const algorithm = der(TAG.sequence, oid(OID.ecdsaWithSha256));
const validity = der(TAG.sequence, der(TAG.time, Buffer.from(FROM)), der(TAG.time, Buffer.from(TO)));

function name(commonName: string): Buffer {
  const attribute = der(TAG.sequence, oid(OID.commonName), der(TAG.text, Buffer.from(commonName)));
  return der(TAG.sequence, der(TAG.set, attribute));
}

function extensions({ names = [], isAuthority = false }: Wanted): Buffer {
  const DNS_NAME = 0x82;
  const TRUE = Buffer.from([0x01, 0x01, 0xff]);
  const alternatives = der(TAG.sequence, ...names.map((dns) => der(DNS_NAME, Buffer.from(dns))));
  const list = [
    ...(names.length === 0 ? [] : [der(TAG.sequence, oid(OID.subjectAltName), der(TAG.octets, alternatives))]),
    ...(isAuthority
      ? [der(TAG.sequence, oid(OID.basicConstraints), TRUE, der(TAG.octets, der(TAG.sequence, TRUE)))]
      : []),
  ];
  return list.length === 0 ? Buffer.alloc(0) : der(0xa3, der(TAG.sequence, ...list));
}

function signed(body: Buffer, key: KeyObject): Buffer {
  const signature = Buffer.concat([Buffer.from([0]), sign("sha256", body, key)]);
  return der(TAG.sequence, body, algorithm, der(TAG.bits, signature));
}

function pem(label: string, content: Buffer): string {
  const lines = content.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}

let serial = 0;

/** A certificate (X.509 v3, ECDSA P-256) made on the spot: node can check certificates but not write them. */
export function issue(wanted: Wanted): Identity {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  serial = (serial % 0x7e) + 1;
  const body = der(
    TAG.sequence,
    der(0xa0, integer(2)),
    der(TAG.integer, Buffer.from([serial, serial])),
    algorithm,
    name(wanted.issuer?.subject ?? wanted.subject),
    validity,
    name(wanted.subject),
    publicKey.export({ type: "spki", format: "der" }),
    extensions(wanted),
  );
  return {
    certificate: pem("CERTIFICATE", signed(body, wanted.issuer?.privateKey ?? privateKey)),
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    privateKey,
    subject: wanted.subject,
  };
}

/** The list of revoked certificates of an authority that has revoked none. */
export function emptyRevocationList(authority: Identity): string {
  const [from, to] = [FROM, TO].map((time) => der(TAG.time, Buffer.from(time)));
  if (from === undefined || to === undefined) throw new Error("two times are expected");
  const body = der(TAG.sequence, integer(1), algorithm, name(authority.subject), from, to);
  return pem("X509 CRL", signed(body, authority.privateKey));
}
