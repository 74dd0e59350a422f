import { same, type KeyCase, type KeyCases } from "./key-fates.js";

/** The directives of a snippet are answered for one by one, where there is a path that they concern. */
const aroundPaths: KeyCase = ({ key }, { routes }) =>
  routes.some(({ rules }) =>
    rules.some(({ features: { snippets } }) =>
      snippets?.parts.some((part) => part.configMap !== undefined && part.key === key),
    ),
  )
    ? undefined
    : same("no path of this input is under it");

/** Snippets of the ConfigMap, on every target alike. */
export const SNIPPET_KEY_CASES: KeyCases = {
  "http-snippet": aroundPaths,
  "server-snippet": aroundPaths,
  "location-snippet": aroundPaths,
  "global-auth-snippet": (_, { routes }) =>
    routes.some(({ rules }) => rules.some(({ features }) => features.externalAuth?.isGlobal === true))
      ? undefined
      : same("no route of this input is under it"),
};
