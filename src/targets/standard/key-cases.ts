import { same, type KeyCase, type KeyCases } from "../key-fates.js";
import { SNIPPET_KEY_CASES } from "../snippet-key-cases.js";

/** Nothing in the output asks for the header, which is what the ConfigMap wants where it switches it off. */
const hsts =
  (off: string): KeyCase =>
  (_, { controller }) =>
    controller.isOn("hsts") ? undefined : same(off);

/** Where a key of the ConfigMap fares better than usual in plain Gateway API. */
export const STANDARD_KEY_CASES: KeyCases = {
  ...SNIPPET_KEY_CASES,
  "proxy-body-size": ({ text }) => (text === "0" ? same("no limit is written") : undefined),
  hsts: hsts("nothing in the output asks for Strict-Transport-Security"),
  "hsts-max-age": hsts("it says nothing without hsts"),
  "hsts-include-subdomains": hsts("it says nothing without hsts"),
  "hsts-preload": hsts("it says nothing without hsts"),
  "proxy-stream-timeout": (_, { streams }) => (streams.length > 0 ? undefined : same("there is no TCP or UDP service")),
};
