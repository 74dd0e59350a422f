/** One directive of an nginx configuration. */
export type Directive = {
  readonly name: string;
  /** Arguments without their quotes and escapes. */
  readonly args: readonly string[];
  /** 1-based line within the text. */
  readonly line: number;
  /** Directives between braces. */
  readonly block?: readonly Directive[];
  /** Text of a Lua block, which follows rules of its own. */
  readonly lua?: string;
};

/** What could be read, and where reading had to stop. */
export type ParsedConfig = {
  readonly directives: readonly Directive[];
  readonly problem?: { readonly line: number; readonly reason: string };
};

type Token = {
  readonly kind: "word" | "open" | "close" | "end";
  readonly text: string;
  readonly line: number;
  readonly after: number;
};

class ConfigError extends Error {
  readonly line: number;
  constructor(line: number, reason: string) {
    super(reason);
    this.line = line;
  }
}

/**
 * Parses nginx configuration as it stands in snippets (ngx_conf_file.c, ngx_conf_read_token): words, quotes, variables in braces, comments,
 * blocks, and Lua blocks of the lua module.
 *
 * @returns the directives before the first error, and the error; never throws for bad input
 */
export function parseConfig(text: string): ParsedConfig {
  const parser = new Parser(text);
  const directives: Directive[] = [];
  try {
    parser.readBlock(directives, false);
    return { directives };
  } catch (error) {
    if (error instanceof ConfigError) return { directives, problem: { line: error.line, reason: error.message } };
    throw error;
  }
}

const ESCAPES: Readonly<Record<string, string>> = { '"': '"', "'": "'", "\\": "\\", t: "\t", r: "\r", n: "\n" };
const BLANK = /\s/;
/** Deeper than any real configuration; keeps hostile input from exhausting the stack. */
const DEEPEST = 64;

class Parser {
  private readonly text: string;
  private at = 0;
  private line = 1;
  private depth = 0;

  constructor(text: string) {
    this.text = text;
  }

  readBlock(into: Directive[], isInner: boolean): void {
    for (;;) {
      const token = this.next();
      if (token === undefined) {
        if (isInner) throw new ConfigError(this.line, "a block is not closed");
        return;
      }
      if (token.kind === "close") {
        if (isInner) return;
        throw new ConfigError(token.line, "a } closes nothing");
      }
      if (token.kind === "end") continue;
      if (token.kind === "open") throw new ConfigError(token.line, "a block has no name");
      into.push(this.readDirective(token));
    }
  }

  private readDirective(first: Token): Directive {
    const base = { name: first.text, line: first.line };
    const args: string[] = [];
    for (;;) {
      const token = this.next();
      if (token === undefined || token.kind === "close")
        throw new ConfigError(first.line, `"${first.text}" does not end in ;`);
      if (token.kind === "word") args.push(token.text);
      else if (token.kind === "end") return { ...base, args };
      else if (first.text.endsWith("_by_lua_block")) return { ...base, args, lua: this.readLua(token.line) };
      else return { ...base, args, block: this.readInner(token.line) };
    }
  }

  private readInner(line: number): Directive[] {
    this.depth += 1;
    if (this.depth > DEEPEST) throw new ConfigError(line, "blocks are nested too deeply");
    const block: Directive[] = [];
    this.readBlock(block, true);
    this.depth -= 1;
    return block;
  }

  private next(): Token | undefined {
    this.skipBlanks();
    const char = this.text[this.at];
    if (char === undefined) return undefined;
    const { line } = this;
    if (char === ";" || char === "{" || char === "}") {
      this.at += 1;
      return { kind: char === ";" ? "end" : char === "{" ? "open" : "close", text: char, line, after: this.at };
    }
    return {
      kind: "word",
      text: char === '"' || char === "'" ? this.readQuoted(char) : this.readWord(),
      line,
      after: this.at,
    };
  }

  private skipBlanks(): void {
    for (;;) {
      const char = this.text[this.at];
      if (char === "#") while (this.at < this.text.length && this.text[this.at] !== "\n") this.at += 1;
      else if (char !== undefined && BLANK.test(char)) this.advance();
      else return;
    }
  }

  private advance(): string {
    const char = this.text[this.at] ?? "";
    if (char === "\n") this.line += 1;
    this.at += 1;
    return char;
  }

  private readQuoted(quote: string): string {
    const { line } = this;
    this.at += 1;
    let word = "";
    for (;;) {
      const char = this.text[this.at];
      if (char === undefined) throw new ConfigError(line, "a quote is not closed");
      if (char === quote) break;
      word += char === "\\" ? this.readEscape() : this.advance();
    }
    this.at += 1;
    return word;
  }

  private readWord(): string {
    let word = "";
    for (;;) {
      const char = this.text[this.at];
      if (char === undefined || BLANK.test(char) || char === ";" || char === "{" || char === "}") return word;
      if (char === "\\") word += this.readEscape();
      else if (char === "$" && this.text[this.at + 1] === "{") word += this.readVariable();
      else word += this.advance();
    }
  }

  /** `${name}`: its braces belong to the word. */
  private readVariable(): string {
    const end = this.text.indexOf("}", this.at);
    if (end < 0) throw new ConfigError(this.line, "a variable is not closed");
    const text = this.text.slice(this.at, end + 1);
    this.at = end + 1;
    return text;
  }

  /** nginx takes the backslash away before quotes, backslashes and t, r, n, and leaves it before everything else. */
  private readEscape(): string {
    const following = this.text[this.at + 1] ?? "";
    const meant = ESCAPES[following];
    this.advance();
    if (following !== "") this.advance();
    return meant ?? `\\${following}`;
  }

  /** Up to the brace that closes the block, past strings and comments of Lua. */
  private readLua(line: number): string {
    const start = this.at;
    let depth = 1;
    while (this.at < this.text.length) {
      const long = /^(?:--)?\[(=*)\[/.exec(this.text.slice(this.at, this.at + 12));
      const char = this.text[this.at] ?? "";
      if (long !== null) this.skipTo(`]${long[1] ?? ""}]`, line);
      else if (this.text.startsWith("--", this.at)) this.skipTo("\n", line);
      else if (char === '"' || char === "'") this.readQuoted(char);
      else {
        if (char === "{") depth += 1;
        if (char === "}") depth -= 1;
        this.advance();
        if (depth === 0) return this.text.slice(start, this.at - 1).trim();
      }
    }
    throw new ConfigError(line, "a Lua block is not closed");
  }

  private skipTo(end: string, line: number): void {
    const found = this.text.indexOf(end, this.at);
    if (found < 0 && end !== "\n") throw new ConfigError(line, "a Lua string or comment is not closed");
    const stop = found < 0 ? this.text.length : found + end.length;
    while (this.at < stop) this.advance();
  }
}
