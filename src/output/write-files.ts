import * as nodeFs from "node:fs";

/** The functions of `node:fs` that writing needs; tests put failing ones in their place. */
export type FileSystem = Pick<
  typeof nodeFs,
  | "lstatSync"
  | "mkdirSync"
  | "readdirSync"
  | "readFileSync"
  | "realpathSync"
  | "renameSync"
  | "rmdirSync"
  | "rmSync"
  | "writeFileSync"
>;

export const realFileSystem: FileSystem = nodeFs;
