import { describe, expect, it } from "vitest";
import { convert } from "../../src/index.js";

const HEADERS = Array.from({ length: 17 }, (_, index) => `more_set_headers "X-H${index}: 1";`).join(" ");

/** A header modifier takes sixteen entries (CRD, maxItems); the one without room must be named on every kind of rule. */
describe("headers beyond sixteen", () => {
  it.each(["return 403;", "return 302 https://x.example.net/;", ""])("are named beside %s", async (answer) => {
    const text = JSON.stringify({
      apiVersion: "networking.k8s.io/v1",
      kind: "Ingress",
      metadata: {
        name: "web",
        namespace: "shop",
        annotations: { "nginx.ingress.kubernetes.io/configuration-snippet": `${HEADERS} ${answer}` },
      },
      spec: {
        ingressClassName: "nginx",
        rules: [
          {
            host: "shop.example.com",
            http: {
              paths: [{ path: "/", pathType: "Prefix", backend: { service: { name: "web", port: { number: 80 } } } }],
            },
          },
        ],
      },
    });
    const { findings } = await convert({ sources: [{ name: "web.yaml", text }] });
    const refused = findings.filter(({ code }) => code === "RESPONSE_HEADER_REFUSED");
    expect(refused.map(({ what }) => what)).toEqual([expect.stringContaining("X-H16")]);
  });
});
