import type { ChalkInstance } from "chalk";
import type { Command } from "commander";
import * as z from "zod";
import { explain, explainable } from "../index.js";
import { UsageError } from "../usage-error.js";
import { EXIT } from "./exit-codes.js";
import { createIo } from "./io.js";

const flagsSchema = z.object({
  list: z.exactOptional(z.boolean()),
  search: z.exactOptional(z.string()),
  color: z.exactOptional(z.boolean()),
});

/** `ingress2gateway explain`. Returns the exit code. */
export async function runExplain(subject: string | undefined, command: Command): Promise<number> {
  const { list = false, search, color } = flagsSchema.parse(command.opts());
  const io = createIo(command.getOptionValueSource("color") === "cli" ? color : undefined);
  if (list !== (subject === undefined))
    throw new UsageError(
      list ? "--list takes no name: search with --search" : "name an annotation or a finding code, or give --list",
    );
  if (subject !== undefined) {
    await io.out(highlighted(await explain(subject), io.outView.chalk));
    return EXIT.done;
  }
  const lines = explainable(search);
  const longest = Math.max(0, ...lines.map(({ name }) => name.length));
  await io.out(
    lines.map(({ name, summary }) => `${io.outView.chalk.bold(name.padEnd(longest))}  ${summary}\n`).join(""),
  );
  if (lines.length > 0) return EXIT.done;
  await io.err(`nothing with "${search ?? ""}"\n`);
  return EXIT.no;
}

/** Headings stand out on a terminal; in a pipe the text is plain Markdown. */
function highlighted(text: string, chalk: ChalkInstance): string {
  return text.replace(/^#+ .*$/gm, (heading) => chalk.bold(heading));
}
