import type { Command } from "commander";
import * as z from "zod";
import { checkCombinations, describeIssue, sharedFields, type ConvertOptions } from "../options.js";
import { UsageError } from "../usage-error.js";
import { readConfigFile } from "./config-file.js";
import { FAIL_ON, TARGETS, type TargetName } from "../findings/index.js";
import { readOptionFile } from "./io.js";

const path = z.string().min(1);

const targetNames = [...TARGETS, "all"] as const;

/** One target or several; `convert` takes one. */
const targetSetting = z
  .union([z.enum(targetNames), z.array(z.enum(targetNames)).min(1)], {
    error: `Invalid option: expected one of ${targetNames.join(", ")}, or a list of them`,
  })
  .transform((value): readonly TargetName[] => {
    const names = typeof value === "string" ? [value] : value;
    return TARGETS.filter((target) => names.includes("all") || names.includes(target));
  });

/** What the config file may say: the options of the library, and where input and output are. Paths are relative to the working directory. */
const configSchema = z.strictObject({
  ...sharedFields,
  target: z.exactOptional(targetSetting),
  paths: z.exactOptional(z.array(path).min(1)),
  outDir: z.exactOptional(path),
  failOn: z.exactOptional(z.enum(FAIL_ON)),
  mappings: z.exactOptional(z.array(path)),
  controllerConfig: z.exactOptional(path),
  crds: z.exactOptional(path),
  ignorePaths: z.exactOptional(z.array(path)),
  baseline: z.exactOptional(path),
  maxFileSize: z.exactOptional(z.int().min(1)),
});

/** What only the command line says. */
const flagsSchema = configSchema.extend({
  config: z.exactOptional(path),
  force: z.exactOptional(z.boolean()),
  stdout: z.exactOptional(z.boolean()),
  json: z.exactOptional(z.boolean()),
  quiet: z.exactOptional(z.boolean()),
  verify: z.exactOptional(z.boolean()),
  debug: z.exactOptional(z.boolean()),
  color: z.exactOptional(z.boolean()),
});

export type Settings = z.infer<typeof flagsSchema>;

/** Repeatable flags that are one record in the config file and the library. */
const PLURAL: Readonly<Record<string, string>> = {
  servicePort: "servicePorts",
  controllerFlag: "controllerFlags",
  ignorePath: "ignorePaths",
};

/**
 * Puts the command line on top of the config file.
 *
 * @param own flags that the command reads by itself
 * @throws UsageError that names the flag, or the place in the config file
 */
export function readSettings(paths: readonly string[], command: Command, own: readonly string[] = []): Settings {
  const given: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(command.opts())) {
    if (command.getOptionValueSource(name) === "cli" && !own.includes(name)) given[PLURAL[name] ?? name] = value;
  }
  const flags = flagsSchema.safeParse(paths.length === 0 ? given : { ...given, paths });
  if (!flags.success) throw new UsageError(flags.error.issues.map(describeFlagIssue).join("\n"));
  const settings = { ...readConfigFile(flags.data.config, configSchema), ...flags.data };
  if (settings.parentRef !== undefined && flags.data.gateway === undefined && flags.data.parentRef !== undefined) {
    throw new UsageError("--parent-ref names an existing Gateway, so it needs --no-gateway");
  }
  checkCombinations(settings);
  return settings;
}

/** Flags of one command alone. @throws UsageError that names the flag */
export function readOwnFlags<Flags>(schema: z.ZodType<Flags>, command: Command): Flags {
  const flags = schema.safeParse(command.opts());
  if (!flags.success) throw new UsageError(flags.error.issues.map(describeFlagIssue).join("\n"));
  return flags.data;
}

function describeFlagIssue(issue: z.core.$ZodIssue): string {
  const [first, ...rest] = issue.path.map(String);
  if (first === undefined) return describeIssue(issue);
  const single = Object.keys(PLURAL).find((name) => PLURAL[name] === first) ?? first;
  const flag = first === "paths" ? "path" : `--${single.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  return `${flag}: ${rest.length === 0 ? "" : `${rest.join(".")}: `}${issue.message}`;
}

/**
 * Options of `convert()`, with the files that settings name read.
 *
 * @throws UsageError when the config file names several targets
 */
export function convertOptions(settings: Settings): Omit<ConvertOptions, "sources" | "snapshot"> {
  const [target, ...others] = settings.target ?? [];
  if (target !== undefined && others.length > 0)
    throw new UsageError(
      `the config file names several targets (${[target, ...others].join(", ")}), and convert writes for one: pass --target`,
    );
  return { ...sharedOptions(settings), ...(target === undefined ? {} : { target }) };
}

/** Options that `convert()` and `check()` share, with the files that settings name read. */
export function sharedOptions(settings: Settings): Omit<ConvertOptions, "sources" | "snapshot" | "target"> {
  const { mappings, controllerConfig } = settings;
  const isShared = (name: string): boolean => name in sharedFields && name !== "target";
  const shared = Object.fromEntries(Object.entries(settings).filter(([name]) => isShared(name)));
  return {
    ...shared,
    ...(mappings === undefined ? {} : { mappings: mappings.map((file) => readOptionFile(file, "--mappings")) }),
    ...(controllerConfig === undefined
      ? {}
      : { controllerConfig: readOptionFile(controllerConfig, "--controller-config") }),
    ...(settings.debug === undefined ? {} : { debug: settings.debug }),
  };
}
