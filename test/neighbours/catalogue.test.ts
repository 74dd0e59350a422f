import { describe, expect, it } from "vitest";
import { convert, explain } from "../../src/index.js";
import { allNeighbours, neighbourEntry } from "../../src/neighbours/index.js";
import { fixtureNames, readFixture } from "../support/fixtures.js";
import { ingress, sourceOf } from "../support/manifests.js";

const entries = allNeighbours().flatMap((neighbour) => neighbour.entries);

/** Keys with the controller's own prefix are explained as its own. */
const pages = entries.map(({ key }) => key).filter((key) => !key.startsWith("nginx.ingress.kubernetes.io/"));

describe("the neighbours", () => {
  it.each(pages)("%s has a page", async (key) => {
    const page = await explain(key.replace(/\*$/, "something"));
    expect(page).toContain("## What becomes of it");
    expect(page).not.toMatch(/undefined|\[object/);
  });

  it("are found by the longest prefix", () => {
    expect(neighbourEntry("cert-manager.io/cluster-issuer")).toMatchObject({ becomes: "certificate" });
    expect(neighbourEntry("cert-manager.io/something-new")).toMatchObject({
      key: "cert-manager.io/*",
      becomes: "lost",
    });
    expect(neighbourEntry("external-dns.alpha.kubernetes.io/target")).toMatchObject({ becomes: "gateway" });
    expect(neighbourEntry("external-dns.alpha.kubernetes.io/aws-region")).toMatchObject({ becomes: "route" });
    expect(neighbourEntry("example.com/owner")).toBeUndefined();
    expect(neighbourEntry("constructor")).toBeUndefined();
  });

  it("each stand in a fixture, as far as something becomes of them", () => {
    const texts = fixtureNames()
      .flatMap((name) => readFixture(name).sources)
      .map(({ text }) => text)
      .join("\n");
    const missing = entries
      .filter(({ becomes }) => ["certificate", "gateway", "route", "objects"].includes(becomes))
      .map(({ key }) => key.replace(/\*$/, ""))
      .filter((key) => !texts.includes(key));
    expect(missing).toEqual(MISSING);
  });
});

/** Entries without a fixture; the list may only become shorter. */
const MISSING: readonly string[] = [
  "argocd.argoproj.io/hook",
  "argocd.argoproj.io/hook-delete-policy",
  "argocd.argoproj.io/ignore-healthcheck",
  "external-dns.kubernetes.io/target",
  "external-dns.alpha.kubernetes.io/ingress-hostname-source",
  "external-dns.kubernetes.io/ttl",
  "external-dns.alpha.kubernetes.io/controller",
  "kubernetes.io/description",
];

describe("annotations of other programs", () => {
  it("are each answered for, whatever their name is", async () => {
    const annotations = {
      constructor: "1",
      toString: "1",
      "a.b/c": "1",
      "nginx.ingress.kubernetes.io/rewrite-target": "/",
    };
    const { report } = await convert({ sources: sourceOf(ingress({ annotations })), debug: true });
    expect(report.neighbours).toMatchObject({ annotationsRead: 3, annotationsAnswered: 3 });
    expect(report.accounting.annotationsRead).toBe(1);
  });

  it("of a controller with a prefix of its own leave nginx.ingress.kubernetes.io to others", async () => {
    const { report } = await convert({
      sources: sourceOf(
        ingress({
          annotations: { "nginx.ingress.kubernetes.io/rewrite-target": "/", "nginx.example.com/rewrite-target": "/" },
        }),
      ),
      annotationsPrefix: "nginx.example.com",
      debug: true,
    });
    expect(report.neighbours.list).toEqual([
      expect.objectContaining({
        id: "older-ingress-nginx",
        annotations: [expect.objectContaining({ outcome: "not-ours", codes: ["NEIGHBOUR_NOT_OURS"] })],
      }),
    ]);
  });

  it("never reach an object beyond those that carry them", async () => {
    const secret = "a value that must not appear";
    const { resources } = await convert({
      sources: sourceOf(
        ingress({ annotations: { "a.b/c": secret, "kubectl.kubernetes.io/x": secret, "konghq.com/x": secret } }),
      ),
    });
    expect(JSON.stringify(resources.map(({ object }) => object))).not.toContain(secret);
  });

  it.each([
    ["argocd.argoproj.io/instance", false],
    ["app.kubernetes.io/instance", false],
    ["app.kubernetes.io/managed-by", false],
    ["applyset.kubernetes.io/part-of", false],
    ["helm.sh/chart", false],
    ["app.kubernetes.io/name", true],
    ["team", true],
  ])("label %s goes to the route: %s", async (label, kept) => {
    const { resources } = await convert({ sources: sourceOf(ingress({ labels: { [label]: "x" } })) });
    const route = resources.find(({ object }) => object.kind === "HTTPRoute");
    expect(route?.object.metadata.labels?.[label] === "x").toBe(kept);
  });
});
