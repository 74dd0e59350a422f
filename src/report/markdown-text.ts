/** Signs that Markdown (with tables, HTML and GitHub's mathematics) gives a meaning to. */
const SIGNIFICANT = /[\\`*_{}[\]<>#|~!$]/g;
const LINE_ENDS = /\s*[\r\n\u0085\u2028\u2029]+\s*/g;
/** A report is also printed on terminals. */
const CONTROLS = /[\p{Cc}\p{Cf}]/gu;

/** Names, hosts and words, which most cells of a long table hold. */
const HARMLESS = /^[A-Za-z0-9 .,:/-]*$/;

/** Makes text of the user or of a finding harmless within a paragraph or a table cell. */
export function escapeText(text: string): string {
  if (HARMLESS.test(text)) return text;
  return text.replace(LINE_ENDS, " ⏎ ").replace(CONTROLS, "\ufffd").replace(SIGNIFICANT, "\\$&");
}

/** A code span that holds any text, backticks included. Pipes are escaped because tables are split before code is read. */
export function code(text: string): string {
  const line = text.replace(LINE_ENDS, " ").replace(CONTROLS, "\ufffd");
  const longest = Math.max(0, ...(line.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  const padding = line.startsWith("`") || line.endsWith("`") ? " " : "";
  return `${fence}${padding}${line.replaceAll("|", "\\|")}${padding}${fence}`;
}

/** A link to a line of a source file; stdin and the like have no address. */
export function placeLink(place: { readonly file: string; readonly line: number }, sourceRoot: string): string {
  const text = code(`${place.file}:${place.line}`);
  if (place.file === "-") return text;
  const path = place.file.startsWith("/") ? place.file : `${sourceRoot}${place.file}`;
  const address = path
    .split("/")
    .map((part) => encodeURIComponent(part).replace(/[()']/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`))
    .join("/");
  return `[${text}](${address}#L${place.line})`;
}

/** A number with its noun, e.g. `1 Ingress`, `2 Ingresses`. */
export function counted(count: number, singular: string, plural = `${singular}s`): string {
  return `${count} ${count === 1 ? singular : plural}`;
}

/** Long lists are complete, but folded. */
export function folded(lines: readonly string[], title: string, shown = 20): readonly string[] {
  if (lines.length <= shown) return lines;
  return ["<details>", `<summary>${title}</summary>`, "", ...lines, "", "</details>"];
}
