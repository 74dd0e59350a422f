import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cli } from "../support/cli.js";

/** Path of a browser on this machine; the tests are skipped, and reported, without one. */
function browserPath(): string {
  const names = ["chromium", "chromium-browser", "google-chrome"];
  const found = names.map((name) => spawnSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).stdout.trim());
  return found.find((path) => path !== "") ?? "";
}

const PATH = browserPath();
const ARGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];
const ROOT = new URL("../../", import.meta.url);

describe.skipIf(PATH === "")("the HTML report in Chromium", () => {
  let folder: string;
  let browser: Browser;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "i2g-html-"));
    const { status, stdout } = cli(
      ["check", "examples/manifests", "--format", "html", "--fail-on", "never", "--target", "all"],
      {
        cwd: ROOT.pathname,
      },
    );
    expect(status).toBe(0);
    writeFileSync(join(folder, "report.html"), stdout);
    browser = await chromium.launch({ executablePath: PATH, args: ARGS });
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function open(options: Parameters<Browser["newPage"]>[0] = {}): Promise<{ page: Page; problems: string[] }> {
    const page = await browser.newPage(options);
    const problems: string[] = [];
    page.on("console", (message) => problems.push(message.text()));
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("request", (request) => {
      if (!request.url().startsWith("file:")) problems.push(`asked for ${request.url()}`);
    });
    await page.goto(pathToFileURL(join(folder, "report.html")).href);
    return { page, problems };
  }

  const visible = (page: Page): Promise<string[]> =>
    page.locator("#ingresses tbody tr:visible td:first-child").allTextContents();

  it("opens from disk without a message on the console and without a request", async () => {
    const { page, problems } = await open();
    expect(await page.title()).toBe("Moving from ingress-nginx to Gateway API");
    expect(problems).toEqual([]);
    await page.close();
  });

  it("filters by words and by risk, and says how many are left", async () => {
    const { page } = await open();
    const all = await visible(page);
    await page.getByLabel("Search").fill("blog");
    const some = await visible(page);
    expect(some).toEqual(all.filter((name) => name.includes("blog")));
    expect(await page.getByRole("status").textContent()).toBe(`${some.length} of ${all.length} shown`);
    await page.getByLabel("Search").fill("");
    await page.getByLabel("Risk").selectOption("blocker");
    for (const row of await page.locator("#ingresses tbody tr:visible").all())
      expect(await row.getAttribute("data-risk")).toBe("blocker");
    await page.close();
  });

  it("sorts by each column, with the keyboard, and says which way", async () => {
    const { page } = await open();
    const button = page.getByRole("button", { name: "Ingress", exact: true });
    await button.focus();
    await page.keyboard.press("Enter");
    const up = await visible(page);
    expect(up).toEqual([...up].sort((a, b) => a.localeCompare(b, "en")));
    await page.keyboard.press("Enter");
    expect(await visible(page)).toEqual([...up].reverse());
    expect(await page.locator("th[aria-sort]").getAttribute("aria-sort")).toBe("descending");
    await page.close();
  });

  it.each([
    ["a desk", { viewport: { width: 1280, height: 900 } }],
    ["a phone", { viewport: { width: 390, height: 800 } }],
    ["a dark room", { viewport: { width: 1280, height: 900 }, colorScheme: "dark" as const }],
  ])("fits %s: nothing but tables scrolls sideways", async (_, options) => {
    const { page, problems } = await open(options);
    const overflow = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
    expect(overflow).toBeLessThanOrEqual(0);
    expect(problems).toEqual([]);
    await page.close();
  });

  it("says everything without scripts", async () => {
    const { page } = await open({ javaScriptEnabled: false });
    expect((await visible(page)).length).toBeGreaterThan(0);
    await page.close();
  });

  it("names and headings are there for screen readers", async () => {
    const { page } = await open();
    expect(await page.getByRole("heading", { level: 1 }).count()).toBe(1);
    expect(await page.getByRole("heading", { level: 2 }).allTextContents()).toEqual(
      expect.arrayContaining(["The estate", "Ingresses", "Findings", "Checklist of the migration"]),
    );
    const html = readFileSync(join(folder, "report.html"), "utf8");
    expect(html).toContain('<html lang="en">');
    await page.close();
  });
});
