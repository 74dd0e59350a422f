import { describe, expect, it } from "vitest";
import { CONTROLLER_KEYS, isControllerKey, type ControllerKeyName } from "../../src/ingress-nginx/controller-keys.js";
import { controllerFaults } from "../../src/ingress-nginx/controller-faults.js";

/** Key, values with which nginx 1.27.1 loads the controller's configuration, and values with which it does not. */
const ROWS: readonly (readonly [ControllerKeyName, readonly string[], readonly string[]])[] = [
  ["proxy-read-timeout", ["0", "99999999999"], ["-1"]],
  ["proxy-buffers-number", ["4", "3"], ["2", "1", "0", "-1"]],
  ["proxy-buffer-size", ["8k", "8m"], ["", "0", "8kb", "8 k", "1g"]],
  ["proxy-busy-buffers-size", ["", "8k", "12k"], ["16k", "16", "8kb", "1g"]],
  ["proxy-max-temp-file-size", ["0", "1024m", "8kb", "x", ""], ["1g", "16"]],
  ["proxy-body-size", ["0", "8m", "1g"], ["99999999999999999999"]],
  ["proxy-cookie-path", ["off", "/ /x"], ["/", "", "true", "a{b"]],
  ["proxy-redirect-from", ["off", "default"], ["http://internal/", ""]],
  ["proxy-next-upstream", ["error timeout", "off", "HTTP_502"], ["error,timeout", "true", ""]],
  ["proxy-buffering", ["on", "off", "On"], ["true", "", "on off"]],
  ["proxy-http-version", ["1.0", "1.1"], ["2", ""]],
  ["skip-access-log-urls", ["", "/health,/ready", "a,,b"], ["/a b", "a, ,b", "a{b"]],
  ["block-user-agents", ["~*bot", '"two words"', '"~*a{2}"', "~(?!x)"], ["two words", "~bot{2}", "~*["]],
  ["block-cidrs", ["", "10.0.0.0/8, 192.168.0.1", "::1", "all"], ["10.0.0.0/33", "10.0.0", "office", "[]", " "]],
  ["hide-headers", ["", "X-A,X-B"], ["X-A X-B", " "]],
  ["forwarded-for-header", ["X-Real-IP", "x_y", ""], ["a b", "X-A;", "$x"]],
  ["ssl-protocols", ["TLSv1.2", "TLSv1.1 TLSv1.2", "tlsv1.2", "SSLv3"], ["TLSv1.2,TLSv1.3", "", "true"]],
  ["ssl-session-cache-size", ["10m", "32k"], ["8k", "1", "1g", "8kb", ""]],
  ["ssl-session-timeout", ["10m", "1d", "10"], ["1.5", "10ms", "", "true"]],
  ["upstream-keepalive-time", ["1h", "10ms"], ["true", "", "-1"]],
  ["limit-req-status-code", ["400", "429", "599"], ["200", "399", "600", "-1"]],
  ["large-client-header-buffers", ["4 8k", "4  8k"], ["4", "8k 4", ""]],
  ["gzip-level", ["1", "9", "0", "10"], []],
  ["default-type", ["text/html"], ["", "a b", "a;b"]],
  ["error-log-level", ["notice", ""], ["Warn", "true"]],
  ["log-format-upstream", ["$remote_addr", String.raw`{"a": "$remote_addr"}`], ["'x'"]],
  ["variables-hash-max-size", ["2048"], ["0", "-1"]],
];

const faultOf = (key: ControllerKeyName, text: string, others: Readonly<Record<string, string>> = {}): unknown =>
  controllerFaults([key], (one) => (one === key ? text : (others[one] ?? CONTROLLER_KEYS.get(one)?.value ?? ""))).get(
    key,
  );

describe("values of the ConfigMap that nginx refuses", () => {
  it.each(ROWS)("%s", (key, taken, refused) => {
    expect(taken.filter((text) => faultOf(key, text) !== undefined)).toEqual([]);
    expect(refused.filter((text) => faultOf(key, text) === undefined)).toEqual([]);
  });

  it("looks at the level of compression where it is on", () => {
    expect(faultOf("gzip-level", "10", { "use-gzip": "true" })).toBeDefined();
    expect(faultOf("brotli-level", "12", { "enable-brotli": "true" })).toBeDefined();
    expect(faultOf("brotli-level", "11", { "enable-brotli": "true" })).toBeUndefined();
  });

  it("takes the built-in values", () => {
    const textOf = (key: ControllerKeyName): string => CONTROLLER_KEYS.get(key)?.value ?? "";
    expect([...controllerFaults([...CONTROLLER_KEYS.keys()].filter(isControllerKey), textOf)]).toEqual([]);
  });
});
