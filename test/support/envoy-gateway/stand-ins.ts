import { createHash } from "node:crypto";
import type { JsonObject, KubernetesObject, Snapshot } from "../../../src/kubernetes/index.js";
import { emptyRevocationList, issue, type Identity } from "./certificates.js";
import { isObject, listAt, objectsIn, textAt, textsAt } from "./json-access.js";

/** Name and password of the one user that every invented password file has. */
export const USER = { name: "tester", password: "open-sesame" } as const;
/** Envoy takes no other hash than this one. */
const PASSWORD_LINE = `${USER.name}:{SHA}${createHash("sha1").update(USER.password).digest("base64")}\n`;

/** Signs the client certificates that tests show, and stands in every Secret that holds an authority. */
export const AUTHORITY: Identity = issue({ subject: "test authority", isAuthority: true });

type Needed = { readonly kind: "Secret" | "ConfigMap"; readonly key: string; readonly use: Use };
type Use = "server-certificate" | "client-certificate" | "authority" | "revocations" | "passwords";

/** What a reference to a Secret or ConfigMap holds, by the field that it stands in. */
const USES: Readonly<Record<string, Use>> = {
  certificateRefs: "server-certificate",
  clientCertificateRef: "client-certificate",
  caCertificateRefs: "authority",
  "crl.refs": "revocations",
  "basicAuth.users": "passwords",
};

/**
 * The objects that the output refers to and that a cluster would have: Services, and Secrets and ConfigMaps with contents
 * made here. What the input shows of them (ports, types) is kept; the Secrets that findings ask for are taken as made.
 *
 * @throws Error for a reference that this function knows no content for, so that nothing is left out in silence
 */
export function standIns(objects: readonly KubernetesObject[], snapshot: Snapshot): KubernetesObject[] {
  return [...services(objects, snapshot), ...credentials(objects, snapshot)];
}

function services(objects: readonly KubernetesObject[], snapshot: Snapshot): KubernetesObject[] {
  const ports = new Map<string, Map<number, string>>();
  for (const object of objects) {
    for (const { object: part } of objectsIn(object.spec)) {
      for (const ref of [
        ...listAt(part, "backendRefs"),
        ...(isObject(part["backendRef"]) ? [part["backendRef"]] : []),
      ]) {
        if ((textAt(ref, "kind") ?? "Service") !== "Service") continue;
        const id = `${textAt(ref, "namespace") ?? namespaceOf(object)}/${textAt(ref, "name") ?? ""}`;
        const known = ports.get(id) ?? new Map<number, string>();
        if (typeof ref["port"] === "number") known.set(ref["port"], object.kind === "UDPRoute" ? "UDP" : "TCP");
        ports.set(id, known);
      }
    }
  }
  return [...ports].map(([id, used], index) => {
    const known = snapshot.services.get(id);
    const list =
      known === undefined || known.ports.length === 0
        ? [...used].map(([port, protocol]): JsonObject => ({ name: `port-${port}`, port, protocol }))
        : known.ports.map(({ port, name, protocol, appProtocol }): JsonObject => ({
            port,
            name,
            protocol,
            appProtocol,
          }));
    const [namespace = "", name = ""] = id.split("/");
    const clusterIP = `127.${100 + (index >> 16)}.${(index >> 8) & 0xff}.${(index & 0xff) + 1}`;
    return { apiVersion: "v1", kind: "Service", metadata: { name, namespace }, spec: { clusterIP, ports: list } };
  });
}

function credentials(objects: readonly KubernetesObject[], snapshot: Snapshot): KubernetesObject[] {
  const needed = new Map<string, Needed>();
  for (const object of objects) {
    for (const { object: part, path } of objectsIn(object.spec)) {
      const field = path.at(-1) ?? "";
      const use = USES[path.slice(-2).join(".")] ?? USES[field];
      const kind = textAt(part, "kind") ?? (use === undefined ? undefined : "Secret");
      if (kind !== "Secret" && kind !== "ConfigMap") continue;
      if (object.kind === "ReferenceGrant") continue;
      if (use === undefined) throw new Error(`${object.kind} ${object.metadata.name}: what is in ${path.join(".")}?`);
      const key = `${textAt(part, "namespace") ?? namespaceOf(object)}/${textAt(part, "name") ?? ""}`;
      needed.set(`${kind} ${key} ${use}`, { kind, key, use });
    }
  }
  const byObject = new Map<string, Needed[]>();
  for (const entry of needed.values()) {
    const id = `${entry.kind} ${entry.key}`;
    byObject.set(id, [...(byObject.get(id) ?? []), entry]);
  }
  return [...byObject.values()].map((entries) => credential(entries, hostsOf(objects, entries), snapshot));
}

