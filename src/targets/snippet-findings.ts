import { argsOf, finding, type Answer, type ArgsOf, type Finding, type FindingCode } from "../findings/index.js";

/** Codes about single directives, the one that leaves most to do first. */
const ABOUT_ONE = ["SNIPPET_DIRECTIVE_LOST", "SNIPPET_DIRECTIVE_REFUSED", "SNIPPET_DIRECTIVE_IDLE"] as const;
const JOINED: ReadonlySet<string> = new Set(["SNIPPET_TRANSLATED", ...ABOUT_ONE]);
type AboutOne = ArgsOf<(typeof ABOUT_ONE)[number]>;
type Translated = ArgsOf<"SNIPPET_TRANSLATED">;

/**
 * Every rule of a host tells what becomes of the directives there. Put together, each directive is answered for once: what is translated on one path
 * is not without effect because it is on another one, and reasons that differ stand in one sentence.
 */
export function joinSnippetFindings(findings: readonly Finding[]): readonly Finding[] {
  if (!findings.some(({ code }) => JOINED.has(code))) return findings;
  const translated = new Map<string, Finding[]>();
  const single = new Map<string, Finding[]>();
  const placeOf = (found: Finding): readonly [Map<string, Finding[]>, string] | undefined => {
    const of = argsOf("SNIPPET_TRANSLATED", found);
    if (of !== undefined) return [translated, holderKey(of)];
    const one = aboutOne(found);
    return one === undefined ? undefined : [single, directiveKey(one)];
  };
  for (const found of findings) {
    const place = placeOf(found);
    if (place === undefined) continue;
    const [groups, key] = place;
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [found]);
    else known.push(found);
  }
  const lines = new Map([...translated].map(([key, group]) => [key, linesOf(group)]));
  const seen = new Set<Finding[]>();
  return findings.flatMap((found) => {
    const place = placeOf(found);
    const group = place?.[0].get(place[1]);
    if (place === undefined || group === undefined) return [found];
    if (seen.has(group)) return [];
    seen.add(group);
    if (place[0] === translated) return [withLines(found, lines.get(place[1]) ?? new Map())];
    return joinedOne(group, lines);
  });
}

/** Answers without the codes about single directives that are left to no finding of their snippet. */
export function answersBeside(answers: readonly Answer[], joined: readonly Finding[]): readonly Answer[] {
  const told = new Set(
    joined.flatMap((found) => {
      const of = aboutOne(found);
      return of === undefined ? [] : [`${found.code} ${of.ingress ?? ""} ${of.key}`];
    }),
  );
  const isTold = (code: string, { ingress, key }: Answer): boolean =>
    code !== "SNIPPET_DIRECTIVE_IDLE" || told.has(`${code} ${ingress} ${key.slice(key.indexOf("/") + 1)}`);
  return answers.map((answer) =>
    answer.codes.every((code) => isTold(code, answer))
      ? answer
      : { ...answer, codes: answer.codes.filter((code) => isTold(code, answer)) },
  );
}

function aboutOne(found: Finding): AboutOne | undefined {
  for (const code of ABOUT_ONE) {
    const args = argsOf(code, found);
    if (args !== undefined) return args;
  }
  return undefined;
}

const holderKey = ({ ingress, configMap, key }: Translated | AboutOne): string =>
  `${ingress ?? ""} ${configMap ?? ""} ${key}`;
const directiveKey = (of: AboutOne): string => `${holderKey(of)} ${of.line} ${of.text}`;

type Lines = ReadonlyMap<string, ReadonlySet<number>>;

/** `add_header (line 1, 4), if (line 2)` of all of them. */
function linesOf(group: readonly Finding[]): Lines {
  const lines = new Map<string, Set<number>>();
  for (const found of group) {
    const list = argsOf("SNIPPET_TRANSLATED", found)?.directives ?? "";
    for (const [, name = "", numbers = ""] of list.matchAll(/(\S+) \(line ([\d, ]+)\)/g)) {
      const known = lines.get(name) ?? new Set();
      for (const line of numbers.split(", ")) known.add(Number(line));
      lines.set(name, known);
    }
  }
  return lines;
}

function withLines(found: Finding, lines: Lines): Finding {
  const args = argsOf("SNIPPET_TRANSLATED", found);
  if (args === undefined) return found;
  const sorted = [...lines].map(([name, numbers]) => ({ name, numbers: [...numbers].sort((a, b) => a - b) }));
  sorted.sort((a, b) => (a.numbers[0] ?? 0) - (b.numbers[0] ?? 0));
  const directives = sorted.map(({ name, numbers }) => `${name} (line ${numbers.join(", ")})`).join(", ");
  return directives === args.directives ? found : remade("SNIPPET_TRANSLATED", found, { ...args, directives });
}

/** One finding, and a second one where a line that is lost on one path makes nginx refuse everything on another. */
function joinedOne(group: readonly Finding[], translated: ReadonlyMap<string, Lines>): Finding[] {
  const [, ...milder] = ABOUT_ONE;
  const told = joinedBy(ABOUT_ONE, group, translated);
  if (told[0]?.code !== "SNIPPET_DIRECTIVE_LOST") return told;
  return [...told, ...joinedBy(milder, group, translated).filter(({ code }) => code === "SNIPPET_DIRECTIVE_REFUSED")];
}

function joinedBy(
  codes: readonly (typeof ABOUT_ONE)[number][],
  group: readonly Finding[],
  translated: ReadonlyMap<string, Lines>,
): Finding[] {
  for (const code of codes) {
    const own = group.flatMap((found) => {
      const args = argsOf(code, found);
      return args === undefined ? [] : [{ found, args }];
    });
    const [first] = own;
    if (first === undefined) continue;
    const { args, found } = first;
    const name = args.text.split(" ")[0] ?? "";
    const isTranslated = translated.get(holderKey(args))?.get(name)?.has(args.line) === true;
    if (code === "SNIPPET_DIRECTIVE_IDLE" && isTranslated) return [];
    const reasons = [...new Set(own.flatMap((one) => reasonsOf(one.args)))];
    const isSaid = reasons.length <= reasonsOf(args).length;
    return [isSaid ? found : remade(code, found, { ...args, reason: reasons.join("; elsewhere: ") })];
  }
  return [];
}

const reasonsOf = ({ reason }: { readonly reason?: string | undefined }): readonly string[] =>
  reason === undefined ? [] : [reason];

function remade<Code extends FindingCode>(
  code: Code,
  { at, target, severity, verdict }: Finding,
  args: ArgsOf<Code>,
): Finding {
  return finding(code, at, args, { severity, verdict, ...(target === undefined ? {} : { target }) });
}
