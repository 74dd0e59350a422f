import fc from "fast-check";
import { RE2JS } from "re2js";
import { describe, expect, it } from "vitest";
import { encodedLiterals, hasTornBoundary } from "../../src/targets/gateway-api/encoded-regex.js";
import { fullMatchRegex, literalPrefix } from "../../src/targets/gateway-api/regex.js";
import { envoyPath } from "../../src/verify/gateway/envoy-path.js";
import { asBytes, asBytesPattern, parseUri } from "../../src/verify/nginx/uri.js";

describe("an expression for paths as clients send them", () => {
  it.each([
    // Always an escape on the wire.
    ["/my doc", "/my%20doc"],
    ["/my\\sdoc", "/my%(?:0[9ACD]|20)doc"],
    ["/my\\x20doc", "/my%20doc"],
    ["/my[ _]doc", "/my(?:_|%20)doc"],
    ["/[\\w ]+$", "/(?:[0-9A-Z_a-z]|%20)+$"],
    ["/{id}/a{2}", "/%7Bid%7D/a{2}"],
    // One character, however it is sent.
    ["/[^/]{3}", "/(?:[^%/]|%(?:[013-9A-F][0-9A-F]|2[0-9A-E])){3}"],
    ["/.{2,}", "/(?:[^%]|%[0-9A-F][0-9A-F]){2,}"],
    ["/(.)\\W", "/((?:[^%]|%[0-9A-F][0-9A-F]))(?:[^%0-9A-Z_a-z]|%[0-9A-F][0-9A-F])"],
    // No blank, and no question mark.
    ["/[^ ]+", "/(?:[^%]|%(?:[013-9A-F][0-9A-F]|2[1-9A-F]))+"],
    ["/[^/?]*x", "/(?:[^%/]|%(?:[014-9A-F][0-9A-F]|[23][0-9A-E]))*x"],
    // Nothing behind the wildcard may begin within an escape.
    ["/.*[0-9]$", "/(?:[^%]|%[0-9A-F][0-9A-F])*[0-9]$"],
    ["/(.*)/?bar", "/((?:[^%]|%[0-9A-F][0-9A-F])*)/?bar"],
    // Wildcards that take escapes whole.
    ["/[^/]+/(.*)", "/[^/]+/(.*)"],
    ["/(.+)(/|$)(.*)", "/(.+)(/|$)(.*)"],
    ["/[^/]*\\.(css|js)$", "/[^/]*\\.(css|js)$"],
    ["/[\\s\\S]*?/x", "/[\\s\\S]*?/x"],
    // No character that clients encode; dots of names.
    ["/v1.0/[a-z_]+-\\d{2}", "/v1.0/[a-z_]+-\\d{2}"],
    ["/icon.(png|svg)$", "/icon.(png|svg)$"],
    // Bytes.
    ["/café?", "/caf%C3(?:%A9)?"],
    ["/[é]", "/%(?:A9|C3)"],
  ])("%s is %s", (source, wire) => {
    expect(encodedLiterals(source)).toBe(wire);
  });

  it("leaves what RE2 does not know to its verdict", () => {
    expect(fullMatchRegex("/a\\hb")).toHaveProperty("refused");
  });

  it.each([
    ["/files/.*\\breport", true],
    ["/files/[^/]+\\B", true],
    ["/a \\bb", true],
    ["/files\\b", false],
    ["/files/\\breport", false],
    ["/(v\\d+)\\b", false],
    ["/[a-z]+\\b", false],
    ["/a\\\\b", false],
  ])("%s has a word boundary that may stand behind an escape: %s", (source, isTorn) => {
    expect(hasTornBoundary(source)).toBe(isTorn);
  });

  it("has its literal beginning as a path that Gateway API accepts", () => {
    expect(literalPrefix("/my doc/(?=x)")).toBe("/my%20doc");
  });

  const atom = fc.constantFrom(
    ..."/ a f x 2 0 é - { } % \\. \\{ \\s \\S \\w \\W \\d \\x20 . [^/] [0-9] [^0-9] [é] [^é] [^/?] [^a] [!-~] [\\s\\S] (.) ([^/])".split(
      " ",
    ),
    " ",
    "[ _]",
    "[^ ]",
    "(a|2| )",
  );
  const quantifier = fc.constantFrom("", "", "", "*", "+", "?", "{2}", "{1,}", "{0,2}", "*?", "+?");
  const source = fc
    .tuple(fc.array(fc.tuple(atom, quantifier), { minLength: 1, maxLength: 4 }), fc.constantFrom("", "$"))
    .map(([parts, end]) => `/${parts.flat().join("")}${end}`)
    // A dot between letters is taken for one.
    .filter((text) => !/[\w/-]\.\(?[\w-]/.test(text));
  const path = fc
    .array(fc.constantFrom(..."a b f x 2 0 / - . _ %20 %20 %C3%A9 %C3%89 %3F %25 %22 %7B %7D %A9".split(" ")), {
      maxLength: 6,
    })
    .map((parts) => `/${parts.join("")}`);

  it("matches what the expression matches in the decoded path", () => {
    fc.assert(
      fc.property(source, fc.array(path, { minLength: 4, maxLength: 4 }), (text, paths) => {
        const written = fullMatchRegex(text);
        if ("refused" in written) return;
        const wire = RE2JS.compile(written.value);
        const decoded = RE2JS.compile(`(?i)^${asBytesPattern(text)}`);
        for (const raw of paths) {
          const nginx = parseUri(raw);
          const envoy = envoyPath(raw, { mergesSlashes: true, escapedSlashes: "KeepUnchanged" });
          if (nginx.kind !== "uri" || envoy.kind !== "path") continue;
          expect([raw, wire.matches(envoy.path)]).toEqual([raw, decoded.test(asBytes(nginx.uri))]);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
