import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Command } from "commander";
import { Chalk } from "chalk";
import * as z from "zod";
import { check, renderBaseline, type CheckOptions, type CheckReport, type CheckResult } from "../index.js";
import type { Snapshot } from "../kubernetes/index.js";
import { renderCheck, renderCheckSummary, type CheckView, type TextView } from "../report/index.js";
import { emittedView } from "./emitted-view.js";
import { UsageError } from "../usage-error.js";
import { refuseByCrds } from "./crds.js";
import { EXIT, exitCodeOf } from "./exit-codes.js";
import { createIo, noInput, readOptionFile, writeOptionFile, type Io } from "./io.js";
import { nothingToConvert } from "./messages.js";
import { inputRequest, readInput } from "./read-input.js";
import { pairReports, type ReportRequest } from "./report-requests.js";
import { readOwnFlags, readSettings, sharedOptions, type Settings } from "./settings.js";

/** Columns of text in a file, as in a pipe. */
const WIDTH_IN_FILES = 100;

const reportFlag = z.object({ order: z.int(), text: z.string() });

/** Flags of this command alone. */
const ownSchema = z.object({
  format: z.exactOptional(z.array(reportFlag)),
  output: z.exactOptional(z.array(reportFlag)),
  writeBaseline: z.exactOptional(z.boolean()),
});

type CheckSettings = Settings & z.infer<typeof ownSchema>;

/** `ingress2gateway check`. Returns the exit code. */
export async function runCheck(paths: readonly string[], command: Command, version: string): Promise<number> {
  const own = readOwnFlags(ownSchema, command);
  const settings = { ...readSettings(paths, command, Object.keys(ownSchema.shape)), ...own };
  const io = createIo(settings.color);
  if (settings.paths === undefined) return noInput(io, command);
  const reports = pairReports(own.format, own.output);
  refuseToOverwrite(settings, reports);
  const options = checkOptions(settings);
  const notInput = [settings.baseline, ...reports.map(({ file }) => file)].filter((file) => file !== undefined);
  const snapshot = await readInput({ ...inputRequest(settings, io), notInput });
  io.progress.step(`Checking ${snapshot.ingresses.length} Ingresses`);
  const result = await check({ ...options, snapshot });
  if (settings.crds !== undefined) await refuseByCrds(settings.crds, [...result.resources.values()].flat());
  return finish({ io, settings, snapshot, result, reports, version });
}

function checkOptions(settings: CheckSettings): Omit<CheckOptions, "snapshot"> {
  const { target, failOn, baseline, writeBaseline = false } = settings;
  if (writeBaseline && baseline === undefined)
    throw new UsageError("--write-baseline needs the file: --baseline ingress2gateway-baseline.json");
  return {
    ...sharedOptions(settings),
    ...(target === undefined ? {} : { targets: target }),
    ...(failOn === undefined ? {} : { failOn }),
    ...(baseline === undefined || writeBaseline ? {} : { baseline: readBaseline(baseline) }),
  };
}

function readBaseline(file: string): ReturnType<typeof readOptionFile> {
  if (!existsSync(file)) throw new UsageError(`--baseline ${file}: there is no such file; --write-baseline writes it`);
  return readOptionFile(file, "--baseline");
}

/** A report named like a manifest is a slip that would cost the manifest. */
function refuseToOverwrite({ paths = [], baseline }: Settings, reports: readonly ReportRequest[]): void {
  const named = new Set(paths.map((path) => resolve(path)));
  for (const file of [baseline, ...reports.map((report) => report.file)]) {
    if (file !== undefined && named.has(resolve(file)))
      throw new UsageError(`${file} is named as input and as output; choose another file`);
  }
}

type Finished = {
  readonly io: Io;
  readonly settings: CheckSettings;
  readonly snapshot: Snapshot;
  readonly result: CheckResult;
  readonly reports: readonly ReportRequest[];
  readonly version: string;
};

/** Reports are written whatever the answer is: what uploads them in CI expects the files. */
async function finish({ io, settings, snapshot, result, reports, version }: Finished): Promise<number> {
  io.progress.end();
  const { report } = result;
  const shown = emittedView(result.resources);
  for (const request of reports) await writeReport(io, request, report, { version, ...shown });
  const isTextPrinted = reports.some(({ format, file }) => file === undefined && format === "text");
  if (settings.quiet !== true && !isTextPrinted) await io.err(renderCheckSummary(report, { ...io.errView, version }));
  if (snapshot.ingresses.length === 0) {
    const { text, isFailure } = nothingToConvert(snapshot, settings.paths ?? [], "nothing was checked");
    await io.err(`${text}\n`);
    if (isFailure) return EXIT.failed;
  }
  if (settings.writeBaseline !== true || settings.baseline === undefined)
    return exitCodeOf({ failing: report.summary.findings.failing, unread: report.summary.unread });
  const count = report.findings.filter(({ status }) => status !== "suppressed").length;
  writeOptionFile(settings.baseline, renderBaseline(report), "--baseline");
  if (settings.quiet !== true)
    await io.err(`${count} ${count === 1 ? "finding" : "findings"} written to ${settings.baseline}.\n`);
  return exitCodeOf({ failing: 0, unread: report.summary.unread });
}

async function writeReport(
  io: Io,
  { format, file }: ReportRequest,
  report: CheckReport,
  more: Omit<CheckView, keyof TextView>,
): Promise<void> {
  if (file === undefined) {
    await io.out(await renderCheck(format, report, { ...io.outView, ...more }));
    return;
  }
  const view: CheckView = { chalk: new Chalk({ level: 0 }), width: WIDTH_IN_FILES, ...more };
  writeOptionFile(file, await renderCheck(format, report, view), "--output");
}
