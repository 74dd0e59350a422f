/**
 * Credentials as they stand in snippets, headers and addresses. Variables ($token) are names, not secrets. Each pattern keeps what
 * says that there was something.
 */
const CREDENTIALS: readonly RegExp[] = [
  /(:\/\/)[^\s/@"']+(?=@)/g,
  /(\b(?:basic|bearer|token)\s+)(?!\$)[\w+/.~=-]{6,}/gi,
  /(\b(?:x-api-key|x-auth-token|api[-_]?key|apikey|password|passwd|client[-_]secret|(?:access|auth|refresh)[-_]token)\b["']?\s*[:=\s]\s*["']?)(?!\$)[^\s"';,]+/gi,
  // Cookies and headers that snippets write.
  /(\bset-cookie\b["']?\s*[:\s]\s*["']?[\w.-]+=)(?!\$)[^\s"';,]+/gi,
  /((?:set_header|add_header|set_headers|input_headers)\s+["']?[\w-]{0,64}(?:secret|token|passw|api-?key|authorization)[\w-]{0,64}["']?[:\s]\s*["']?)(?![$*])[^"';\n]+/gi,
];

/** A text of the user with credentials masked. */
export function masked(text: string): string {
  return CREDENTIALS.reduce((result, pattern) => result.replace(pattern, "$1***"), text);
}
