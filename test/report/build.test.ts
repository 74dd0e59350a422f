import { Ajv2020 } from "ajv/dist/2020.js";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Answer } from "../../src/findings/index.js";
import { annotationOrigin } from "../../src/kubernetes/index.js";
import { buildReport, renderJson, reportSchema, type Report } from "../../src/report/index.js";
import { findingAt, ingressAt, inputOf, PREFIX, routeFor, snapshotOf } from "./sample.js";

const answer = (ingress: string, key: string, verdict: Answer["verdict"], ...codes: string[]): Answer => ({
  ingress,
  key: `${PREFIX}/${key}`,
  verdict,
  codes,
});

const web = ingressAt(
  "shop.yaml:10",
  "shop/web",
  { [`${PREFIX}/use-regex`]: "true", [`${PREFIX}/rewrite-target`]: "/$2", "example.com/team": "a" },
  ["b.example.com", "a.example.com"],
);
const blog = ingressAt("blog.yaml:1", "blog/blog", {}, ["blog.example.com"]);
const other = ingressAt("shop.yaml:40", "shop/other", { [`${PREFIX}/use-regex`]: "true" });
const answers = [
  answer("shop/web", "use-regex", "exact"),
  answer("shop/web", "rewrite-target", "equivalent", "B", "A"),
  answer("shop/other", "use-regex", "unsupported", "OTHER_CLASS"),
];

const ajv = new Ajv2020({ strict: true, allErrors: true });
const validate = ajv.compile(JSON.parse(readFileSync("schemas/report.schema.json", "utf8")) as object);

/** The report, after the published schema and the zod schema have accepted it as it is written to the file. */
function checked(report: Report): Report {
  const written: unknown = JSON.parse(renderJson(report));
  expect(written).toEqual(report);
  expect(validate(written), JSON.stringify(validate.errors)).toBe(true);
  expect(reportSchema.parse(written), "no fields beside the schema").toEqual(report);
  return report;
}

describe("accounting", () => {
  it("counts what the manifests ask and what was answered, each by itself", () => {
    const report = checked(buildReport(inputOf([web, other, blog], { answers })));
    expect(report.accounting).toEqual({
      annotationsRead: 3,
      annotationsAnswered: 3,
      ingresses: [
        { id: "blog/blog", annotations: [] },
        {
          id: "shop/other",
          annotations: [{ key: `${PREFIX}/use-regex`, verdict: "unsupported", codes: ["OTHER_CLASS"] }],
        },
        {
          id: "shop/web",
          annotations: [
            { key: `${PREFIX}/rewrite-target`, verdict: "equivalent", codes: ["A", "B"] },
            { key: `${PREFIX}/use-regex`, verdict: "exact", codes: [] },
          ],
        },
      ],
    });
    expect(report.summary.annotationsByVerdict).toEqual({ exact: 1, equivalent: 1, partial: 0, unsupported: 1 });
  });

  it("makes a blocker of an annotation that nobody answered for", () => {
    const report = checked(buildReport(inputOf([web], { answers: [answer("shop/web", "use-regex", "exact")] })));
    expect(report.accounting).toMatchObject({ annotationsRead: 2, annotationsAnswered: 1 });
    expect(report.findings).toMatchObject([
      {
        code: "INTERNAL_UNANSWERED",
        severity: "blocker",
        at: [
          {
            file: "shop.yaml",
            line: 12,
            column: 5,
            object: "Ingress shop/web",
            annotation: `${PREFIX}/rewrite-target`,
          },
        ],
      },
    ]);
    expect(report.ingresses[0]).toMatchObject({ risk: "blocker", verdict: "unsupported" });
    expect(report.summary.headline).toEqual({ exact: 0, equivalent: 0, needDecision: 1 });
  });

  it("does not let answers for annotations that nobody wrote hide a gap", () => {
    const stray = [answer("shop/web", "use-regex", "exact"), answer("shop/web", "invented", "exact")];
    const report = checked(buildReport(inputOf([web], { answers: stray })));
    expect(report.findings.map((finding) => finding.code)).toEqual(["INTERNAL_UNANSWERED"]);
  });

  it("takes the worst of several answers and all their codes", () => {
    const report = checked(
      buildReport(
        inputOf([other], {
          answers: [
            answer("shop/other", "use-regex", "partial", "B"),
            answer("shop/other", "use-regex", "exact"),
            answer("shop/other", "use-regex", "equivalent", "A"),
          ],
        }),
      ),
    );
    expect(report.accounting.ingresses[0]?.annotations).toEqual([
      { key: `${PREFIX}/use-regex`, verdict: "partial", codes: ["A", "B"] },
    ]);
    expect(report.accounting.annotationsAnswered).toBe(1);
  });

  it("counts in-house keys where a mapping file names them", () => {
    const report = checked(
      buildReport(
        inputOf([web], {
          answers,
          isControllerAnnotation: (key) => key.startsWith(PREFIX) || key === "example.com/team",
        }),
      ),
    );
    expect(report.accounting.annotationsRead).toBe(3);
    expect(report.findings.map((finding) => finding.at[0]?.annotation)).toEqual(["example.com/team"]);
  });
});

