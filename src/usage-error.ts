/** The command or the function was called in a way that it does not take; the message says what to write instead. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
