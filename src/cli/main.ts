import { CommanderError } from "commander";
import { EXIT } from "./exit-codes.js";
import { createProgram } from "./program.js";

/** The bundler puts the version of package.json here. */
const VERSION = process.env["INGRESS2GATEWAY_VERSION"] ?? "0.0.0-development";

/** Errors that are the user's to fix have these names, whatever room they come from; everything else is a defect. */
const FAILURES: readonly string[] = ["UsageError", "InputError", "OutputError", "HalfWrittenError"];

/**
 * Runs the command line. Commands are imported when they are chosen, so that `--version` and `--help` load the argument
 * parser and nothing else.
 *
 * @returns the exit code
 */
async function run(argv: readonly string[]): Promise<number> {
  let exitCode: number = EXIT.done;
  const program = createProgram(VERSION, {
    convert: async (paths, command) => {
      const { runConvert } = await import("./convert.js");
      exitCode = await runConvert(paths, command);
    },
    diff: async (paths, command) => {
      const { runDiff } = await import("./diff.js");
      exitCode = await runDiff(paths, command);
    },
    check: async (paths, command) => {
      const { runCheck } = await import("./check.js");
      exitCode = await runCheck(paths, command, VERSION);
    },
    explain: async (subject, command) => {
      const { runExplain } = await import("./explain.js");
      exitCode = await runExplain(subject, command);
    },
    verify: async (paths, command) => {
      const { runVerify } = await import("./verify.js");
      exitCode = await runVerify(paths, command);
    },
    completion: async (shell, tree) => {
      const { runCompletion } = await import("./completion.js");
      exitCode = await runCompletion(shell, tree);
    },
  });
  try {
    await program.parseAsync(argv);
    return exitCode;
  } catch (error) {
    return describeFailure(error, argv.includes("--debug"));
  }
}

function describeFailure(error: unknown, isDebug: boolean): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.failed; // commander has printed it
  if (error instanceof Error && FAILURES.includes(error.name)) {
    process.stderr.write(`error: ${isDebug ? (error.stack ?? error.message) : error.message}\n`);
    return EXIT.failed;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(
    `This is a defect of ingress2gateway ${VERSION} (Node ${process.version}, ${process.platform}); nothing was written.\n` +
      `Report it with the text below and, if you can, with the manifest.\n\n${stack}\n`,
  );
  return EXIT.failed;
}

// A reader that has seen enough (`| head`) closes the pipe; that is success.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") return;
    process.exitCode = EXIT.failed;
  });
}

process.exitCode = await run(process.argv);
