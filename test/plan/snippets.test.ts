import { describe, expect, it } from "vitest";
import { convert } from "../../src/index.js";
import { ingress, sourceOf } from "../support/manifests.js";

async function converted(
  snippet: string,
): Promise<{ readonly rules: readonly unknown[]; readonly codes: readonly string[]; readonly text: string }> {
  const annotations = { "nginx.ingress.kubernetes.io/configuration-snippet": snippet };
  const result = await convert({ sources: sourceOf(ingress({ annotations })), target: "envoy-gateway" });
  const rules = result.resources.flatMap(({ object }) =>
    object.kind === "HTTPRoute" ? (object["spec"] as { readonly rules: readonly unknown[] }).rules : [],
  );
  const found = result.findings.filter(({ code }) => code.startsWith("SNIPPET_"));
  return { rules, codes: found.map(({ code }) => code), text: found.map(({ what }) => what).join("\n") };
}

const manyConditions = (count: number): string =>
  Array.from({ length: count }, (_, index) => `if ($http_x_${index}) { return 4${10 + index}; }`).join("\n");

describe("conditions of snippets", () => {
  it("become one rule each as long as there are few", async () => {
    const { rules, codes } = await converted(manyConditions(7));
    expect(rules).toHaveLength(8);
    expect(codes).not.toContain("SNIPPET_DIRECTIVE_LOST");
  });

  it("are given up from the last one on where there are too many", async () => {
    const { rules, text } = await converted(manyConditions(9));
    expect(rules).toHaveLength(8);
    expect(text).toMatch(/line 8 of "configuration-snippet" is not carried over/);
    expect(text).toMatch(/line 9 of "configuration-snippet" is not carried over/);
  });

  it("close the rule where they refuse requests and cannot be asked, a fixed answer included", async () => {
    const { rules, codes } = await converted('if ($remote_addr != 192.0.2.7) { return 403; }\nreturn 200 "inside";');
    expect(codes).toContain("SNIPPET_MAY_PROTECT");
    expect(JSON.stringify(rules)).toContain("answer-403");
  });
});

it("adds lines of one name as one, but for cookies", async () => {
  const { rules, text } = await converted(
    'add_header X-A "1";\nadd_header X-A "2";\nadd_header Set-Cookie "a=1";\nadd_header Set-Cookie "b=2";',
  );
  expect(JSON.stringify(rules)).toContain('"value":"1, 2"');
  expect(JSON.stringify(rules)).toContain('"name":"Set-Cookie","value":"a=1"');
  expect(text).toMatch(/line 4 of "configuration-snippet" is not carried over .*cookies/);
});

describe("quotes of what is lost", () => {
  it("name the line and leave secrets out", async () => {
    const { text } = await converted(
      'more_set_headers "X-A: b";\nproxy_set_header Authorization "Bearer hunter2$arg_x";',
    );
    expect(text).toContain("line 2 of");
    expect(text).not.toContain("hunter2");
  });
});
