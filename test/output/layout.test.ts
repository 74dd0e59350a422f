import { load, loadAll } from "js-yaml";
import { describe, expect, it } from "vitest";
import type { Origin, OwnedResource } from "../../src/kubernetes/index.js";
import { layOut, printStream } from "../../src/output/layout.js";
import { pathPart } from "../../src/output/path-names.js";

function originAt(file: string, line: number, object = "Ingress shop/web"): Origin {
  return { document: { file, locate: () => ({ line, column: 1 }) }, path: [], object };
}

type Changes = {
  readonly kind?: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly owner?: "platform" | "app";
  readonly file?: string;
  readonly origins?: readonly Origin[];
  readonly comments?: readonly string[];
};

function resource({
  kind = "HTTPRoute",
  name = "web",
  namespace = "shop",
  owner = "app",
  file = "web",
  origins,
  comments,
}: Changes): OwnedResource {
  return {
    object: { apiVersion: "gateway.networking.k8s.io/v1", kind, metadata: { name, namespace }, spec: { x: 1 } },
    owner,
    from: ["shop/web"],
    origins: origins ?? [originAt("in.yaml", 3)],
    ...(comments === undefined ? {} : { comments }),
    file,
  };
}

const resourcesOf = (text: string | undefined): unknown => (load(text ?? "") as { resources: unknown }).resources;

describe("layOut", () => {
  it("splits by owner and namespace and adds a kustomization to each folder", () => {
    const { files } = layOut([
      resource({}),
      resource({ name: "api", file: "api" }),
      resource({ namespace: "blog" }),
      resource({ kind: "Gateway", name: "edge", namespace: "gateway-system", owner: "platform", file: "gateway" }),
    ]);
    expect([...files.keys()]).toEqual([
      "apps/blog/kustomization.yaml",
      "apps/blog/web.yaml",
      "apps/kustomization.yaml",
      "apps/shop/api.yaml",
      "apps/shop/kustomization.yaml",
      "apps/shop/web.yaml",
      "kustomization.yaml",
      "platform/gateway.yaml",
      "platform/kustomization.yaml",
    ]);
    expect(resourcesOf(files.get("kustomization.yaml"))).toEqual(["apps", "platform"]);
    expect(resourcesOf(files.get("apps/kustomization.yaml"))).toEqual(["blog", "shop"]);
    expect(resourcesOf(files.get("apps/shop/kustomization.yaml"))).toEqual(["api.yaml", "web.yaml"]);
  });

  it("puts the way back to the source above each object", () => {
    const { files } = layOut([
      resource({
        origins: [originAt("in.yaml", 3), originAt("in.yaml", 3), originAt("b.yaml", 7, "Ingress shop/two")],
        comments: ["closed: no auth"],
      }),
      resource({ kind: "BackendTrafficPolicy" }),
    ]);
    expect(files.get("apps/shop/web.yaml")).toBe(
      [
        "# Written by ingress2gateway. Safe to edit: a later run does not replace an edited file without --force.",
        "# from in.yaml:3 (Ingress shop/web)",
        "# from b.yaml:7 (Ingress shop/two)",
        "# closed: no auth",
        "apiVersion: gateway.networking.k8s.io/v1",
        "kind: HTTPRoute",
        "metadata:",
        "  name: web",
        "  namespace: shop",
        "spec:",
        "  x: 1",
        "---",
        "# from in.yaml:3 (Ingress shop/web)",
        "apiVersion: gateway.networking.k8s.io/v1",
        "kind: BackendTrafficPolicy",
        "metadata:",
        "  name: web",
        "  namespace: shop",
        "spec:",
        "  x: 1",
        "",
      ].join("\n"),
    );
  });

  it("names five places at most", () => {
    const origins = Array.from({ length: 9 }, (_, index) => originAt("in.yaml", index + 1));
    const text = layOut([resource({ origins })]).files.get("apps/shop/web.yaml") ?? "";
    expect(text.split("\n").filter((line) => line.startsWith("# from"))).toHaveLength(5);
    expect(text).toContain("# and from further places: the report lists them\n");
  });

  it.each(["a\nkind: Pod", "a\r\nb", "a\u2028b", "a\u0085b", "a\u0000b"])(
    "keeps the comment %j on one line",
    (comment) => {
      const text =
        layOut([resource({ comments: [comment], origins: [originAt(comment, 1)] })]).files.get("apps/shop/web.yaml") ??
        "";
      const comments = text.split("\n").slice(1, 3);
      expect(comments.every((line) => line.startsWith("# "))).toBe(true);
      expect(text).not.toMatch(/[\r\u2028\u0085\u0000]/);
      expect(loadAll(text)).toHaveLength(1);
      expect(load(text)).toMatchObject({ kind: "HTTPRoute" });
    },
  );

  it("does not depend on the order of the resources", () => {
    const resources = ["c", "a", "b"].flatMap((name) => [
      resource({ name }),
      resource({ name, namespace: "blog", file: name }),
    ]);
    expect([...layOut(resources).files]).toEqual([...layOut(resources.toReversed()).files]);
    expect(printStream(layOut(resources).files)).toBe(printStream(layOut(resources.toReversed()).files));
  });

  it("refuses the same object twice, even when its API version differs", () => {
    const other = resource({});
    const again = {
      ...other,
      object: { ...other.object, apiVersion: "gateway.networking.k8s.io/v1beta1" },
      file: "other",
    };
    expect(() => layOut([other, again])).toThrow("two resources are the same object");
  });

  it("writes nothing for nothing", () => {
    expect(layOut([]).files.size).toBe(0);
  });

  it("says which file each resource went to", () => {
    const route = resource({});
    expect(layOut([route]).fileOf.get(route)).toBe("apps/shop/web.yaml");
  });
});

