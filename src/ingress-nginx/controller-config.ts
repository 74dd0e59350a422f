import type { Origin } from "../kubernetes/index.js";
import type { ControllerKeyName } from "./controller-keys.js";

/** One ConfigMap value in force: the text in the controller's own spelling (`true`, not `True`) and who set it. */
export type ControllerValue = {
  readonly text: string;
  /** Absent: the controller's built-in default. */ readonly origin?: Origin;
};

/** A key that the ConfigMap sets to something else than the controller does by itself. */
export type ChangedSetting = { readonly key: ControllerKeyName; readonly text: string; readonly origin: Origin };

/** A ConfigMap of headers that the controller's ConfigMap refers to. */
export type HeaderMap = {
  readonly configMap: string;
  readonly entries?: Readonly<Record<string, string>>;
  readonly origin: Origin;
};

/** Values of the controller ConfigMap and of its flags. */
export type ControllerConfig = {
  /** Whether the input (or `--controller-config`) held the controller's ConfigMap. */
  readonly known: boolean;
  /** Value in force of a ConfigMap key, built-in default included. */
  readonly value: (key: ControllerKeyName) => ControllerValue;
  /** A boolean in force. */
  readonly isOn: (key: ControllerKeyName) => boolean;
  /** A whole number in force. */
  readonly number: (key: ControllerKeyName) => number;
  /** Items of a list in force, divided by commas or blanks as the key wants. */
  readonly list: (key: ControllerKeyName) => readonly string[];
  /** Keys whose value in force is not the built-in one, in the order of the ConfigMap. */
  readonly changed: readonly ChangedSetting[];
  /** The ConfigMap of headers that a key names, with its entries where it is in the input. */
  readonly headers: (key: "add-headers" | "proxy-set-headers") => HeaderMap | undefined;
  readonly flag: (name: string) => string | undefined;
  /** The release that runs, where the user or the ConfigMap's label says so; without it the last one is assumed. */
  readonly release?: string;
  /** Whether it checks the values of annotations (`--enable-annotation-validation`). */
  readonly checksAnnotations: boolean;
};
