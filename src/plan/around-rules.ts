import type { Location, Server } from "../ingress-nginx/index.js";
import type { DraftRule } from "./draft-rule.js";
import { headersAround, serverVariants, type Variant } from "./snippets/variants.js";

/** A variant of a location with snippets, or the only one of a location without. */
export type AnyVariant = Omit<Variant, "snippets"> & { readonly snippets?: Variant["snippets"] };
/** What the server answers has the headers that it sets. */
export const answered = (
  { action }: NonNullable<AnyVariant["answer"]>,
  snippets: Variant["snippets"] | undefined,
): Pick<DraftRule, "action" | "features"> => ({
  action,
  features: snippets === undefined ? {} : { snippets },
});

/** Variants of one port are counted; the last one, which takes what the others leave, keeps the plain name. */
export function suffixOf(variants: readonly AnyVariant[], index: number): string {
  if (variants.length === 1) return "";
  const ofPort = variants.filter(({ on }) => on === variants[index]?.on);
  const place = ofPort.findIndex((variant) => variant === variants[index]);
  return place === ofPort.length - 1 ? "" : `-if-${place + 1}`;
}

/** A rule that stands for something of the server's, with what its snippets answer before that. */
export function afterServer(rule: DraftRule, server: Server, location: Location, ofIngress = false): DraftRule[] {
  const { path } = rule.matches[0];
  const variants = path.kind === "regex" ? undefined : serverVariants(server, location, path.value, ofIngress);
  if (variants === undefined) return [rule];
  const ofPort = variants.filter(({ on }) => rule.on === undefined || on === undefined || on === rule.on);
  return ofPort.map(({ match, answer, on, snippets }, index) => ({
    ...rule,
    name: `${rule.name}${suffixOf(ofPort, index)}`,
    matches: [{ ...rule.matches[0], ...match }] as const,
    ...(on === undefined ? {} : { on }),
    ...(answer !== undefined
      ? answered(answer, snippets)
      : rule.features.snippets === undefined
        ? asking(match, snippets)
        : {}),
  }));
}

/** A redirect of nginx's own with the headers that snippets set around it. */
export function withHeadersAround(
  rule: DraftRule,
  server: Server,
  location: Location,
  around: Parameters<typeof headersAround>[2],
): DraftRule[] {
  const variants = headersAround(server, location, around);
  if (variants.length === 0) return [rule];
  return variants.map(({ snippets, on }) => ({
    ...rule,
    features: { ...rule.features, snippets },
    ...(on === undefined ? {} : { on }),
  }));
}

/** What an error of the controller answers where a condition fails has no headers of snippets, and still says how a route asks for the condition. */
export const asking = (
  match: AnyVariant["match"],
  snippets: Variant["snippets"] | undefined,
): Partial<Pick<DraftRule, "features">> =>
  snippets === undefined || (match.queries === undefined && match.path?.raw === undefined)
    ? {}
    : { features: { snippets: { ...snippets, parts: [] } } };
