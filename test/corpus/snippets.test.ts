import { describe, expect, it } from "vitest";
import { TARGETS } from "../../src/findings/index.js";
import { convert } from "../../src/index.js";
import { readSnapshot } from "../../src/input/index.js";
import { corpusFiles } from "../support/corpus.js";
import { hasShared } from "../support/shared.js";
import { misaccounted } from "../support/snippet-accounting.js";

const PREFIX = "nginx.ingress.kubernetes.io/";
const SNIPPETS = ["configuration-snippet", "server-snippet", "auth-snippet", "stream-snippet"] as const;

describe.skipIf(!hasShared)("snippets of real Ingresses", () => {
  const files = corpusFiles().filter(({ text }) => text.includes("-snippet"));

  it("are there", () => {
    expect(files.length).toBeGreaterThan(20);
  });

  describe.each(TARGETS)("%s", (target) => {
    it("tells each directive once, with a line that holds it", async () => {
      let counted = 0;
      const wrong: string[] = [];
      for (const file of files) {
        const result = await convert({ sources: [file], target });
        const { ingresses } = result.report.accounting;
        for (const ingress of readSnapshot([file]).ingresses) {
          for (const key of SNIPPETS) {
            const text = ingress.annotations[`${PREFIX}${key}`];
            const id = `${ingress.namespace}/${ingress.name}`;
            const answer = ingresses
              .find((one) => one.id === id)
              ?.annotations.find((one) => one.key === `${PREFIX}${key}`);
            // What the controller does not read is answered for as a whole.
            const isRead = answer?.codes.some((code) => code.startsWith("SNIPPET_")) === true;
            if (text === undefined || !isRead) continue;
            counted += 1;
            const own = result.findings.filter(
              ({ code, what }) =>
                code.startsWith("SNIPPET_") && what.startsWith(`Ingress ${id}: `) && what.includes(`"${key}"`),
            );
            wrong.push(...misaccounted(text, own).map((message) => `${file.name} ${id} ${key}: ${message}`));
          }
        }
      }
      expect(wrong).toEqual([]);
      expect(counted).toBeGreaterThanOrEqual(20);
    });
  });
});
