import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { reportSchema } from "../../src/report/index.js";
import { cli, filesIn, put } from "../support/cli.js";
import { ingress } from "./samples.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "i2g-cli-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const CONTROLLER = `apiVersion: v1
kind: ConfigMap
metadata: { name: ingress-nginx-controller, namespace: ingress-nginx }
data: { allow-snippet-annotations: "true", annotations-risk-level: Critical }
`;
/** Nothing on a Gateway does these: each stands in the report with its line, and without its value where that is a secret. */
const SNIPPET = `sub_filter "one" "two";
add_header Set-Cookie "id=opensesame-1; Path=/";
add_header Set-Cookie "id=opensesame-2; Path=/";
more_set_headers "X-Api-Key: opensesame-3 $connection_requests";

proxy_set_header Authorization "Basic b3BlbnNlc2FtZS00 $connection_requests";
proxy_set_header X-Upstream-Token "opensesame-5 $connection_requests";
if ($cookie_session ~ "opensesame-6[^a]*b") { return 403; }
limit_rate 10k;
`;
const SECRETS = /opensesame-[2-6]|b3BlbnNlc2FtZS00/;

describe("what is not translated of a snippet", () => {
  beforeEach(() =>
    put(folder, {
      "in/controller.yaml": CONTROLLER,
      "in/web.yaml": ingress("web", { "configuration-snippet": SNIPPET }),
    }),
  );

  it("is quoted in the report with its line, and without secrets", () => {
    const { status } = cli(["convert", "in", "--allow-unprotected"], { cwd: folder });
    expect(status).toBe(0);
    const files = filesIn(join(folder, "gateway-api"));
    const report = reportSchema.parse(JSON.parse(files["report.json"] ?? ""));
    const quotes = report.findings
      .filter(({ code }) => code === "SNIPPET_DIRECTIVE_LOST" || code === "SNIPPET_MAY_PROTECT")
      .map(({ what }) => what);
    for (const quote of [
      /line 1 .*: sub_filter one two$/,
      /line 3 .*: add_header Set-Cookie …$/,
      /line 4 .*: more_set_headers X-Api-Key …$/,
      /line 6 .*: proxy_set_header Authorization …$/,
      /line 7 .*: proxy_set_header X-Upstream-Token …$/,
      /return 403 \(line 8\)/,
      /line 9 .*: limit_rate 10k$/,
    ])
      expect(quotes).toContainEqual(expect.stringMatching(quote));
    expect(quotes).toHaveLength(7);
    expect(files["report.md"]).toContain("line 9 of");
    for (const [name, text] of Object.entries(files)) expect(text, name).not.toMatch(SECRETS);
    for (const name of ["report.json", "report.md"]) expect(files[name]).not.toContain("opensesame");
  });

  it.each(["text", "json", "sarif", "junit", "github", "markdown", "html"])(
    "keeps secrets out of check --format %s",
    (format) => {
      const { status, stdout, stderr } = cli(["check", "in", "--format", format, "--fail-on", "never"], {
        cwd: folder,
      });
      expect(status).toBe(0);
      expect(stdout).toMatch(/line(?: |&#160;)3/);
      expect(stdout + stderr).not.toContain("opensesame");
    },
  );

  it("keeps secrets out of verify", () => {
    const { status, stdout, stderr } = cli(["verify", "in", "--format", "json"], { cwd: folder });
    expect(status).toBe(0);
    // Which of the two speaks for the closed snippet is up to the comparison; both quote it.
    expect(stdout).toMatch(/"SNIPPET_(?:DIRECTIVE_LOST|MAY_PROTECT)"/);
    expect(stdout + stderr).not.toContain("opensesame");
  });
});
