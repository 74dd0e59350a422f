import * as nodeFs from "node:fs";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { OutputError } from "../../src/output/output-error.js";
import type { FileSystem } from "../../src/output/write-files.js";
import { MANIFEST } from "../../src/output/write-manifest.js";
import { writeTree } from "../../src/output/write.js";

let scratch: string;
let out: string;

beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), "i2g-write-"));
  out = join(scratch, "out");
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

const tree = (files: Readonly<Record<string, string>>): ReadonlyMap<string, string> => new Map(Object.entries(files));

/** Everything below a folder: text of files, `link` for links, without the manifest. */
function contents(folder: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory() || entry.name === MANIFEST) continue;
    const path = join(entry.parentPath, entry.name);
    found[path.slice(folder.length + 1)] = entry.isFile() ? readFileSync(path, "utf8") : "link";
  }
  return found;
}

const FIRST = tree({
  "platform/gateway.yaml": "gateway 1\n",
  "apps/shop/web.yaml": "web 1\n",
  "apps/blog/blog.yaml": "blog 1\n",
  "report.md": "report 1\n",
});
const SECOND = tree({
  "platform/gateway.yaml": "gateway 2\n",
  "apps/shop/web.yaml": "web 1\n",
  "apps/shop/api.yaml": "api 2\n",
  "report.md": "report 2\n",
});

describe("writeTree into a new folder", () => {
  it("writes the tree with usual permissions and leaves nothing else behind", async () => {
    const result = await writeTree(join(scratch, "deep/er/out"), FIRST);
    expect(result).toEqual({ written: 4, unchanged: 0, removed: 0 });
    expect(contents(join(scratch, "deep/er/out"))).toEqual(Object.fromEntries(FIRST));
    expect(readdirSync(join(scratch, "deep/er"))).toEqual(["out"]);
    expect(statSync(join(scratch, "deep/er/out")).mode & 0o777).toBe(statSync(join(scratch, "deep/er")).mode & 0o777);
  });

  it("leaves nothing behind when it fails", async () => {
    const fileSystem = failing("writeFileSync", 3, "ENOSPC");
    await expect(writeTree(out, FIRST, { fileSystem })).rejects.toThrow(`cannot write ${out}: the disk is full`);
    expect(readdirSync(scratch)).toEqual([]);
  });
});

