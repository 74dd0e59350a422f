import { expect, it } from "vitest";
import { splitCiphers } from "../../../src/targets/envoy-gateway/tls-suites.js";

it.each([
  // Nobody loses a suite of TLS 1.3: no list of nginx or Envoy is about them.
  ["TLS_AES_128_GCM_SHA256:AES128-SHA", ["AES128-SHA"], []],
  ["ECDHE-RSA-AES128-GCM-SHA256:!aNULL:HIGH", ["ECDHE-RSA-AES128-GCM-SHA256"], ["!aNULL", "HIGH"]],
  ["AES128-SHA, AES128-SHA  AES256-SHA:", ["AES128-SHA", "AES256-SHA"], []],
  ["", [], []],
])("of the list %s a policy names %j and not %j", (list, kept, dropped) =>
  expect(splitCiphers(list)).toEqual({ kept, dropped }),
);