describe("findings", () => {
  it("are sorted by severity, code, file, line", () => {
    const findings = [
      findingAt(web, undefined, { code: "B", severity: "low" }),
      findingAt(blog, undefined, { code: "B", severity: "low" }),
      findingAt(other, undefined, { code: "A", severity: "low" }),
      findingAt(web, undefined, { code: "Z", severity: "blocker" }),
    ];
    const report = checked(buildReport(inputOf([web, blog], { findings, answers })));
    expect(report.findings.map((finding) => `${finding.severity} ${finding.code} ${finding.at[0]?.file}`)).toEqual([
      "blocker Z shop.yaml",
      "low A shop.yaml",
      "low B blog.yaml",
    ]);
    expect(report.findings.at(-1)?.at.map((place) => place.file)).toEqual(["blog.yaml", "shop.yaml"]);
    expect(buildReport(inputOf([blog, web], { findings: findings.toReversed(), answers }))).toEqual(report);
  });

  it("that say the same are one finding with all places", () => {
    const same = { code: "A", what: "Same." };
    const findings = [
      findingAt(web, "use-regex", same),
      findingAt(web, "use-regex", same),
      findingAt(other, "use-regex", same),
      findingAt(other, undefined, { code: "A", what: "Other." }),
    ];
    const report = checked(buildReport(inputOf([web, other], { findings, answers })));
    expect(report.findings.map((finding) => [finding.what, finding.at.map((place) => place.line)])).toEqual([
      ["Same.", [11, 41]],
      ["Other.", [40]],
    ]);
  });

  it("keep target and example", () => {
    const example = { method: "GET", url: "http://a/", headers: { host: "a" }, before: "200", after: "404" };
    const report = checked(
      buildReport(inputOf([web], { findings: [findingAt(web, undefined, { example, target: "standard" })], answers })),
    );
    expect(report.findings[0]).toMatchObject({ example, target: "standard" });
    expect(
      checked(buildReport(inputOf([web], { findings: [findingAt(web, undefined, {})], answers }))).findings[0]?.target,
    ).toBe("envoy-gateway");
  });
});