describe("writeTree into a folder of an earlier run", () => {
  beforeEach(() => writeTree(out, FIRST));

  it("replaces, adds and removes its own files and empties folders", async () => {
    expect(await writeTree(out, SECOND)).toEqual({ written: 3, unchanged: 1, removed: 1 });
    expect(contents(out)).toEqual(Object.fromEntries(SECOND));
    expect(existsSync(join(out, "apps/blog"))).toBe(false);
    expect(readdirSync(out).sort()).toEqual([MANIFEST, "apps", "platform", "report.md"]);
  });

  it("does not touch anything when nothing differs", async () => {
    const before = statSync(join(out, MANIFEST)).mtimeMs;
    expect(await writeTree(out, FIRST)).toEqual({ written: 0, unchanged: 4, removed: 0 });
    expect(statSync(join(out, MANIFEST)).mtimeMs).toBe(before);
  });

  it("leaves files of other people alone", async () => {
    writeFileSync(join(out, "apps/blog/notes.txt"), "mine");
    writeFileSync(join(out, ".gitignore"), "mine");
    await writeTree(out, SECOND);
    expect(contents(out)).toEqual({
      ...Object.fromEntries(SECOND),
      "apps/blog/notes.txt": "mine",
      ".gitignore": "mine",
    });
  });

  it.each([
    ["edited file", "platform/gateway.yaml"],
    ["edited file that is no longer produced", "apps/blog/blog.yaml"],
    ["file that it did not write", "apps/shop/api.yaml"],
  ])("refuses to lose an %s, and replaces it with force", async (_, path) => {
    writeFileSync(join(out, path), "edited");
    const before = contents(out);
    await expect(writeTree(out, SECOND)).rejects.toThrow(`1 file in ${out} would be lost`);
    await expect(writeTree(out, SECOND)).rejects.toThrow(`  ${path}\n`);
    expect(contents(out)).toEqual(before);
    await writeTree(out, SECOND, { force: true });
    expect(contents(out)).toEqual(Object.fromEntries(SECOND));
  });

  it("takes an edit that equals the new text for its own", async () => {
    writeFileSync(join(out, "report.md"), "report 2\n");
    await writeTree(out, SECOND);
    expect(contents(out)).toEqual(Object.fromEntries(SECOND));
  });

  it("does not miss files that somebody deleted", async () => {
    rmSync(join(out, "apps/blog"), { recursive: true });
    rmSync(join(out, "report.md"));
    await writeTree(out, SECOND);
    expect(contents(out)).toEqual(Object.fromEntries(SECOND));
  });

  it.each([["writeFileSync"], ["renameSync"], ["mkdirSync"]] as const)(
    "puts everything back when %s fails at any call",
    async (name) => {
      const before = contents(out);
      let failures = 0;
      for (let call = 1; call < 30; call += 1) {
        const fileSystem = failing(name, call, "EIO");
        const outcome = await writeTree(out, SECOND, { fileSystem }).catch((error: unknown) => error);
        if (!(outcome instanceof Error)) break;
        failures += 1;
        expect(outcome).toBeInstanceOf(OutputError);
        expect(contents(out), `after failure of call ${call}`).toEqual(before);
        expect(readdirSync(out).sort()).toEqual([MANIFEST, "apps", "platform", "report.md"]);
      }
      expect(failures).toBeGreaterThanOrEqual(name === "mkdirSync" ? 3 : 4);
      expect(contents(out)).toEqual(Object.fromEntries(SECOND));
    },
  );

  it("keeps the replaced files when undoing fails too, and says where", async () => {
    let calls = 0;
    const fileSystem: FileSystem = {
      ...nodeFs,
      renameSync: (from, to) => {
        calls += 1;
        if (calls > 3) throw failure("EIO");
        nodeFs.renameSync(from, to);
      },
    };
    const outcome = await writeTree(out, SECOND, { fileSystem }).catch((error: unknown) => error);
    expect(outcome).toBeInstanceOf(OutputError);
    const message = outcome instanceof Error ? outcome.message : "";
    const kept = /files are in (.+)$/.exec(message)?.[1] ?? "";
    expect(kept.startsWith(out)).toBe(true);
    expect(Object.values(contents(kept))).toContain("blog 1\n");
  });

  it("refuses a damaged manifest, and starts anew with force", async () => {
    writeFileSync(join(out, MANIFEST), "{");
    await expect(writeTree(out, SECOND)).rejects.toThrow(`${MANIFEST} is damaged`);
    await writeTree(out, SECOND, { force: true });
    expect(readFileSync(join(out, MANIFEST), "utf8")).toContain('"platform/gateway.yaml"');
  });

  it.each(["../victim", "/victim", "apps/../../victim", "a\\..\\victim", "./x", ""])(
    "never removes %j, whatever the manifest says",
    async (path) => {
      writeFileSync(join(scratch, "victim"), "precious");
      writeFileSync(join(out, MANIFEST), JSON.stringify({ schemaVersion: "1", files: { [path]: "0".repeat(64) } }));
      await expect(writeTree(out, SECOND)).rejects.toThrow("is damaged");
      await writeTree(out, SECOND, { force: true });
      expect(readFileSync(join(scratch, "victim"), "utf8")).toBe("precious");
    },
  );
});

