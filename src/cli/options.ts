import { Option } from "commander";
import { CHECK_FORMATS, FAIL_ON, TARGETS, type FailOn } from "../findings/index.js";
import {
  collected,
  collectedChoice,
  contextLines,
  controllerFlag,
  fileSize,
  objectName,
  onOff,
  reportFlags,
  servicePort,
  wholeNumber,
} from "./option-values.js";

/** Formats of `diff`. Declared here because parsing the command line loads nothing else. */
export const ROUTE_FORMATS = ["text", "markdown", "json"] as const;

/**
 * The flags, each declared once; a command picks groups. None has a default value here: what is not given may stand in the
 * config file, and the library knows the defaults.
 */

function option(flags: string, description: string, group: string): Option {
  return new Option(flags, description).helpGroup(group);
}

const INPUT = "What the controller was told:";
const TRANSLATION = "Translation:";
const GATEWAY = "Gateway:";
const OUTPUT = "Output:";
const LIVE = "Against two running sides:";
const GENERAL = "General:";

export function controllerOptions(): readonly Option[] {
  return [
    option(
      "--ingress-class <name>",
      "serve exactly this class; repeatable (default: nginx, and what IngressClasses in the input say)",
      INPUT,
    ).argParser(collected),
    option("--without-class <what>", "Ingresses without a class (default: convert)", INPUT).choices([
      "convert",
      "skip",
    ]),
    option("--controller-config <file>", "the controller's ConfigMap, when it is not in the input", INPUT),
    option(
      "--controller-flag <name=value>",
      "a flag of the controller, e.g. enable-ssl-passthrough=true; repeatable",
      INPUT,
    ).argParser(controllerFlag),
    option(
      "--annotation-validation <on|off>",
      "whether the controller checks annotation values (default: on, before version 1.12 off)",
      INPUT,
    ).argParser(onOff),
    option(
      "--controller-version <version>",
      "the ingress-nginx that runs, e.g. 1.9.4 (default: what its ConfigMap's label says, else 1.15)",
      INPUT,
    ),
    option("--annotations-prefix <prefix>", "the controller's prefix (default: nginx.ingress.kubernetes.io)", INPUT),
    option(
      "--service-port <ns/svc:name=port>",
      "number of a named port whose Service is not in the input; repeatable",
      INPUT,
    ).argParser(servicePort),
    option("--mappings <file>", "in-house annotations that mean the same as known ones; repeatable", INPUT).argParser(
      collected,
    ),
  ];
}

function targetOption(): Option {
  return option("--target <name>", "what implements the Gateway API (default: envoy-gateway)", TRANSLATION).choices(
    TARGETS,
  );
}

/** `check` compares targets. */
export function targetsOption(): Option {
  return option(
    "--target <name>",
    "what implements the Gateway API; repeatable, all for a comparison (default: envoy-gateway)",
    TRANSLATION,
  )
    .choices([...TARGETS, "all"])
    .argParser(collectedChoice([...TARGETS, "all"]));
}

/** @param target the option for the target; a command that writes for one of them takes one */
export function translationOptions(target = targetOption()): readonly Option[] {
  return [
    target,
    option("--fidelity <level>", "clean matches, or nginx's to the letter (default: portable)", TRANSLATION).choices([
      "portable",
      "exact",
    ]),
    option(
      "--body-limit <mode>",
      "a limit buffers whole bodies on some targets: auto leaves it out where that harms (default: auto)",
      TRANSLATION,
    ).choices(["auto", "enforce", "report"]),
    option("--defaults <mode>", "hidden defaults of the controller (default: keep)", TRANSLATION).choices([
      "keep",
      "report",
      "ignore",
    ]),
    option(
      "--certificates <how>",
      "listeners on the Gateway with grants, or in ListenerSets beside the Secrets; auto takes sets from the 65th listener on (default: auto)",
      TRANSLATION,
    ).choices(["auto", "reference-grant", "listener-set"]),
    option("--default-certificate <ns/name>", "Secret for hosts without one of their own", TRANSLATION).argParser(
      objectName,
    ),
    option(
      "--allow-unprotected",
      "write routes whose protection the target cannot enforce; they answer an error otherwise",
      TRANSLATION,
    ),
    option(
      "--allow-lua",
      "Lua where nothing else does the job (cookies, Location); Envoy Gateway has it off by default",
      TRANSLATION,
    ),
    option(
      "--shared-limits <clients>",
      "limit-connections and limit-rate as totals for so many clients together; they are reported otherwise",
      TRANSLATION,
    ).argParser(wholeNumber),
    option(
      "--waf-image <image>",
      "Coraza as Wasm module in place of ModSecurity, with tag or digest, or none (default: ghcr.io/corazawaf/coraza-proxy-wasm:0.5.0)",
      TRANSLATION,
    ),
  ];
}

export function gatewayOptions(): readonly Option[] {
  return [
    option("--gateway-name <name>", "(default: edge)", GATEWAY),
    option("--gateway-namespace <name>", "(default: gateway-system)", GATEWAY),
    option("--gateway-class <name>", "(default: eg on envoy-gateway, gateway on standard)", GATEWAY),
    option("--no-gateway", "write no Gateway; needs --parent-ref", GATEWAY),
    option(
      "--parent-ref <ns/name>",
      "the existing Gateway that routes attach to; add it to the input to have its listeners compared",
      GATEWAY,
    ).argParser(objectName),
  ];
}

function failOnOption(fallback: FailOn): Option {
  return option(
    "--fail-on <severity>",
    `exit 1 when a finding is that severe or worse (default: ${fallback})`,
    OUTPUT,
  ).choices(FAIL_ON);
}

