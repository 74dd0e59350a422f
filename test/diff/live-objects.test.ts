import { describe, expect, it } from "vitest";
import { compareObjects } from "../../src/diff/index.js";
import type { KubernetesObject } from "../../src/kubernetes/index.js";

const route: KubernetesObject = {
  apiVersion: "gateway.networking.k8s.io/v1",
  kind: "HTTPRoute",
  metadata: { name: "web", namespace: "shop" },
  spec: {
    parentRefs: [{ name: "edge", namespace: "infra" }],
    rules: [{ matches: [{ path: { type: "PathPrefix", value: "/" } }], backendRefs: [{ name: "web", port: 80 }] }],
  },
};

/** The route as a cluster gives it back: keys in another order, defaults, status and bookkeeping. */
const exported = {
  kind: "HTTPRoute",
  apiVersion: "gateway.networking.k8s.io/v1beta1",
  metadata: {
    annotations: { "kubectl.kubernetes.io/last-applied-configuration": "{}" },
    creationTimestamp: "2026-01-01T00:00:00Z",
    generation: 3,
    managedFields: [{ manager: "kubectl" }],
    name: "web",
    namespace: "shop",
    resourceVersion: "12",
    uid: "x",
  },
  spec: {
    rules: [
      {
        backendRefs: [{ group: "", kind: "Service", name: "web", port: 80, weight: 1 }],
        matches: [{ path: { value: "/", type: "PathPrefix" } }],
      },
    ],
    parentRefs: [{ group: "gateway.networking.k8s.io", kind: "Gateway", name: "edge", namespace: "infra" }],
  },
  status: { parents: [] },
};

describe("comparing with a cluster", () => {
  it("does not count status, bookkeeping, defaults, the order of keys and another served version", () => {
    expect(compareObjects([exported], [route])).toEqual({ changes: [], same: 1, onlyLive: [] });
  });

  it("tells objects of one kind and name in different groups apart", () => {
    const other = { ...exported, apiVersion: "networking.istio.io/v1" };
    expect(compareObjects([other], [route]).changes.map(({ kind }) => kind)).toEqual(["added"]);
  });

  it.each([
    [
      "a weight that is not the default",
      { rules: [{ ...exported.spec.rules[0], backendRefs: [{ name: "web", port: 80, weight: 5 }] }] },
    ],
    ["a rule more", { rules: [...exported.spec.rules, ...exported.spec.rules] }],
    ["a field that we do not write", { hostnames: ["x.example.com"] }],
  ])("sees %s", (_, change) => {
    const live = { ...exported, apiVersion: route.apiVersion, spec: { ...exported.spec, ...change } };
    expect(compareObjects([live], [route]).changes).toHaveLength(1);
  });

  it("sees a label that somebody wrote", () => {
    const live = { ...exported, apiVersion: route.apiVersion, metadata: { ...exported.metadata, labels: { a: "b" } } };
    expect(compareObjects([live], [route]).changes).toHaveLength(1);
  });

  it("names what is missing, and what is only in the cluster of the same kinds", () => {
    const other = { ...exported, metadata: { name: "old", namespace: "shop" } };
    const service = { apiVersion: "v1", kind: "Service", metadata: { name: "web", namespace: "shop" } };
    const result = compareObjects([other, service, "text", null], [route]);
    expect(result.changes.map(({ kind, object }) => [kind, object])).toEqual([["added", "HTTPRoute shop/web"]]);
    expect(result.onlyLive).toEqual(["HTTPRoute shop/old"]);
  });
});
