/** Ends a switch over a union: the compiler complains when a case is missing, and so does the run. */
export function assertNever(value: never): never {
  throw new Error(`unexpected case: ${JSON.stringify(value)}`);
}
