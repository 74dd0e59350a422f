import { describe, expect, it } from "vitest";
import { convert, UsageError } from "../../src/index.js";

const ingress = JSON.stringify({
  apiVersion: "networking.k8s.io/v1",
  kind: "Ingress",
  metadata: { name: "web", namespace: "shop" },
  spec: {
    ingressClassName: "nginx",
    defaultBackend: { service: { name: "web", port: { number: 80 } } },
  },
});
const converted = (controllerFlags: Readonly<Record<string, string>>): ReturnType<typeof convert> =>
  convert({ sources: [{ name: "in.json", text: ingress }], controllerFlags });

describe("flags of the controller", () => {
  it("that do not exist are refused, with the nearest name", async () => {
    const error = await converted({ "default-backend-servic": "a/b" }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UsageError);
    expect(String(error)).toContain("did you mean default-backend-service?");
  });

  it.each([
    ["default-backend-service"],
    ["disable-svc-external-name"],
    ["watch-namespace"],
    ["default-ssl-certificate"],
  ])("that are not followed are named: %s", async (flag) => {
    const { findings } = await converted({ [flag]: "infra/x" });
    const named = findings.filter(({ code }) => code === "CONTROLLER_FLAG_NOT_CARRIED");
    expect(named.map(({ what }) => what)).toEqual([expect.stringContaining(`--${flag}=infra/x`)]);
  });

  it("may leave an Ingress with a default backend out", async () => {
    const codes = async (value: string): Promise<boolean> =>
      (await converted({ "disable-catch-all": value })).findings.some(({ code }) => code === "CATCH_ALL_DISABLED");
    expect(await Promise.all(["true", "T", "1", "false", "0"].map(codes))).toEqual([true, true, true, false, false]);
  });

  it("name the port that applications were told", async () => {
    const told = async (value: string): Promise<string[]> =>
      (await converted({ "http-port": value })).findings
        .filter(({ code }) => code === "CONTROLLER_FLAG_NOT_CARRIED")
        .map(({ severity, what }) => `${severity} ${what}`);
    expect(await told("80")).toEqual([]);
    expect(await told("8080")).toEqual([expect.stringMatching(/^low .*X-Forwarded-Port: 8080/)]);
  });

  it.each([["configmap"], ["publish-service"], ["enable-ssl-passthrough"]])(
    "that are followed or concern nobody's requests are not: %s",
    async (flag) => {
      const { findings } = await converted({ [flag]: "infra/x" });
      expect(findings.filter(({ code }) => code === "CONTROLLER_FLAG_NOT_CARRIED")).toEqual([]);
    },
  );
});
