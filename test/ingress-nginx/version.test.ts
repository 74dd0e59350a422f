import { describe, expect, it } from "vitest";
import { buildModel } from "../../src/ingress-nginx/index.js";
import { readSnapshot } from "../../src/input/index.js";
import { isBefore, isRelease, loadCatalogue } from "../../src/mappings/index.js";

describe("a release", () => {
  it.each(["1.9.4", "v1.9.4", "1.15", "1.15.1", "0.49.3", "1.12.0-beta.0"])("is %s", (text) => {
    expect(isRelease(text)).toBe(true);
  });

  it.each(["", "1", "2.0.0", "1.16.0", "latest", "1.9.4.1", "controller-v1.9.4", "1.x", "1.9999.0"])(
    "is not %j",
    (text) => {
      expect(isRelease(text)).toBe(false);
    },
  );

  it("comes before another one by its numbers, not by its letters", () => {
    expect(isBefore("1.9.4", "1.10.0")).toBe(true);
    expect(isBefore("1.10.0", "1.9.4")).toBe(false);
    expect(isBefore("1.9.0", "1.9.1")).toBe(true);
    expect(isBefore("1.9.1", "1.9.1")).toBe(false);
    expect(isBefore("v0.49.3", "1.0.0")).toBe(true);
  });

  it("without its last number is the last one of its line", () => {
    expect(isBefore("1.9", "1.9.5")).toBe(false);
    expect(isBefore("1.9", "1.10.0")).toBe(true);
  });
});

describe("the controller's version", () => {
  const configMap = (labels: string): string => `apiVersion: v1
kind: ConfigMap
metadata:
  name: ingress-nginx-controller
  namespace: ingress-nginx
  labels: {${labels}}
data:
  use-gzip: "true"
`;
  const HELM =
    'app.kubernetes.io/name: ingress-nginx, app.kubernetes.io/component: controller, app.kubernetes.io/version: "1.8.4"';

  const modelOf = (labels: string, options: { controllerVersion?: string; annotationValidation?: boolean } = {}) =>
    buildModel(readSnapshot([{ name: "in.yaml", text: configMap(labels) }]), loadCatalogue([], {}), {
      withoutClass: "convert",
      controllerFlags: new Map(),
      servicePorts: new Map(),
      ...options,
    });
  const read = (...args: Parameters<typeof modelOf>) => {
    const { controller, findings } = modelOf(...args);
    return {
      snippets: controller.isOn("allow-snippet-annotations"),
      risk: controller.value("annotations-risk-level").text,
      hsts: controller.value("hsts-max-age").text,
      checks: controller.checksAnnotations,
      codes: findings.map(({ code }) => code),
    };
  };
  const LAST = { snippets: false, risk: "High", hsts: "31536000", checks: true };

  it("is the last one when nothing says another", () => {
    expect(read("app: nginx")).toEqual({ ...LAST, codes: ["DEFAULT_VERSION_ASSUMED"] });
  });

  it("is what the label of the Helm chart says", () => {
    const old = { snippets: true, risk: "Critical", hsts: "15724800", checks: false };
    expect(read(HELM)).toEqual({ ...old, codes: ["CONTROLLER_VERSION_READ"] });
  });

  it("is not read from the label of something else", () => {
    expect(read('app.kubernetes.io/name: other, app.kubernetes.io/version: "1.8.4"').codes).toEqual([
      "DEFAULT_VERSION_ASSUMED",
    ]);
    expect(read(HELM.replace("1.8.4", "latest")).codes).toEqual(["DEFAULT_VERSION_ASSUMED"]);
  });

  it("is what the user says, whatever the label", () => {
    expect(read(HELM, { controllerVersion: "1.15.1" })).toEqual({ ...LAST, codes: [] });
    const between = { snippets: false, risk: "Critical", hsts: "31536000", checks: false };
    expect(read(HELM, { controllerVersion: "1.11" })).toEqual({ ...between, codes: [] });
  });

  it("says which keys of the ConfigMap it does not read yet, and which it still reads", () => {
    const data = '\ndata: {relative-redirects: "true", plugins: hello, use-geoip: "true"}';
    const text = configMap("app: nginx").replace(/\ndata:[^]*/, data);
    const at = (controllerVersion: string) => {
      const options = { withoutClass: "convert", controllerFlags: new Map(), servicePorts: new Map() } as const;
      const model = buildModel(readSnapshot([{ name: "in.yaml", text }]), loadCatalogue(), {
        ...options,
        controllerVersion,
      });
      const { controller, findings } = model;
      return [controller.isOn("relative-redirects"), ...findings.map(({ code }) => code)];
    };
    const [newer, removed, older] = [
      "CONTROLLER_KEY_NEWER_THAN_CONTROLLER",
      "CONTROLLER_KEY_REMOVED",
      "CONTROLLER_KEY_OF_OLDER_CONTROLLER",
    ];
    expect(at("1.13.0")).toEqual([true, removed, removed]);
    expect(at("1.12.8")).toEqual([false, newer, removed, removed]);
    expect(at("1.9.4")).toEqual([false, newer, older, removed]);
    expect(at("1.9.1")).toEqual([false, newer, older, older]);
  });

  it("does not decide what the user decides", () => {
    expect(read(HELM, { annotationValidation: true }).checks).toBe(true);
    expect(read("app: nginx", { annotationValidation: false }).checks).toBe(false);
  });
});
