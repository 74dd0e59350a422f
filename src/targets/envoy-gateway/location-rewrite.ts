import { finding } from "../../findings/index.js";
import type { Translator } from "../translator.js";
import { locationScript, luaNeeded, luaPatch } from "./lua.js";
import { HERE, NOTHING_TO_DO, originsOf } from "./parts.js";

/** proxy-redirect-*: no declarative field edits parts of a response header, so it takes Lua. */
export const locationRewrite: Translator<"locationRewrite"> = ({ replacement, ...feature }, rule, { options }) => {
  if (replacement === undefined) return NOTHING_TO_DO;
  const ingress = rule.owner.id;
  const at = originsOf(feature);
  if (replacement.kind === "other" || !options.allowLua) {
    const reason =
      replacement.kind === "other" ? replacement.reason : "it takes Lua, which was not allowed (--allow-lua)";
    const args = { ingress, rewrite: replacement.text, reason };
    return { verdict: "unsupported", findings: [finding("LOCATION_REWRITE_LOST", at, args, HERE)] };
  }
  const { from, to } = replacement;
  return {
    verdict: "equivalent",
    findings: [finding("LOCATION_REWRITE_BY_LUA", at, { ingress, from, to }, HERE), luaNeeded(at)],
    policies: [luaPatch(locationScript(replacement))],
  };
};
