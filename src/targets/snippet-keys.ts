import type { KeyFate, KeyRule } from "./controller-settings.js";

/** A snippet of the ConfigMap whose directives are answered for one by one, where there is a path that they concern. */
export const snippetKey: KeyRule = {
  verdict: "equivalent",
  how: "its directives are followed one by one on every host (snippets.md)",
  told: "SNIPPET_TRANSLATED",
  inCase: ({ key }, { routes }): KeyFate | undefined =>
    routes.some(({ rules }) =>
      rules.some(({ features: { snippets } }) =>
        snippets?.parts.some((part) => part.configMap !== undefined && part.key === key),
      ),
    )
      ? undefined
      : { verdict: "exact", how: "no path of this input is under it" },
};

/** The same for the request to the auth service of the ConfigMap. */
export const globalAuthSnippetKey: KeyRule = {
  ...snippetKey,
  how: "its directives are followed one by one (snippets.md)",
  inCase: (_, { routes }) =>
    routes.some(({ rules }) => rules.some(({ features }) => features.externalAuth?.isGlobal === true))
      ? undefined
      : { verdict: "exact", how: "no route of this input is under it" },
};

/** Snippets that stand around no path (process-snippets.ts). */
export const processSnippetKey: KeyRule = {
  verdict: "equivalent",
  how: "its directives are named one by one (snippets.md)",
  told: "SNIPPET_DIRECTIVE_LOST",
};
