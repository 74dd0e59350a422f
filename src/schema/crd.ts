import { readFile } from "node:fs/promises";
import { CORE_SCHEMA, YAMLException, loadAll } from "js-yaml";
import { glob } from "tinyglobby";

/** OpenAPI schema of a CRD version, with the extensions of Kubernetes. */
export type CrdSchema = {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, CrdSchema>>;
  readonly additionalProperties?: CrdSchema | boolean;
  readonly items?: CrdSchema;
  readonly default?: unknown;
  readonly "x-kubernetes-int-or-string"?: boolean;
  readonly "x-kubernetes-preserve-unknown-fields"?: boolean;
  readonly "x-kubernetes-list-type"?: string;
  readonly "x-kubernetes-list-map-keys"?: readonly string[];
  readonly "x-kubernetes-validations"?: readonly CelRule[];
  readonly [keyword: string]: unknown;
};

export type CelRule = {
  readonly rule: string;
  readonly message?: string;
  readonly messageExpression?: string;
  readonly optionalOldSelf?: boolean;
};

/** Schemas by `apiVersion kind`, e.g. `gateway.networking.k8s.io/v1 HTTPRoute`. */
export type CrdSchemas = ReadonlyMap<string, CrdSchema>;

type CrdManifest = {
  readonly kind: "CustomResourceDefinition";
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly versions: readonly {
      readonly name: string;
      readonly served: boolean;
      readonly schema?: { readonly openAPIV3Schema?: CrdSchema };
    }[];
  };
};

/**
 * Reads every CustomResourceDefinition below the folders; other documents are skipped.
 *
 * @throws Error with the file when one is no YAML, or when there is no CRD at all
 */
export async function readCrds(folders: readonly string[]): Promise<CrdSchemas> {
  const schemas = new Map<string, CrdSchema>();
  for (const folder of folders) {
    const files = await glob(["**/*.yaml", "**/*.yml", "**/*.json"], { cwd: folder, absolute: true });
    for (const file of files.sort())
      for (const manifest of manifestsIn(await readFile(file, "utf8"), file)) addVersions(schemas, manifest);
  }
  if (schemas.size === 0) throw new Error(`no CustomResourceDefinition in ${folders.join(", ")}`);
  return schemas;
}

function manifestsIn(text: string, file: string): readonly CrdManifest[] {
  try {
    const documents: unknown[] = loadAll(text, null, { schema: CORE_SCHEMA });
    return documents.flatMap(unlisted).filter(isCrd);
  } catch (error) {
    if (error instanceof YAMLException) throw new Error(`${file}: ${error.message}`, { cause: error });
    throw error;
  }
}

/** `kubectl get crd -o yaml` gives a List. */
function unlisted(document: unknown): readonly unknown[] {
  if (typeof document === "object" && document !== null && "items" in document && Array.isArray(document.items))
    return document.items as readonly unknown[];
  return [document];
}

function isCrd(document: unknown): document is CrdManifest {
  return (
    typeof document === "object" &&
    document !== null &&
    "kind" in document &&
    document.kind === "CustomResourceDefinition"
  );
}

function addVersions(schemas: Map<string, CrdSchema>, { spec }: CrdManifest): void {
  for (const version of spec.versions) {
    const schema = version.schema?.openAPIV3Schema;
    if (version.served && schema !== undefined) schemas.set(`${spec.group}/${version.name} ${spec.names.kind}`, schema);
  }
}
