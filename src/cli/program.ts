import { Argument, Command } from "commander";
import { EXIT_CODE_HELP } from "./exit-codes.js";
import {
  checkOutputOptions,
  controllerOptions,
  diffOptions,
  explainOptions,
  gatewayOptions,
  generalOptions,
  outputOptions,
  targetsOption,
  translationOptions,
  verifyOptions,
} from "./options.js";

const HELP_WIDTH = 80;
export const SHELLS = ["bash", "zsh", "fish"] as const;

/** What happens when a command is chosen; the CLI imports the work, completion only looks at the tree. */
export type Actions = {
  readonly convert: (paths: readonly string[], command: Command) => Promise<void>;
  readonly diff: (paths: readonly string[], command: Command) => Promise<void>;
  readonly check: (paths: readonly string[], command: Command) => Promise<void>;
  readonly explain: (subject: string | undefined, command: Command) => Promise<void>;
  readonly verify: (paths: readonly string[], command: Command) => Promise<void>;
  readonly completion: (shell: string, program: Command) => Promise<void>;
};

/** The command tree: names, options, help. Parsing loads nothing else. */
export function createProgram(version: string, actions: Actions): Command {
  const program = new Command("ingress2gateway")
    .description("Converts ingress-nginx Ingress manifests to Gateway API and names everything that changes.")
    .version(version, "-V, --version", "print the version")
    .helpOption("-h, --help", "print help")
    .helpCommand(false)
    .exitOverride()
    .showSuggestionAfterError()
    .configureOutput({ getOutHelpWidth: () => HELP_WIDTH, getErrHelpWidth: () => HELP_WIDTH })
    .addHelpText("after", `${EXIT_CODE_HELP}\n\nRun "ingress2gateway <command> --help" for the options of a command.`);
  addConvert(program, actions);
  addDiff(program, actions);
  addCheck(program, actions);
  addExplain(program, actions);
  addVerify(program, actions);
  addCompletion(program, actions);
  return program;
}

function addConvert(program: Command, actions: Actions): void {
  const command = program
    .command("convert")
    .summary("write Gateway API resources and a report")
    .description("Writes Gateway API resources for the Ingresses in the given files, and a report of what changes.")
    .argument("[paths...]", "files, folders, globs, or - for standard input")
    .addHelpText("after", CONVERT_EXAMPLES + EXIT_CODE_HELP)
    .action((paths: string[], _flags: unknown, self: Command) => actions.convert(paths, self));
  const options = [
    ...outputOptions(),
    ...translationOptions(),
    ...gatewayOptions(),
    ...controllerOptions(),
    ...generalOptions(),
  ];
  for (const option of options) command.addOption(option);
}

function addCheck(program: Command, actions: Actions): void {
  const command = program
    .command("check")
    .summary("say what a conversion would change; a gate for CI")
    .description("Says what a conversion would change, and exits with 1 when it is severe. Writes no resources.")
    .argument("[paths...]", "files, folders, globs, or - for standard input")
    .addHelpText("after", CHECK_EXAMPLES + EXIT_CODE_HELP)
    .action((paths: string[], _flags: unknown, self: Command) => actions.check(paths, self));
  const options = [
    ...checkOutputOptions(),
    ...translationOptions(targetsOption()),
    ...gatewayOptions(),
    ...controllerOptions(),
    ...generalOptions(),
  ];
  for (const option of options) command.addOption(option);
}

const CHECK_EXAMPLES = `
Examples:
  $ ingress2gateway check ./manifests
  $ ingress2gateway check ./manifests --target all --fail-on never
  $ ingress2gateway check . --format sarif --output out.sarif --format text
`;

const CONVERT_EXAMPLES = `
Examples:
  $ ingress2gateway convert ./manifests
  $ helm template my-chart | ingress2gateway convert - --stdout
`;

function addDiff(program: Command, actions: Actions): void {
  const command = program
    .command("diff")
    .summary("show what convert would change; writes nothing")
    .description(
      "The dry run: what convert would add, change and remove in the output folder or a cluster, or on each host and path. Exit code 1 says that something differs.",
    )
    .argument("[paths...]", "files, folders, globs, or - for standard input")
    .addHelpText("after", DIFF_EXAMPLES + EXIT_CODE_HELP)
    .action((paths: string[], _flags: unknown, self: Command) => actions.diff(paths, self));
  const options = [
    ...diffOptions(),
    ...translationOptions(),
    ...gatewayOptions(),
    ...controllerOptions(),
    ...generalOptions(),
  ];
  for (const option of options) command.addOption(option);
}

const DIFF_EXAMPLES = `
Examples:
  $ ingress2gateway diff ./manifests --stat
  $ ingress2gateway diff ./manifests --routes --format markdown
`;

function addExplain(program: Command, actions: Actions): void {
  const command = program
    .command("explain")
    .summary("explain an annotation or a finding code")
    .description(
      "What the controller does with an annotation, its defaults and traps, and what becomes of it on each target; or why a finding matters and what to do.",
    )
    .argument("[subject]", "an annotation, with or without nginx.ingress.kubernetes.io/, or a code")
    .addHelpText("after", EXPLAIN_EXAMPLES + EXIT_CODE_HELP)
    .action((subject: string | undefined, _flags: unknown, self: Command) => actions.explain(subject, self));
  for (const option of explainOptions()) command.addOption(option);
}

const EXPLAIN_EXAMPLES = `
Examples:
  $ ingress2gateway explain rewrite-target
  $ ingress2gateway explain --list --search timeout
`;

function addVerify(program: Command, actions: Actions): void {
  const command = program
    .command("verify")
    .summary("prove the conversion on derived requests")
    .description(
      "Converts in memory and sends requests derived from the Ingresses through simulators of ingress-nginx and of the Gateway. Every difference must be announced by a finding; exit code 1 says that one is not, which is a defect to report.",
    )
    .argument("[paths...]", "files, folders, globs, or - for standard input")
    .addHelpText("after", VERIFY_EXAMPLES + EXIT_CODE_HELP)
    .action((paths: string[], _flags: unknown, self: Command) => actions.verify(paths, self));
  const options = [
    ...verifyOptions(),
    ...translationOptions(),
    ...gatewayOptions(),
    ...controllerOptions(),
    ...generalOptions(),
  ];
  for (const option of options) command.addOption(option);
}

const VERIFY_EXAMPLES = `
Examples:
  $ ingress2gateway verify ./manifests
  $ ingress2gateway verify ./manifests --probes 200 --format json
  $ ingress2gateway verify . --old http://192.0.2.1 --new http://192.0.2.2
`;

function addCompletion(program: Command, actions: Actions): void {
  program
    .command("completion")
    .summary("print a completion script for a shell")
    .description("Prints a script that completes commands, options and their values.")
    .addArgument(new Argument("<shell>", "the shell that reads the script").choices(SHELLS))
    .addHelpText("after", COMPLETION_EXAMPLES + EXIT_CODE_HELP)
    .action((shell: string) => actions.completion(shell, program));
}

const COMPLETION_EXAMPLES = `
Examples:
  $ source <(ingress2gateway completion bash)
  $ ingress2gateway completion fish | source
`;
