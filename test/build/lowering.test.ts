import { runInThisContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { __flatMap } from "../../scripts/fast-flat-map.js";
import { loweredModule } from "../../scripts/lowering.js";

type Around = (a: object, b: readonly unknown[][], flatMap: unknown) => unknown;

/** What the expression gives as it stands and as the bundle has it, with `a` and `b` around it. */
function both(expression: string): { readonly plain: unknown; readonly built: unknown; readonly text: string } {
  const plain = `(a, b, __flatMap) => (${expression})`;
  const text = loweredModule(plain);
  const [before, after] = [plain, text].map((code) =>
    (runInThisContext(code) as Around)({ one: 1, two: { deep: true } }, [[1, [2]], [3], []], __flatMap),
  );
  return { plain: before, built: after, text };
}

describe("the lowering of the build", () => {
  it.each([
    "{ ...a }",
    "{ ...a, one: 2 }",
    "{ one: 2, ...a, three: 3 }",
    "{ one: 2, ...(a.one === 1 ? {} : { four: 4 }), five: 5 }",
    "{ ...(a.one === 2 ? {} : { four: 4 }), ...a }",
    "{ ...(a.one === 2 ? {} : a.two ? { ...a.two, six: 6 } : {}), one: 0 }",
    "{ ...undefined, ...null, one: 3 }",
    "{ ...{}, [`key${a.one}`]: a.two, get seven() { return 7; } }",
    "{ f() { return { ...a }; } }.f()",
    "({ x, ...rest }) => ({ ...rest, x })",
  ])("keeps what %s gives, and its order", (expression) => {
    const { plain, built } = both(expression);
    const value =
      typeof plain === "function"
        ? [plain, built].map((f) => (f as (of: object) => unknown)({ x: 1, y: 2 }))
        : [plain, built];
    expect(value[1]).toEqual(value[0]);
    expect(JSON.stringify(value[1])).toBe(JSON.stringify(value[0]));
  });

  it("leaves no spread in an object, and every call of flatMap with one argument to the loop", () => {
    expect(both("{ ...a, b }").text).not.toContain("...");
    expect(both("b.flatMap((each) => each)").text).toContain("__flatMap(b,");
    expect(both("a.one?.flatMap?.((each) => each)").text).not.toContain("__flatMap(");
  });

  it("does not write to what is spread", () => {
    const source = { one: 1 };
    const made = runInThisContext(loweredModule("(a) => ({ ...a, one: 2 })")) as (of: object) => unknown;
    expect(made(source)).toEqual({ one: 2 });
    expect(source).toEqual({ one: 1 });
  });

  it.each([
    "b.flatMap((each) => each)",
    "b.flatMap((each, index, of) => [index, of.length, each[0]])",
    "b.flatMap(() => 5)",
  ])("keeps what %s gives", (expression) => {
    const { plain, built } = both(expression);
    expect(built).toEqual(plain);
  });

  it("asks a list that is none for its own flatMap", () => {
    expect(__flatMap({ flatMap: (() => ["own"]) as never }, () => 1)).toEqual(["own"]);
  });
});
