export { layOut, printStream, type OutputTree } from "./layout.js";
export { writtenBefore, writeTree, type WriteResult } from "./write.js";