describe("printStream", () => {
  it("prints the platform's objects first and no kustomization", () => {
    const stream = printStream(
      layOut([
        resource({}),
        resource({ kind: "Gateway", name: "edge", namespace: "gateway-system", owner: "platform", file: "gateway" }),
      ]).files,
    );
    expect(stream).not.toContain("Written by ingress2gateway");
    expect(loadAll(stream).map((object) => (object as { kind: string }).kind)).toEqual(["Gateway", "HTTPRoute"]);
  });
});

describe("path parts", () => {
  it.each(["web", "a", "web-1", "shop.example.com", "3scale"])("keeps the Kubernetes name %s", (name) => {
    expect(pathPart(name)).toBe(name);
  });

  it.each([
    "../../etc",
    "..",
    ".",
    "",
    "/etc/passwd",
    "a/b",
    "a\\b",
    "A",
    "con",
    "nul.x",
    "com1",
    "kustomization",
    "a..b",
    "-a",
    "a.",
    "ä",
    "a\0b",
    "x".repeat(253),
  ])("makes %j a safe file name of its own", (name) => {
    const part = pathPart(name);
    expect(part).toMatch(/^[a-z0-9][a-z0-9-]*[a-z0-9]$/);
    expect(part.length).toBeLessThanOrEqual(209);
    expect(part).toMatch(/-[0-9a-f]{8}$/);
  });

  it("keeps names apart that differ in unsafe characters only", () => {
    const names = ["a/b", "a\\b", "a_b", "A-b", "a-b", "a--b "];
    expect(new Set(names.map(pathPart)).size).toBe(names.length);
  });

  it("never leaves the folder, whatever the namespace and the name are", () => {
    const { files } = layOut([resource({ namespace: "../..", file: "../../etc/passwd" })]);
    for (const path of files.keys())
      expect(path).toMatch(/^(?:apps\/(?:name-[0-9a-f]{8}\/)?)?(?:kustomization|etc-passwd-[0-9a-f]{8})\.yaml$/);
  });
});

describe("a namespace with hundreds of Ingresses", () => {
  const many = (count: number): string[] => {
    const resources = Array.from({ length: count }, (_, index) =>
      resource({ namespace: "shop", file: `web-${index}`, name: `web-${index}` }),
    );
    return [...layOut([...resources, resource({ namespace: "blog", file: "blog", name: "blog" })]).files.keys()];
  };

  it("has a file for each of a hundred", () => {
    expect(many(100).filter((path) => path.startsWith("apps/shop/web-"))).toHaveLength(100);
  });

  it("has a file for each kind beyond, and leaves other namespaces alone", () => {
    expect(many(101).filter((path) => path.startsWith("apps/"))).toEqual([
      "apps/blog/blog.yaml",
      "apps/blog/kustomization.yaml",
      "apps/kustomization.yaml",
      "apps/shop/httproutes.yaml",
      "apps/shop/kustomization.yaml",
    ]);
  });
});
