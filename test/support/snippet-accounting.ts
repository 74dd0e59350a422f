import { argsOf, type Finding } from "../../src/findings/index.js";
import { parseConfig, withInner, type Directive } from "../../src/nginx-config/index.js";

/** What the report says of a directive. */
export type Told = "translated" | "lost" | "no effect" | "refused" | "protects" | "process" | "unreadable";

const SINGLE = {
  SNIPPET_DIRECTIVE_LOST: "lost",
  SNIPPET_DIRECTIVE_IDLE: "no effect",
  SNIPPET_DIRECTIVE_REFUSED: "refused",
  SNIPPET_DIRECTIVE_OF_PROCESS: "process",
} as const;
const LISTS = { SNIPPET_TRANSLATED: "translated", SNIPPET_MAY_PROTECT: "protects" } as const;

type Place = { readonly told: Told; readonly name: string; readonly line: number };

/** Name and line of the directives that a finding is about. */
function placesIn(found: Finding): readonly Place[] {
  const single = keysOf(SINGLE).flatMap((code) => {
    const args = argsOf(code, found);
    return args === undefined ? [] : [{ told: SINGLE[code], name: args.text.split(" ")[0] ?? "", line: args.line }];
  });
  const listed = keysOf(LISTS).flatMap((code) => {
    const { directives = "" } = argsOf(code, found) ?? {};
    return [...directives.matchAll(/([^\s(]+)(?: \d{3})? \(line ([\d, ]+)\)/g)].flatMap(([, name = "", lines = ""]) =>
      lines.split(", ").map((line) => ({ told: LISTS[code], name, line: Number(line) })),
    );
  });
  return [...single, ...listed];
}

const keysOf = <Key extends string>(of: Readonly<Record<Key, unknown>>): Key[] => Object.keys(of) as Key[];

/** Directives of a text that are told not once, and findings that name a line which does not hold their directive. */
export function misaccounted(text: string, findings: readonly Finding[]): readonly string[] {
  const config = parseConfig(text);
  const lines = text.split("\n");
  const places = findings.flatMap(placesIn);
  const wrong = places
    .filter(({ name, line }) => lines[line - 1]?.includes(name) !== true)
    .map(({ told, name, line }) => `${told}: no ${name} in line ${line}`);
  const isUnread = findings.some(({ code }) => code === "SNIPPET_UNREADABLE");
  if ((config.problem !== undefined) !== isUnread) wrong.push("what cannot be read is not told");
  const tellings = ({ name, at }: Directive): readonly Told[] => [
    ...new Set(places.filter((place) => place.name === name && place.line === at.line).map(({ told }) => told)),
  ];
  const walk = (directive: Directive): void => {
    const all = tellings(directive);
    // A check that nginx refuses is told with the reason and as what keeps the route closed; a line that is lost on one path may be refused on another.
    const told = all.includes("protects") || all.includes("lost") ? all.filter((one) => one !== "refused") : all;
    const inner = [...withInner(directive)].slice(1);
    if (told.length > 1) wrong.push(`line ${directive.at.line}, ${directive.name}: ${told.join(" and ")}`);
    const isWhole = told.length === 1 && told[0] !== "translated";
    // A block that guards a refusal is told by the refusal.
    if (told.length === 0 && inner.some((one) => tellings(one).includes("protects"))) return;
    if (told.length === 0) wrong.push(`line ${directive.at.line}, ${directive.name}: not told`);
    // What becomes of a block becomes of everything in it, unless its parts are told.
    if (isWhole || directive.block === undefined || !/^(?:if|limit_except|location)$/.test(directive.name)) return;
    if (directive.name === "limit_except" || directive.name === "location") return;
    for (const one of directive.block) walk(one);
  };
  for (const directive of config.directives) walk(directive);
  return wrong;
}
