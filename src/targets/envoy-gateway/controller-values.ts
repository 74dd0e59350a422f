import type { ControllerConfig } from "../../ingress-nginx/index.js";

/** A whole number of the controller's configuration; `otherwise` where the text is none. */
export function numberOf(controller: ControllerConfig, key: string, otherwise: number): number {
  const text = controller.value(key).text.trim();
  return /^-?\d+$/.test(text) ? Number(text) : otherwise;
}

/** A Go boolean of the controller's configuration; `otherwise` where the text is none. */
export function isSet(controller: ControllerConfig, key: string, otherwise: boolean): boolean {
  const text = controller.value(key).text.trim();
  if (/^(1|t|true)$/i.test(text)) return true;
  return /^(0|f|false)$/i.test(text) ? false : otherwise;
}

/** A list of the controller's configuration, separated by commas or blanks. */
export function listOf(controller: ControllerConfig, key: string): readonly string[] {
  return controller
    .value(key)
    .text.split(/[,\s]+/)
    .filter((item) => item !== "" && item !== "[]");
}
