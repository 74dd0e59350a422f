import { beforeAll, describe, expect, it } from "vitest";
import { TARGETS } from "../../src/findings/index.js";
import { convert, type ConvertResult } from "../../src/index.js";
import type { ObjectCheck } from "../../src/schema/validate.js";
import { corpusFiles } from "../support/corpus.js";
import { clusterCheck } from "../support/crds.js";
import { hasShared } from "../support/shared.js";

const PREFIX = "nginx.ingress.kubernetes.io/";

/** Annotations counted by their text, without our own reader: one line each, as people write them. */
function annotationLines(text: string): string[] {
  return [...text.matchAll(/^\s+["']?nginx\.ingress\.kubernetes\.io\/([A-Za-z0-9-]+)["']?\s*:/gm)].map(
    (match) => `${PREFIX}${match[1] ?? ""}`,
  );
}

describe.skipIf(!hasShared)("real Ingresses that none of us wrote", () => {
  let check: ObjectCheck;
  beforeAll(async () => {
    check = await clusterCheck();
  });

  it("are there", () => {
    expect(corpusFiles().length).toBeGreaterThan(250);
  });

  describe.each(TARGETS)("%s", (target) => {
    const results = new Map<string, ConvertResult>();
    beforeAll(async () => {
      for (const file of corpusFiles()) results.set(file.name, await convert({ sources: [file], target, debug: true }));
    });

    it("are read; what cannot be read is named with its place", () => {
      for (const [name, { unread }] of results) {
        for (const problem of unread) {
          expect({
            name,
            line: problem.line > 0,
            reason: problem.reason !== "",
            remedy: problem.remedy !== "",
          }).toEqual({ name, line: true, reason: true, remedy: true });
        }
      }
      const unread = [...results.values()].flatMap((result) => result.unread);
      // Placeholders such as <your domain>, unquoted values and mixed API versions: each is something that the API server refuses.
      expect(unread.length).toBeLessThanOrEqual(55);
    });

    it("have an answer for every annotation that stands in the text", () => {
      for (const file of corpusFiles()) {
        const result = results.get(file.name);
        if (result === undefined || result.unread.length > 0) continue;
        const answered = result.report.accounting.ingresses.flatMap((ingress) =>
          ingress.annotations.map((annotation) => annotation.key),
        );
        const ours = answered.filter((key) => key.startsWith(PREFIX));
        expect(ours.sort(), file.name).toEqual(annotationLines(file.text).sort());
      }
    });

    it("give objects that the API server accepts", () => {
      for (const [name, { resources }] of results) {
        const problems = resources.flatMap(({ object }) =>
          check(object).map((problem) => `${object.kind}/${object.metadata.name}: ${problem}`),
        );
        expect(problems, name).toEqual([]);
      }
    });

    it("give references that lead somewhere", () => {
      for (const [name, { resources }] of results) expect(dangling(resources), name).toEqual([]);
    });

    it("convert together as well", async () => {
      const result = await convert({ sources: corpusFiles(), target, debug: true });
      expect(result.resources.length).toBeGreaterThan(300);
      const problems = result.resources.flatMap(({ object }) =>
        check(object).map((problem) => `${object.kind}/${object.metadata.name}: ${problem}`),
      );
      expect(problems).toEqual([]);
      expect(dangling(result.resources)).toEqual([]);
    });
  });
});

/** Policy targets, filters and backends of our own kinds that no object of the output is. */
function dangling(resources: ConvertResult["resources"]): string[] {
  const known = new Set(
    resources.map(({ object }) => `${object.kind} ${object.metadata.namespace ?? ""}/${object.metadata.name}`),
  );
  const rules = new Set(
    resources.flatMap(({ object }) => {
      const list = object.spec["rules"];
      return Array.isArray(list)
        ? (list as { name?: string }[]).map(
            (rule) => `${object.kind} ${object.metadata.namespace ?? ""}/${object.metadata.name} ${rule.name ?? ""}`,
          )
        : [];
    }),
  );
  return resources.flatMap(({ object }) => {
    const text = JSON.stringify(object.spec);
    const namespace = object.metadata.namespace ?? "";
    const own = [
      ...text.matchAll(
        /"kind":"(HTTPRouteFilter|Backend|HTTPRoute|GRPCRoute|Gateway|ListenerSet)","name":"([^"]+)"(?:,"namespace":"([^"]+)")?(?:,"sectionName":"([^"]+)")?/g,
      ),
    ];
    return own.flatMap(([whole, kind = "", name = "", other, section]) => {
      const id = `${kind} ${other ?? namespace}/${name}`;
      const isRule = kind.endsWith("Route") && section !== undefined;
      return known.has(id) && (!isRule || rules.has(`${id} ${section}`))
        ? []
        : [`${object.kind} ${object.metadata.name}: ${whole}`];
    });
  });
}
