import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadAll } from "js-yaml";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { reportSchema } from "../../src/report/index.js";
import { BIN, cli as runCli, filesIn, put, type CliResult } from "../support/cli.js";
import { BROKEN, DEPLOYMENT, ingress } from "./samples.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "i2g-cli-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const cli = (args: readonly string[], input = "", env: Readonly<Record<string, string>> = {}): CliResult =>
  runCli(args, { cwd: folder, input, env });
const output = (name = "gateway-api"): Record<string, string> => filesIn(join(folder, name));
/** An annotation value that no target can serve: the finding is a blocker. */
const UNPROTECTABLE = { "auth-tls-secret": "shop/ca", "auth-tls-match-cn": "CN=a" };

describe("convert", () => {
  it("writes platform, apps, kustomizations and the report, and sums up on standard output", () => {
    put(folder, { "manifests/web.yaml": ingress("web") });
    const { status, stdout, stderr } = cli(["convert", "manifests"]);
    expect(stderr).toBe("");
    expect(status).toBe(0);
    expect(stdout).toMatch(/^1 Ingress: /);
    expect(stdout).toContain("Report: gateway-api/report.md");
    const files = output();
    expect(Object.keys(files)).toEqual(
      expect.arrayContaining([
        ".ingress2gateway.json",
        "apps/kustomization.yaml",
        "apps/shop/kustomization.yaml",
        "apps/shop/web.yaml",
        "kustomization.yaml",
        "platform/gateway.yaml",
        "platform/kustomization.yaml",
        "report.json",
        "report.md",
      ]),
    );
    expect(files["apps/shop/web.yaml"]).toContain("# from manifests/web.yaml:1 (Ingress shop/web)\n");
    expect(files["report.md"]).toContain("(../manifests/web.yaml#L1)");
  });

  it("writes the same bytes again, and touches nothing the second time", () => {
    put(folder, {
      "manifests/web.yaml": ingress("web"),
      "manifests/api.yaml": ingress("api", { "proxy-read-timeout": "300" }),
    });
    cli(["convert", "manifests"]);
    const first = output();
    const { status, stdout } = cli(["convert", "manifests"]);
    expect(status).toBe(0);
    expect(stdout).toContain("0 written");
    expect(output()).toEqual(first);
    cli(["convert", "manifests/web.yaml", "manifests/api.yaml", "--out-dir", "again"]);
    expect(output("again")).toEqual(first);
  });

  it("reads standard input, and a folder that holds its own output", () => {
    put(folder, { "web.yaml": ingress("web") });
    expect(cli(["convert", "."]).status).toBe(0);
    const first = output();
    expect(cli(["convert", "."]).status).toBe(0);
    expect(output()).toEqual(first);
    const piped = cli(["convert", "-", "--out-dir", "piped"], ingress("web"));
    expect(piped.status).toBe(0);
    expect(output("piped")["apps/shop/web.yaml"]).toContain("# from -:1 (Ingress shop/web)\n");
  });

  it("reads no output of an earlier run in any folder, unless the folder is named", () => {
    put(folder, { "web.yaml": ingress("web") });
    expect(cli(["convert", ".", "--out-dir", "k8s/first"]).status).toBe(0);
    expect(cli(["convert", ".", "--out-dir", "second"]).status).toBe(0);
    expect(JSON.parse(output("second")["report.json"] ?? "")).toMatchObject({ summary: { files: 1 } });
    expect(cli(["check", ".", "--fail-on", "never"]).stdout).toContain("1 Ingress in 1 file,");
    expect(cli(["verify", "*"]).stdout).toContain("(1 host, 1 Ingress, ");
    expect(cli(["check", "web.yaml", "second", "--fail-on", "never"]).stdout).not.toContain("1 Ingress in 1 file,");
  });

  it("takes what names no namespace to be in the one that is given, and says so where none is", () => {
    put(folder, { "web.yaml": ingress("web").replace("  namespace: shop\n", "") });
    expect(cli(["convert", "web.yaml"]).stdout).toContain("NAMESPACE_ASSUMED");
    expect(output()).toHaveProperty(["apps/default/web.yaml"]);
    expect(cli(["convert", "web.yaml", "--namespace", "prod", "--out-dir", "prod"]).stdout).not.toContain("NAMESPACE_");
    expect(output("prod")["apps/prod/web.yaml"]).toContain("  namespace: prod\n");
    expect(cli(["check", "web.yaml", "--namespace", "prod"]).stdout).not.toContain("NAMESPACE_");
  });

  it("reads manifests of the user in the output folder", () => {
    put(folder, { "k8s/web.yaml": ingress("web") });
    const { status, stderr } = cli(["convert", ".", "--out-dir", "k8s"]);
    expect(stderr).toBe("");
    expect(status).toBe(0);
    expect(output("k8s")["apps/shop/web.yaml"]).toContain("# from k8s/web.yaml:1");
  });

  it("--stdout prints nothing but YAML, platform first, and writes no file", () => {
    put(folder, { "web.yaml": ingress("web") });
    const { status, stdout, stderr } = cli(["convert", "web.yaml", "--stdout"]);
    expect(status).toBe(0);
    const kinds = loadAll(stdout).map((object) => (object as { kind: string }).kind);
    expect(kinds[0]).toBe("Gateway");
    expect(kinds).toContain("HTTPRoute");
    expect(stderr).toContain("1 Ingress: ");
    expect(existsSync(join(folder, "gateway-api"))).toBe(false);
  });

  it("--json prints exactly the report that it writes", () => {
    put(folder, { "web.yaml": ingress("web") });
    const { status, stdout, stderr } = cli(["convert", "web.yaml", "--json"]);
    expect(status).toBe(0);
    expect(stdout).toBe(output()["report.json"]);
    expect(reportSchema.parse(JSON.parse(stdout)).summary.ingressesConverted).toBe(1);
    expect(stderr).toContain("1 Ingress: ");
  });

  it("--quiet prints nothing", () => {
    put(folder, { "web.yaml": ingress("web") });
    expect(cli(["convert", "web.yaml", "--quiet"])).toEqual({ status: 0, stdout: "", stderr: "" });
  });

  it("passes options on", () => {
    put(folder, { "web.yaml": ingress("web") });
    expect(
      cli([
        "convert",
        "web.yaml",
        "--target",
        "standard",
        "--gateway-name",
        "front",
        "--gateway-namespace",
        "infra",
        "--gateway-class",
        "mine",
      ]).status,
    ).toBe(0);
    const gateway = output()["platform/gateway.yaml"] ?? "";
    expect(loadAll(gateway)[0]).toMatchObject({
      metadata: { name: "front", namespace: "infra" },
      spec: { gatewayClassName: "mine" },
    });
    expect(
      cli(["convert", "web.yaml", "--no-gateway", "--parent-ref", "infra/public", "--stdout"]).stdout,
    ).not.toContain("kind: Gateway\n");
  });
});

