import { describe, expect, it } from "vitest";
import { isBrokenExpression, nginxFault, type NginxCheckName } from "../../src/mappings/nginx-faults.js";

/** Check, texts that nginx 1.27.1 takes in the place where the controller writes them, and texts with which `nginx -t` fails. */
const ROWS: readonly (readonly [NginxCheckName, readonly string[], readonly string[]])[] = [
  ["word", ["a", "https://a.example/?x=$y"], ["a b", "a, b", "10 k"]],
  ["bare-word", ["a.example", "$host", "${host}"], ["a b", "a{b"]],
  ["unquoted-word", ["/$1", " /$1 ", '"/a b"', "'/a b'"], ["/a b", "/a{b"]],
  ["cookie-path", ["off", "/ /x", "~*^/x /y", "10 k"], ["/", "true", "/ /x secure"]],
  ["size", ["0", "4k", "1M", "100"], ["1g", "10b", "8 m", "999999999999999999999", "x"]],
  ["buffer-size", ["4k", "1M", "100"], ["0", "00", "0k", "1g"]],
  ["checked-size", ["4k", "1g", "10b", "8 m"], ["999999999999999999999"]],
  ["checked-offset", ["4k", "1g", "10b", "8 m"], ["999999999999999999999"]],
  ["checked-offset-as-size", ["0", "1024m", "10b"], ["1g", "999999999999999999999"]],
  ["zero-or-more", ["0", "-0", "+5", "99999999999", "x"], ["-1"]],
  ["one-or-more", ["1", "007"], ["0", "-1"]],
  ["connections", ["0", "-1", "65535"], ["65536"]],
  [
    "durations",
    ["10m", "any 10m", "200 202 10m, 401 1m", "200 10M", "1w", "1y"],
    ["200 10m 5m", "abc 10m", "999 10m", "10ms"],
  ],
  ["statuses", ["404,503", "404, 503,", "404,x", "404 503"], ["499", "404,499", "404503", "40"]],
  [
    "names",
    ["a.example", "*.a.example", "www.*", ".a.example", "~^a(?<x>b)", "~(?=a)b"],
    ["*", "a.*.b", "*.a.*", "~[", "a..b"],
  ],
  ["protocols", ["TLSv1.2", "TLSv1.2 TLSv1.3", "TLSv1.2  TLSv1.3"], ["TLSv1.2TLSv1.3"]],
];

describe("expressions that nginx does not compile", () => {
  it.each(["/a(b", "/a[", "/a\\", "/a**", "/a)", "[z-a]"])("%s", (text) => expect(isBrokenExpression(text)).toBe(true));
  it.each(["/a(b)", "/a{2", "/a{2}", "/a?+", "/(?<x>a)", "/(?=b)", "/(?i)a", "a++", "/(?>a)b", "a\\K"])(
    "not %s",
    (text) => expect(isBrokenExpression(text)).toBe(false),
  );
});

describe("what nginx refuses among the texts that the controller accepts", () => {
  it.each(ROWS)("%s", (nginx, taken, refused) => {
    const spec = { type: "string", onInvalid: "fall-back", nginx } as const;
    expect(taken.filter((text) => nginxFault(text, spec) !== undefined)).toEqual([]);
    expect(refused.filter((text) => nginxFault(text, spec) === undefined)).toEqual([]);
  });
});
