import { define } from "../define.js";

/** What the reader has to say about the input itself. */
export const inputFindings = {
  INGRESS_API_UPGRADED: define<{ readonly object: string; readonly apiVersion: string }>({
    title: "Ingress of a removed API version",
    severity: "info",
    verdict: "exact",
    what: ({ object, apiVersion }) => `${object} is written for "${apiVersion}" and was read as networking.k8s.io/v1.`,
    why:
      "Kubernetes 1.22 and newer do not serve this version. The meaning is the same: serviceName and servicePort moved into " +
      "service, and a path without a pathType is ImplementationSpecific.",
    remedy: "Nothing for the conversion. Rewrite the manifest for networking.k8s.io/v1 if it stays in use.",
    cite: "Kubernetes deprecated API migration guide, v1.22, Ingress",
  }),

  DUPLICATE_OBJECT: define<{ readonly object: string; readonly earlier: string }>({
    title: "The same object twice in the input",
    severity: "medium",
    verdict: "partial",
    what: ({ object, earlier }) =>
      `${object} stands in the input more than once; this one was used, and the one at ${earlier} was left out.`,
    why:
      "A cluster holds one object of a kind, namespace and name. The later one in the order of file names was taken, as " +
      "kubectl apply would; if the cluster got them in another order, or from different overlays, it holds the other one.",
    remedy: "Convert one environment at a time, or remove the copy that the cluster does not have.",
    cite: "kubectl apply: one object per kind, namespace and name",
  }),

  DEFAULTED_PATH_TYPE: define<{ readonly object: string; readonly path: string }>({
    title: "Path without a pathType",
    severity: "low",
    verdict: "equivalent",
    what: ({ object, path }) => `${path} of ${object} has no pathType and was read as "ImplementationSpecific".`,
    why:
      "networking.k8s.io/v1 requires the field, so a cluster with this API refuses the manifest as it stands. " +
      "ImplementationSpecific is what the older API versions filled in.",
    remedy: "Add pathType: ImplementationSpecific, or Prefix where the path is meant as a plain prefix.",
    cite: "Kubernetes API server, networking.k8s.io/v1, HTTPIngressPath.pathType",
  }),

  NAMESPACE_ASSUMED: define<{ readonly object: string; readonly namespace: string }>({
    title: "Ingress without a namespace",
    severity: "medium",
    verdict: "exact",
    what: ({ object, namespace }) => `${object} names no namespace and is taken to be in "${namespace}".`,
    why:
      "Manifests leave the namespace out where a flag of helm or kubectl gives it. In another namespace than the Services and Secrets, " +
      "the routes find neither, and the Gateway's listeners do not admit them.",
    remedy: "Pass --namespace NAME where they belong elsewhere (or --namespace default), or write metadata.namespace.",
    cite: "kubectl apply: an object without a namespace goes to that of the flag or the context",
  }),

  UNKNOWN_FIELD: define<{ readonly object: string; readonly path: string }>({
    title: "Field that the Ingress API does not have",
    severity: "medium",
    verdict: "equivalent",
    what: ({ object, path }) =>
      `${object} has the field "${path}", which the Ingress API does not have; it was left out.`,
    why:
      "The API server drops such a field, or refuses the object under strict validation, so it has no effect in the cluster. " +
      "It is often a misspelled field or an annotation at the wrong indentation.",
    remedy: "Correct the name or the indentation of the field, or remove it.",
    cite: "Kubernetes API concepts, field validation",
  }),
};
