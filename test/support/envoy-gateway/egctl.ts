import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { JsonObject, KubernetesObject } from "../../../src/kubernetes/index.js";
import { isObject, listAt, objectAt, textAt } from "./json-access.js";

const run = promisify(execFile);
const LARGEST_ANSWER = 512 * 1024 * 1024;
const SLOWEST_MS = 600_000;

/** What Envoy Gateway makes of objects: the objects with their status, and the configuration of the proxy. */
export type Translation = {
  readonly objects: readonly KubernetesObject[];
  /** Config dump of each proxy, by `namespace/gateway`, or by class where Gateways share a proxy. */
  readonly xds: ReadonlyMap<string, JsonObject>;
};

/** Runs Envoy Gateway's own translator without a cluster. */
export async function translate(egctl: string, objects: readonly KubernetesObject[]): Promise<Translation> {
  const folder = await mkdtemp(join(tmpdir(), "egctl-"));
  try {
    const file = join(folder, "in.yaml");
    await writeFile(file, objects.map((object) => JSON.stringify(withoutSpecOfData(object))).join("\n---\n"));
    const args = ["x", "translate", "--from", "gateway-api", "--to", "gateway-api,xds", "-o", "json", "-f", file];
    const { stdout } = await run(egctl, args, { maxBuffer: LARGEST_ANSWER, timeout: SLOWEST_MS });
    return readAnswer(stdout);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Secrets and ConfigMaps have no spec. */
function withoutSpecOfData(object: KubernetesObject): object {
  if (object.kind !== "Secret" && object.kind !== "ConfigMap") return object;
  return Object.fromEntries(Object.entries(object).filter(([field]) => field !== "spec"));
}

function readAnswer(stdout: string): Translation {
  // The program's answer is data of a known program; every access below checks its type.
  const answer = JSON.parse(stdout) as JsonObject;
  const objects = Object.entries(answer).flatMap(([field, value]) =>
    field === "xds" ? [] : Array.isArray(value) ? listAt(value) : isObject(value) ? [value] : [],
  );
  const xds = Object.entries(objectAt(answer, "xds")).flatMap(([key, dump]) =>
    isObject(dump) ? [[key, dump] as const] : [],
  );
  return { objects: objects.flatMap(asKubernetesObject), xds: new Map(xds) };
}

function asKubernetesObject(value: JsonObject): KubernetesObject[] {
  const [apiVersion, kind, name] = [
    textAt(value, "apiVersion"),
    textAt(value, "kind"),
    textAt(value, "metadata", "name"),
  ];
  if (apiVersion === undefined || kind === undefined || name === undefined) return [];
  const namespace = textAt(value, "metadata", "namespace");
  const metadata = namespace === undefined ? { name } : { name, namespace };
  return [{ ...value, apiVersion, kind, metadata, spec: objectAt(value, "spec") }];
}
