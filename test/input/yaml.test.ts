import { describe, expect, it } from "vitest";
import { readSnapshot } from "../../src/input/index.js";
import type { Unread } from "../../src/kubernetes/index.js";

function unreadOf(text: string, name = "f.yaml"): readonly Unread[] {
  return readSnapshot([{ name, text }]).unread;
}

/** The one thing that is wrong in a text. */
function problemOf(text: string, name?: string): Unread {
  const unread = unreadOf(text, name);
  expect(unread).toHaveLength(1);
  const [first] = unread;
  if (first === undefined) throw new Error("nothing was refused");
  return first;
}

describe("syntax errors", () => {
  const cases: readonly (readonly [what: string, text: string, at: string, reason: RegExp, remedy: RegExp])[] = [
    ["a tab as indentation", "kind: Ingress\nmetadata:\n\tname: x\n", "3:1", /tabs cannot indent YAML/, /by spaces/],
    [
      "a tab in the second document",
      "a: 1\n---\nkind: Ingress\nspec:\n\trules: []\n",
      "5:1",
      /tabs cannot indent/,
      /by spaces/,
    ],
    ["a repeated key", "kind: Ingress\nspec:\n  a: 1\n  a: 2\n", "4:3", /same key stands twice/, /remove one/],
    [
      "an unclosed double quote",
      'kind: Ingress\nmetadata:\n  name: "x\nspec: 1\n',
      "3:9",
      /quote is opened and not closed/,
      /closing quote/,
    ],
    [
      "an unclosed single quote",
      "kind: Ingress\nmetadata:\n  name: 'x\n",
      "3:9",
      /quote is opened and not closed/,
      /closing quote/,
    ],
    ["an unclosed bracket", "kind: Ingress\nhosts: [a, b\n", "2:8", /bracket or brace/, /close it/],
    [
      "an unquoted wildcard",
      "kind: Ingress\nspec:\n  rules:\n  - host: *.example.com\n",
      "4:24",
      /starts with \*/,
      /in quotes/,
    ],
    ["a wrong escape", 'kind: Ingress\npath: "/a\\d+"\n', "2:11", /backslash/, /single quotes/],
    ["a wrong indentation", "kind: Ingress\nspec:\n  - a\n rules: 1\n", "4:2", /indentation/, /line the entry up/],
    ["a colon in a value", "kind: Ingress\nname: a: b\n", "2:8", /indentation or a colon/, /in quotes/],
    ["a control character", "kind: Ingress\nname: \u0007\n", "2:8", /control characters/, /remove them/],
    ["a merge of no map", "kind: Ingress\nspec:\n  <<: 5\n", "3:8", /merge key/, /refer to a map/],
    ["an anchor inside itself", "kind: Ingress\nspec: &a [*a]\n", "2:11", /contains an alias/, /remove the alias/],
    [
      "a Helm template",
      "kind: Ingress\n{{- if .Values.x }}\nspec: {}\n",
      "2:3",
      /./,
      /helm template … \| ingress2gateway convert -/,
    ],
    ["a Helm value", "kind: Ingress\nmetadata:\n  name: {{ .Release.Name }}\n", "3:9", /./, /helm template/],
  ];

  it.each(cases)("%s", (...[, text, at, reason, remedy]) => {
    const problem = problemOf(text);
    expect(problem.reason).toMatch(reason);
    expect(problem.remedy).toMatch(remedy);
    expect(`${String(problem.line)}:${String(problem.column)}`).toBe(at);
    expect(problem).toMatchObject({ file: "f.yaml", extent: "document" });
  });

  it("do not stop the other documents", () => {
    const good = (name: string): string => `apiVersion: v1\nkind: Namespace\nmetadata:\n  name: ${name}\n`;
    const snapshot = readSnapshot([{ name: "f.yaml", text: `${good("a")}---\nkind: "Ingress\n---\n${good("b")}` }]);
    expect([...snapshot.namespaces.keys()]).toEqual(["a", "b"]);
    expect(snapshot.unread).toHaveLength(1);
  });

  it("never quote the document, which may be a Secret", () => {
    const secret = "hunter2hunter2";
    const texts = [
      `kind: Secret\nstringData:\n  p: *${secret}\n`,
      `kind: Secret\nstringData:\n  p: !!int ${secret}\n`,
      `kind: Secret\nstringData:\n  p: "${secret}\\z"\n`,
      `kind: Secret\nstringData:\n  p: "${secret}\n`,
      `kind: Secret\nstringData:\n  ${secret}: 1\n  ${secret}: 1\n`,
      `kind: Secret\nstringData:\n  p: !x!${secret} a\n`,
      `{"kind":"Secret","data":{"p":"${secret}}`,
      `apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData:\n  p: {x: ${secret}}\n`,
      `apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: ${secret}\n`,
      `apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: [${secret}]\n`,
    ];
    for (const text of texts) expect(JSON.stringify(problemOf(text))).not.toContain("hunter2");
  });
});