describe("options that need another input", () => {
  const named = (name: string): string => ingress(name).replace("number: 80", "name: http");

  it("--service-port gives the number of a named port", () => {
    put(folder, { "web.yaml": named("web") });
    const without = cli(["convert", "web.yaml", "--stdout"]);
    expect(without.stderr).toContain("NAMED_PORT_UNRESOLVED");
    expect(without.stdout).not.toContain("port: http");
    const given = cli(["convert", "web.yaml", "--stdout", "--service-port", "shop/web:http=8080"]);
    expect(given.stdout).toContain("port: 8080");
    expect(given.stderr).not.toContain("NAMED_PORT_UNRESOLVED");
  });

  it("--controller-version says which built-in values count", () => {
    put(folder, { "web.yaml": ingress("web", {}) });
    const last = cli(["convert", "web.yaml", "--stdout", "--default-certificate", "infra/default"]);
    expect(last.stdout).toContain("max-age=31536000;");
    const old = cli([
      ...["convert", "web.yaml", "--stdout", "--default-certificate", "infra/default"],
      ...["--controller-version", "v1.8.2"],
    ]);
    expect(old.stdout).toContain("max-age=15724800;");
  });

  it("--controller-flag and --controller-config say how the controller runs", () => {
    put(folder, {
      "web.yaml": ingress("web", { "ssl-passthrough": "true" }).replace("path: /web", "path: /"),
      "config.yaml":
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, namespace: i}\ndata: {hsts: 'false', proxy-body-size: 9m}\n",
    });
    const off = cli(["convert", "web.yaml", "--stdout", "--controller-flag", "enable-ssl-passthrough=false"]);
    expect(off.stdout).not.toContain("kind: TLSRoute");
    const on = cli(["convert", "web.yaml", "--stdout", "--controller-flag", "enable-ssl-passthrough=true"]);
    expect(on.stdout).toContain("kind: TLSRoute");
    const configured = cli(["convert", "web.yaml", "--stdout", "--controller-config", "config.yaml"]);
    expect(configured.stderr).toContain("9m");
  });

  it("--mappings gives in-house annotations a meaning", () => {
    put(folder, {
      "web.yaml": ingress("web").replace(
        "namespace: shop\n",
        "namespace: shop\n  annotations:\n    corp.example.com/backend-host: b.example.com\n",
      ),
      "mappings.yaml": "corp.example.com/backend-host: { sameAs: upstream-vhost }\n",
    });
    expect(cli(["convert", "web.yaml", "--stdout", "--mappings", "mappings.yaml"]).stdout).toContain(
      "hostname: b.example.com",
    );
  });

  it("--crds writes nothing that the cluster would refuse", () => {
    const crd = (properties: string): string =>
      `apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nspec: {group: gateway.networking.k8s.io, names: {kind: Gateway}, versions: [{name: v1, served: true, schema: {openAPIV3Schema: {type: object, properties: {spec: ${properties}}}}}]}\n`;
    put(folder, { "web.yaml": ingress("web"), "crds/gateway.yaml": crd("{type: object, properties: {}}") });
    const refused = cli(["convert", "web.yaml", "--crds", "crds", "--target", "standard"]);
    expect(refused.status).toBe(2);
    expect(refused.stderr).toContain(
      "Gateway gateway-system/edge: spec must NOT have additional properties (gatewayClassName)",
    );
    expect(existsSync(join(folder, "gateway-api"))).toBe(false);
    put(folder, { "none/readme.yaml": "a: b\n" });
    expect(cli(["convert", "web.yaml", "--crds", "none"]).stderr).toContain("no CustomResourceDefinition");
  });
});

