import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { Chalk, type ChalkInstance } from "chalk";
import type { Command } from "commander";
import type { TextView } from "../report/index.js";
import { UsageError } from "../usage-error.js";
import { EXIT } from "./exit-codes.js";

/** What a command sees of the outside: two streams, whether a person watches, files named by options. */
export type Io = {
  readonly out: (text: string) => Promise<void>;
  readonly err: (text: string) => Promise<void>;
  /** How people's text looks on standard output and on standard error. */
  readonly outView: TextView;
  readonly errView: TextView;
  readonly isInteractiveInput: boolean;
  readonly progress: Progress;
};

export type Progress = {
  /** Says what is being done; shown on a terminal, when the work takes long. */
  readonly step: (text: string) => void;
  readonly end: () => void;
};

const WIDTH_WITHOUT_TERMINAL = 100;
const LONG_MS = 500;
const ANSI_16 = 1;

/**
 * Looks at the process once.
 *
 * @param color `--color` (true), `--no-color` (false), or neither
 */
export function createIo(color: boolean | undefined): Io {
  const { stdout, stderr, stdin, env } = process;
  return {
    out: (text) => write(stdout, text),
    err: (text) => write(stderr, text),
    outView: viewOf(stdout, color),
    errView: viewOf(stderr, color),
    isInteractiveInput: stdin.isTTY,
    progress: createProgress(stderr.isTTY && !env["CI"] && env["TERM"] !== "dumb"),
  };
}

function viewOf(stream: NodeJS.WriteStream, color: boolean | undefined): TextView {
  return { chalk: chalkFor(stream, color), width: stream.isTTY ? stream.columns : WIDTH_WITHOUT_TERMINAL };
}

function chalkFor(stream: NodeJS.WriteStream, color: boolean | undefined): ChalkInstance {
  return new Chalk({ level: isColourWanted(stream.isTTY, color, process.env) ? ANSI_16 : 0 });
}

/** Flag, then NO_COLOR, then FORCE_COLOR, then "a terminal that is not dumb". */
export function isColourWanted(
  isTerminal: boolean,
  color: boolean | undefined,
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  if (color !== undefined) return color;
  if (env["NO_COLOR"]) return false;
  const forced = env["FORCE_COLOR"];
  if (forced !== undefined) return forced !== "0" && forced !== "false";
  return isTerminal && env["TERM"] !== "dumb";
}

/** Resolves when the text has been handed to the system, so that nothing is lost when the process ends. */
function write(stream: NodeJS.WriteStream, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error?: (Error & { code?: string }) | null) => {
      if (error === undefined || error === null || error.code === "EPIPE") resolve();
      else reject(new UsageError(`cannot write the output: ${error.message}`, { cause: error }));
    });
  });
}

/** One line that rewrites itself. Steps are the only clock: long work says what it does next. */
function createProgress(isShown: boolean): Progress {
  const start = Date.now();
  let isOpen = false;
  const clear = "\r\u001b[2K";
  return {
    step: (text) => {
      if (!isShown || Date.now() - start < LONG_MS) return;
      process.stderr.write(`${clear}${text}…`);
      isOpen = true;
    },
    end: () => {
      if (isOpen) process.stderr.write(clear);
      isOpen = false;
    },
  };
}

/** On a terminal somebody looks for help; in a script something is missing. */
export async function noInput(io: Io, command: Command): Promise<number> {
  if (!io.isInteractiveInput) throw new UsageError("no input: name files or folders, or - for standard input");
  await io.err(command.helpInformation());
  return EXIT.failed;
}

/**
 * Reads a file that an option names.
 *
 * @throws UsageError that names the option
 */
export function readOptionFile(path: string, option: string): { readonly name: string; readonly text: string } {
  try {
    return { name: path, text: readFileSync(path, "utf8") };
  } catch (error) {
    throw new UsageError(`${option} ${path}: ${fileProblem(error)}`, { cause: error });
  }
}

/**
 * Writes a file that an option names, whole or not at all. Folders on the way are made; pipes and devices are written as they are.
 *
 * @throws UsageError that names the option
 */
export function writeOptionFile(path: string, text: string, option: string): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const existing = statSync(path, { throwIfNoEntry: false });
    if (existing !== undefined && !existing.isFile()) {
      writeFileSync(path, text);
      return;
    }
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(temporary, text, existing === undefined ? {} : { mode: existing.mode });
    renameSync(temporary, path);
  } catch (error) {
    if (existsSync(temporary)) rmSync(temporary);
    throw new UsageError(`${option} ${path}: ${fileProblem(error)}`, { cause: error });
  }
}

const FILE_PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EISDIR: "it is a folder",
  EACCES: "permission denied",
  ENOTDIR: "a part of the path is a file",
  ENOSPC: "the disk is full",
};

function fileProblem(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return FILE_PROBLEMS[code] ?? String(error);
}
