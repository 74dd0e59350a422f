export type { Place } from "./lexer.js";
export { parseConfig, withInner, type Directive, type ParsedConfig } from "./parse.js";
export { constantText, parseText, printText, type Text, type TextPart } from "./text.js";
