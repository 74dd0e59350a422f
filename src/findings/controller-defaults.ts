/** Said once for the whole run although it has no name of its own that says so. */
const ONCE = new Set(["HTTPS_REDIRECT_TRAILING_SLASH"]);

/**
 * Findings about what ingress-nginx does without being asked (HSTS, body limit, retries …) have codes that start with
 * DEFAULT_. Codes about default certificates and default backends share the word, but not the meaning.
 */
export function isControllerDefault(code: string): boolean {
  if (ONCE.has(code)) return true;
  return code.startsWith("DEFAULT_") && !code.startsWith("DEFAULT_CERTIFICATE") && !code.startsWith("DEFAULT_BACKEND");
}
