import type { AnnotationKey } from "../mappings/index.js";
import type { ControllerKeyName } from "./controller-keys.js";

/** Sizes of the buffers of one location, in bytes; undefined where a size is not given, or is none. */
export type Buffers = {
  readonly size: number | undefined;
  readonly number: number;
  readonly busy: number | undefined;
  readonly file: number | undefined;
};

/** The keys that decide about them, as annotations and in the ConfigMap. */
export const BUFFERS = [
  "proxy-busy-buffers-size",
  "proxy-buffers-number",
  "proxy-max-temp-file-size",
  "proxy-buffer-size",
] as const satisfies readonly (AnnotationKey & ControllerKeyName)[];

export type BufferKey = (typeof BUFFERS)[number];

/**
 * Which sizes nginx refuses together, and why; they are compared whether or not answers are buffered, and for gRPC as well
 * (ngx_http_proxy_merge_loc_conf).
 */
export function bufferFault({ size, number, busy, file }: Buffers): readonly [BufferKey, string] | undefined {
  if (size === undefined || size === 0) return undefined;
  if (number < 2) return ["proxy-buffers-number", "it wants two proxy_buffers at least"];
  const room = (number - 1) * size;
  if (busy === undefined && 2 * size > room)
    return [
      "proxy-buffers-number",
      "with two proxy_buffers there is no room for proxy_busy_buffers_size, which is twice the size of one",
    ];
  if (busy !== undefined && busy > room)
    return [
      "proxy-busy-buffers-size",
      `proxy_busy_buffers_size has to fit into all proxy_buffers but one, ${number - 1} of ${size} bytes`,
    ];
  if (busy !== undefined && busy < size)
    return [
      "proxy-busy-buffers-size",
      `proxy_busy_buffers_size has to be as large as proxy_buffer_size, ${size} bytes`,
    ];
  if (file !== undefined && file !== 0 && file < size)
    return [
      "proxy-max-temp-file-size",
      `proxy_max_temp_file_size has to be 0 or as large as proxy_buffer_size, ${size} bytes`,
    ];
  return undefined;
}

/** A size of the ConfigMap in bytes, undefined where nginx reads none. */
export function bytesOf(text: string): number | undefined {
  const [, digits, unit = ""] = /^(\d+)([km]?)$/.exec(text.trim().toLowerCase()) ?? [];
  return digits === undefined ? undefined : Number(digits) * 1024 ** ["", "k", "m"].indexOf(unit);
}
