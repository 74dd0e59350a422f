import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { accountDecoded } from "../../src/mappings/index.js";
import { readAddresses } from "../../src/mappings/addresses.js";
import { readInteger } from "../../src/mappings/value-checks.js";
import { editDistance } from "../../src/findings/index.js";
import { catalogue, decode, PREFIX } from "./support.js";

const keys = [...catalogue.entries.values()].flatMap((entry) => [entry.key, ...entry.aliases]);
const examples = [...catalogue.entries.values()].map((entry) => entry.example.value);

const key = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...keys) },
  fc.string({ unit: "grapheme", maxLength: 20 }),
);
/** Texts of every kind, and plausible ones with a fault. */
const value = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.constantFrom(
    "",
    " ",
    "\n",
    "true",
    "on",
    "0",
    "-1",
    "60s",
    "10m",
    "a/b",
    "a/b/c",
    "*",
    "null",
    "10.0.0.0/8",
    "::1",
    "http://a",
    "$x",
  ),
  fc.constantFrom(...examples),
  fc.tuple(fc.constantFrom(...examples), fc.string({ maxLength: 3 })).map(([text, tail]) => text + tail),
);

describe("decoding", () => {
  test.prop([fc.dictionary(key, value, { maxKeys: 12 }), fc.boolean()], { numRuns: 2000 })(
    "never throws and puts every key in exactly one place",
    (annotations, validation) => {
      const decoded = decode(annotations, validation);
      const places = [
        ...[...decoded.settings.values()].map((it) => it.writtenKey),
        ...decoded.invalid.map((it) => it.writtenKey),
        ...decoded.removed.map((it) => it.writtenKey),
        ...decoded.unknown.map((it) => it.writtenKey),
        ...decoded.shadowed.map((it) => it.writtenKey),
      ];
      expect(places.sort()).toEqual(
        Object.keys(annotations)
          .map((it) => PREFIX + it)
          .sort(),
      );
    },
  );

  test.prop([fc.dictionary(key, value, { maxKeys: 12 })], { numRuns: 500 })(
    "answers for everything but the settings in force",
    (annotations) => {
      const decoded = decode(annotations);
      const { answers, findings } = accountDecoded(decoded, "shop/web", catalogue);
      expect(answers.length + decoded.settings.size).toBe(Object.keys(annotations).length);
      for (const found of findings)
        expect([found.what, found.why, found.remedy].every((text) => text !== "" && !text.includes("undefined"))).toBe(
          true,
        );
    },
  );

  test.prop([fc.dictionary(key, value, { maxKeys: 8 })], { numRuns: 500 })(
    "does not depend on the order of the annotations",
    (annotations) => {
      const reversed = Object.fromEntries(Object.entries(annotations).reverse());
      const values = (decoded: ReturnType<typeof decode>): unknown =>
        [...decoded.settings].map(([name, setting]) => [name, setting.value, setting.writtenKey]).sort();
      expect(values(decode(reversed))).toEqual(values(decode(annotations)));
    },
  );

  test.prop([fc.constantFrom(...keys), value], { numRuns: 1000 })(
    "gives the same value with and without validation where both accept",
    (name, raw) => {
      const [strict] = decode({ [name]: raw }, true).settings.values();
      const [loose] = decode({ [name]: raw }, false).settings.values();
      if (strict !== undefined) expect(loose?.value).toEqual(strict.value);
    },
  );
});

describe("integers", () => {
  test.prop([fc.maxSafeInteger()])("are read back", (number) => {
    expect(readInteger(String(number))).toBe(number);
  });
});

describe("addresses", () => {
  test.prop([
    fc.array(
      fc.oneof(
        fc.ipV4(),
        fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })).map(([ip, bits]) => `${ip}/${bits}`),
      ),
      { minLength: 1, maxLength: 8 },
    ),
  ])("are sorted, unique, and read the same again", (items) => {
    const once = readAddresses(items.join(" , "));
    expect(once).toHaveProperty("cidrs");
    if (!("cidrs" in once)) return;
    expect(once.cidrs).toEqual([...new Set(once.cidrs)].sort());
    expect(readAddresses(once.cidrs.join(","))).toEqual(once);
  });

  test.prop([fc.ipV6(), fc.integer({ min: 0, max: 128 })])("of version 6 keep their meaning", (ip, bits) => {
    const once = readAddresses(`${ip}/${bits}`);
    if ("cidrs" in once) expect(readAddresses(once.cidrs.join(","))).toEqual(once);
    else expect(once.bad).toMatch(/^::ffff:|^0|\./i);
  });

  test.prop([fc.string({ maxLength: 40 })])("never throw", (text) => {
    const read = readAddresses(text);
    expect("cidrs" in read || "bad" in read).toBe(true);
  });
});

describe("edit distance", () => {
  test.prop([fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 })])(
    "is symmetric and zero for equal texts only",
    (a, b) => {
      expect(editDistance(a, b, 20)).toBe(editDistance(b, a, 20));
      expect(editDistance(a, b, 20) === 0).toBe(a === b);
    },
  );
});