describe("the list of Ingresses", () => {
  it("names risk, verdict, hosts and files", () => {
    const findings = [
      findingAt(web, undefined, { severity: "low", verdict: "equivalent" }),
      findingAt(web, "use-regex", { severity: "medium", verdict: "exact", code: "X" }),
    ];
    const route = routeFor(web);
    const report = checked(
      buildReport(
        inputOf([web, blog, other], {
          answers,
          findings,
          notServed: new Map([["shop/other", "OTHER_CLASS"]]),
          fileOf: new Map([[route, "apps/shop/web.yaml"]]),
        }),
      ),
    );
    expect(report.ingresses).toEqual([
      {
        id: "blog/blog",
        file: "blog.yaml",
        line: 1,
        served: true,
        risk: "exact",
        decide: [],
        verdict: "exact",
        hosts: ["blog.example.com"],
        files: [],
      },
      {
        id: "shop/other",
        file: "shop.yaml",
        line: 40,
        served: false,
        notServedBecause: "OTHER_CLASS",
        risk: "exact",
        decide: [],
        verdict: "unsupported",
        hosts: [],
        files: [],
      },
      {
        id: "shop/web",
        file: "shop.yaml",
        line: 10,
        served: true,
        risk: "medium",
        decide: [],
        verdict: "equivalent",
        hosts: ["b.example.com", "a.example.com"],
        files: ["apps/shop/web.yaml"],
      },
    ]);
    expect(report.summary).toMatchObject({
      ingressesRead: 3,
      ingressesConverted: 2,
      ingressesNotServed: 1,
      headline: { exact: 1, equivalent: 1, needDecision: 0 },
      ingressesByVerdict: { exact: 1, equivalent: 1, partial: 0, unsupported: 0 },
      findingsBySeverity: { blocker: 0, high: 0, medium: 1, low: 1, info: 0 },
      resourcesByKind: { HTTPRoute: 1 },
    });
  });

  it.each([
    ["high", "exact"],
    ["blocker", "equivalent"],
    ["medium", "partial"],
    ["medium", "unsupported"],
  ] as const)("asks for a decision at %s/%s", (severity, verdict) => {
    const report = buildReport(inputOf([blog], { findings: [findingAt(blog, undefined, { severity, verdict })] }));
    expect(report.summary.headline).toEqual({ exact: 0, equivalent: 0, needDecision: 1 });
    expect(report.ingresses[0]).toMatchObject({ decide: ["SOME_CODE"] });
  });

  it.each([
    ["medium", "equivalent"],
    ["low", "partial"],
    ["info", "unsupported"],
  ] as const)("asks for reading only at %s/%s", (severity, verdict) => {
    const report = buildReport(inputOf([blog], { findings: [findingAt(blog, undefined, { severity, verdict })] }));
    expect(report.summary.headline).toEqual({ exact: 0, equivalent: 1, needDecision: 0 });
    expect(report.ingresses[0]).toMatchObject({ decide: [] });
  });

  it("does not blame a single Ingress for the controller's defaults, but for its default certificate", () => {
    const common = { severity: "medium", verdict: "partial" } as const;
    const silent = buildReport(
      inputOf([blog], { findings: [findingAt(blog, undefined, { ...common, code: "DEFAULT_SAMPLE" })] }),
    );
    expect(silent.ingresses[0]).toMatchObject({ risk: "exact", verdict: "exact" });
    const own = buildReport(
      inputOf([blog], { findings: [findingAt(blog, undefined, { ...common, code: "DEFAULT_CERTIFICATE_HOST" })] }),
    );
    expect(own.ingresses[0]).toMatchObject({ risk: "medium", verdict: "partial" });
  });

  it("counts an Ingress that stands twice in the input once", () => {
    const again = ingressAt("b.yaml:5", "shop/web", { [`${PREFIX}/use-regex`]: "true" });
    const report = checked(buildReport(inputOf([web, again], { answers: [answer("shop/web", "use-regex", "exact")] })));
    expect(report.ingresses).toMatchObject([{ id: "shop/web", file: "b.yaml", line: 5 }]);
    expect(report.accounting).toMatchObject({ annotationsRead: 1, annotationsAnswered: 1 });
  });
});

it("passes on what was not read and what was skipped", () => {
  const unread = {
    file: "x.yaml",
    line: 3,
    column: 2,
    reason: "not YAML.",
    remedy: "Indent with spaces.",
    extent: "document" as const,
  };
  const snapshot = snapshotOf([], {
    unread: [unread],
    skipped: new Map([
      ["Pod", 2],
      ["Deployment", 1],
    ]),
    files: 4,
  });
  const report = checked(buildReport(inputOf([], { snapshot })));
  expect(report.unread).toEqual([unread]);
  expect(report.summary).toMatchObject({
    unread: 1,
    files: 4,
    ingressesRead: 0,
    skippedByKind: { Deployment: 1, Pod: 2 },
  });
  expect(Object.keys(report.summary.skippedByKind)).toEqual(["Deployment", "Pod"]);
});

it("rejects reports that are not of this version", () => {
  const report = buildReport(inputOf([web], { answers }));
  expect(validate({ ...report, schemaVersion: "2" })).toBe(false);
  expect(validate({ ...report, findings: [{ ...findingAt(web, undefined, {}), at: [], target: "standard" }] })).toBe(
    false,
  );
  expect(annotationOrigin(web.origin, "x").annotation).toBe("x");
});
