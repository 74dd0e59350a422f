import { groupBy } from "../../kubernetes/index.js";
import { codePage, isControllerDefault, severityRank, type TargetName } from "../../findings/index.js";
import { counted } from "../markdown-text.js";
import { OUTCOME_TEXTS } from "../outcome-texts.js";
import { barsOf, barTable, RISKS, type Risk } from "./html/charts.js";
import { checklist, recommendation } from "./html/checklist.js";
import { anchor, escape } from "./html/markup.js";
import { SCRIPT, STYLE } from "./html/page-assets.js";
import { answerOf, asidesOf, comparisonRows, scopeOf, severitiesOf, targetTag } from "./outcome.js";
import type { CheckFinding, CheckReport } from "./schema.js";
import type { CheckRenderer, CheckView, EmittedObject } from "./view.js";

type Ingress = CheckReport["ingresses"][number];

/** Bars of one picture: more than that nobody compares. */
const MOST_BARS = 15;
/** Findings written out with source and objects: a page of more than this many is a database, which report.json is. */
const WRITTEN_OUT = 2_000;

/** The risk report: one page that works from disk, without network, with and without scripts. */
export const renderCheckHtml: CheckRenderer = (report, view) => {
  const title = "Moving from ingress-nginx to Gateway API";
  const sections = [
    headline(report, title),
    pictures(report),
    recommended(report),
    ingressTable(report),
    findingSections(report, view),
    defaultsSection(report),
    comparison(report),
    neighbourSection(report),
    checkPoints(report, view),
    unreadSection(report),
    suppressedSection(report),
  ];
  return (
    `<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width, initial-scale=1">\n` +
    `<meta name="generator" content="ingress2gateway ${escape(view.version)}">\n<title>${title}</title>\n<style>\n${STYLE}\n</style>\n</head>\n<body>\n` +
    `<a class="skip" href="#findings">To the findings</a>\n<main>\n${sections.filter((text) => text !== "").join("\n")}\n</main>\n<script>\n${SCRIPT}\n</script>\n</body>\n</html>\n`
  );
};

function headline(report: CheckReport, title: string): string {
  const { summary } = report;
  const number = (count: number, words: string): string => `<li><b>${count}</b>${words}</li>`;
  const risks = report.ingresses.filter(({ served }) => served).map(riskOf);
  const of = (...wanted: readonly Risk[]): number => risks.filter((risk) => wanted.includes(risk)).length;
  return [
    `<h1>${title}</h1>`,
    `<p>${escape(scopeOf(report))}: ${escape(severitiesOf(report))}. <strong>${escape(answerOf(report))}</strong></p>`,
    `<ul class="numbers">`,
    number(summary.ingressesServed, "Ingresses served"),
    number(of("exact", "info"), "with nothing to do"),
    number(of("low", "medium"), "with a difference explained"),
    number(of("high", "blocker"), "that need a decision"),
    number(summary.unread, "places not read"),
    "</ul>",
    ...asidesOf(report).map((text) => `<p>${escape(text)}</p>`),
  ].join("\n");
}

/** The worst risk of an Ingress over the targets that were asked for. */
function riskOf({ targets }: Ingress): Risk {
  return RISKS.find((risk) => targets.some((target) => target.risk === risk)) ?? "exact";
}

const heard = ({ findings }: CheckReport): readonly CheckFinding[] =>
  findings.filter(({ status }) => status === "failing" || status === "reported");

function pictures(report: CheckReport): string {
  const served = report.ingresses.filter((ingress) => ingress.served);
  const own = heard(report).filter(({ code }) => !isControllerDefault(code));
  return [
    "<h2>The estate</h2>",
    barTable(
      "Ingresses by risk",
      RISKS.map((risk) =>
        barsOf(
          served.filter((ingress) => riskOf(ingress) === risk),
          () => [risk, risk],
          1,
        ),
      ).flat(),
    ),
    barTable(
      "Findings by what they are about",
      barsOf(own, (finding) => [featureOf(finding), finding.severity], MOST_BARS),
    ),
    barTable(
      "Namespaces, most work first",
      barsOf(served, (ingress) => [ingress.id.split("/")[0] ?? "", riskOf(ingress)], MOST_BARS),
    ),
  ].join("\n");
}

