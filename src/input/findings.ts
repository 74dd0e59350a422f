import { finding, type Finding } from "../findings/index.js";
import { assertNever, type InputNote, type Origin, type Snapshot, type Unread } from "../kubernetes/index.js";

/**
 * The notes of a Snapshot as findings.
 *
 * @returns one finding a note, in the order of the notes; what was not read stays in `snapshot.unread`
 */
export function findingsOfSnapshot(snapshot: Snapshot): Finding[] {
  return snapshot.notes.map(findingOfNote);
}

function findingOfNote({ code, at, detail }: InputNote): Finding {
  const { object } = at;
  switch (code) {
    case "INGRESS_API_UPGRADED":
      return finding(code, at, { object, apiVersion: detail });
    case "DUPLICATE_OBJECT":
      return finding(code, at, { object, earlier: detail });
    case "DEFAULTED_PATH_TYPE":
      return finding(code, at, { object, path: detail });
    case "UNKNOWN_FIELD":
      return finding(code, at, { object, path: detail });
    default:
      return assertNever(code);
  }
}

/** Something unread as a finding, for formats that know nothing but findings (SARIF, annotations, `--fail-on`). */
function findingOfUnread(unread: Unread): Finding {
  const { file, line, column, reason, remedy } = unread;
  const object = unread.object ?? (unread.extent === "file" ? `file ${file}` : `a document of ${file}`);
  const at: Origin = { document: { file, locate: () => ({ line, column }) }, path: [], object };
  return finding("INPUT_UNREAD", at, { name: unread.object ?? place(unread), reason, remedy });
}

function place({ file, line, extent }: Unread): string {
  return extent === "file" ? `"${file}"` : `The document at ${file}:${line}`;
}
