import type { ConfigMap } from "../kubernetes/index.js";

/** What the user says about the controller. */
export type ModelOptions = {
  /** `--ingress-class`: serve exactly these class names. */
  readonly ingressClasses?: readonly string[];
  readonly withoutClass: "convert" | "skip";
  /** `--annotation-validation`; without it the controller's version decides. */
  readonly annotationValidation?: boolean;
  /** `--controller-version`: the release that runs, where its ConfigMap does not say so. */
  readonly controllerVersion?: string;
  readonly controllerFlags: ReadonlyMap<string, string>;
  /** The controller's ConfigMap, when it is not in the input. */
  readonly controllerConfig?: ConfigMap;
  /** Port numbers of `namespace/service:name`. */
  readonly servicePorts: ReadonlyMap<string, number>;
};
