import { describe, expect, it } from "vitest";
import { convert } from "../../src/index.js";
import { ingress, sourceOf } from "../support/manifests.js";

const HEADERS = Array.from({ length: 17 }, (_, index) => `more_set_headers "X-H${index}: 1";`).join(" ");

/** A header modifier takes sixteen entries (CRD, maxItems); the one without room must be named on every kind of rule. */
describe("headers beyond sixteen", () => {
  it.each(["return 403;", "return 302 https://x.example.net/;", ""])("are named beside %s", async (answer) => {
    const annotations = { "nginx.ingress.kubernetes.io/configuration-snippet": `${HEADERS} ${answer}` };
    const { findings } = await convert({ sources: sourceOf(ingress({ annotations })) });
    const refused = findings.filter(({ code }) => code === "RESPONSE_HEADER_REFUSED");
    expect(refused.map(({ what }) => what)).toEqual([expect.stringContaining("X-H16")]);
  });
});
