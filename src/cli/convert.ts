import { relative, resolve, sep } from "node:path";
import type { Command } from "commander";
import { convert, type ConvertResult } from "../index.js";
import type { Snapshot } from "../kubernetes/index.js";
import { printStream, writeTree, type WriteResult } from "../output/index.js";
import {
  renderDefects,
  renderFindings,
  renderJson,
  renderSummary,
  verifiedLine,
  type TextView,
} from "../report/index.js";
import { EXIT, exitCodeFor } from "./exit-codes.js";
import { refuseByCrds } from "./crds.js";
import { createIo, noInput, type Io } from "./io.js";
import { nothingToConvert, writtenLines } from "./messages.js";
import { inputRequest, readInput } from "./read-input.js";
import { convertOptions, readSettings, type Settings } from "./settings.js";

export const DEFAULT_OUT_DIR = "gateway-api";

/** `ingress2gateway convert`. Returns the exit code. */
export async function runConvert(paths: readonly string[], command: Command): Promise<number> {
  const settings = readSettings(paths, command);
  const io = createIo(settings.color);
  if (settings.paths === undefined) return noInput(io, command);
  const outDir = settings.stdout === true ? undefined : (settings.outDir ?? DEFAULT_OUT_DIR);
  const options = convertOptions(settings);
  const snapshot = await readInput({ ...inputRequest(settings, io), ...(outDir === undefined ? {} : { outDir }) });
  io.progress.step(`Converting ${snapshot.ingresses.length} Ingresses`);
  const result = await convert({
    ...options,
    verify: settings.verify ?? true,
    snapshot,
    sourceRoot: outDir === undefined ? "" : sourceRoot(outDir),
  });
  if (snapshot.ingresses.length === 0 && result.resources.length === 0)
    return reportNothing(io, settings, snapshot, result);
  if (settings.crds !== undefined) await refuseByCrds(settings.crds, result.resources);
  if (outDir === undefined) return printResult(io, settings, result);
  io.progress.step(`Writing ${result.files.size} files`);
  const written = await writeTree(outDir, result.files, { force: settings.force ?? false, inputs: settings.paths });
  io.progress.end();
  return finish(io, settings, result, { outDir, written });
}

/** Nothing is written: an empty input must not remove the output of an earlier run. */
async function reportNothing(io: Io, settings: Settings, snapshot: Snapshot, result: ConvertResult): Promise<number> {
  io.progress.end();
  if (settings.json === true) await io.out(renderJson(result.report));
  const { text, isFailure } = nothingToConvert(snapshot, settings.paths ?? []);
  if (snapshot.unread.length > 0) await io.err(renderFindings(result.report, io.errView));
  await io.err(`${text}\n`);
  return isFailure ? EXIT.failed : exitCodeFor(result.report, settings.failOn ?? "never");
}

async function printResult(io: Io, settings: Settings, result: ConvertResult): Promise<number> {
  io.progress.end();
  await io.out(printStream(result.files));
  if (settings.quiet !== true)
    await io.err(
      renderFindings(result.report, io.errView) + renderSummary(result.report, io.errView) + verifiedText(result),
    );
  await reportDefects(io, result);
  return exitCodeFor(result.report, settings.failOn ?? "never");
}

type Written = { readonly outDir: string; readonly written: WriteResult };

async function finish(io: Io, settings: Settings, result: ConvertResult, written: Written): Promise<number> {
  const isJson = settings.json === true;
  if (isJson) await io.out(renderJson(result.report));
  if (settings.quiet !== true) {
    const text = (view: TextView): string =>
      renderSummary(result.report, view) + verifiedText(result) + writtenLines(result.report, written, view);
    await (isJson ? io.err(text(io.errView)) : io.out(text(io.outView)));
  }
  await reportDefects(io, result);
  return exitCodeFor(result.report, settings.failOn ?? "never");
}

/** One line, or nothing where the conversion was not verified. */
function verifiedText({ verification }: ConvertResult): string {
  return verification === undefined ? "" : `${verifiedLine(verification.summary)}\n`;
}

/** A difference that nothing announces is a defect of ours; it is shown whatever else is quiet. */
async function reportDefects(io: Io, { verification }: ConvertResult): Promise<void> {
  if (verification !== undefined && verification.summary.unnamed > 0)
    await io.err(renderDefects(verification, io.errView));
}

/** From the output folder back to the working directory, which the names of sources are relative to. */
export function sourceRoot(outDir: string): string {
  const back = relative(resolve(outDir), process.cwd());
  return back === "" ? "" : `${back.split(sep).join("/")}/`;
}
