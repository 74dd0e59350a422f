import type { Command } from "commander";
import * as z from "zod";
import { verify, type VerifyResult } from "../index.js";
import { probeFields } from "../options.js";
import { renderVerifyMarkdown, renderVerifyText, type TextView } from "../report/index.js";
import { UsageError } from "../usage-error.js";
import { EXIT, exitCodeOf } from "./exit-codes.js";
import { createIo } from "./io.js";
import { nothingToConvert } from "./messages.js";
import { VERIFY_FORMATS } from "./options.js";
import { readInput } from "./read-input.js";
import { convertOptions, readOwnFlags, readSettings } from "./settings.js";

/** Flags of this command alone. */
const ownSchema = z.object({ ...probeFields, format: z.exactOptional(z.enum(VERIFY_FORMATS)) });

/** `ingress2gateway verify`. Returns the exit code. */
export async function runVerify(paths: readonly string[], command: Command): Promise<number> {
  const settings = readSettings(paths, command, Object.keys(ownSchema.shape));
  const { format = "text", ...probes } = readOwnFlags(ownSchema, command);
  const io = createIo(settings.color);
  if (settings.paths === undefined) throw new UsageError("no input: name files or folders, or - for standard input");
  const snapshot = await readInput({
    paths: settings.paths,
    progress: io.progress,
    ...(settings.config === undefined ? {} : { configFile: settings.config }),
    ...(settings.maxFileSize === undefined ? {} : { maxFileSize: settings.maxFileSize }),
  });
  if (snapshot.ingresses.length === 0) {
    io.progress.end();
    const { text, isFailure } = nothingToConvert(snapshot, settings.paths);
    await io.err(`${text}\n`);
    return isFailure ? EXIT.failed : EXIT.done;
  }
  io.progress.step(`Verifying ${snapshot.ingresses.length} Ingresses`);
  const result = await verify({ ...convertOptions(settings), ...probes, snapshot });
  io.progress.end();
  await io.out(rendered(result, format, io.outView));
  if (settings.quiet !== true && result.unread.length > 0)
    await io.err(`${result.unread.length} places in the input were not read (convert names them)\n`);
  return exitCodeOf({ failing: result.report.summary.unnamed, unread: result.unread.length });
}

function rendered({ report }: VerifyResult, format: (typeof VERIFY_FORMATS)[number], view: TextView): string {
  if (format === "json") return `${JSON.stringify(report, null, 2)}\n`;
  return format === "markdown" ? renderVerifyMarkdown(report) : renderVerifyText(report, view);
}
