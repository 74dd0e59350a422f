import { finding } from "../../findings/index.js";
import type { Replacement } from "../../plan/index.js";
import type { Translator } from "../translator.js";
import { cookieScript, luaNeeded, luaPatch } from "./lua.js";
import { HERE, NOTHING_TO_DO, originsOf } from "./parts.js";

/** proxy-cookie-path and -domain: no declarative field edits parts of a response header, so it takes Lua. */
export const cookieRewrite: Translator<"cookieRewrite"> = (feature, rule, { options }) => {
  const rewrites = [
    { key: "proxy-cookie-path", made: feature.path },
    { key: "proxy-cookie-domain", made: feature.domain },
  ].flatMap(({ key, made }) => (made === undefined ? [] : [{ key, made }]));
  if (rewrites.length === 0) return NOTHING_TO_DO;
  const ingress = rule.owner.id;
  const at = originsOf(feature);
  const rewrite = rewrites.map(({ key, made }) => `"${key}: ${made.text}"`).join(" and ");
  const other = rewrites.find(({ made }) => made.kind === "other")?.made;
  if (other?.kind === "other" || !options.allowLua) {
    const reason = other?.kind === "other" ? other.reason : "it takes Lua, which was not allowed (--allow-lua)";
    return {
      verdict: "unsupported",
      findings: [finding("COOKIE_REWRITE_LOST", at, { ingress, rewrite, reason }, HERE)],
    };
  }
  const script = cookieScript({ ...literal("path", feature.path), ...literal("domain", feature.domain) });
  return {
    verdict: "equivalent",
    findings: [finding("COOKIE_REWRITE_BY_LUA", at, { ingress, rewrite }, HERE), luaNeeded(at)],
    policies: [luaPatch(script)],
  };
};

type Literal = Extract<Replacement, { readonly kind: "literal" }>;

function literal<Name extends "path" | "domain">(
  name: Name,
  made: Replacement | undefined,
): { [Key in Name]?: Literal } {
  // A computed key of a generic name widens to an index signature.
  return (made?.kind === "literal" ? { [name]: made } : {}) as { [Key in Name]?: Literal };
}
