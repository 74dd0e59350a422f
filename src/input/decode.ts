import { isUtf8 } from "node:buffer";
import { unreadFile, type InputSource, type UnreadFile } from "./source.js";

/**
 * Turns the bytes of a file into text.
 *
 * @param name the name that reports use
 * @returns the text without its byte order mark, or why the bytes are no text
 */
export function decodeText(name: string, bytes: Buffer): InputSource | UnreadFile {
  const utf16 = bytes.length >= 2 ? bytes.readUInt16BE(0) : 0;
  if (utf16 === 0xfffe || utf16 === 0xfeff) {
    return unreadFile(name, "the file is encoded as UTF-16", "save it as UTF-8: iconv -f UTF-16 -t UTF-8 …");
  }
  const nul = bytes.indexOf(0);
  if (nul !== -1) {
    const reason = `the file is binary: it holds a NUL byte in line ${String(lineOf(bytes, nul))}`;
    return unreadFile(name, reason, "leave the file out, or name only the manifests");
  }
  if (!isUtf8(bytes)) {
    const reason = `the file is not encoded as UTF-8 (line ${String(lineOf(bytes, firstInvalid(bytes)))})`;
    return unreadFile(
      name,
      reason,
      "save it as UTF-8; for a file of Western European text: iconv -f WINDOWS-1252 -t UTF-8 …",
    );
  }
  const start = bytes.length >= 3 && bytes.readUIntBE(0, 3) === 0xefbbbf ? 3 : 0;
  return { name, text: bytes.toString("utf8", start) };
}

function lineOf(bytes: Buffer, offset: number): number {
  let lines = 1;
  for (let at = bytes.indexOf(0x0a); at !== -1 && at < offset; at = bytes.indexOf(0x0a, at + 1)) lines++;
  return lines;
}

/** Offset of the line that holds the first invalid byte: lines are valid or invalid on their own in UTF-8. */
function firstInvalid(bytes: Buffer): number {
  let start = 0;
  for (;;) {
    const end = bytes.indexOf(0x0a, start);
    if (end === -1 || !isUtf8(bytes.subarray(start, end))) return start;
    start = end + 1;
  }
}
