import { expect, it } from "vitest";
import { convert } from "../../src/index.js";
import { ingress } from "../cli/samples.js";

/** Codes of all findings about one annotation key. */
async function codesAbout(key: string): Promise<readonly string[]> {
  const text = ingress("web").replace("  namespace: shop\n", `  namespace: shop\n  annotations: { "${key}": "8m" }\n`);
  const { findings } = await convert({ sources: [{ name: "in.yaml", text }] });
  return findings.filter(({ at }) => at.some(({ annotation }) => annotation === key)).map(({ code }) => code);
}

it.each([
  "nginx.ingres.kubernetes.io/proxy-body-size",
  "nginx.ingress.kubernetes.io.proxy-body-size",
  "ingress.nginx.kubernetes.io/proxy-body-size",
])("%s is a misspelt key of the controller, and not one of a program that nobody knows", async (key) => {
  expect(await codesAbout(key)).toEqual(["ANNOTATION_UNKNOWN"]);
});

it("leaves a key of nobody to the other programs", async () => {
  expect(await codesAbout("shop.example.com/proxy-body-size")).toEqual(["NEIGHBOUR_UNKNOWN"]);
});