describe("streams", () => {
  const namespace = (name: string): string => `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${name}}\n`;
  const names = (text: string): readonly string[] => [...readSnapshot([{ name: "f", text }]).namespaces.keys()];

  it("are read with any line break, byte order mark and marker", () => {
    const text = `${namespace("a")}---\n${namespace("b")}`;
    for (const form of [
      text,
      text.replaceAll("\n", "\r\n"),
      text.replaceAll("\n", "\r"),
      `\uFEFF${text}`,
      `---\n${text}...\n`,
    ]) {
      expect(names(form)).toEqual(["a", "b"]);
    }
    expect(names(`\uFEFF${namespace("a")}---\n\uFEFF${namespace("b")}`)).toEqual(["a", "b"]);
    expect(names(`%YAML 1.1\n---\n${text}`)).toEqual(["a", "b"]);
  });

  it("may be empty, or hold nothing but comments", () => {
    for (const text of ["", "\n\n", "# c\n", "---\n---\n", "\uFEFF", "---\n# c\n...\n", "null\n", "  \r\n"]) {
      const snapshot = readSnapshot([{ name: "f", text }]);
      expect(snapshot).toMatchObject({ unread: [], ingresses: [], files: 1 });
      expect(snapshot.skipped.size).toBe(0);
    }
  });

  it("take JSON: one value, several values, and what only looks like JSON", () => {
    const json = (name: string): string =>
      JSON.stringify({ apiVersion: "v1", kind: "Namespace", metadata: { name } }, undefined, 2);
    expect(names(json("a"))).toEqual(["a"]);
    expect(names(`\n${json("a")}\n${json("b")}${json("c")}\n`)).toEqual(["a", "b", "c"]);
    expect(names(`${json("a")}\n---\n${json("b")}`)).toEqual(["a", "b"]);
    expect(names("{apiVersion: v1, kind: Namespace, metadata: {name: a}} # flow\n")).toEqual(["a"]);
  });

  it("place the values of a JSON stream in the file", () => {
    const bad = '{"apiVersion":"v1","kind":"Namespace",\n "metadata":{"name":7}}';
    const [first, second] = unreadOf(`{"a":1} ${bad}\n\n  ${bad}`, "f.json");
    expect(first).toMatchObject({ line: 2, column: 14 });
    expect(second).toMatchObject({ line: 5, column: 14 });
  });

  it("refuse a repeated key in JSON, which JSON.parse would settle silently", () => {
    const text = '{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"a","name":"b"}}';
    expect(problemOf(text).reason).toMatch(/same key stands twice/);
  });

  it("refuse broken JSON with a place", () => {
    expect(problemOf('{"kind": "Ingress",\n "spec": {"rules": [}\n}', "f.json")).toMatchObject({ line: 2 });
  });
});

describe("documents of other kinds", () => {
  it("are counted by kind, and their syntax is not judged", () => {
    const text = 'kind: Deployment\nspec: "\n---\nkind: \'Deployment\' # x\n---\na: 1\n---\n- 1\n---\nkind: ""\n';
    const { skipped, unread } = readSnapshot([{ name: "f", text }]);
    expect(unread).toEqual([]);
    expect([...skipped]).toEqual([
      ["(no kind)", 3],
      ["Deployment", 2],
    ]);
  });

  it("are parsed when a second object hides in them behind a forgotten ---", () => {
    expect(problemOf("kind: Deployment\na: 1\nkind: Ingress\n").reason).toMatch(/same key stands twice/);
  });

  it("tell apart the same kind of other API groups", () => {
    const text =
      "apiVersion: serving.knative.dev/v1\nkind: Service\n---\napiVersion: config.openshift.io/v1\nkind: Ingress\n";
    expect([...readSnapshot([{ name: "f", text }]).skipped.keys()]).toEqual([
      "Ingress.config.openshift.io",
      "Service.serving.knative.dev",
    ]);
  });
});
