import type { ChalkInstance } from "chalk";
import { code } from "../report/index.js";
import { ROUTE_CELLS, type CellChange, type RouteCell, type RouteRow } from "../verify/index.js";

const TITLES: Readonly<Record<RouteCell, string>> = {
  answer: "goes to",
  plainHttp: "on plain HTTP",
  path: "path at the backend",
  host: "Host at the backend",
  authentication: "authentication",
  sources: "source list",
  rateLimit: "rate limit",
  bodyLimit: "body limit",
  timeouts: "timeouts",
};

/** The table of routes for people: every host and path, what holds there today and afterwards, changed cells marked. */
export function renderRoutes(rows: readonly RouteRow[], format: "text" | "markdown", chalk: ChalkInstance): string {
  return format === "text" ? asText(rows, chalk) : asMarkdown(rows);
}

/** A block a path: a table of eleven columns is wider than any terminal. */
function asText(rows: readonly RouteRow[], chalk: ChalkInstance): string {
  const width = Math.max(...ROUTE_CELLS.map((name) => TITLES[name].length));
  let host = "";
  const blocks = rows.map((row) => {
    const heading = row.host === host ? "" : `${chalk.bold(row.host === "_" ? "any other host" : row.host)}\n`;
    host = row.host;
    const cells = shownCells(row).map(([name, cell]) => {
      const title = TITLES[name].padEnd(width);
      if (!cell.changed) return `    ${chalk.dim(title)}  ${cell.before === "" ? cell.after : cell.before}\n`;
      const named = cell.codes.length === 0 ? "" : chalk.dim(`  [${cell.codes.join(", ")}]`);
      return `  ${chalk.yellow("~")} ${title}  ${chalk.red(orNothing(cell.before))} → ${chalk.green(orNothing(cell.after))}${named}\n`;
    });
    return `${heading}  ${chalk.bold(row.path)} (${row.pathType}, ${row.ingress})\n${cells.join("")}`;
  });
  return blocks.join("");
}

const orNothing = (text: string): string => (text === "" ? "nothing" : text);

/** Cells with something to say on either side. */
function shownCells(row: RouteRow): (readonly [RouteCell, CellChange])[] {
  return ROUTE_CELLS.map((name) => [name, row.cells[name]] as const).filter(
    ([, cell]) => cell.before !== "" || cell.after !== "",
  );
}

/** One table, for a pull request; a changed cell holds both sides in bold. Columns without content are left out. */
function asMarkdown(rows: readonly RouteRow[]): string {
  const columns = ROUTE_CELLS.filter((name) =>
    rows.some((row) => row.cells[name].before !== "" || row.cells[name].after !== ""),
  );
  const header = ["host", "path", "Ingress", ...columns.map((name) => TITLES[name])];
  const body = rows.map((row) => [
    row.host === "_" ? "any other host" : code(row.host),
    code(row.path),
    code(row.ingress),
    ...columns.map((name) => markdownCell(row.cells[name])),
  ]);
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |\n`;
  return line(header) + line(header.map(() => "---")) + body.map(line).join("");
}

function markdownCell({ before, after, changed, codes }: CellChange): string {
  const shown = (text: string): string => (text === "" ? "nothing" : code(text));
  if (!changed) return before === "" ? "" : code(before);
  const named = codes.length === 0 ? "" : ` (${codes.join(", ")})`;
  return `**${shown(before)} → ${shown(after)}**${named}`;
}
