import { finding, type Finding } from "../../findings/index.js";
import type { Replacement } from "../../plan/index.js";
import type { Origin } from "../../kubernetes/index.js";
import type { PolicyPatch } from "../translator.js";
import { HERE } from "./parts.js";

type Literal = Extract<Replacement, { readonly kind: "literal" }>;

/**
 * A Lua script as part of the route's EnvoyExtensionPolicy. Envoy Gateway has Lua off by default since 1.9, and a policy with Lua makes its routes
 * answer 500 then (envoygateway_helpers.go, LuaDisabled), so it is written only where the user allows it.
 */
export function luaPatch(script: string): PolicyPatch {
  return { kind: "EnvoyExtensionPolicy", spec: { lua: [{ type: "Inline", inline: script }] } };
}

/** That the operator has to switch Lua on. */
export function luaNeeded(at: readonly [Origin, ...Origin[]]): Finding {
  return finding("LUA_NEEDED", at, {}, HERE);
}

/** A string of Lua 5.1. Values of annotations have neither quotes nor backslashes; whatever comes gets through all the same. */
function quoted(text: string): string {
  const escaped = text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n").replaceAll("\r", "\\r");
  return `"${escaped}"`;
}

/** Replaces the beginning of Path and the whole of Domain in every Set-Cookie, as ngx_http_proxy_rewrite_cookie does. */
export function cookieScript({ path, domain }: { readonly path?: Literal; readonly domain?: Literal }): string {
  return lines(
    ...(path === undefined ? [] : [`local path_from, path_to = ${quoted(path.from)}, ${quoted(path.to)}`]),
    ...(domain === undefined
      ? []
      : [`local domain_from, domain_to = ${quoted(domain.from.toLowerCase())}, ${quoted(domain.to)}`]),
    "",
    "local function rewrite_attribute(part)",
    '  local key, value = string.match(part, "^%s*([^=]-)%s*=%s*(.-)%s*$")',
    "  if key == nil then",
    "    return part",
    "  end",
    ...(path === undefined
      ? []
      : [
          '  if string.lower(key) == "path" and string.sub(value, 1, #path_from) == path_from then',
          '    return " " .. key .. "=" .. path_to .. string.sub(value, #path_from + 1)',
          "  end",
        ]),
    ...(domain === undefined
      ? []
      : [
          '  local dot, name = string.match(value, "^(%.?)(.*)$")',
          '  if string.lower(key) == "domain" and string.lower(name) == domain_from then',
          '    return " " .. key .. "=" .. dot .. domain_to',
          "  end",
        ]),
    "  return part",
    "end",
    "",
    "local function rewrite_cookie(cookie)",
    "  local parts = {}",
    '  for part in string.gmatch(cookie, "[^;]+") do',
    "    -- The first part is the cookie itself.",
    "    table.insert(parts, #parts == 0 and part or rewrite_attribute(part))",
    "  end",
    '  return table.concat(parts, ";")',
    "end",
    "",
    "function envoy_on_response(response_handle)",
    "  local headers = response_handle:headers()",
    "  local cookies = {}",
    '  for index = 0, headers:getNumValues("set-cookie") - 1 do',
    '    table.insert(cookies, rewrite_cookie(headers:getAtIndex("set-cookie", index)))',
    "  end",
    '  headers:remove("set-cookie")',
    "  for _, cookie in ipairs(cookies) do",
    '    headers:add("set-cookie", cookie)',
    "  end",
    "end",
  );
}

/** Replaces the beginning of Location, and of the address in Refresh (ngx_http_upstream_rewrite_refresh). */
export function locationScript({ from, to }: Literal): string {
  return lines(
    `local from, to = ${quoted(from)}, ${quoted(to)}`,
    "",
    "local function rewrite_address(text, start)",
    "  if string.sub(text, start, start + #from - 1) ~= from then",
    "    return text",
    "  end",
    "  return string.sub(text, 1, start - 1) .. to .. string.sub(text, start + #from)",
    "end",
    "",
    "function envoy_on_response(response_handle)",
    "  local headers = response_handle:headers()",
    '  local location = headers:get("location")',
    "  if location ~= nil then",
    '    headers:replace("location", rewrite_address(location, 1))',
    "  end",
    '  local refresh = headers:get("refresh")',
    '  local found = refresh ~= nil and string.find(string.lower(refresh), "url=", 1, true)',
    "  if found then",
    '    headers:replace("refresh", rewrite_address(refresh, found + 4))',
    "  end",
    "end",
  );
}

function lines(...all: readonly string[]): string {
  return `${all.join("\n")}\n`;
}