describe("exit codes", () => {
  it("0: done", () => {
    put(folder, { "web.yaml": ingress("web") });
    expect(cli(["convert", "web.yaml"]).status).toBe(0);
  });

  it("1: a finding reaches --fail-on, and the files are written all the same", () => {
    put(folder, { "web.yaml": ingress("web", UNPROTECTABLE) });
    expect(cli(["convert", "web.yaml", "--target", "standard"]).status).toBe(0);
    expect(cli(["convert", "web.yaml", "--target", "standard", "--fail-on", "blocker"]).status).toBe(1);
    expect(cli(["convert", "web.yaml", "--target", "standard", "--fail-on", "never"]).status).toBe(0);
    expect(output()["report.md"]).toContain("blocker");
  });

  it("2: nothing could be read", () => {
    put(folder, { "broken.yaml": BROKEN });
    for (const args of [["broken.yaml"], ["missing.yaml"], ["no*match.yaml"]]) {
      const { status, stdout, stderr } = cli(["convert", ...args]);
      expect(status).toBe(2);
      expect(stdout).toBe("");
      expect(stderr).toContain(args[0] ?? "");
      expect(stderr).not.toMatch(/\n\s+at /);
    }
  });

  it("3: done in part", () => {
    put(folder, { "web.yaml": ingress("web"), "broken.yaml": BROKEN });
    const { status, stdout } = cli(["convert", "web.yaml", "broken.yaml", "missing.yaml"]);
    expect(status).toBe(3);
    expect(stdout).toContain("2 places in the input not read");
    expect(stdout).toMatch(/broken\.yaml:2:\d+ /);
    expect(output()["report.md"]).toContain("## What was not read");
    expect(output()["apps/shop/web.yaml"]).toContain("kind: HTTPRoute");
  });

  it("1 goes before 3", () => {
    put(folder, { "web.yaml": ingress("web", UNPROTECTABLE), "broken.yaml": BROKEN });
    expect(cli(["convert", ".", "--target", "standard", "--fail-on", "blocker"]).status).toBe(1);
  });
});

describe("input without an Ingress", () => {
  it("is no failure when there are other objects; the output of an earlier run stays", () => {
    put(folder, { "web.yaml": ingress("web"), "other.yaml": DEPLOYMENT });
    cli(["convert", "web.yaml"]);
    const before = output();
    const { status, stderr, stdout } = cli(["convert", "other.yaml"]);
    expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
    expect(stderr).toBe("No Ingress among the 1 object in the input (Deployment 1): nothing was written.\n");
    expect(output()).toEqual(before);
  });

  it.each([
    ["empty text", "", "the input is empty"],
    ["comments only", "# nothing\n---\n", "the input is empty"],
  ])("is a failure for %s", (_, text, message) => {
    const { status, stderr } = cli(["convert", "-"], text);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
  });

  it("is a failure for a folder without manifests", () => {
    put(folder, { "docs/readme.md": "x" });
    const { status, stderr } = cli(["convert", "docs"]);
    expect(status).toBe(2);
    expect(stderr).toContain("no .yaml, .yml or .json file");
  });

  it("is 3 when something else could not be read", () => {
    put(folder, { "other.yaml": DEPLOYMENT, "broken.yaml": BROKEN });
    expect(cli(["convert", "."]).status).toBe(3);
  });
});

