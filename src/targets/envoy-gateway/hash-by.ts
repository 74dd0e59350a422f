import { finding } from "../../findings/index.js";
import type { JsonObject } from "../../kubernetes/index.js";
import type { AnnotationKey } from "../../mappings/index.js";
import type { Translator } from "../translator.js";
import { HERE, NOTHING_TO_DO, answersFor, originsOf } from "./parts.js";

const SUBSET = ["upstream-hash-by-subset", "upstream-hash-by-subset-size"] as const satisfies readonly AnnotationKey[];

/** upstream-hash-by. A policy hashes one kind of thing; constant text between variables changes nothing. */
export const hashBy: Translator<"hashBy"> = (feature, rule) => {
  if (rule.features.affinity !== undefined) return NOTHING_TO_DO;
  const ingress = rule.owner.id;
  const hash = consistentHash(feature.expression);
  const at = originsOf(feature, "upstream-hash-by");
  if ("refused" in hash) {
    const args = { ingress, expression: feature.expression, reason: hash.refused };
    return { verdict: "unsupported", findings: [finding("HASH_KEY_UNSUPPORTED", at, args, HERE)] };
  }
  const lost =
    feature.subset === undefined
      ? []
      : [finding("HASH_SUBSET_LOST", originsOf(feature, ...SUBSET), { ingress, subset: feature.subset }, HERE)];
  return {
    verdict: "equivalent",
    findings: [finding("HASH_KEYS_MOVE", at, { ingress, expression: feature.expression }, HERE), ...lost],
    policies: [
      { kind: "BackendTrafficPolicy", spec: { loadBalancer: { type: "ConsistentHash", consistentHash: hash.made } } },
    ],
    answers: lost.length > 0 ? answersFor(feature, SUBSET, "unsupported", "HASH_SUBSET_LOST") : [],
  };
};

type Key = { readonly kind: "SourceIP" | "Headers" | "Cookie" | "QueryParams"; readonly name: string };

function consistentHash(expression: string): { readonly made: JsonObject } | { readonly refused: string } {
  const names = [...expression.matchAll(/\$(?:\{([A-Za-z0-9_]+)\}|([A-Za-z0-9_]+))/g)].map(
    ([, braced, bare]) => braced ?? bare ?? "",
  );
  const keys: Key[] = [];
  for (const name of names) {
    const key = keyOf(name);
    if (key === undefined) return { refused: `$${name} is not something that a policy can hash` };
    keys.push(key);
  }
  const [first] = keys;
  if (first === undefined) return { refused: "a text without variables would send every request to one pod" };
  if (keys.some((key) => key.kind !== first.kind))
    return { refused: "a policy hashes one kind of value, not several together" };
  const named = [...new Set(keys.map((key) => key.name))].map((name) => ({ name }));
  switch (first.kind) {
    case "SourceIP":
      return { made: { type: "SourceIP" } };
    case "Headers":
      return { made: { type: "Headers", headers: named } };
    case "QueryParams":
      return { made: { type: "QueryParams", queryParams: named } };
    case "Cookie":
      // Without a ttl Envoy only reads the cookie, as nginx did.
      return named.length === 1
        ? { made: { type: "Cookie", cookie: { name: first.name } } }
        : { refused: "a policy hashes one cookie" };
  }
}

function keyOf(variable: string): Key | undefined {
  if (variable === "remote_addr" || variable === "binary_remote_addr") return { kind: "SourceIP", name: "" };
  if (variable === "request_uri") return { kind: "Headers", name: ":path" };
  if (variable === "host" || variable === "http_host") return { kind: "Headers", name: ":authority" };
  if (variable.startsWith("http_"))
    return { kind: "Headers", name: variable.slice("http_".length).replaceAll("_", "-") };
  if (variable.startsWith("cookie_")) return { kind: "Cookie", name: variable.slice("cookie_".length) };
  if (variable.startsWith("arg_")) return { kind: "QueryParams", name: variable.slice("arg_".length) };
  return undefined;
}
