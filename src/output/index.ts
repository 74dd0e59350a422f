export { layOut, printStream, type Layout, type OutputTree } from "./layout.js";
export { OutputError } from "./output-error.js";
export { writtenBefore, writeTree, type WriteOptions, type WriteResult } from "./write.js";
export { printYaml } from "./yaml.js";
