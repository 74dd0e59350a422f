/**
 * One raw annotation value to what the controller makes of it: check, parse, or one of the consequences of a bad value.
 * Facts: the parsers in internal/ingress/annotations of ingress-nginx 1.15.1.
 */
import { nginxFault } from "./nginx-faults.js";
import { readValue } from "./value-readers.js";
import { checkValue } from "./value-checks.js";
import type { CatalogueEntry, Consequence, OnInvalid, SettingValue } from "./types.js";

type Spec = CatalogueEntry["value"];

export type Outcome =
  | {
      readonly kind: "value";
      readonly value: SettingValue;
      readonly skipped?: readonly string[];
      readonly refused?: string;
      readonly leftOut?: string;
    }
  | {
      readonly kind: "invalid";
      readonly onInvalid: Consequence;
      readonly reason: string;
      readonly inForce?: string;
      readonly failure?: string;
    }
  /** Counts as absent. */
  | { readonly kind: "empty" };

/**
 * Decodes one value.
 *
 * @param raw text as written
 * @param spec value part of the catalogue entry
 * @param validation whether the controller checks characters (`--enable-annotation-validation`, on by default)
 */
export function decodeValue(raw: string, spec: Spec, validation: boolean): Outcome {
  if (raw === "") return emptyOutcome(spec);
  if (validation) {
    const problem = checkValue(raw, spec);
    if (problem !== undefined) return invalid(spec, spec.onBadCharacters ?? spec.onInvalid, problem);
  }
  const text = isLiteral(spec) ? raw : trimLines(raw);
  if (text === "") return emptyOutcome(spec);
  const refused = nginxFault(text, spec);
  const read = readValue(text, spec);
  if (!("fault" in read)) return { kind: "value", ...read, ...(refused === undefined ? {} : { refused }) };
  const outcome = consequence(spec, validation);
  if (outcome === "fall-back" && refused === undefined && spec.leftOut !== undefined) {
    const own = readValue(spec.leftOut, spec);
    if ("value" in own) return { kind: "value", value: own.value, leftOut: read.fault };
  }
  return refused === undefined || outcome !== "fall-back"
    ? { ...invalid(spec, outcome, read.fault), ...(spec.unreadable === undefined ? {} : { failure: spec.unreadable }) }
    : invalid(spec, "nginx-refuses", refused);
}

/** Booleans and integers are parsed as written; every other value is trimmed line by line (parser/main.go). */
function isLiteral(spec: Spec): boolean {
  return spec.accepts === "boolean" || spec.accepts === "integer";
}

function trimLines(raw: string): string {
  return raw.includes("\n")
    ? raw
        .split("\n")
        .map((line) => line.trim())
        .join("\n")
    : raw.trim();
}

function emptyOutcome(spec: Spec): Outcome {
  return spec.onEmpty === undefined ? { kind: "empty" } : invalid(spec, spec.onEmpty, "it is empty");
}

/**
 * Without the first check a bad text is no validation error any more, so nothing refuses the Ingress; the parsers that
 * deny by themselves still do.
 */
function consequence(spec: Spec, validation: boolean): OnInvalid {
  if (validation) return spec.onUnusable ?? spec.onInvalid;
  const otherwise = spec.onInvalid === "reject-ingress" ? "fall-back" : spec.onInvalid;
  return spec.onUnvalidated ?? spec.onUnusable ?? otherwise;
}

function invalid(spec: Spec, onInvalid: Consequence, reason: string): Outcome {
  const inForce = onInvalid === "fall-back" ? spec.default : undefined;
  return { kind: "invalid", onInvalid, reason, ...(inForce === undefined ? {} : { inForce }) };
}
