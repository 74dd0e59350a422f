/** Where something stands in the text of a configuration. */
export type Place = {
  /** Both 1-based; a column counts UTF-16 units. */
  readonly line: number;
  readonly column: number;
  /** 0-based offset of the first character. */
  readonly offset: number;
};

/** A word, or one of the three signs that end a directive, open a block or close one. */
export type Token =
  | {
      readonly kind: "word";
      /** Without quotes and escapes. */
      readonly text: string;
      readonly quoted: boolean;
      readonly at: Place;
    }
  | { readonly kind: "end" | "open" | "close"; readonly at: Place };

/** A place where nginx would stop reading, in its own terms. */
export class ConfigSyntaxError extends Error {
  readonly at: Place;
  constructor(at: Place, reason: string) {
    super(reason);
    this.name = "ConfigSyntaxError";
    this.at = at;
  }
}

/** Longest word that fits into nginx's buffer (ngx_conf_file.c, NGX_CONF_BUFFER). */
const LONGEST_WORD = 4096;
const ESCAPED: Readonly<Record<string, string>> = { '"': '"', "'": "'", "\\": "\\", t: "\t", r: "\r", n: "\n" };

/**
 * Reads tokens as ngx_conf_read_token does: quotes count at the start of a word only, a backslash takes any character into the word, `{` ends a word
 * unless it follows a `$`, and `}` ends none. Linear in the text.
 */
export class Lexer {
  private readonly text: string;
  private offset = 0;
  private line = 1;
  private lineStart = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** Place of the next character. */
  here(): Place {
    return { line: this.line, column: this.offset - this.lineStart + 1, offset: this.offset };
  }

  /** @returns undefined at the end of the text; throws ConfigSyntaxError */
  next(): Token | undefined {
    this.skipBlanks();
    if (this.offset >= this.text.length) return undefined;
    const at = this.here();
    const char = this.text.charAt(this.offset);
    if (char === ";" || char === "{" || char === "}") {
      this.offset += 1;
      return { kind: char === ";" ? "end" : char === "{" ? "open" : "close", at };
    }
    if (char === '"' || char === "'") return { kind: "word", text: this.readQuoted(char, at), quoted: true, at };
    return { kind: "word", text: this.readWord(at), quoted: false, at };
  }

  /**
   * Text of a Lua block up to the brace that closes it, past strings and comments of Lua (lua-nginx-module, ngx_http_lua_conf_lua_block_parse).
   *
   * @param opened place of the opening brace, for the message
   */
  readLua(opened: Place): string {
    const start = this.offset;
    const code = new RegExp(String.raw`--\[(=*)\[|\[(=*)\[|--|["'{}]`, "g");
    let depth = 1;
    for (;;) {
      code.lastIndex = this.offset;
      const found = code.exec(this.text);
      if (found === null) throw new ConfigSyntaxError(opened, "a Lua block is not closed");
      const [sign, comment, string] = found;
      this.advanceTo(found.index + sign.length);
      const level = comment ?? string;
      if (level !== undefined) this.skipPast(`]${level}]`, opened);
      else if (sign === "--") this.skipPast("\n", opened);
      else if (sign === '"' || sign === "'") this.skipLuaString(sign, opened);
      else depth += sign === "{" ? 1 : -1;
      if (depth === 0) return this.text.slice(start, this.offset - 1).trim();
    }
  }

  private skipBlanks(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.offset);
      if (code === 0x0a) this.newLine();
      else if (code === 0x20 || code === 0x09 || code === 0x0d) this.offset += 1;
      else if (code === 0x23 /* # */) {
        const end = this.text.indexOf("\n", this.offset);
        this.offset = end < 0 ? this.text.length : end;
      } else return;
    }
  }

  private newLine(): void {
    this.offset += 1;
    this.line += 1;
    this.lineStart = this.offset;
  }

  private readQuoted(quote: string, at: Place): string {
    const start = this.offset + 1;
    let end = start;
    while (end < this.text.length && this.text.charAt(end) !== quote) end += this.text.charAt(end) === "\\" ? 2 : 1;
    if (end >= this.text.length) throw new ConfigSyntaxError(at, `a ${quote} is not closed`);
    const word = this.word(start, end, at);
    this.advanceTo(end + 1);
    const following = this.text.charAt(this.offset);
    if (following !== "" && !/[\s;{)]/.test(following))
      throw new ConfigSyntaxError(this.here(), `unexpected "${following}" behind a quoted text`);
    return word;
  }

  private readWord(at: Place): string {
    const start = this.offset;
    let end = start;
    let afterDollar = false;
    for (;;) {
      const char = this.text.charAt(end);
      if (char === "" || char === ";" || char === " " || char === "\t" || char === "\r" || char === "\n") break;
      if (char === "{" && !afterDollar) break;
      afterDollar = char === "$";
      end += char === "\\" ? 2 : 1;
    }
    end = Math.min(end, this.text.length);
    const word = this.word(start, end, at);
    this.advanceTo(end);
    return word;
  }

  private word(start: number, end: number, at: Place): string {
    if (end - start > LONGEST_WORD) throw new ConfigSyntaxError(at, `a word is longer than ${LONGEST_WORD} characters`);
    const written = this.text.slice(start, end);
    return written.includes("\\")
      ? written.replaceAll(/\\(["'\\trn])/g, (_, char: string) => ESCAPED[char] ?? char)
      : written;
  }

  private advanceTo(end: number): void {
    for (let at = this.offset; at < end; at += 1) {
      if (this.text.charCodeAt(at) !== 0x0a) continue;
      this.line += 1;
      this.lineStart = at + 1;
    }
    this.offset = end;
  }

  private skipPast(end: string, opened: Place): void {
    const found = this.text.indexOf(end, this.offset);
    if (found < 0) throw new ConfigSyntaxError(opened, "a Lua block is not closed");
    this.advanceTo(found + end.length);
  }

  private skipLuaString(quote: string, opened: Place): void {
    let end = this.offset;
    while (end < this.text.length && this.text.charAt(end) !== quote) end += this.text.charAt(end) === "\\" ? 2 : 1;
    if (end >= this.text.length) throw new ConfigSyntaxError(opened, "a Lua block is not closed");
    this.advanceTo(end + 1);
  }
}
