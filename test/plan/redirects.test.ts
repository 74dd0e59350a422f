import { describe, expect, it } from "vitest";
import { redirectTarget } from "../../src/plan/redirects.js";

const NEW = { scheme: "https", hostname: "new.example.com" };

describe("where a redirect leads", () => {
  it.each([
    ["https://new.example.com", { ...NEW, path: "/", literal: "https://new.example.com" }],
    ["https://new.example.com/a?b=c", { ...NEW, path: "/a", query: "b=c", literal: "https://new.example.com/a?b=c" }],
    [
      "http://new.example.com:8080/a",
      { scheme: "http", hostname: "new.example.com", port: 8080, path: "/a", literal: "http://new.example.com:8080/a" },
    ],
    ["/a?b=c", { path: "/a", query: "b=c", literal: "/a?b=c" }],
    ["/a", { path: "/a", literal: "/a" }],
    // What no redirect of a Gateway says is kept as it stands.
    ["//new.example.com/a", { literal: "//new.example.com/a" }],
    ["https://user@new.example.com/a", { literal: "https://user@new.example.com/a" }],
    ["https://:secret@new.example.com/a", { literal: "https://:secret@new.example.com/a" }],
    ["https://new.example.com/a#b", { literal: "https://new.example.com/a#b" }],
    ["ftp://new.example.com/a", { literal: "ftp://new.example.com/a" }],
    ["https://new.example.com/$uri", { literal: "https://new.example.com/$uri" }],
    // $request_uri begins with a slash of its own.
    ["https://new.example.com$request_uri", NEW],
    ["https://new.example.com/$request_uri", { ...NEW, pathPrefix: "/", replaced: "" }],
    ["https://new.example.com/old$request_uri", { ...NEW, pathPrefix: "/old", replaced: "" }],
    ["https://new.example.com/?next=$request_uri", { ...NEW, query: "next=" }],
  ])("%s", (location, expected) => expect(redirectTarget(location)).toEqual(expected));
});
