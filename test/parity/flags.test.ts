import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createProgram } from "../../src/cli/program.js";

/** Options of other programs that our texts tell people to use. */
const OF_OTHERS = new Set([
  ...["--default-issuer-name"], // cert-manager
  ...["--source", "--policy", "--gateway-label-filter", "--gateway-listener-sets", "--label-filter"], // external-dns
  ...["--from-file", "--type", "--upstream", "--reverse-proxy", "--depth"], // kubectl, oauth2-proxy, git
  ...["--enable-ssl-passthrough", "--watch-ingress-without-class", "--controller-class", "--deep-inspect"], // ingress-nginx
  ...["--disable-catch-all", "--enable-annotation-validation", "--http-port", "--https-port"], // ingress-nginx
  ...["--name", "--to", "--from", "--yes", "--no-lazy-feedback-allocation", "--perf-basic-prof"], // egctl, npx, node
]);

const nothing = (): Promise<void> => Promise.resolve();
const program = createProgram("0", {
  convert: nothing,
  diff: nothing,
  check: nothing,
  explain: nothing,
  verify: nothing,
  completion: nothing,
});
const flags = new Set([
  "--help",
  ...[program, ...program.commands].flatMap(({ options }) => options.flatMap(({ long }) => long ?? [])),
]);

const pages = ["docs", "docs/findings"].flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".md"))
    .map((name) => `${folder}/${name}`),
);

describe("options that texts name", () => {
  it.each(["README.md", ...pages])("of %s exist", (page) => {
    const named = [...readFileSync(page, "utf8").matchAll(/(?<![\w-])--[a-z][a-z0-9-]+/g)].map(([flag]) => flag);
    expect(named.filter((flag) => !flags.has(flag) && !OF_OTHERS.has(flag))).toEqual([]);
  });
});