function credential(entries: readonly Needed[], hosts: readonly string[], snapshot: Snapshot): KubernetesObject {
  const { kind = "Secret", key = "" } = entries[0] ?? {};
  const data: Record<string, string> = Object.assign({}, ...entries.map(({ use }) => contents(use, hosts)));
  const [namespace = "", name = ""] = key.split("/");
  const hasPair = "tls.crt" in data;
  // The input's Secret decides about type and keys: what it lacks is lacking for Envoy Gateway, too.
  const known = kind === "Secret" ? snapshot.secrets.get(key) : undefined;
  const kept = Object.entries(data).filter(([entry]) => known === undefined || known.keys.includes(entry));
  const encoded = Object.fromEntries(
    kept.map(([entry, text]) => [entry, kind === "Secret" ? Buffer.from(text).toString("base64") : text]),
  );
  const type = known?.type ?? (hasPair ? "kubernetes.io/tls" : "Opaque");
  const object = { apiVersion: "v1", kind, metadata: { name, namespace }, data: encoded, spec: {} };
  return kind === "Secret" ? ({ ...object, type } as KubernetesObject) : object;
}

function contents(use: Use, hosts: readonly string[]): Readonly<Record<string, string>> {
  switch (use) {
    case "server-certificate": {
      const { certificate, key } = issue({ subject: hosts[0] ?? "unnamed", names: hosts });
      return { "tls.crt": certificate, "tls.key": key };
    }
    case "client-certificate": {
      const { certificate, key } = issue({ subject: "proxy", issuer: AUTHORITY });
      return { "tls.crt": certificate, "tls.key": key };
    }
    case "authority":
      return { "ca.crt": AUTHORITY.certificate };
    case "revocations":
      return { "ca.crl": emptyRevocationList(AUTHORITY) };
    case "passwords":
      return { ".htpasswd": PASSWORD_LINE };
  }
}

/**
 * Host names that a certificate is needed for, as its alternative names: those of the routes on the listeners that show it. A listener for many
 * names may hold hosts that are known one by one.
 */
function hostsOf(objects: readonly KubernetesObject[], entries: readonly Needed[]): string[] {
  const keys = new Set(entries.filter(({ use }) => use === "server-certificate").map(({ key }) => key));
  const names = objects.flatMap((parent) =>
    listAt(parent.spec, "listeners")
      .filter((listener) =>
        listAt(listener, "tls", "certificateRefs").some((ref) =>
          keys.has(`${textAt(ref, "namespace") ?? namespaceOf(parent)}/${textAt(ref, "name") ?? ""}`),
        ),
      )
      .flatMap((listener) => {
        const served = servedOn(objects, parent, listener);
        return served.length > 0 ? served : [textAt(listener, "hostname") ?? "any.invalid"];
      }),
  );
  return [...new Set(names)];
}

function servedOn(objects: readonly KubernetesObject[], parent: KubernetesObject, listener: JsonObject): string[] {
  const hostname = textAt(listener, "hostname");
  const fits = (name: string): boolean =>
    hostname === undefined || name === hostname || (hostname.startsWith("*.") && name.endsWith(hostname.slice(1)));
  return objects.flatMap((route) =>
    listAt(route.spec, "parentRefs").some(
      (ref) =>
        ref["name"] === parent.metadata.name &&
        (textAt(ref, "namespace") ?? namespaceOf(route)) === namespaceOf(parent) &&
        (ref["sectionName"] === undefined || ref["sectionName"] === listener["name"]),
    )
      ? textsAt(route.spec, "hostnames").filter(fits)
      : [],
  );
}

export const namespaceOf = (object: KubernetesObject): string => object.metadata.namespace ?? "default";
