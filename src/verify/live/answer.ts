/** What one side answered, or why there is no answer. */
export type LiveAnswer =
  | {
      readonly kind: "answer";
      readonly status: number;
      /** Lower-case names; several lines of one name are joined by `, `. */
      readonly headers: Readonly<Record<string, string>>;
      /** SHA-256 of the body, of its first MiB where it is longer. */
      readonly bodyDigest: string;
      readonly bodyBytes: number;
      readonly milliseconds: number;
    }
  | { readonly kind: "none"; readonly reason: string; readonly milliseconds: number };

export type AnswerComparison = {
  /** Response headers that are compared besides Location; lower case. */
  readonly headers: readonly string[];
  readonly body: boolean;
};

/** One part of an answer in which the sides differ. */
export type LiveDifference = {
  readonly part: "answer" | "status" | "location" | "header" | "body";
  readonly name?: string;
  readonly before: string;
  readonly after: string;
};

/** Headers that are compared unless others are asked for: what changes how clients go on. */
export const COMPARED_HEADERS: readonly string[] = [
  "access-control-allow-origin",
  "cache-control",
  "content-type",
  "strict-transport-security",
  "www-authenticate",
];

/**
 * What differs between two answers. Two sides without an answer are alike, whatever their reasons; of two answers with different status the rest
 * follows from that and is not named.
 */
export function differencesOfAnswers(
  before: LiveAnswer,
  after: LiveAnswer,
  compare: AnswerComparison,
): readonly LiveDifference[] {
  if (before.kind === "none" || after.kind === "none") {
    if (before.kind === after.kind) return [];
    return [{ part: "answer", before: described(before), after: described(after) }];
  }
  if (before.status !== after.status) return [{ part: "status", before: described(before), after: described(after) }];
  const location = textDifference("location", undefined, locationOf(before), locationOf(after));
  const headers = compare.headers.flatMap((name) =>
    textDifference("header", name, before.headers[name] ?? "", after.headers[name] ?? ""),
  );
  const isError = before.status >= 400;
  // Error pages are each proxy's own, and redirects have none that anybody reads.
  const body =
    compare.body && !isError && (before.status < 300 || before.status >= 400) && before.bodyDigest !== after.bodyDigest;
  return [
    ...location,
    ...(isError ? headers.filter(({ name }) => name !== "content-type") : headers),
    ...(body
      ? [{ part: "body" as const, before: `${before.bodyBytes} bytes`, after: `${after.bodyBytes} bytes` }]
      : []),
  ];
}

function textDifference(
  part: "location" | "header",
  name: string | undefined,
  before: string,
  after: string,
): LiveDifference[] {
  return before === after ? [] : [{ part, ...(name === undefined ? {} : { name }), before, after }];
}

/** `http://host` and `http://host/` are one address (RFC 3986, section 6.2.3). */
function locationOf({ headers }: Extract<LiveAnswer, { kind: "answer" }>): string {
  return (headers["location"] ?? "").replace(/^(https?:\/\/[^/?]+)\/?(\?|$)/i, "$1/$2");
}

/** An answer in a few words. */
export function described(answer: LiveAnswer): string {
  if (answer.kind === "none") return `no answer (${answer.reason})`;
  const location = answer.headers["location"];
  return location === undefined ? String(answer.status) : `${answer.status} to ${location}`;
}
