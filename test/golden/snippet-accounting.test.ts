import { describe, expect, it } from "vitest";
import { TARGETS, type Finding } from "../../src/findings/index.js";
import { convert } from "../../src/index.js";
import { readSnapshot } from "../../src/input/index.js";
import { fixtureNames, readFixture } from "../support/fixtures.js";
import { misaccounted } from "../support/snippet-accounting.js";

const PREFIX = "nginx.ingress.kubernetes.io/";
const OF_INGRESS = ["configuration-snippet", "server-snippet", "auth-snippet", "stream-snippet"] as const;
const OF_CONFIG_MAP = [
  "main-snippet",
  "http-snippet",
  "server-snippet",
  "location-snippet",
  "stream-snippet",
  "global-auth-snippet",
] as const;

const about = (findings: readonly Finding[], holder: string, key: string): Finding[] =>
  findings.filter(
    ({ code, what }) => code.startsWith("SNIPPET_") && what.startsWith(`${holder}: `) && what.includes(`"${key}"`),
  );

describe("each directive of a snippet is told once, with its line", () => {
  const names = fixtureNames().filter((name) => name.startsWith("snippets-"));

  describe.each(TARGETS)("%s", (target) => {
    it.each(names)("%s", async (name) => {
      const { sources, options } = readFixture(name);
      const { findings } = await convert({ sources, ...options, target });
      const snapshot = readSnapshot(sources);
      const texts = [
        ...snapshot.ingresses.flatMap(({ namespace, name: own, annotations }) =>
          OF_INGRESS.map((key) => ({
            holder: `Ingress ${namespace}/${own}`,
            key,
            text: annotations[`${PREFIX}${key}`],
          })),
        ),
        ...[...snapshot.configMaps.values()].flatMap(({ namespace, name: own, data }) =>
          OF_CONFIG_MAP.map((key) => ({ holder: `ConfigMap ${namespace}/${own}`, key, text: data[key] })),
        ),
      ];
      const wrong = texts.flatMap(({ holder, key, text }) => {
        const own = about(findings, holder, key);
        // What is not read, or read for the host by another Ingress, is answered for as a whole.
        if (text === undefined || own.length === 0) return [];
        return misaccounted(text, own).map((message) => `${holder} ${key}: ${message}`);
      });
      expect(wrong).toEqual([]);
    });
  });
});
