import type { Command } from "commander";
import { assertNever } from "../kubernetes/index.js";
import { EXIT } from "./exit-codes.js";
import { SHELLS } from "./program.js";

type Flag = {
  readonly names: readonly string[];
  readonly takesValue: boolean;
  readonly choices: readonly string[];
  readonly description: string;
};
type Branch = {
  readonly name: string;
  readonly summary: string;
  readonly flags: readonly Flag[];
  readonly choices: readonly string[];
};

/** Prints the completion script of a shell, made from the command tree. */
export async function runCompletion(shell: string, program: Command): Promise<number> {
  const { createIo } = await import("./io.js");
  const known = SHELLS.find((name) => name === shell);
  if (known === undefined) return EXIT.failed; // commander refuses other shells before
  await createIo(undefined).out(script(known, branches(program)));
  return EXIT.done;
}

function script(shell: (typeof SHELLS)[number], tree: readonly Branch[]): string {
  switch (shell) {
    case "bash":
      return bash(tree);
    case "zsh":
      return zsh(tree);
    case "fish":
      return fish(tree);
    default:
      return assertNever(shell);
  }
}

/** The tree as completion needs it. Choices and names are ours: they hold no shell syntax. */
function branches(program: Command): readonly Branch[] {
  return program.commands.map((command) => ({
    name: command.name(),
    summary: command.summary(),
    flags: command.options.map((option) => ({
      names: [option.short, option.long].filter((name) => name !== undefined),
      takesValue: option.required || option.optional,
      choices: option.argChoices ?? (option.flags.includes("<on|off>") ? ["on", "off"] : []),
      description: option.description,
    })),
    choices: command.registeredArguments.flatMap((argument) => argument.argChoices ?? []),
  }));
}

function bash(tree: readonly Branch[]): string {
  const cases = tree.flatMap((branch) => [
    `    ${branch.name})`,
    `      case "$prev" in`,
    ...branch.flags
      .filter((flag) => flag.choices.length > 0)
      .map(
        (flag) =>
          `        ${flag.names.join("|")}) COMPREPLY=($(compgen -W "${flag.choices.join(" ")}" -- "$cur")); return ;;`,
      ),
    ...branch.flags
      .filter((flag) => flag.takesValue && flag.choices.length === 0)
      .map((flag) => `        ${flag.names.join("|")}) COMPREPLY=($(compgen -f -- "$cur")); return ;;`),
    `      esac`,
    `      if [[ "$cur" == -* ]]; then COMPREPLY=($(compgen -W "${branch.flags.flatMap((flag) => flag.names).join(" ")} --help" -- "$cur"))`,
    `      else COMPREPLY=($(compgen ${branch.choices.length > 0 ? `-W "${branch.choices.join(" ")}"` : "-f"} -- "$cur")); fi ;;`,
  ]);
  return [
    "# bash completion for ingress2gateway",
    "_ingress2gateway() {",
    `  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}"`,
    "  COMPREPLY=()",
    `  if [[ $COMP_CWORD -eq 1 ]]; then COMPREPLY=($(compgen -W "${tree.map((branch) => branch.name).join(" ")} --help --version" -- "$cur")); return; fi`,
    `  case "\${COMP_WORDS[1]}" in`,
    ...cases,
    "  esac",
    "}",
    "complete -o filenames -F _ingress2gateway ingress2gateway",
    "",
  ].join("\n");
}

function zsh(tree: readonly Branch[]): string {
  const quoted = (text: string): string =>
    text.replaceAll("'", "'\\''").replaceAll("[", "(").replaceAll("]", ")").replaceAll(":", "\\:");
  const value = (flag: Flag): string => {
    if (!flag.takesValue) return "";
    return flag.choices.length > 0 ? `:value:(${flag.choices.join(" ")})` : ":value:_files";
  };
  return [
    "#compdef ingress2gateway",
    "_ingress2gateway() {",
    "  if (( CURRENT == 2 )); then",
    `    local -a commands=(${tree.map((branch) => `'${branch.name}:${quoted(branch.summary)}'`).join(" ")})`,
    "    _describe command commands",
    "    return",
    "  fi",
    "  local chosen=$words[2]",
    "  shift words; (( CURRENT-- ))",
    "  case $chosen in",
    ...tree.flatMap((branch) => [
      `    ${branch.name})`,
      "      _arguments -s \\",
      ...branch.flags.flatMap((flag) =>
        flag.names.map((name) => `        '*${name}[${quoted(flag.description)}]${value(flag)}' \\`),
      ),
      `        '*:argument:${branch.choices.length > 0 ? `(${branch.choices.join(" ")})` : "_files"}' ;;`,
    ]),
    "  esac",
    "}",
    `if [[ $funcstack[1] == _ingress2gateway ]]; then _ingress2gateway "$@"; else compdef _ingress2gateway ingress2gateway; fi`,
    "",
  ].join("\n");
}

function fish(tree: readonly Branch[]): string {
  const quoted = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
  return [
    "# fish completion for ingress2gateway",
    ...tree.flatMap((branch) => {
      const here = `complete -c ingress2gateway -n '__fish_seen_subcommand_from ${branch.name}'`;
      return [
        `complete -c ingress2gateway -f -n __fish_use_subcommand -a ${branch.name} -d ${quoted(branch.summary)}`,
        ...(branch.choices.length > 0 ? [`${here} -f -a ${quoted(branch.choices.join(" "))}`] : []),
        ...branch.flags.map((flag) => {
          const names = flag.names.map((name) =>
            name.startsWith("--") ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`,
          );
          const values =
            flag.choices.length > 0 ? ` -x -a ${quoted(flag.choices.join(" "))}` : flag.takesValue ? " -r" : "";
          return `${here} ${names.join(" ")}${values} -d ${quoted(flag.description)}`;
        }),
      ];
    }),
    "",
  ].join("\n");
}