describe("writeTree refuses", () => {
  it("a file", async () => {
    writeFileSync(out, "x");
    await expect(writeTree(out, FIRST)).rejects.toThrow("is not a folder");
    expect(readFileSync(out, "utf8")).toBe("x");
  });

  it("a symbolic link, even to a folder and with force", async () => {
    mkdirSync(join(scratch, "real"));
    symlinkSync(join(scratch, "real"), out);
    await expect(writeTree(out, FIRST, { force: true })).rejects.toThrow("is a symbolic link");
    expect(readdirSync(join(scratch, "real"))).toEqual([]);
  });

  it("a dangling symbolic link", async () => {
    symlinkSync(join(scratch, "nowhere"), out);
    await expect(writeTree(out, FIRST)).rejects.toThrow("is a symbolic link");
    expect(existsSync(join(scratch, "nowhere"))).toBe(false);
  });

  it("to write through a linked folder inside, even with force", async () => {
    mkdirSync(join(scratch, "elsewhere"));
    mkdirSync(out);
    symlinkSync(join(scratch, "elsewhere"), join(out, "apps"));
    await expect(writeTree(out, FIRST, { force: true })).rejects.toThrow("leads out of the output folder");
    expect(readdirSync(join(scratch, "elsewhere"))).toEqual([]);
    expect(readdirSync(out)).toEqual(["apps"]);
  });

  it("a linked file without force, and replaces the link, not its target, with force", async () => {
    writeFileSync(join(scratch, "target"), "precious");
    mkdirSync(out);
    symlinkSync(join(scratch, "target"), join(out, "report.md"));
    await expect(writeTree(out, FIRST)).rejects.toThrow("  report.md\n");
    await writeTree(out, FIRST, { force: true });
    expect(readFileSync(join(scratch, "target"), "utf8")).toBe("precious");
    expect(contents(out)).toEqual(Object.fromEntries(FIRST));
  });

  it("a folder where a file belongs and a file where a folder belongs", async () => {
    mkdirSync(join(out, "report.md"), { recursive: true });
    await expect(writeTree(out, FIRST, { force: true })).rejects.toThrow("is a folder where a file is to be written");
    rmSync(join(out, "report.md"), { recursive: true });
    writeFileSync(join(out, "apps"), "x");
    await expect(writeTree(out, FIRST, { force: true })).rejects.toThrow("is a file where a folder is needed");
    expect(contents(out)).toEqual({ apps: "x" });
  });

  it("an input folder, its parent, and the same under another name", async () => {
    const input = join(scratch, "manifests");
    mkdirSync(input);
    symlinkSync(scratch, `${scratch}-link`);
    try {
      await expect(writeTree(input, FIRST, { inputs: [input] })).rejects.toThrow("is also an input folder");
      await expect(writeTree(scratch, FIRST, { inputs: [input] })).rejects.toThrow("holds the input folder");
      await expect(writeTree(input, FIRST, { inputs: [join(`${scratch}-link`, "manifests")] })).rejects.toThrow(
        "is also an input folder",
      );
      await expect(writeTree(join(`${scratch}-link`, "manifests"), FIRST, { inputs: [input] })).rejects.toThrow(
        "is also an input folder",
      );
    } finally {
      rmSync(`${scratch}-link`);
    }
    expect(readdirSync(input)).toEqual([]);
  });

  it("nothing about a folder inside an input folder, a sibling with the same beginning, or stdin", async () => {
    const input = join(scratch, "manifests");
    mkdirSync(input);
    await writeTree(join(input, "gateway-api"), FIRST, { inputs: [input, "-"] });
    await writeTree(join(scratch, "manifests-out"), FIRST, { inputs: [input] });
    expect(contents(join(scratch, "manifests-out"))).toEqual(Object.fromEntries(FIRST));
  });

  it.skipIf(process.getuid?.() === 0)("a folder without permission", async () => {
    mkdirSync(out);
    chmodSync(out, 0o500);
    await expect(writeTree(out, FIRST)).rejects.toThrow("permission denied");
    chmodSync(out, 0o700);
  });

  it("names ten files and counts the others", async () => {
    const many = tree(
      Object.fromEntries(
        Array.from({ length: 12 }, (_, index) => [`f${String(index).padStart(2, "0")}.yaml`, "new\n"]),
      ),
    );
    mkdirSync(out);
    for (const path of many.keys()) writeFileSync(join(out, path), "old\n");
    await expect(writeTree(out, many)).rejects.toThrow(
      /12 files in .+\n {2}f00\.yaml\n(?: {2}f0\d\.yaml\n){9} {2}and 2 more\n/,
    );
  });
});

function failure(code: string): Error {
  return Object.assign(new Error(`${code}: injected`), { code });
}

/** The real file system, except that the given call of one function fails. */
function failing(name: "writeFileSync" | "renameSync" | "mkdirSync", atCall: number, code: string): FileSystem {
  let calls = 0;
  const real = nodeFs[name];
  const counted = (...args: never[]): unknown => {
    calls += 1;
    if (calls === atCall) throw failure(code);
    return Reflect.apply(real, nodeFs, args);
  };
  return { ...nodeFs, [name]: counted };
}
