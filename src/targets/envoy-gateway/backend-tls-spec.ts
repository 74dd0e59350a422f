import type { JsonObject, OwnedResource } from "../../kubernetes/index.js";
import type { FeatureOf, PlannedRule } from "../../plan/index.js";
import { GROUP, appResource, originsOf } from "./parts.js";
import { splitCiphers } from "./tls-suites.js";

type BackendTls = FeatureOf<"backendTls">;

const VERSIONS: Readonly<Record<string, string>> = { "TLSv1.2": "1.2", "TLSv1.3": "1.3" };

/** `tls` of a Backend for the proxy-ssl-* settings; without any the certificate is not looked at, as in nginx. */
export function backendTlsSpec(settings: BackendTls | undefined, namespace: string): JsonObject {
  if (settings === undefined) return { insecureSkipVerify: true };
  const versions = settings.protocols.flatMap((protocol) => VERSIONS[protocol] ?? []).sort();
  const [minVersion] = versions;
  const maxVersion = versions.at(-1);
  const ciphers = minVersion === "1.3" ? [] : splitCiphers(settings.ciphers ?? "").kept;
  const sni = serverName(settings);
  return {
    ...trustOf(settings),
    ...(settings.secret?.namespace === namespace ? { clientCertificateRef: { name: settings.secret.name } } : {}),
    ...(sni !== undefined && settings.sendSni ? { sni } : {}),
    ...(minVersion === undefined ? {} : { minVersion }),
    ...(maxVersion === undefined ? {} : { maxVersion }),
    ...(ciphers.length > 0 ? { ciphers } : {}),
  };
}

/** With a name to compare, authority and name stand together in a BackendTLSPolicy; see {@link nameCheck}. */
function trustOf(settings: BackendTls): JsonObject {
  if (!settings.verify || settings.secret === undefined) return { insecureSkipVerify: true };
  if (serverName(settings) !== undefined) return {};
  return { caCertificateRefs: [{ group: "", kind: "Secret", name: settings.secret.name }] };
}

/** proxy-ssl-name, where it is a plain host name. */
export function serverName({ name }: BackendTls): string | undefined {
  const lower = name?.toLowerCase() ?? "";
  return /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(lower) ? lower : undefined;
}

/** The policy that checks authority and name of the Backend's certificate; a Backend alone checks the authority only. */
export function nameCheck(
  settings: BackendTls,
  of: { readonly rule: PlannedRule; readonly namespace: string; readonly backend: string },
): readonly OwnedResource[] {
  const hostname = serverName(settings);
  if (!settings.verify || settings.secret === undefined || hostname === undefined) return [];
  const object = {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "BackendTLSPolicy",
    metadata: { name: of.backend, namespace: of.namespace },
    spec: {
      targetRefs: [{ group: GROUP, kind: "Backend", name: of.backend }],
      validation: { caCertificateRefs: [{ group: "", kind: "Secret", name: settings.secret.name }], hostname },
    },
  };
  return [appResource(object, of.rule, originsOf(settings, "proxy-ssl-verify", "proxy-ssl-name"))];
}
