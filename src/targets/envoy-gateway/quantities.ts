/** Duration fields take at most five digits per unit (`^([0-9]{1,5}(h|m|s|ms)){1,4}$`). */
const MOST_PER_UNIT = 99_999;

/** Largest value of quantity fields that hold a number of bytes (unsigned 32 bit). */
export const MOST_BYTES = 4_294_967_295;

/**
 * Seconds in Envoy Gateway's duration grammar.
 *
 * @param seconds whole seconds, not negative
 * @returns `300s` where the number fits, else hours, minutes and seconds (`277h46m40s`); never above 99999 hours
 */
export function formatSeconds(seconds: number): string {
  if (seconds <= MOST_PER_UNIT) return `${seconds}s`;
  const hours = Math.floor(seconds / 3600);
  if (hours > MOST_PER_UNIT) return `${MOST_PER_UNIT}h`;
  const minutes = Math.floor((seconds % 3600) / 60);
  const rest = seconds % 60;
  return `${hours}h${minutes > 0 ? `${minutes}m` : ""}${rest > 0 ? `${rest}s` : ""}`;
}

/**
 * Bytes as a Kubernetes quantity in the largest binary unit that holds them without remainder.
 *
 * @param bytes whole number from 1 to {@link MOST_BYTES}; zero has no spelling in the field's grammar
 */
export function formatBytes(bytes: number): string {
  for (const [unit, size] of [
    ["Gi", 1024 ** 3],
    ["Mi", 1024 ** 2],
    ["Ki", 1024],
  ] as const) {
    if (bytes % size === 0) return `${bytes / size}${unit}`;
  }
  return `${bytes}`;
}