describe("the user's files", () => {
  it("are not replaced without --force", () => {
    put(folder, { "web.yaml": ingress("web"), "gateway-api/report.md": "mine" });
    const refused = cli(["convert", "web.yaml"]);
    expect(refused.status).toBe(2);
    expect(refused.stderr).toMatch(/^error: 1 file in .*gateway-api would be lost/);
    expect(refused.stderr).toContain("--force");
    expect(output()).toEqual({ "report.md": "mine" });
    expect(cli(["convert", "web.yaml", "--force"]).status).toBe(0);
    expect(output()["report.md"]).not.toBe("mine");
  });

  it("in the input folder are not mixed with the output", () => {
    put(folder, { "manifests/web.yaml": ingress("web") });
    const { status, stderr } = cli(["convert", "manifests", "--out-dir", "manifests"]);
    expect(status).toBe(2);
    expect(stderr).toContain("is also an input folder");
    expect(Object.keys(filesIn(folder))).toEqual(["manifests/web.yaml"]);
  });

  it("stay outside the reach of names in manifests", () => {
    put(folder, { "a.yaml": `${ingress("../../etc")}---\n${ingress("web")}` });
    const { status, stdout } = cli(["convert", "a.yaml", "--out-dir", "deep/er/out"]);
    expect(status).toBe(3);
    expect(stdout).toContain("../../etc");
    expect(Object.keys(filesIn(folder)).filter((path) => !path.startsWith("deep/er/out/"))).toEqual(["a.yaml"]);
  });

  it("are kept when the run fails", () => {
    put(folder, { "web.yaml": ingress("web") });
    cli(["convert", "web.yaml"]);
    const before = output();
    writeFileSync(join(folder, "web.yaml"), BROKEN);
    expect(cli(["convert", "web.yaml"]).status).toBe(2);
    expect(output()).toEqual(before);
  });
});

describe("pipes", () => {
  it.skipIf(process.platform === "win32")("a reader that stops early is success", () => {
    put(folder, {
      "web.yaml": Array.from({ length: 400 }, (_, index) => ingress(`web-${index}`, {}, `ns-${index}`)).join("---\n"),
    });
    const child = spawnSync(
      "bash",
      ["-c", 'node "$0" convert web.yaml --stdout --quiet | head -n 1; echo "status ${PIPESTATUS[0]}"', BIN],
      { cwd: folder, encoding: "utf8" },
    );
    expect(child.stderr).toBe("");
    expect(child.stdout).toMatch(/\nstatus 0\n$/);
  });

  it.skipIf(!existsSync("/dev/full"))("a full disk behind a redirection is an error", () => {
    put(folder, { "web.yaml": ingress("web") });
    const child = spawnSync("bash", ["-c", 'node "$0" convert web.yaml --stdout > /dev/full', BIN], {
      cwd: folder,
      encoding: "utf8",
    });
    expect(child.status).toBe(2);
    expect(child.stderr).toContain("error: cannot write the output");
  });
});

describe("colour", () => {
  const coloured = (args: readonly string[], env: Readonly<Record<string, string>>): boolean => {
    put(folder, { "web.yaml": ingress("web") });
    return cli(["convert", "web.yaml", ...args], "", env).stdout.includes("\u001b[");
  };

  it.each([
    [[], {}, false],
    [[], { FORCE_COLOR: "1" }, true],
    [[], { FORCE_COLOR: "0" }, false],
    [[], { FORCE_COLOR: "1", NO_COLOR: "1" }, false],
    [[], { FORCE_COLOR: "1", NO_COLOR: "" }, true],
    [["--color"], { NO_COLOR: "1" }, true],
    [["--no-color"], { FORCE_COLOR: "1" }, false],
  ] as const)("%j with %j: %s", (args, env, expected) => expect(coloured(args, env)).toBe(expected));
});

it("names no file of the tool in an error of the user", () => {
  const { stderr } = cli(["convert", "missing.yaml"]);
  expect(stderr).toContain("missing.yaml:1:1  unread  there is no such file or folder");
  expect(readFileSync(BIN, "utf8").trim().split("\n")).toHaveLength(4);
});
