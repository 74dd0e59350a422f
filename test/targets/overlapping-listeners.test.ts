import { expect, it } from "vitest";
import type { Plan, PlannedListener } from "../../src/plan/index.js";
import { overlappingListeners } from "../../src/targets/overlapping-listeners.js";

const planOf = (...hostnames: readonly (string | undefined)[]): Pick<Plan, "listeners"> => {
  const listeners = [
    { name: "http", protocol: "HTTP" },
    ...hostnames.map((hostname) => ({ name: hostname ?? "every", protocol: "HTTPS", hostname })),
  ];
  return { listeners: listeners as Partial<PlannedListener>[] as PlannedListener[] };
};

it.each([
  [["a.example.com", "b.example.com"], undefined],
  [["a.example.com", "*.example.org"], undefined],
  [["*.example.com"], undefined],
  [["a.example.com", "*.example.com", "*.example.org"], { wide: ["*.example.com"], narrow: ["a.example.com"] }],
  [["b.a.example.com", "*.example.com"], { wide: ["*.example.com"], narrow: ["b.a.example.com"] }],
  [["*.a.example.com", "*.example.com"], { wide: ["*.example.com"], narrow: ["*.a.example.com"] }],
  // A name that merely ends alike is not below it.
  [["badexample.com", "*.example.com"], undefined],
  [["a.example.com", undefined], { wide: ["every name"], narrow: ["a.example.com"] }],
])("of the listeners %j overlap %j", (hostnames, expected) => {
  const found = overlappingListeners(planOf(...hostnames));
  expect(found === undefined ? undefined : { wide: found.wide, narrow: found.narrow }).toEqual(expected);
});
