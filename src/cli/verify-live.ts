import type { Command } from "commander";
import { closeSync, openSync, writeSync } from "node:fs";
import * as z from "zod";
import { verifyRunning, type LiveOptions, type LivePair, type LiveResult } from "../index.js";
import type { VerifyOptions } from "../options.js";
import { printable } from "../report/index.js";
import { UsageError } from "../usage-error.js";
import { entryPointOf, resolvedNames, type EntryPoint } from "../verify/index.js";
import { EXIT, exitCodeOf } from "./exit-codes.js";
import type { Io } from "./io.js";
import type { VERIFY_FORMATS } from "./options.js";

const texts = z.exactOptional(z.array(z.string()));

/** Flags of `verify` for two running sides. */
export const liveFields = {
  old: texts,
  new: texts,
  resolve: texts,
  header: texts,
  compareHeader: texts,
  rate: z.exactOptional(z.int().min(1).max(1_000)),
  timeout: z.exactOptional(z.int().min(1).max(600)),
  safeMethods: z.exactOptional(z.boolean()),
  ignoreBody: z.exactOptional(z.boolean()),
  insecure: z.exactOptional(z.boolean()),
  record: z.exactOptional(z.string().min(1)),
};

type LiveFlags = z.infer<z.ZodObject<typeof liveFields>>;
type Live = Omit<LiveOptions, "perHost" | "seed">;

const RATE = 10;
const TIMEOUT_SECONDS = 10;

/**
 * What the flags say about two running sides; undefined when they say nothing.
 *
 * @throws UsageError when one side is missing, or a flag makes no sense without them
 */
export function liveOptions(flags: LiveFlags, command: Command): Live | undefined {
  if (flags.old === undefined && flags.new === undefined) {
    const given = Object.keys(liveFields).find((name) => command.getOptionValueSource(name) === "cli");
    if (given !== undefined) throw new UsageError(`--${kebab(given)} is about two running sides: give --old and --new`);
    return undefined;
  }
  if (flags.old === undefined || flags.new === undefined) throw new UsageError("--old and --new go together");
  const names = resolvedNames(flags.resolve ?? []);
  if ("problem" in names) throw new UsageError(`--resolve ${names.problem}`);
  const [before, after] = [sideOf("--old", flags.old, names), sideOf("--new", flags.new, names)];
  if (!(["http", "https"] as const).some((scheme) => before[scheme] !== undefined && after[scheme] !== undefined))
    throw new UsageError("--old and --new have no scheme in common: nothing could be compared");
  return {
    before,
    after,
    rate: flags.rate ?? RATE,
    safeMethods: flags.safeMethods ?? true,
    headers: headersOf(flags.header ?? []),
    insecure: flags.insecure ?? false,
    timeoutMs: (flags.timeout ?? TIMEOUT_SECONDS) * 1000,
    compareBodies: flags.ignoreBody !== true,
    ...(flags.compareHeader === undefined ? {} : { compareHeaders: flags.compareHeader }),
  };
}

const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

function sideOf(flag: string, urls: readonly string[], names: ReadonlyMap<string, string>): EntryPoint {
  const side = entryPointOf(urls, names);
  if ("problem" in side) throw new UsageError(`${flag} ${side.problem}`);
  return side;
}

function headersOf(lines: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    lines.map((line) => {
      const [, name, value] = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*([\t\x20-\x7e]*)$/.exec(line) ?? [];
      // The line may hold a password, so it is not repeated.
      if (name === undefined || value === undefined) throw new UsageError("--header: write it as Name: value");
      if (name.toLowerCase() === "host") throw new UsageError("--header: each request brings its own Host");
      return [name.toLowerCase(), value];
    }),
  );
}

type Running = {
  readonly live: Live;
  readonly format: (typeof VERIFY_FORMATS)[number];
  readonly quiet: boolean;
  readonly record: string | undefined;
};

/** Asks both sides, writes the record, and prints what differs. Returns the exit code. */
export async function runLive(io: Io, options: VerifyOptions, running: Running): Promise<number> {
  const record = openRecord(running.record);
  let count = 0;
  try {
    const result = await verifyRunning(options, running.live, (pair) => {
      record.write(pair);
      count += 1;
      if (count % 100 === 0) io.progress.step(`Comparing, ${count} requests`);
    });
    io.progress.end();
    await io.out(running.format === "json" ? jsonOf(result) : textOf(result, running));
    if (result.requests === 0 || result.unanswered === result.requests) {
      await io.err("error: neither side answered any request: check the addresses\n");
      return EXIT.failed;
    }
    const missing = (["old", "new"] as const).find((side) => result.unreached[side] === result.requests);
    if (missing !== undefined) {
      await io.err(
        `error: nothing answers at the address of --${missing}: check it, and that it is reachable from here\n`,
      );
      return EXIT.failed;
    }
    if (!running.quiet) await io.err(leftOut(running.live));
    return exitCodeOf({ failing: result.unexpected, unread: result.unread.length });
  } finally {
    record.close();
  }
}

/** Schemes that only one side has an address for, or neither. */
function leftOut({ before, after }: Live): string {
  const schemes = (["http", "https"] as const).filter(
    (scheme) => before[scheme] === undefined || after[scheme] === undefined,
  );
  return schemes
    .map(
      (scheme) => `Requests over ${scheme} were left out: they need an ${scheme}:// address in both --old and --new.\n`,
    )
    .join("");
}

function openRecord(file: string | undefined): { write: (pair: LivePair) => void; close: () => void } {
  if (file === undefined) return { write: () => undefined, close: () => undefined };
  try {
    const handle = openSync(file, "w");
    return { write: (pair) => writeSync(handle, `${JSON.stringify(pair)}\n`), close: () => closeSync(handle) };
  } catch (error) {
    if (error instanceof Error) throw new UsageError(`--record ${file}: ${error.message}`);
    throw error;
  }
}

function jsonOf({ unread, ...result }: LiveResult & { readonly unread: readonly unknown[] }): string {
  return `${JSON.stringify({ schemaVersion: "1", ...result, unread: unread.length }, null, 2)}\n`;
}

function textOf(result: LiveResult, { format }: Running): string {
  const { requests, same, asReported, unexpected, unanswered } = result;
  const headline =
    `compared ${requests} requests: ${same} same, ${asReported} differ as reported, ${unexpected} differ otherwise` +
    (unanswered === 0 ? "" : `; ${unanswered} were answered by neither side`);
  const mark = format === "markdown" ? "`" : "";
  const lines = result.examples.flatMap((example) => [
    `${format === "markdown" ? "- " : ""}${mark}${printable(example.request)}${mark}`,
    `  old ${mark}${printable(example.old)}${mark}, new ${mark}${printable(example.new)}${mark}`,
    ...example.differences
      .filter(({ part }) => part !== "status" && part !== "answer")
      .map(
        ({ part, name, before, after }) =>
          `  ${name ?? part}: ${mark}${printable(before)}${mark} → ${mark}${printable(after)}${mark}`,
      ),
  ]);
  return `${[headline, ...lines].join("\n")}\n`;
}
