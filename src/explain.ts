import { convert } from "./convert.js";
import {
  annotationText,
  codeFacts,
  codeText,
  EXAMPLE_FLAGS,
  exampleOf,
  findSubject,
  listSubjects,
  neighbourText,
  raisedBy,
  type SubjectLine,
} from "./explain/index.js";
import { TARGETS, type TargetName } from "./findings/index.js";
import { loadCatalogue, type CatalogueEntry } from "./mappings/index.js";
import { printValue, printYaml } from "./output/index.js";
import { UsageError } from "./usage-error.js";

/**
 * Explains an annotation or a finding code: what the controller does with it, its defaults and traps, and what becomes of it on each target.
 *
 * @param subject annotation with or without prefix, annotation of another program, or finding code
 * @returns Markdown that also reads well as plain text; the examples are converted on the spot
 * @throws UsageError with the nearest name when there is no such thing
 * @example
 * const page = await explain("rewrite-target");
 */
export async function explain(subject: string): Promise<string> {
  const catalogue = loadCatalogue();
  const found = findSubject(subject, catalogue);
  switch (found.kind) {
    case "annotation":
      return annotationText(found.entry, {
        manifest: printValue(exampleOf(found.entry).ingress),
        outputs: await Promise.all(
          TARGETS.map(async (target) => ({ target, yaml: await outputOf(found.entry, target) })),
        ),
      });
    case "code":
      return codeText(codeFacts(found.code), raisedBy(found.code, catalogue));
    case "neighbour":
      return neighbourText(found.key, found.entry, found.reader);
    case "unknown": {
      const nearest = found.suggestion === undefined ? "" : ` Did you mean ${found.suggestion}?`;
      throw new UsageError(`no annotation and no finding code is called "${subject}".${nearest}`);
    }
  }
}

/** Everything that can be explained, or what a search text occurs in. */
export function explainable(search = ""): readonly SubjectLine[] {
  return listSubjects(loadCatalogue(), search);
}

/** Objects of the app team that the example becomes, and the listeners where they carry something of it. */
async function outputOf(entry: CatalogueEntry, target: TargetName): Promise<string> {
  const { ingress, neighbours } = exampleOf(entry);
  const text = [ingress, ...neighbours].map((object) => JSON.stringify(object)).join("\n---\n");
  const { resources } = await convert({
    sources: [{ name: "example.yaml", text }],
    target,
    controllerFlags: EXAMPLE_FLAGS,
  });
  const own = resources.filter(({ owner, object }) => owner === "app" && object.kind !== "ReferenceGrant");
  return own.map(({ object }) => printYaml(object)).join("---\n");
}
