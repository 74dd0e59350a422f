import type { CheckFormat } from "../../findings/index.js";
import type { CheckReport } from "./schema.js";
import type { CheckRenderer, CheckView } from "./view.js";

/** One module a format, imported when it is asked for. */
const RENDERERS: Readonly<Record<CheckFormat, () => Promise<CheckRenderer>>> = {
  text: async () => (await import("./render-text.js")).renderCheckText,
  json: async () => (await import("./render-json.js")).renderCheckJson,
  sarif: async () => (await import("./render-sarif.js")).renderSarif,
  junit: async () => (await import("./render-junit.js")).renderJunit,
  github: async () => (await import("./render-github.js")).renderGithub,
  markdown: async () => (await import("./render-markdown.js")).renderCheckMarkdown,
  html: async () => (await import("./render-html.js")).renderCheckHtml,
};

/** The report of a check as a text in one of the formats. */
export async function renderCheck(format: CheckFormat, report: CheckReport, view: CheckView): Promise<string> {
  const render = await RENDERERS[format]();
  return render(report, view);
}
