export { oneWord, parseConfig, withInner, type Directive, type ParsedConfig } from "./parse.js";
export { isOfTemplate, onceName, placesOf, type Place } from "./directives.js";
export { quotedDirective } from "./quoted.js";
export { DEFAULT_TYPE, typeOfEnding } from "./media-types.js";
export { constantText, parseText, printText, type TextPart } from "./text.js";
export { readSecRules, type SecStatement } from "./sec-rules.js";
export { isVariableOfController } from "./variables.js";
