import { answers, explains, INGRESS, type Case, type Explanation } from "../explanation.js";

const hasSnippet = ({ before }: Case): boolean =>
  before.by.keys?.some((key) => key === "configuration-snippet" || key === "server-snippet") === true;

/** Directives of snippets that are not carried over. */
export const snippetExplanations: readonly Explanation[] = [
  explains(
    "SNIPPET_DIRECTIVE_LOST",
    INGRESS,
    ["outcome", "status", "location"],
    (of) => hasSnippet(of) && (of.before.outcome.kind === "respond" || of.before.outcome.kind === "redirect"),
  ),
  explains("SNIPPET_MAY_PROTECT", INGRESS, ["outcome", "status", "location", "address"], (of, { closed }) =>
    closed ? answers(of.after, 403, 500) : hasSnippet(of),
  ),
  explains("SNIPPET_UNREADABLE", INGRESS, ["outcome", "status", "location", "address"], hasSnippet),
];
