import { finding } from "../../findings/index.js";
import { mirror as coreMirror, type OtherMirror } from "../gateway-api/features/mirror.js";
import { isBackendHost } from "./backend-object.js";
import { isIP } from "./networks.js";
import { objectName } from "./object-name.js";
import { API_VERSION, GROUP, HERE, appResource, originsOf } from "./parts.js";

/** A mirror outside of the cluster, or with TLS, as a Backend. nginx verifies no certificate of a mirror, and neither does this (nginx.tmpl, mirror). */
const byBackend: OtherMirror = ({ scheme, host, port }, { feature, rule, context }) => {
  if (!isBackendHost(host)) return undefined;
  const at = originsOf(feature, "mirror-target");
  const hostname = host.replace(/\.$/, "");
  const name = objectName(rule.owner.ingress.name, "mirror");
  const endpoint = isIP(hostname) ? { ip: { address: hostname, port } } : { fqdn: { hostname, port } };
  const sni = isIP(hostname) ? {} : { sni: hostname };
  const tls = scheme === "https" ? { tls: { ...sni, insecureSkipVerify: true } } : {};
  const object = {
    apiVersion: API_VERSION,
    kind: "Backend",
    metadata: { name, namespace: context.route.namespace },
    spec: { endpoints: [endpoint], ...tls },
  };
  return {
    backendRef: { group: GROUP, kind: "Backend", name },
    translation: {
      resources: [appResource(object, rule, at)],
      findings: [finding("BACKEND_API_NEEDED", at, {}, HERE)],
    },
  };
};

/** mirror-target: Services as core RequestMirror, everything else as a Backend. */
export const mirror = coreMirror(byBackend);
