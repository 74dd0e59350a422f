import type { Command } from "commander";
import { readFileSync } from "node:fs";
import * as z from "zod";
import {
  diffDocument,
  differs,
  renderFileNames,
  renderFiles,
  renderFileStat,
  renderLive,
  renderRoutes,
} from "../diff/index.js";
import { diff, type DiffResult } from "../index.js";
import { readAnyObjects } from "../input/index.js";
import type { Snapshot } from "../kubernetes/index.js";
import { readCurrent } from "../output/index.js";
import { UsageError } from "../usage-error.js";
import { DEFAULT_OUT_DIR, sourceRoot } from "./convert.js";
import { EXIT } from "./exit-codes.js";
import { createIo, type Io } from "./io.js";
import { nothingToConvert } from "./messages.js";
import { ROUTE_FORMATS } from "./options.js";
import { inputRequest, readInput } from "./read-input.js";
import { convertOptions, readOwnFlags, readSettings, type Settings } from "./settings.js";

/** Flags of this command alone. */
const ownSchema = z.object({
  live: z.exactOptional(z.string()),
  routes: z.exactOptional(z.boolean()),
  changedOnly: z.exactOptional(z.boolean()),
  format: z.exactOptional(z.enum(ROUTE_FORMATS)),
  nameOnly: z.exactOptional(z.boolean()),
  stat: z.exactOptional(z.boolean()),
  unified: z.exactOptional(z.int()),
});
type Own = z.infer<typeof ownSchema>;

const CONTEXT = 3;

/** `ingress2gateway diff`. Returns the exit code. */
export async function runDiff(paths: readonly string[], command: Command): Promise<number> {
  const settings = readSettings(paths, command, Object.keys(ownSchema.shape));
  const own = readOwnFlags(ownSchema, command);
  checkFlags(own);
  const io = createIo(settings.color);
  if (settings.paths === undefined) throw new UsageError("no input: name files or folders, or - for standard input");
  if (own.live === "-" && settings.paths.includes("-"))
    throw new UsageError("standard input can be read once: either the manifests or --live come from it");
  const outDir = settings.outDir ?? DEFAULT_OUT_DIR;
  const snapshot = await readInput({ ...inputRequest(settings, io), outDir });
  if (snapshot.ingresses.length === 0) {
    io.progress.end();
    const { text, isFailure } = nothingToConvert(snapshot, settings.paths, "nothing was compared");
    await io.err(`${text}\n`);
    return isFailure ? EXIT.failed : EXIT.done;
  }
  io.progress.step(`Comparing ${snapshot.ingresses.length} Ingresses`);
  const result = await compared(snapshot, settings, { own, outDir });
  io.progress.end();
  await print(io, result, { own, settings, outDir });
  if (differs(result)) return EXIT.no;
  return result.unread.length > 0 ? EXIT.inPart : EXIT.done;
}

function checkFlags({ routes, changedOnly, format, nameOnly, stat }: Own): void {
  if (changedOnly === true && routes !== true) throw new UsageError("--changed-only is about --routes");
  if (format === "markdown" && routes !== true)
    throw new UsageError("--format markdown is for --routes: a patch is text");
  if (format === "json" && (nameOnly === true || stat === true))
    throw new UsageError("--format json holds the names and the counts: leave --name-only and --stat out");
}

type Where = { readonly own: Own; readonly outDir: string };

async function compared(snapshot: Snapshot, settings: Settings, { own, outDir }: Where): Promise<DiffResult> {
  const options = { ...convertOptions(settings), snapshot };
  if (own.routes === true) {
    const result = await diff({ ...options, routes: true });
    if (own.changedOnly !== true || result.routes === undefined) return result;
    return { ...result, routes: result.routes.filter((row) => Object.values(row.cells).some((cell) => cell.changed)) };
  }
  if (own.live !== undefined) return diff({ ...options, live: readLive(own.live) });
  // The report that convert writes holds the result of its own verification.
  return diff({
    ...options,
    verify: settings.verify ?? true,
    sourceRoot: sourceRoot(outDir),
    current: (files) => readCurrent(outDir, files),
  });
}

const STDIN = 0;

function readLive(file: string): readonly unknown[] {
  let text: string;
  try {
    text = readFileSync(file === "-" ? STDIN : file, "utf8");
  } catch (error) {
    if (error instanceof Error) throw new UsageError(`--live ${file}: ${error.message}`);
    throw error;
  }
  const { objects, problems } = readAnyObjects(file, text);
  const [problem] = problems;
  // A half-read cluster would show objects as missing that are there.
  if (problem !== undefined) throw new UsageError(`${file}:${problem.line}:${problem.column}: ${problem.reason}`);
  if (objects.length === 0) throw new UsageError(`--live ${file}: there is no object in it`);
  return objects;
}

type Printing = Where & { readonly settings: Settings };

async function print(io: Io, result: DiffResult, { own, settings, outDir }: Printing): Promise<void> {
  const { chalk } = io.outView;
  const context = own.unified ?? CONTEXT;
  if (own.format === "json") {
    await io.out(`${JSON.stringify(diffDocument(result, context), null, 2)}\n`);
    return;
  }
  const view = { chalk, context };
  if (result.routes !== undefined)
    await io.out(renderRoutes(result.routes, own.format === "markdown" ? "markdown" : "text", chalk));
  else if (result.live !== undefined) await io.out(renderLive(result.live, view));
  else if (result.files !== undefined) {
    if (own.nameOnly === true) await io.out(renderFileNames(result.files));
    else if (own.stat === true) await io.out(renderFileStat(result.files, view));
    else await io.out(renderFiles(result.files, view));
  }
  if (settings.quiet !== true) await io.err(`${summary(result, outDir)}\n`);
}

function summary({ files, live, routes, unread }: DiffResult, outDir: string): string {
  const lost = unread.length === 0 ? "" : `; ${unread.length} places in the input were not read (convert names them)`;
  if (routes !== undefined) {
    const changed = routes.filter((row) => Object.values(row.cells).some((cell) => cell.changed)).length;
    return `${routes.length} paths, ${changed} with a change${lost}`;
  }
  if (live !== undefined) {
    const of = (kind: "added" | "changed"): number => live.changes.filter((change) => change.kind === kind).length;
    const others = live.onlyLive.length === 0 ? "" : `, ${live.onlyLive.length} of these kinds only in the cluster`;
    return `Objects: ${of("added")} to create, ${of("changed")} to change, ${live.same} as they should be${others}${lost}`;
  }
  const of = (kind: "added" | "changed" | "removed"): number =>
    (files ?? []).filter((file) => file.kind === kind).length;
  return `Files in ${outDir}/: ${of("added")} to add, ${of("changed")} to change, ${of("removed")} to remove${lost}`;
}
