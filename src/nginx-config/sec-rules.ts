/** One directive of ModSecurity's rule language, on one line. */
export type SecStatement = {
  /** Line of the text where it begins, from 1. */
  readonly line: number;
  /** In small letters: the language does not tell them apart. */
  readonly directive: string;
  /** What follows the name, as written; continued lines are joined. */
  readonly rest: string;
};

export type SecRules = {
  readonly statements: readonly SecStatement[];
  /** Line with a quote that ends nginx's own quotation around the rules, so that nginx refuses the whole configuration. */
  readonly brokenAt?: number;
};

/**
 * Reads rules as they stand in an annotation or in the ConfigMap. The controller writes them between single quotes into nginx.conf
 * (template.go, buildModSecurityForLocation), so nginx takes one level of backslashes away first (ngx_conf_read_token), and a bare quote ends them.
 */
export function readSecRules(text: string): SecRules {
  const brokenAt = bareQuote(text);
  const statements: SecStatement[] = [];
  let open: { line: number; text: string } | undefined;
  for (const [index, written] of text.split(/\r?\n/).entries()) {
    const line = unescaped(written).trim();
    // Comments may stand between continued lines.
    if (line === "" || line.startsWith("#")) continue;
    const continues = line.endsWith("\\");
    const part = continues ? line.slice(0, -1) : line;
    open = open === undefined ? { line: index + 1, text: part } : { ...open, text: open.text + part };
    if (continues) continue;
    statements.push(statementOf(open));
    open = undefined;
  }
  if (open !== undefined) statements.push(statementOf(open));
  return brokenAt === undefined ? { statements } : { statements, brokenAt };
}

function statementOf({ line, text }: { readonly line: number; readonly text: string }): SecStatement {
  const [, name = "", rest = ""] = /^(\S+)\s*(.*)$/s.exec(text.trim()) ?? [];
  return { line, directive: name.toLowerCase(), rest: rest.trim() };
}

/** `\n`, `\r` and `\t` become characters in nginx, which mean the same inside of an expression; they stay as they are. */
const unescaped = (line: string): string => line.replaceAll(/\\(["'\\])/g, "$1");

function bareQuote(text: string): number | undefined {
  const at = /(?<!\\)(?:\\\\)*'/.exec(text)?.index;
  return at === undefined ? undefined : text.slice(0, at).split("\n").length;
}
