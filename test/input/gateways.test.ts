import { describe, expect, it } from "vitest";
import { readSnapshot } from "../../src/input/index.js";
import type { ExistingGateway, Snapshot } from "../../src/kubernetes/index.js";

const read = (text: string): Snapshot => readSnapshot([{ name: "gateway.yaml", text }]);
const only = (text: string): ExistingGateway | undefined => [...read(text).gateways.values()][0];

const gateway = (listener: string, apiVersion = "gateway.networking.k8s.io/v1"): string => `
apiVersion: ${apiVersion}
kind: Gateway
metadata: { name: public, namespace: infra }
spec:
  gatewayClassName: eg
  listeners:
    - ${listener}
`;

describe("a Gateway in the input", () => {
  it("is read with what the API server fills in", () => {
    expect(only(gateway("{ name: http, protocol: HTTP, port: 80 }"))?.listeners).toEqual([
      {
        name: "http",
        protocol: "HTTP",
        port: 80,
        mode: "Terminate",
        certificates: [],
        allowedRoutes: { from: "Same", kinds: [] },
      },
    ]);
  });

  it("keeps host names in lower case and Secrets with their namespace", () => {
    const text = gateway(
      '{ name: https, protocol: HTTPS, port: 443, hostname: "*.Example.com", tls: { certificateRefs: [{ name: own }, { name: other, namespace: shop }, { kind: Other, name: x }] } }',
    );
    expect(only(text)?.listeners[0]).toMatchObject({
      hostname: "*.example.com",
      certificates: ["infra/own", "shop/other"],
    });
  });

  it("knows selectors by labels and by In alone", () => {
    const selected = (selector: string): unknown =>
      only(
        gateway(
          `{ name: http, protocol: HTTP, port: 80, allowedRoutes: { namespaces: { from: Selector, selector: ${selector} } } }`,
        ),
      )?.listeners[0]?.allowedRoutes.labels;
    expect(
      selected("{ matchLabels: { team: web }, matchExpressions: [{ key: stage, operator: In, values: [a, b] }] }"),
    ).toEqual([
      { key: "team", values: ["web"] },
      { key: "stage", values: ["a", "b"] },
    ]);
    expect(selected("{ matchExpressions: [{ key: team, operator: Exists }] }")).toBeUndefined();
  });

  it("may be of any version of Gateway API, and of no other API", () => {
    const listener = "{ name: http, protocol: HTTP, port: 80 }";
    expect(only(gateway(listener, "gateway.networking.k8s.io/v1alpha2"))?.name).toBe("public");
    const foreign = read(gateway(listener, "networking.istio.io/v1"));
    expect(foreign.gateways.size).toBe(0);
    expect(foreign.skipped).toEqual(new Map([["Gateway", 1]]));
  });

  it("is skipped where it cannot be read, and stops nothing", () => {
    const snapshot = read(
      `${gateway('{ name: http, protocol: HTTP, port: "80" }')}---\nkind: Namespace\napiVersion: v1\nmetadata: { name: a }\n`,
    );
    expect(snapshot.gateways.size).toBe(0);
    expect(snapshot.unread).toEqual([]);
    expect([...snapshot.namespaces.keys()]).toEqual(["a"]);
  });
});
