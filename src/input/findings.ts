import { finding, type Finding } from "../findings/index.js";
import { assertNever, type InputNote, type Snapshot } from "../kubernetes/index.js";

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
    case "NAMESPACE_ASSUMED":
      return finding(code, at, { object, namespace: detail });
    case "UNKNOWN_FIELD":
      return finding(code, at, { object, path: detail });
    default:
      return assertNever(code);
  }
}
