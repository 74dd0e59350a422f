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
import { inputRequest, readInput } from "./read-input.js";
import { convertOptions, readOwnFlags, readSettings } from "./settings.js";
import { liveFields, liveOptions, runLive } from "./verify-live.js";

/** Flags of this command alone. */
const ownSchema = z.object({ ...probeFields, ...liveFields, format: z.exactOptional(z.enum(VERIFY_FORMATS)) });

/** `ingress2gateway verify`. Returns the exit code. */
export async function runVerify(paths: readonly string[], command: Command): Promise<number> {
  const settings = readSettings(paths, command, Object.keys(ownSchema.shape));
  const flags = readOwnFlags(ownSchema, command);
  const { format = "text", probes, seed } = flags;
  const io = createIo(settings.color);
  if (settings.paths === undefined) throw new UsageError("no input: name files or folders, or - for standard input");
  const live = liveOptions(flags, command);
  const snapshot = await readInput(inputRequest(settings, io));
  if (snapshot.ingresses.length === 0) {
    io.progress.end();
    const { text, isFailure } = nothingToConvert(snapshot, settings.paths, "nothing was verified");
    await io.err(`${text}\n`);
    return isFailure ? EXIT.failed : EXIT.done;
  }
  const options = {
    ...convertOptions(settings),
    ...(probes === undefined ? {} : { probes }),
    ...(seed === undefined ? {} : { seed }),
    snapshot,
  };
  if (live !== undefined)
    return runLive(io, options, { live, format, quiet: settings.quiet === true, record: flags.record });
  io.progress.step(`Verifying ${snapshot.ingresses.length} Ingresses`);
  const result = await verify(options);
  io.progress.end();
  await io.out(rendered(result, format, io.outView));
  if (settings.quiet !== true && result.unread.length > 0)
    await io.err(
      `${result.unread.length === 1 ? "1 place in the input was" : `${result.unread.length} places in the input were`} not read (convert names them)\n`,
    );
  return exitCodeOf({ failing: result.report.summary.unnamed, unread: result.unread.length });
}

function rendered({ report }: VerifyResult, format: (typeof VERIFY_FORMATS)[number], view: TextView): string {
  if (format === "json") return `${JSON.stringify(report, null, 2)}\n`;
  return format === "markdown" ? renderVerifyMarkdown(report) : renderVerifyText(report, view);
}
