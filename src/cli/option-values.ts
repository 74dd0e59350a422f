import { InvalidArgumentError } from "commander";

/** Readers for the values of options. They throw what commander turns into an error with the option's name. */

export type ObjectName = { readonly namespace: string; readonly name: string };

export function objectName(text: string): ObjectName {
  const [namespace, name, ...rest] = text.split("/");
  if (namespace === undefined || name === undefined || namespace === "" || name === "" || rest.length > 0) {
    throw new InvalidArgumentError("Write it as namespace/name.");
  }
  return { namespace, name };
}

export function collected(text: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), text];
}

function checkChoice(text: string, choices: readonly string[]): void {
  if (!choices.includes(text)) throw new InvalidArgumentError(`Allowed choices are ${choices.join(", ")}.`);
}

/** Several of a few words. */
export function collectedChoice(choices: readonly string[]): typeof collected {
  return (text, previous) => {
    checkChoice(text, choices);
    return collected(text, previous);
  };
}

/** `namespace/service:port-name=number`, collected into one record. */
export function servicePort(
  text: string,
  previous: Readonly<Record<string, number>> | undefined,
): Readonly<Record<string, number>> {
  const match = /^([^/:=]+\/[^/:=]+:[^/:=]+)=([0-9]{1,5})$/.exec(text);
  const [, key, port] = match ?? [];
  if (key === undefined || port === undefined)
    throw new InvalidArgumentError("Write it as namespace/service:port-name=number, for example shop/web:http=8080.");
  return { ...previous, [key]: Number(port) };
}

/** `name=value` or a bare `name`, which means true; leading dashes are dropped. */
export function controllerFlag(
  text: string,
  previous: Readonly<Record<string, string>> | undefined,
): Readonly<Record<string, string>> {
  const bare = text.replace(/^--?/, "");
  const equals = bare.indexOf("=");
  const name = equals === -1 ? bare : bare.slice(0, equals);
  if (!/^[a-z][a-z0-9-]*$/.test(name))
    throw new InvalidArgumentError("Write it as name=value, for example enable-ssl-passthrough=true.");
  return { ...previous, [name]: equals === -1 ? "true" : bare.slice(equals + 1) };
}

export function onOff(text: string): boolean {
  if (text !== "on" && text !== "off") throw new InvalidArgumentError("Allowed choices are on, off.");
  return text === "on";
}

const MAX_MEBIBYTES = 1024;

/** Mebibytes, e.g. `128` or `128Mi`. */
export function fileSize(text: string): number {
  const size = Number(/^([0-9]{1,4})(?:Mi?B?)?$/i.exec(text)?.[1]);
  if (!(size >= 1 && size <= MAX_MEBIBYTES))
    throw new InvalidArgumentError(`Write a number of MiB between 1 and ${MAX_MEBIBYTES}.`);
  return size;
}

const MOST_CONTEXT = 100_000;

/** Lines of context of a patch. */
export function contextLines(text: string): number {
  if (!/^[0-9]{1,6}$/.test(text) || Number(text) > MOST_CONTEXT)
    throw new InvalidArgumentError(`Write a whole number of lines, 0 to ${MOST_CONTEXT}.`);
  return Number(text);
}

/** `--format` and `--output` in the order in which they were given, which says what belongs together. */
export type ReportFlag = { readonly order: number; readonly text: string };

type Collector = (text: string, previous: readonly ReportFlag[] | undefined) => readonly ReportFlag[];

/** Readers that share one count. */
export function reportFlags(formats: readonly string[]): { readonly format: Collector; readonly output: Collector } {
  let given = 0;
  const collect: Collector = (text, previous) => [...(previous ?? []), { order: given++, text }];
  return {
    format: (text, previous) => {
      checkChoice(text, formats);
      return collect(text, previous);
    },
    output: (text, previous) => {
      if (text === "") throw new InvalidArgumentError("Name a file, or - for standard output.");
      return collect(text, previous);
    },
  };
}

const MOST_DIGITS = 10;

/** A whole number that is not negative; its range is checked with the other options. */
export function wholeNumber(text: string): number {
  if (!/^[0-9]+$/.test(text) || text.length > MOST_DIGITS) throw new InvalidArgumentError("Write a whole number.");
  return Number(text);
}
