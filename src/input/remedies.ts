/** What to do about a template that was handed in instead of its rendering. */
export const HELM_REMEDY =
  "this is a Helm template; render the chart first: helm template … | ingress2gateway convert -";
const SUBSTITUTE_REMEDY =
  "this value still holds a variable; substitute it first (envsubst, flux build, argocd) and convert the result";
const PLACEHOLDER_REMEDY = "this looks like a placeholder; replace it by the real value";

/**
 * A remedy for a value that is a template rather than a value.
 *
 * @returns undefined when the value does not look like one
 */
export function templateRemedy(value: string): string | undefined {
  if (value.includes("{{")) return HELM_REMEDY;
  if (/\$\{|\$\(/.test(value)) return SUBSTITUTE_REMEDY;
  if (/<[^<>]+>|__|X{4,}|DOMAIN|CHANGE-?ME/i.test(value)) return PLACEHOLDER_REMEDY;
  return undefined;
}
