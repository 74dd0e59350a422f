import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";
import { EGCTL_VERSION } from "../../../scripts/envoy-gateway-versions.js";
import type { JsonObject, KubernetesObject } from "../../../src/kubernetes/index.js";
import type { Translation } from "./egctl.js";

/** Answers of egctl of earlier runs on this machine; ignored by Git, so a fresh checkout asks egctl for everything. */
const FOLDER = fileURLToPath(new URL("../../../.cache/egctl", import.meta.url));

/** An answer with the mark that its namespaces have. */
export type Remembered = { readonly world: string; readonly answer: Translation };

type Stored = {
  readonly world: string;
  readonly objects: readonly KubernetesObject[];
  readonly xds: readonly (readonly [string, JsonObject])[];
};

/** Names what egctl is asked. Certificates are made anew in every run and do not show in the answer. */
export function questionOf(objects: readonly KubernetesObject[]): string {
  const asked = objects.map((object) => (object.kind === "Secret" ? withoutContents(object) : object));
  return createHash("sha256").update(EGCTL_VERSION).update(JSON.stringify(asked)).digest("hex");
}

function withoutContents(secret: KubernetesObject): object {
  const fields: JsonObject = { ...secret };
  return { ...secret, data: Object.keys(fields["data"] ?? {}) };
}

const fileOf = (question: string): string => join(FOLDER, `${question}.json.gz`);

/** What egctl answered to the same question before. */
export function recall(question: string): Remembered | undefined {
  if (!existsSync(fileOf(question))) return undefined;
  // Written by `remember`.
  const { world, objects, xds } = JSON.parse(gunzipSync(readFileSync(fileOf(question))).toString()) as Stored;
  return { world, answer: { objects, xds: new Map(xds) } };
}

/** Keeps an answer. Other runs may do the same at the same time; they write the same. */
export function remember(question: string, { world, answer }: Remembered): void {
  mkdirSync(FOLDER, { recursive: true });
  const objects = answer.objects.filter(({ kind }) => kind !== "Secret");
  const stored: Stored = { world, objects, xds: [...answer.xds] };
  writeFileSync(fileOf(question), gzipSync(JSON.stringify(stored)));
}
