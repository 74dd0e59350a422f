/** Said once for the whole run although it has no name of its own that says so. */
const ONCE = new Set(["HTTPS_REDIRECT_TRAILING_SLASH"]);

/** Codes about what the controller's ConfigMap says for all Ingresses alike. */
const OF_THE_CONFIGMAP = /^CONTROLLER_(?:SETTING|KEY|VALUE|CONFIG)_/;

/**
 * Findings about what ingress-nginx does without being asked (HSTS, body limit, retries …) have codes that start with
 * DEFAULT_. Codes about default certificates and default backends share the word, but not the meaning.
 */
export function isControllerDefault(code: string): boolean {
  if (ONCE.has(code) || OF_THE_CONFIGMAP.test(code)) return true;
  return code.startsWith("DEFAULT_") && !code.startsWith("DEFAULT_CERTIFICATE") && !code.startsWith("DEFAULT_BACKEND");
}
