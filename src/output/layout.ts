import { placeOf, type OwnedResource } from "../kubernetes/index.js";
import { byText, compareResources } from "./order.js";
import { pathPart } from "./path-names.js";
import { printValue, printYaml } from "./yaml.js";

/** Text of each file, by its path below the output folder; `/` separates, whatever the platform. */
export type OutputTree = ReadonlyMap<string, string>;

export type Layout = {
  readonly files: OutputTree;
  /** File of each resource given to `layOut`. */
  readonly fileOf: ReadonlyMap<OwnedResource, string>;
};

const HEADER =
  "# Written by ingress2gateway. Safe to edit: a later run does not replace an edited file without --force.\n";
/** A Gateway of a large cluster has thousands of sources; the report lists them all. */
const PLACES_SHOWN = 5;

/**
 * Distributes the objects over `platform/<stem>.yaml` and `apps/<namespace>/<stem>.yaml` and adds a kustomization to every
 * folder. Sorted by path; within a file by kind, name, namespace. Equal input gives equal bytes.
 *
 * @throws Error when two resources are the same object: a defect of the translation, not of the input
 */
export function layOut(resources: readonly OwnedResource[]): Layout {
  assertDistinct(resources);
  const byFile = new Map<string, OwnedResource[]>();
  const fileOf = new Map<OwnedResource, string>();
  const crowded = crowdedNamespaces(resources);
  for (const resource of resources) {
    const file = fileFor(resource, crowded);
    const list = byFile.get(file);
    if (list === undefined) byFile.set(file, [resource]);
    else list.push(resource);
    fileOf.set(resource, file);
  }
  const files = new Map<string, string>();
  for (const [file, members] of byFile) files.set(file, printResources(members));
  for (const [file, text] of kustomizations([...byFile.keys()])) files.set(file, text);
  return { files: new Map([...files].sort(([a], [b]) => byText(a, b))), fileOf };
}

/** A file of objects in their order, each below the comment that leads back to its source. */
function printResources(resources: readonly OwnedResource[]): string {
  const texts = [...resources]
    .sort(compareResources)
    .map((resource) => commentFor(resource) + printYaml(resource.object));
  // One join: megabytes of text would be copied once more when the header is put before them.
  texts[0] = HEADER + (texts[0] ?? "");
  return texts.join("---\n");
}

/** The objects of a tree as one stream, platform first, then by path: what `--stdout` prints. */
export function printStream(files: OutputTree): string {
  const platformFirst = (file: string): string => (file.startsWith("platform/") ? `0${file}` : `1${file}`);
  return [...files]
    .filter(([path]) => /^(?:platform|apps)\/.+\.yaml$/.test(path) && !path.endsWith("/kustomization.yaml"))
    .sort(([a], [b]) => byText(platformFirst(a), platformFirst(b)))
    .map(([, text]) => (text.startsWith(HEADER) ? text.slice(HEADER.length) : text))
    .join("---\n");
}

/** A file for each Ingress is easy to review; hundreds of them in one folder are not, and writing them is slow. */
const MOST_STEMS = 100;

/** Namespaces whose folder would hold more files than anybody looks through: there, objects of one kind share a file. */
function crowdedNamespaces(resources: readonly OwnedResource[]): ReadonlySet<string> {
  const stems = new Map<string, Set<string>>();
  for (const { owner, object, file } of resources) {
    const { namespace } = object.metadata;
    if (owner === "platform" || namespace === undefined) continue;
    const known = stems.get(namespace);
    if (known === undefined) stems.set(namespace, new Set([file]));
    else known.add(file);
  }
  return new Set([...stems].filter(([, files]) => files.size > MOST_STEMS).map(([namespace]) => namespace));
}

function fileFor(resource: OwnedResource, crowded: ReadonlySet<string>): string {
  const { kind, metadata } = resource.object;
  const { namespace } = metadata;
  if (resource.owner === "platform" || namespace === undefined) return `platform/${pathPart(resource.file)}.yaml`;
  const stem = crowded.has(namespace) ? plural(kind) : pathPart(resource.file);
  return `apps/${pathPart(namespace)}/${stem}.yaml`;
}

/** `HTTPRoute` → `httproutes`, `SecurityPolicy` → `securitypolicies`, as the API's resource names are. */
function plural(kind: string): string {
  return `${kind.toLowerCase()}s`.replace(/ys$/, "ies");
}

function commentFor(resource: OwnedResource): string {
  const places = new Set<string>();
  for (const origin of resource.origins) {
    if (places.size > PLACES_SHOWN) break;
    const { file, line, object } = placeOf(origin);
    places.add(`from ${file}:${line} (${object})`);
  }
  const shown = [...places].slice(0, PLACES_SHOWN);
  if (places.size > PLACES_SHOWN) shown.push("and from further places: the report lists them");
  return [...shown, ...(resource.comments ?? [])].map((line) => `# ${oneLine(line)}\n`).join("");
}

/** File names and values from manifests may hold line breaks, which would end the comment. */
function oneLine(text: string): string {
  return /^[ -~]*$/.test(text) ? text : text.replace(/[\p{Cc}\p{Zl}\p{Zp}\ufeff\ufffe\uffff]/gu, " ");
}

function kustomizations(files: readonly string[]): Map<string, string> {
  const children = new Map<string, Set<string>>();
  for (const file of files) {
    const parts = file.split("/");
    for (let depth = 0; depth < parts.length; depth += 1) {
      const folder = parts.slice(0, depth).join("/");
      const known = children.get(folder) ?? new Set<string>();
      children.set(folder, known.add(parts[depth] ?? ""));
    }
  }
  const kustomizationFile = (folder: string): string =>
    folder === "" ? "kustomization.yaml" : `${folder}/kustomization.yaml`;
  return new Map([...children].map(([folder, names]) => [kustomizationFile(folder), kustomization([...names])]));
}

function kustomization(resources: readonly string[]): string {
  return (
    HEADER +
    printValue({
      apiVersion: "kustomize.config.k8s.io/v1beta1",
      kind: "Kustomization",
      resources: [...resources].sort(byText),
    })
  );
}

function assertDistinct(resources: readonly OwnedResource[]): void {
  const seen = new Set<string>();
  for (const { object } of resources) {
    const group = object.apiVersion.includes("/") ? object.apiVersion.slice(0, object.apiVersion.indexOf("/")) : "";
    const identity = `${group} ${object.kind} ${object.metadata.namespace ?? ""}/${object.metadata.name}`;
    if (seen.has(identity)) throw new Error(`two resources are the same object: ${identity.trim()}`);
    seen.add(identity);
  }
}
