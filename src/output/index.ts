export { printValue, printYaml } from "./yaml.js";
export { readCurrent } from "./write-current.js";
export { layOut, printStream, type OutputTree } from "./layout.js";
export { writtenBefore, writeTree, type WriteResult } from "./write.js";
