import { describe, expect, it } from "vitest";
import { convert } from "../../src/index.js";
import { buildModel } from "../../src/ingress-nginx/index.js";
import { readSnapshot } from "../../src/input/index.js";
import type { OwnedResource } from "../../src/kubernetes/index.js";
import { loadCatalogue } from "../../src/mappings/index.js";
import {
  comparer,
  requestOf,
  STRANGER,
  verifyConversion,
  type Comparison,
  type ComparisonInput,
  type ProbeRequest,
} from "../../src/verify/index.js";
import { manifestsOf } from "./short-manifests.js";

const HOST = "a.example.com";
const ASIDE = "b.example.com";

/** Two Ingresses: one with an allowlist and a password, one with nothing of the kind. */
const input = (): Promise<ComparisonInput> =>
  inputOf(
    [
      {
        name: "shop/web",
        annotations: { "whitelist-source-range": "10.0.0.0/8", "auth-type": "basic", "auth-secret": "users" },
        hosts: { [HOST]: { "/": "Prefix web:80" } },
      },
      { name: "shop/aside", hosts: { [ASIDE]: { "/": "Prefix aside:80" } } },
    ],
    undefined,
  );

async function inputOf(...manifests: Parameters<typeof manifestsOf>): Promise<ComparisonInput> {
  const text = manifestsOf(...manifests).join("\n---\n");
  const snapshot = readSnapshot([{ name: "in.yaml", text }]);
  const { resources, findings, target } = await convert({ snapshot });
  const model = buildModel(snapshot, loadCatalogue([], {}), {
    withoutClass: "convert",
    annotationValidation: true,
    controllerFlags: new Map(),
    servicePorts: new Map(),
  });
  return { model, resources, findings, target };
}

const stranger = (host: string, address: string): ProbeRequest =>
  requestOf({ scheme: "http", host, path: "/", address, credentials: STRANGER });

/** The output without the objects of a kind. */
const without = (of: ComparisonInput, kind: string): ComparisonInput => ({
  ...of,
  resources: of.resources.filter(({ object }: OwnedResource) => object.kind !== kind),
});

const aspects = ({ unnamed }: Comparison): string[] => unnamed.map(({ aspect, name }) => name ?? aspect);

describe("the comparison of one request", () => {
  it("finds nothing where both sides answer alike", async () => {
    const compare = comparer(await input());
    const { before, after, unnamed } = compare(
      requestOf({ scheme: "http", host: HOST, path: "/x", address: "10.1.1.1" }),
    );
    expect(unnamed).toEqual([]);
    expect(after.outcome).toEqual(before.outcome);
  });

  it("names a difference by the finding about that Ingress", async () => {
    const { named, unnamed, before, after } = comparer(await input())(stranger(HOST, "192.0.2.1"));
    expect(before.outcome).toEqual({ kind: "respond", status: 403 });
    expect(after.outcome).toEqual({ kind: "respond", status: 401 });
    expect(unnamed).toEqual([]);
    expect(named.map(({ finding }) => finding.code)).toEqual(["REFUSAL_ORDER_CHANGED"]);
    expect(named[0]?.finding.at[0]?.object).toBe("Ingress shop/web");
  });

  it("marks what a hidden default changes on every request", async () => {
    const of = await input();
    const text = await convert({
      sources: [
        {
          name: "f",
          text: manifestsOf([{ name: "s/w", hosts: { [HOST]: { "/": "Prefix w:80" } } }], undefined).join("\n"),
        },
      ],
      defaults: "report",
    });
    const { named } = comparer({ ...of, resources: text.resources, findings: text.findings })(
      requestOf({ scheme: "http", host: HOST, path: "/", address: "10.1.1.1" }),
    );
    expect(named.filter(({ isStanding }) => isStanding).map(({ finding }) => finding.code)).toContain(
      "DEFAULT_FORWARDED_HEADERS",
    );
  });

  it("does not let a finding speak for another Ingress or another kind of difference", async () => {
    const of = await input();
    // Without its policy the host of shop/web is open; no finding announces that.
    expect(aspects(comparer(without(of, "SecurityPolicy"))(stranger(HOST, "192.0.2.1")))).toEqual(["outcome"]);
    // The finding about the order of refusals concerns shop/web alone.
    const closed = {
      ...of,
      resources: of.resources.map((resource) =>
        resource.object.kind === "SecurityPolicy"
          ? {
              ...resource,
              object: {
                ...resource.object,
                spec: { ...resource.object.spec, targetRefs: [{ kind: "HTTPRoute", name: "aside" }] },
              },
            }
          : resource,
      ),
    };
    expect(aspects(comparer(closed)(stranger(ASIDE, "192.0.2.1")))).toEqual(["outcome"]);
  });

  it("names whom a sign-in redirect asks where a believed balancer's HTTPS is redirected before", async () => {
    const of = await inputOf(
      [
        {
          name: "shop/web",
          annotations: { "auth-url": "http://auth.shop.svc/check", "auth-signin": "https://auth.example.com/start" },
          hosts: { [HOST]: { "/": "Prefix web:80" } },
          tls: { "web-tls": [HOST] },
        },
      ],
      { "use-forwarded-headers": "true" },
    );
    const headers = { "x-forwarded-proto": "https" };
    const request = requestOf({ scheme: "http", host: HOST, path: "/", headers, credentials: STRANGER });
    const { before, after, named, unnamed } = comparer(of)(request);
    expect([before.outcome.kind, after.outcome.kind]).toEqual(["redirect", "redirect"]);
    expect(unnamed).toEqual([]);
    expect(named.filter(({ aspect }) => aspect === "authentication").map(({ finding }) => finding.code)).toEqual([
      "HTTPS_REDIRECT_BEHIND_BALANCER",
    ]);
  });

  it("is the same for the same request", async () => {
    const compare = comparer(await input());
    const request = stranger(HOST, "192.0.2.1");
    expect(compare(request)).toEqual(compare(request));
  });
});

describe("the example of a finding", () => {
  const exampleOf = async (code: string, ...manifests: Parameters<typeof manifestsOf>): Promise<unknown> => {
    const of = await inputOf(...manifests);
    const { examples } = verifyConversion(of, { perHost: 500, seed: 1 });
    const found = of.findings.find((finding) => finding.code === code);
    return found === undefined ? undefined : examples.get(found);
  };

  it("has nothing in it that the difference does not need", async () => {
    const example = await exampleOf(
      "HTTPS_REDIRECT_BEHIND_BALANCER",
      [{ name: "shop/web", hosts: { [HOST]: { "/": "Prefix web:80" } }, tls: { "web-tls": [HOST] } }],
      { "use-forwarded-headers": "true" },
    );
    expect(example).toMatchObject({ headers: { "x-forwarded-proto": "https" } });
    expect(example).not.toHaveProperty("client");
  });

  it("is about a host of the manifests and a limit of the ConfigMap", async () => {
    const example = await exampleOf(
      "DEFAULT_BODY_LIMIT",
      [
        { name: "shop/any", hosts: { "*": { "/ping": "Prefix ping:80" } } },
        { name: "shop/web", hosts: { [HOST]: { "/": "Prefix web:80" } } },
      ],
      { "proxy-body-size": "20m" },
    );
    expect(example).toMatchObject({
      url: expect.stringContaining(`//${HOST}/`) as unknown,
      client: `with a body of ${20 * 1024 * 1024 + 1} bytes`,
      before: "413",
    });
  });
});
