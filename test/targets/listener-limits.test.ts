import { beforeAll, describe, expect, it } from "vitest";
import { TARGETS } from "../../src/findings/index.js";
import { convert, type ConvertOptions, type ConvertResult } from "../../src/index.js";
import type { ObjectCheck } from "../../src/schema/validate.js";
import { clusterCheck } from "../support/crds.js";
import { silentChanges } from "../support/equivalence.js";
import { ingress, numbered, sourceOf } from "../support/manifests.js";
import { hasShared } from "../support/shared.js";

type Listener = { readonly name: string; readonly hostname?: string; readonly port: number };
type Holder = { readonly id: string; readonly owner: string; readonly listeners: readonly Listener[] };

/** Gateway and ListenerSets with their listeners. */
function holders({ resources }: ConvertResult): Holder[] {
  return resources
    .filter(({ object }) => object.kind === "Gateway" || object.kind === "ListenerSet")
    .map(({ object, owner }) => ({
      id: `${object.kind} ${object.metadata.namespace ?? ""}/${object.metadata.name}`,
      owner,
      listeners: object.spec["listeners"] as unknown as Listener[],
    }));
}

/** Hosts that no wildcard could cover together, each with a certificate of its own. */
const apart = (count: number): readonly string[] => numbered(count, (number) => `h.site${number}.com`);

function sites(count: number, namespace?: (host: string) => string): object[] {
  return apart(count).map((host) =>
    ingress({
      name: host.replaceAll(".", "-"),
      ...(namespace === undefined ? {} : { namespace: namespace(host) }),
      hosts: [host],
      tls: [{ hosts: [host], secretName: `tls-${host}` }],
    }),
  );
}

describe.each(TARGETS)("64 listeners to an object on %s", (target) => {
  const run = async (objects: readonly object[], options: Partial<ConvertOptions> = {}): Promise<Holder[]> =>
    holders(await convert({ sources: sourceOf(...objects), target, debug: true, ...options }));

  it.each([
    ["auto", 62, [["Gateway gateway-system/edge", 63]]],
    ["auto", 63, [["Gateway gateway-system/edge", 64]]],
    [
      "auto",
      64,
      [
        ["Gateway gateway-system/edge", 1],
        ["ListenerSet shop/edge-listeners", 64],
      ],
    ],
    [
      "auto",
      65,
      [
        ["Gateway gateway-system/edge", 1],
        ["ListenerSet shop/edge-listeners", 64],
        ["ListenerSet shop/edge-listeners-2", 1],
      ],
    ],
    ["reference-grant", 63, [["Gateway gateway-system/edge", 64]]],
    [
      "reference-grant",
      64,
      [
        ["Gateway gateway-system/edge", 64],
        ["ListenerSet gateway-system/edge-listeners", 1],
      ],
    ],
    [
      "reference-grant",
      129,
      [
        ["Gateway gateway-system/edge", 64],
        ["ListenerSet gateway-system/edge-listeners", 64],
        ["ListenerSet gateway-system/edge-listeners-2", 2],
      ],
    ],
    [
      "listener-set",
      1,
      [
        ["Gateway gateway-system/edge", 1],
        ["ListenerSet shop/edge-listeners", 1],
      ],
    ],
  ] as const)("%s, %i TLS hosts", async (certificates, count, expected) => {
    const found = await run(sites(count), { certificates });
    expect(found.map(({ id, listeners }) => [id, listeners.length])).toEqual(expected);
    const hostnames = found.flatMap(({ listeners }) => listeners.flatMap(({ hostname }) => hostname ?? []));
    expect(hostnames.sort()).toEqual([...apart(count)].sort());
  });

  it("lets every application own the sets of its namespace, and the platform its own", async () => {
    const inThree = (host: string): string => `team-${Number(/\d+/.exec(host)?.[0]) % 3}`;
    const byApp = await run(sites(100, inThree));
    expect(byApp.map(({ id, owner }) => `${owner} ${id}`)).toEqual([
      "platform Gateway gateway-system/edge",
      "app ListenerSet team-0/edge-listeners",
      "app ListenerSet team-1/edge-listeners",
      "app ListenerSet team-2/edge-listeners",
    ]);
    const byPlatform = await run(sites(100, inThree), { certificates: "reference-grant" });
    expect(byPlatform.map(({ owner }) => owner)).toEqual(["platform", "platform"]);
  });

  it("keeps the listener for every name where no application has it", async () => {
    const found = await run([...sites(1), ingress({ name: "any", hosts: ["plain.example.com"] })], {
      certificates: "listener-set",
      defaultCertificate: { namespace: "infra", name: "wildcard" },
    });
    expect(found.map(({ id, listeners }) => [id, listeners.map(({ hostname }) => hostname)])).toEqual([
      ["Gateway gateway-system/edge", [undefined, undefined]],
      ["ListenerSet shop/edge-listeners", ["h.site1.com"]],
    ]);
  });

  it("leaves the Gateway a listener when nothing needs plain HTTP", async () => {
    const objects = sites(1);
    const found = await run(objects, { certificates: "listener-set" });
    for (const { listeners } of found) expect(listeners.length).toBeGreaterThan(0);
  });

  it.each(["auto", "reference-grant", "listener-set"] as const)("%s changes no answer", async (certificates) => {
    expect(await silentChanges(sourceOf(...sites(70)), { target, certificates })).toEqual([]);
  });

  it("needs few objects for 400 hosts: one listener for a wildcard certificate, seven objects for 400 certificates", async () => {
    const hosts = numbered(400, (number) => `h${number}.example.com`);
    const shared = await run([ingress({ name: "web", hosts, tls: [{ hosts, secretName: "wildcard" }] })]);
    expect(shared.map(({ listeners }) => listeners.map(({ hostname }) => hostname))).toEqual([
      [undefined, "*.example.com"],
    ]);
    const own = await run(sites(400));
    expect(own.map(({ listeners }) => listeners.length)).toEqual([1, 64, 64, 64, 64, 64, 64, 16]);
  });

  it("does not depend on the order of the input", async () => {
    const objects = sites(70, (host) => `team-${Number(/\d+/.exec(host)?.[0]) % 3}`);
    for (const certificates of ["auto", "reference-grant", "listener-set"] as const) {
      const first = await run(objects, { certificates });
      expect(await run([...objects].reverse(), { certificates })).toEqual(first);
      const turned = [...objects.slice(31), ...objects.slice(0, 31)];
      expect(await run(turned, { certificates })).toEqual(first);
    }
  });
});

describe.skipIf(!hasShared)("listeners of large inputs", () => {
  let check: ObjectCheck;
  beforeAll(async () => {
    check = await clusterCheck();
  });

  it.each(["auto", "reference-grant", "listener-set"] as const)("are valid with %s", async (certificates) => {
    for (const target of TARGETS) {
      const { resources } = await convert({ sources: sourceOf(...sites(200)), target, certificates });
      expect(resources.flatMap(({ object }) => check(object))).toEqual([]);
    }
  });
});
