import type { Origin } from "../kubernetes/index.js";

/** One ConfigMap value in force: the text (decoded by the reader that knows the type) and who set it. */
export type ControllerValue = {
  readonly text: string;
  /** Absent: the controller's built-in default. */ readonly origin?: Origin;
};

/** Values of the controller ConfigMap and of its flags. */
export type ControllerConfig = {
  /** Whether the input (or `--controller-config`) held the controller's ConfigMap. */
  readonly known: boolean;
  /** Value in force of a ConfigMap key, built-in default included. */
  readonly value: (key: string) => ControllerValue;
  /** Keys that the ConfigMap sets, with unknown ones. */
  readonly set: readonly string[];
  readonly flag: (name: string) => string | undefined;
};
