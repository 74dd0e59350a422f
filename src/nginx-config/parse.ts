import { ConfigSyntaxError, Lexer, type Place, type Token } from "./lexer.js";

/** One directive of an nginx configuration. */
export type Directive = {
  readonly name: string;
  /** Arguments without their quotes and escapes. */
  readonly args: readonly string[];
  /** Where its name stands. */
  readonly at: Place;
  /** Directives between braces. */
  readonly block?: readonly Directive[];
  /** Text of a Lua block, which follows rules of its own. */
  readonly lua?: string;
};

/** What could be read, and where reading had to stop, as nginx itself stops at the first error. */
export type ParsedConfig = {
  readonly directives: readonly Directive[];
  readonly problem?: {
    readonly at: Place;
    readonly reason: string;
    /** Text of the top-level directive that could not be read and of everything behind it. */
    readonly rest: string;
  };
};

/** Deeper than any real configuration. */
const DEEPEST = 64;

type Open = { readonly name: string; readonly args: readonly string[]; readonly at: Place };
type Level = { readonly directives: Directive[]; readonly opened?: Open };

/**
 * Parses nginx configuration as it stands in snippets (ngx_conf_file.c): directives, nested blocks, and the Lua blocks of the lua module. Knows no
 * directive. Linear in the text, and never throws for bad input.
 */
export function parseConfig(text: string): ParsedConfig {
  const directives: Directive[] = [];
  const lexer = new Lexer(text);
  let start = 0;
  try {
    const levels: Level[] = [{ directives }];
    for (;;) {
      if (levels.length === 1) start = lexer.here().offset;
      if (!readOne(lexer, levels)) return { directives };
    }
  } catch (error) {
    if (!(error instanceof ConfigSyntaxError)) throw error;
    return { directives, problem: { at: error.at, reason: error.message, rest: text.slice(start) } };
  }
}

/** Reads one directive, the opening of a block, or its end; false at the end of the text. */
function readOne(lexer: Lexer, levels: Level[]): boolean {
  const level = levels.at(-1);
  if (level === undefined) return false;
  const first = lexer.next();
  if (first === undefined) {
    if (level.opened !== undefined) throw new ConfigSyntaxError(level.opened.at, "the block is not closed");
    return false;
  }
  if (first.kind === "close") {
    const parent = levels.at(-2);
    if (level.opened === undefined || parent === undefined) throw new ConfigSyntaxError(first.at, "a } closes nothing");
    parent.directives.push({ ...level.opened, block: level.directives });
    levels.pop();
    return true;
  }
  if (first.kind !== "word")
    throw new ConfigSyntaxError(first.at, `a ${first.kind === "end" ? ";" : "{"} stands alone`);
  readDirective(first, lexer, levels, level);
  return true;
}

function readDirective(
  first: Extract<Token, { kind: "word" }>,
  lexer: Lexer,
  levels: Level[],
  { directives }: Level,
): void {
  const args: string[] = [];
  const read: Open = { name: first.text, args, at: first.at };
  for (;;) {
    const token = lexer.next();
    if (token === undefined || token.kind === "close")
      throw new ConfigSyntaxError(first.at, `"${first.text}" does not end in ;`);
    if (token.kind === "word") args.push(token.text);
    else if (token.kind === "end") {
      directives.push(read);
      return;
    } else if (first.text.endsWith("_by_lua_block")) {
      directives.push({ ...read, lua: lexer.readLua(token.at) });
      return;
    } else {
      if (levels.length > DEEPEST) throw new ConfigSyntaxError(token.at, "blocks are nested too deeply");
      levels.push({ directives: [], opened: read });
      return;
    }
  }
}

/** The directive and everything in its blocks, in order of their text. */
export function* withInner(directive: Directive): Generator<Directive> {
  yield directive;
  for (const inner of directive.block ?? []) yield* withInner(inner);
}

/** The one word that a text is in a configuration, without its quotes and escapes; undefined where nginx reads none or several. */
export function oneWord(text: string): string | undefined {
  const { directives, problem } = parseConfig(`x ${text};`);
  const [only, ...more] = directives;
  if (problem !== undefined || only === undefined || more.length > 0 || only.block !== undefined) return undefined;
  return only.args.length === 1 ? only.args[0] : undefined;
}
