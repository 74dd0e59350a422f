import { finding } from "../../../findings/index.js";
import { answersFor, originsOf } from "../../parts.js";
import type { Translator } from "../../translator.js";

/** `http://service.namespace.svc[.cluster.local][:port]` with any path behind it. */
const SERVICE_URL =
  /^http:\/\/([a-z](?:[-a-z0-9]*[a-z0-9])?)\.([a-z0-9](?:[-a-z0-9]*[a-z0-9])?)\.svc(?:\.cluster\.local)?\.?(?::(\d{1,5}))?(?:[/$].*)?$/;
const HTTP_PORT = 80;

/** mirror-target to a Service of the cluster as RequestMirror. */
export const mirror: Translator<"mirror"> = (feature, rule, { route, target }) => {
  const at = originsOf(feature, "mirror-target");
  const args = { ingress: rule.owner.id, target: feature.target };
  const [, name, namespace, port = `${HTTP_PORT}`] = SERVICE_URL.exec(feature.target) ?? [];
  if (name === undefined || namespace === undefined)
    return { verdict: "unsupported", findings: [finding("MIRROR_UNSUPPORTED", at, args, { target })] };
  const isForeign = namespace !== route.namespace;
  const backendRef = { name, ...(isForeign ? { namespace } : {}), port: Number(port) };
  const crossing = {
    from: { group: "gateway.networking.k8s.io", kind: "HTTPRoute", namespace: route.namespace },
    to: { group: "", kind: "Service", name, namespace },
    ingress: rule.owner.id,
    origin: at[0],
  };
  return {
    verdict: "equivalent",
    findings: [finding("MIRROR_DIFFERS", at, args, { target })],
    filters: [{ type: "RequestMirror", requestMirror: { backendRef } }],
    crossings: isForeign ? [crossing] : [],
    answers: [
      ...answersFor(feature, ["mirror-host"], "unsupported", "MIRROR_DIFFERS"),
      ...(feature.body ? [] : answersFor(feature, ["mirror-request-body"], "unsupported", "MIRROR_DIFFERS")),
    ],
  };
};
