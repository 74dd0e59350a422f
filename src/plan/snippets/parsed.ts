import type { Origin } from "../../kubernetes/index.js";
import { parseConfig, type ParsedConfig } from "../../nginx-config/index.js";

const PARSED = new WeakMap<Origin, ParsedConfig>();

/** Each text is parsed once, so that a directive is the same object for everybody who speaks about it. */
export function parsed({ origin, text }: { readonly origin: Origin; readonly text: string }): ParsedConfig {
  const config = PARSED.get(origin) ?? parseConfig(text);
  PARSED.set(origin, config);
  return config;
}
