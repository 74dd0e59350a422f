import { describe, expect, it } from "vitest";
import { ingress } from "../cli/samples.js";
import { reportOf, RISKY } from "../report/check/sample.js";

const both = () =>
  reportOf(
    { "a.yaml": RISKY, "b.yaml": ingress("plain", {}) },
    { targets: ["standard", "envoy-gateway"], defaults: "ignore" },
  );

describe("targets side by side", () => {
  it("give each Ingress its own verdict and risk, without what the controller does for all", async () => {
    const { ingresses } = await both();
    expect(ingresses.map(({ id, targets }) => ({ id, targets }))).toEqual([
      {
        id: "shop/plain",
        targets: [
          { target: "standard", verdict: "exact", risk: "exact" },
          { target: "envoy-gateway", verdict: "exact", risk: "exact" },
        ],
      },
      {
        id: "shop/web",
        targets: [
          // The list is lost; on Envoy Gateway only the value that the controller ignores remains.
          { target: "standard", verdict: "unsupported", risk: "blocker" },
          { target: "envoy-gateway", verdict: "exact", risk: "medium" },
        ],
      },
    ]);
  });

  it("count Ingresses by them", async () => {
    const { comparison } = await both();
    expect(comparison.map(({ target, ingressesByVerdict }) => ({ target, ingressesByVerdict }))).toEqual([
      { target: "standard", ingressesByVerdict: { exact: 1, equivalent: 0, partial: 0, unsupported: 1 } },
      { target: "envoy-gateway", ingressesByVerdict: { exact: 2, equivalent: 0, partial: 0, unsupported: 0 } },
    ]);
    expect(comparison[0]?.ingressesByRisk).toMatchObject({ exact: 1, blocker: 1 });
  });
});

describe("findings of a report", () => {
  it("quote the line that they are about, and none where they are about the whole object", async () => {
    const { findings } = await both();
    const sources = findings.map(({ code, source }) => [code, source?.trim()]);
    expect(sources).toContainEqual([
      "PROTECTION_NOT_PORTABLE",
      'nginx.ingress.kubernetes.io/whitelist-source-range: "10.0.0.0/8"',
    ]);
    expect(sources).toContainEqual(["DEFAULT_VERSION_ASSUMED", undefined]);
  });

  it("stand by place, then by severity, then by code", async () => {
    const { findings } = await both();
    const ofOneLine = findings.filter(({ at }) => at[0]?.line === 1).map(({ severity, code }) => `${severity} ${code}`);
    expect(ofOneLine).toEqual([
      "low DEFAULT_CONFIG_ASSUMED",
      "info DEFAULT_HTTPS_EVERYWHERE",
      "info DEFAULT_VERSION_ASSUMED",
    ]);
    const lines = findings.map(({ at }) => at[0]?.line ?? 0);
    expect(lines).toEqual([...lines].sort((a, b) => a - b));
  });
});
