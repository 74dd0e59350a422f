import { resolve } from "node:path";
import { CHECK_FORMATS, type CheckFormat } from "../findings/index.js";
import { UsageError } from "../usage-error.js";
import type { ReportFlag } from "./option-values.js";

/** A report to write. Without a file it goes to standard output. */
export type ReportRequest = { readonly format: CheckFormat; readonly file?: string };

const STDOUT = "-";

/**
 * Pairs formats with files. A file belongs to the format before it; a single file may also stand before a single format. What has no file goes to
 * standard output, which holds one document.
 *
 * @throws UsageError when a file has no format, or two documents would share a place
 */
export function pairReports(
  formats: readonly ReportFlag[] = [],
  outputs: readonly ReportFlag[] = [],
): readonly ReportRequest[] {
  const requests = formats.length <= 1 && outputs.length <= 1 ? single(formats, outputs) : inOrder(formats, outputs);
  const printed = requests.filter(({ file }) => file === undefined);
  if (printed.length > 1)
    throw new UsageError(
      `${printed.map(({ format }) => `--format ${format}`).join(" and ")} would share standard output: give all but one an --output file after it`,
    );
  const files = requests.flatMap(({ file }) => (file === undefined ? [] : [resolve(file)]));
  const twice = files.find((file, index) => files.indexOf(file) !== index);
  if (twice !== undefined) throw new UsageError(`two reports would be written to ${twice}`);
  return requests;
}

function single(formats: readonly ReportFlag[], outputs: readonly ReportFlag[]): readonly ReportRequest[] {
  return [request(formats[0]?.text ?? "text", outputs[0]?.text)];
}

function inOrder(formats: readonly ReportFlag[], outputs: readonly ReportFlag[]): readonly ReportRequest[] {
  const sorted = [...formats].sort((a, b) => a.order - b.order);
  const files = new Map<ReportFlag, string>();
  for (const { order, text } of outputs) {
    const format = sorted.findLast((candidate) => candidate.order < order);
    if (format === undefined)
      throw new UsageError(`--output ${text} stands before any --format: put it after the one that it is for`);
    const other = files.get(format);
    if (other !== undefined)
      throw new UsageError(
        `--format ${format.text} has two files, ${other} and ${text}: repeat the format for the second one`,
      );
    files.set(format, text);
  }
  return sorted.map((format) => request(format.text, files.get(format)));
}

function request(name: string, file: string | undefined): ReportRequest {
  const format = CHECK_FORMATS.find((known) => known === name);
  if (format === undefined) throw new UsageError(`--format ${name}: allowed are ${CHECK_FORMATS.join(", ")}`); // commander refuses others before
  return file === undefined || file === STDOUT ? { format } : { format, file };
}
