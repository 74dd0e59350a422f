import { settingOf } from "../../mappings/index.js";
import type { Features, Replacement } from "../features.js";
import { made, type FeatureContext } from "./made.js";

/** proxy-cookie-* and proxy-redirect-*: what nginx replaces in headers of the backend. Nothing where the values switch it off. */
export function rewriting({ settings }: FeatureContext): Pick<Features, "cookieRewrite" | "locationRewrite"> {
  const cookies = made(settings, "proxy-cookie-path", "proxy-cookie-domain");
  const locations = made(settings, "proxy-redirect-from", "proxy-redirect-to");
  const path = twoWords(settingOf(settings, "proxy-cookie-path")?.value);
  const domain = twoWords(settingOf(settings, "proxy-cookie-domain")?.value);
  const from = settingOf(settings, "proxy-redirect-from")?.value ?? "off";
  const to = settingOf(settings, "proxy-redirect-to")?.value ?? "off";
  return {
    ...(cookies === undefined
      ? {}
      : {
          cookieRewrite: {
            ...cookies,
            ...(path === undefined ? {} : { path }),
            ...(domain === undefined ? {} : { domain: withoutDots(domain) }),
          },
        }),
    ...(locations === undefined ? {} : { locationRewrite: { ...locations, ...redirectReplacement(from, to) } }),
  };
}

/** "default" rewrites addresses of the upstream block, which no backend knows (ngx_http_proxy_module.c, proxy_redirect). */
function redirectReplacement(from: string, to: string): { readonly replacement?: Replacement } {
  if (["", "off", "default"].includes(from)) return {};
  return { replacement: replacement(from, to, `${from} ${to}`) };
}

/** A value of two words, as proxy_cookie_path and proxy_cookie_domain want them. */
function twoWords(value: string | undefined): Replacement | undefined {
  if (value === undefined || value === "" || value === "off") return undefined;
  const [from = "", to, ...more] = value.trim().split(/\s+/);
  if (to === undefined || more.length > 0)
    return {
      kind: "other",
      reason: "nginx wants two words and refuses its whole configuration otherwise",
      text: value,
    };
  return replacement(from, to, value);
}

function replacement(from: string, to: string, text: string): Replacement {
  return from.startsWith("~")
    ? { kind: "other", reason: "nginx reads a regular expression there", text }
    : { kind: "literal", from, to, text };
}

/** nginx leaves a leading dot of either domain out (ngx_http_proxy_cookie_domain). */
function withoutDots(domain: Replacement): Replacement {
  if (domain.kind === "other") return domain;
  return { ...domain, from: domain.from.replace(/^\./, ""), to: domain.to.replace(/^\./, "") };
}
