export { parseConfig, type Directive, type ParsedConfig } from "./parse.js";
