import { settingOf } from "../../mappings/index.js";
import type { Features } from "../features.js";
import { made, type FeatureContext } from "./made.js";

/** nginx's own values, for ConfigMap texts that are no number or size (configmap.yaml). */
const BUFFER_BYTES = 4 * 1024;
const BUFFERS = 4;
const FILE_BYTES = 1024 ** 3;

/** Whether nginx reads responses ahead of the client, by annotation or ConfigMap. */
export function readsAhead({ settings, controller }: Pick<FeatureContext, "settings" | "controller">): boolean {
  return (
    (settingOf(settings, "proxy-buffering")?.value ?? controller.value("proxy-buffering").text.trim().toLowerCase()) ===
    "on"
  );
}

/** proxy-*buffering and the sizes of nginx's buffers. */
export function buffering(context: FeatureContext): Pick<Features, "buffering"> {
  const { settings, controller } = context;
  const found = made(
    settings,
    "proxy-buffering",
    "proxy-request-buffering",
    "proxy-buffer-size",
    "proxy-buffers-number",
    "proxy-busy-buffers-size",
    "proxy-max-temp-file-size",
    "client-body-buffer-size",
  );
  if (found === undefined) return {};
  const request = settingOf(settings, "proxy-request-buffering")?.value;
  const response = settingOf(settings, "proxy-buffering")?.value;
  const requestBytes = settingOf(settings, "client-body-buffer-size")?.value;
  const bufferBytes =
    settingOf(settings, "proxy-buffer-size")?.value ??
    bytesOf(controller.value("proxy-buffer-size").text, BUFFER_BYTES);
  const ahead = readsAhead(context);
  const buffers =
    settingOf(settings, "proxy-buffers-number")?.value ??
    (Number.parseInt(controller.value("proxy-buffers-number").text, 10) || BUFFERS);
  return {
    buffering: {
      ...found,
      ...(request === undefined ? {} : { request: request === "off" ? "off" : "on" }),
      ...(response === undefined ? {} : { response: response === "on" ? "on" : "off" }),
      headerBytes: bufferBytes,
      // Without buffering nginx holds one buffer, the one for the header (ngx_http_upstream.c, u->buffer).
      responseBytes: ahead ? bufferBytes * (1 + buffers) : bufferBytes,
      fileBytes: ahead
        ? (settingOf(settings, "proxy-max-temp-file-size")?.value ??
          bytesOf(controller.value("proxy-max-temp-file-size").text, FILE_BYTES))
        : 0,
      ...(requestBytes === undefined ? {} : { requestBytes }),
    },
  };
}

const FACTORS: Readonly<Record<string, number>> = { "": 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

/** A size as nginx writes it in the ConfigMap; `otherwise` where the text is none. */
function bytesOf(text: string, otherwise: number): number {
  const match = /^(\d{1,12})([kmg]?)$/i.exec(text.trim());
  const factor = FACTORS[match?.[2]?.toLowerCase() ?? ""];
  return match === null || factor === undefined ? otherwise : Number(match[1]) * factor;
}