function crdsOption(description: string): Option {
  return option("--crds <dir>", description, OUTPUT);
}

export function checkOutputOptions(): readonly Option[] {
  const readers = reportFlags(CHECK_FORMATS);
  return [
    option("--format <name>", "how findings are written; repeatable (default: text)", OUTPUT)
      .choices(CHECK_FORMATS)
      .argParser(readers.format),
    option(
      "--output <file>",
      "where the --format before it goes; what has none goes to standard output",
      OUTPUT,
    ).argParser(readers.output),
    failOnOption("high"),
    option("--baseline <file>", "findings that are known and do not fail", OUTPUT),
    option("--write-baseline", "write all findings to the --baseline file instead of failing", OUTPUT),
    crdsOption("refuse input whose objects do not pass these CRDs"),
    option("--quiet", "print nothing but what --format asks for", OUTPUT),
  ];
}

export function outputOptions(): readonly Option[] {
  return [
    option("--out-dir <dir>", "folder to write to (default: gateway-api)", OUTPUT),
    option("--force", "replace files in --out-dir that others wrote or edited", OUTPUT),
    option("--stdout", "print the YAML instead of writing files", OUTPUT).conflicts(["outDir", "force", "json"]),
    option("--json", "print the report as JSON", OUTPUT),
    failOnOption("never"),
    crdsOption("check every object against these CRDs and write nothing that fails"),
    option("--no-verify", "do not verify the conversion (up to 1,000 Ingresses are verified)", OUTPUT),
    option("--quiet", "print no summary", OUTPUT),
  ];
}

export function generalOptions(): readonly Option[] {
  return [
    option("--config <file>", "options as YAML (default: ingress2gateway.yaml, if it exists)", GENERAL),
    option("--ignore-path <glob>", "files and folders to leave out; repeatable", GENERAL).argParser(collected),
    option("--namespace <name>", "namespace of objects that name none (default: default)", GENERAL),
    option("--max-file-size <MiB>", "largest input file (default: 64)", GENERAL).argParser(fileSize),
    option("--debug", "check the invariants of every stage; show stack traces", GENERAL),
    option("--color", "colour even when the output is not a terminal", GENERAL),
    option("--no-color", "no colour", GENERAL),
  ];
}

/** What `diff` looks at, and how it is printed. */
export function diffOptions(): readonly Option[] {
  return [
    option("--out-dir <dir>", "folder to compare with (default: gateway-api)", OUTPUT),
    option(
      "--live <file>",
      "compare with objects exported from a cluster instead; - for standard input",
      OUTPUT,
    ).conflicts(["outDir", "routes", "nameOnly", "stat"]),
    option("--routes", "what happens on each host and path today and afterwards, instead of files", OUTPUT).conflicts([
      "outDir",
      "nameOnly",
      "stat",
    ]),
    option("--changed-only", "with --routes: only paths on which something changes", OUTPUT),
    option("--format <format>", "text, markdown (with --routes) or json (default: text)", OUTPUT).choices(
      ROUTE_FORMATS,
    ),
    option("--name-only", "print the paths of the files that differ", OUTPUT).conflicts(["stat"]),
    option("--stat", "print how many lines differ in each file", OUTPUT),
    option("-U, --unified <lines>", "lines around each change (default: 3)", OUTPUT).argParser(contextLines),
    option("--no-verify", "as in convert: the report without a verification", OUTPUT),
    option("--quiet", "print no summary", OUTPUT),
  ];
}

export function explainOptions(): readonly Option[] {
  return [
    option("--list", "list everything that can be explained", GENERAL),
    option("--search <text>", "with --list: only what these words occur in", GENERAL),
    option("--color", "colour even when the output is not a terminal", GENERAL),
    option("--no-color", "no colour", GENERAL),
  ];
}

/** Formats of `verify`. */
export const VERIFY_FORMATS = ["text", "markdown", "json"] as const;

/** How many requests `verify` makes up, and how its result is printed. */
export function verifyOptions(): readonly Option[] {
  return [
    option("--probes <number>", "most requests for one host (default: 2000)", OUTPUT).argParser(wholeNumber),
    option("--seed <number>", "another seed gives other random requests (default: 1)", OUTPUT).argParser(wholeNumber),
    option("--format <format>", "text, markdown or json (default: text)", OUTPUT).choices(VERIFY_FORMATS),
    option("--quiet", "print nothing but the result", OUTPUT),
    option("--old <url>", "where the ingress controller listens; once for http, once for https", LIVE).argParser(
      collected,
    ),
    option("--new <url>", "where the Gateway listens; once for http, once for https", LIVE).argParser(collected),
    option("--resolve <host:address>", "address of a name in these URLs; repeatable", LIVE).argParser(collected),
    option("--header <name:value>", "sent with every request, e.g. a password; repeatable", LIVE).argParser(collected),
    option("--rate <number>", "pairs of requests a second (default: 10)", LIVE).argParser(wholeNumber),
    option("--no-safe-methods", "send POST, PUT, DELETE and bodies as well", LIVE),
    option("--compare-header <name>", "response header to compare; repeatable", LIVE).argParser(collected),
    option("--ignore-body", "do not compare bodies", LIVE),
    option("--insecure", "accept any certificate", LIVE),
    option("--timeout <seconds>", "for each request (default: 10)", LIVE).argParser(wholeNumber),
    option("--record <file>", "every pair of answers, as JSON lines", LIVE),
  ];
}
