/**
 * Credentials as they stand in snippets, headers and addresses. Variables ($token) are names, not secrets. Each pattern keeps what
 * says that there was something.
 */
const CREDENTIALS: readonly RegExp[] = [
  /(:\/\/)[^\s/@"']+(?=@)/g,
  /(\b(?:basic|bearer|token)\s+)(?!\$)[\w+/.~=-]{6,}/gi,
  /(\b(?:x-api-key|x-auth-token|api[-_]?key|apikey|password|passwd|client[-_]secret|(?:access|auth|refresh)[-_]token)\b["']?\s*[:=\s]\s*["']?)(?!\$)[^\s"';,]+/gi,
];

/** A text of the user with credentials masked. */
export function masked(text: string): string {
  return CREDENTIALS.reduce((result, pattern) => result.replace(pattern, "$1***"), text);
}