/** The annotation without its prefix; findings about nothing that was written are about the routing. */
function featureOf({ annotation }: CheckFinding): string {
  return annotation === undefined ? "routing and listeners" : annotation.replace(/^.*\//, "");
}

function recommended(report: CheckReport): string {
  return `<h2>How to go about it</h2>\n${recommendation(report)
    .map((text) => `<p>${escape(text)}</p>`)
    .join("\n")}`;
}

function ingressTable(report: CheckReport): string {
  const counts = new Map<string, number>();
  for (const finding of heard(report)) counts.set(finding.object, (counts.get(finding.object) ?? 0) + 1);
  const rows = report.ingresses.map((ingress) => {
    const risk = riskOf(ingress);
    const findings = counts.get(`Ingress ${ingress.id}`) ?? 0;
    const name = findings > 0 ? `<a href="#${anchor(ingress.id)}">${escape(ingress.id)}</a>` : escape(ingress.id);
    const state = ingress.served
      ? `<span class="risk ${risk}">${risk}</span>`
      : `not served (${escape(ingress.notServedBecause ?? "")})`;
    return (
      `<tr data-risk="${ingress.served ? risk : "not-served"}"><td>${name}</td><td data-order="${ingress.served ? RISKS.indexOf(risk) : RISKS.length}">${state}</td>` +
      `<td class="number">${findings}</td><td>${ingress.hosts.map(escape).join(", ")}</td><td><code>${escape(ingress.file)}:${ingress.line}</code></td></tr>`
    );
  });
  const heads = ["Ingress", "Risk", "Findings", "Hosts", "Place"];
  return [
    `<h2>Ingresses</h2>`,
    `<div class="filters" hidden><label>Search <input id="filter-text" type="search"></label>`,
    `<label>Risk <select id="filter-risk"><option value="">all</option>${RISKS.map((risk) => `<option>${risk}</option>`).join("")}</select></label>`,
    `<span id="filter-count" role="status"></span></div>`,
    `<div class="wide" tabindex="0" role="region" aria-label="Ingresses"><table id="ingresses"><thead><tr>`,
    ...heads.map((head, index) => `<th scope="col" data-sort="${index}">${head}</th>`),
    `</tr></thead><tbody>`,
    ...rows,
    `</tbody></table></div>`,
  ].join("\n");
}

function findingSections(report: CheckReport, view: CheckView): string {
  const own = heard(report).filter(({ code }) => !isControllerDefault(code));
  const shown = [...own].sort((a, b) => severityRank(a.severity) - severityRank(b.severity)).slice(0, WRITTEN_OUT);
  const groups = [...groupBy(shown, ({ object }) => object)];
  const rest = own.length - shown.length;
  return [
    `<h2 id="findings">Findings</h2>`,
    ...(own.length === 0 ? ["<p>None about a single Ingress.</p>"] : []),
    ...groups.map(([object, findings]) => objectSection(object, findings, { report, view })),
    ...(rest === 0 ? [] : [`<p>${counted(rest, "finding")} more: <code>--format json</code> has all of them.</p>`]),
  ].join("\n");
}

type Context = { readonly report: CheckReport; readonly view: CheckView };

function objectSection(object: string, findings: readonly CheckFinding[], { report, view }: Context): string {
  const id = object.replace(/^Ingress /, "");
  const objects = report.targets.flatMap((target) => view.objectsOf?.(id, target) ?? []);
  return [
    `<section aria-labelledby="${anchor(id)}"><h3 id="${anchor(id)}">${escape(object)}</h3>`,
    ...findings.map((finding) => findingBlock(finding, report)),
    ...(objects.length === 0 ? [] : [emitted(objects)]),
    "</section>",
  ].join("\n");
}

function emitted(objects: readonly EmittedObject[]): string {
  const blocks = objects.map(
    ({ target, title, yaml }) =>
      `<h4>${escape(title)} (${target})</h4>\n<pre tabindex="0">${escape(yaml.trimEnd())}</pre>`,
  );
  return `<details><summary>What is written for it: ${counted(objects.length, "object")}</summary>\n${blocks.join("\n")}\n</details>`;
}

function findingBlock(finding: CheckFinding, report: CheckReport): string {
  const { severity, verdict, code, what, why, remedy, at, source, example, annotation, value } = finding;
  const page = codePage(code);
  const label = page === undefined ? escape(code) : `<a href="${escape(page.url)}">${escape(code)}</a>`;
  const places = at.slice(0, 3).map(({ file, line, column }) => `<code>${escape(file)}:${line}:${column}</code>`);
  const more = at.length > 3 ? ` and ${at.length - 3} more places` : "";
  const excerpt = source ?? (annotation === undefined ? undefined : `${annotation}: ${value ?? ""}`);
  const request =
    example === undefined
      ? ""
      : `<p>${escape(example.method)} <code>${escape(example.url)}</code>${headersOf(example.headers)}${example.client === undefined ? "" : ` (${escape(example.client)})`}: ` +
        `today <em>${escape(example.before)}</em>, afterwards <em>${escape(example.after)}</em>.</p>`;
  return [
    `<div class="finding ${severity}"><p><span class="risk ${severity}">${severity}</span> ${verdict} ${label}${escape(targetTag(finding, report))}</p>`,
    `<p><strong>${escape(what)}</strong></p><p>${escape(why)}</p>`,
    request,
    `<p>Remedy: ${escape(remedy)}</p>`,
    `<p>${places.join(", ")}${more}</p>`,
    ...(excerpt === undefined ? [] : [`<pre tabindex="0">${escape(excerpt.trim())}</pre>`]),
    "</div>",
  ]
    .filter((text) => text !== "")
    .join("\n");
}

function headersOf(headers: Readonly<Record<string, string>> | undefined): string {
  if (headers === undefined) return "";
  return ` with ${Object.entries(headers)
    .map(([name, value]) => `<code>${escape(`${name}: ${value}`)}</code>`)
    .join(", ")}`;
}

function defaultsSection(report: CheckReport): string {
  const defaults = heard(report).filter(({ code }) => isControllerDefault(code));
  if (defaults.length === 0) return "";
  return `<h2>Hidden defaults of the controller</h2>\n${defaults.map((finding) => findingBlock(finding, report)).join("\n")}`;
}

function comparison(report: CheckReport): string {
  const { totals, byAnnotation } = comparisonRows(report);
  const table = (
    caption: string,
    rows: readonly { readonly label: string; readonly cells: readonly string[] }[],
  ): string =>
    `<div class="wide" tabindex="0" role="region" aria-label="${caption}"><table><caption>${caption}</caption><thead><tr><th scope="col"></th>${report.targets.map((target) => `<th scope="col">${target}</th>`).join("")}</tr></thead><tbody>${rows
      .map(
        ({ label, cells }) =>
          `<tr><th scope="row">${escape(label)}</th>${cells.map((cell) => `<td>${escape(cell)}</td>`).join("")}</tr>`,
      )
      .join("")}</tbody></table></div>`;
  return `<h2>What is kept</h2>\n${table("In numbers", totals)}\n${byAnnotation.length === 0 ? "" : table("By annotation", byAnnotation)}`;
}

function neighbourSection({ neighbours }: CheckReport): string {
  if (neighbours.annotationsRead === 0) return "";
  const rows = neighbours.list.flatMap(({ title, annotations }) =>
    annotations.map(
      ({ key, outcome, codes, ingresses }) =>
        `<tr><th scope="row">${escape(title)}</th><td><code>${escape(key)}</code></td><td class="number">${ingresses.length}</td><td>${OUTCOME_TEXTS[outcome]}</td><td>${codes.map(escape).join(", ")}</td></tr>`,
    ),
  );
  const heads = ["Program", "Annotation", "Ingresses", "Outcome", "Findings"];
  return [
    "<h2>Other programs</h2>",
    `<p>Annotations that programs other than the ingress controller read: ${neighbours.annotationsRead}. Answered for: ${neighbours.annotationsAnswered}.</p>`,
    `<div class="wide" tabindex="0" role="region" aria-label="Other programs"><table><thead><tr>${heads.map((head) => `<th scope="col">${head}</th>`).join("")}</tr></thead><tbody>`,
    ...rows,
    "</tbody></table></div>",
  ].join("\n");
}

function checkPoints(report: CheckReport, view: CheckView): string {
  const points = checklist(report, view.objectCounts?.() ?? new Map<TargetName, ReadonlyMap<string, number>>());
  const rows = points.map(
    ({ topic, found, advice }) =>
      `<tr><th scope="row">${escape(topic)}</th><td>${escape(found)}</td><td>${escape(advice)}</td></tr>`,
  );
  return `<h2>Checklist of the migration</h2>\n<div class="wide" tabindex="0" role="region" aria-label="Checklist"><table><thead><tr><th scope="col">Risk</th><th scope="col">Here</th><th scope="col">What to do</th></tr></thead><tbody>${rows.join("")}</tbody></table></div>`;
}

function unreadSection({ unread }: CheckReport): string {
  if (unread.length === 0) return "";
  const items = unread.map(
    ({ file, line, column, reason, remedy }) =>
      `<li><code>${escape(file)}:${line}:${column}</code> ${escape(reason)}; ${escape(remedy)}.</li>`,
  );
  return `<h2>Not read</h2>\n<ul>${items.join("\n")}</ul>`;
}

function suppressedSection({ findings }: CheckReport): string {
  const items = findings
    .filter(({ status }) => status === "suppressed")
    .map(
      ({ code, object, suppression, what }) =>
        `<li><strong>${escape(code)}</strong> ${escape(object)}: ${escape(suppression?.reason ?? "")} <br>${escape(what)}</li>`,
    );
  return items.length === 0 ? "" : `<h2>Suppressed</h2>\n<ul>${items.join("\n")}</ul>`;
}
