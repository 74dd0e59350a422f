import { setTimeout as wait } from "node:timers/promises";
import { comparer, type Comparison, type ComparisonInput } from "../compare/compare.js";
import { describeRequest } from "../request.js";
import { COMPARED_HEADERS, described, differencesOfAnswers, type LiveAnswer, type LiveDifference } from "./answer.js";
import type { EntryPoint } from "./entry-point.js";
import { liveRequests, type LiveChoice, type LiveRequest } from "./requests.js";
import { openSide, type Sender, type SendOptions } from "./send.js";

export type LiveOptions = LiveChoice &
  SendOptions & {
    readonly before: EntryPoint;
    readonly after: EntryPoint;
    /** Pairs of requests a second, over all. */
    readonly rate: number;
    /** Response headers to compare; default {@link COMPARED_HEADERS}. */
    readonly compareHeaders?: readonly string[];
    readonly compareBodies: boolean;
  };

/** One request to both sides. */
export type LivePair = {
  readonly sequence: number;
  readonly request: {
    readonly method: string;
    readonly scheme: "http" | "https";
    readonly host: string;
    readonly target: string;
    readonly headers: Readonly<Record<string, string>>;
  };
  readonly old: LiveAnswer;
  readonly new: LiveAnswer;
  readonly differences: readonly LiveDifference[];
  /** `as-reported`: findings of the conversion announce a difference for this request; their codes. */
  readonly verdict: "same" | "as-reported" | "unexpected";
  readonly codes: readonly string[];
};

export type LiveResult = {
  readonly requests: number;
  readonly same: number;
  readonly asReported: number;
  readonly unexpected: number;
  /** Requests that neither side answered; they are among `same`. */
  readonly unanswered: number;
  /** Requests for which nothing listened at the address of a side. */
  readonly unreached: { readonly old: number; readonly new: number };
  /** The first unexpected ones. */
  readonly examples: readonly {
    readonly request: string;
    readonly old: string;
    readonly new: string;
    readonly differences: readonly LiveDifference[];
  }[];
};

const MOST_EXAMPLES = 20;
const MOST_AT_ONCE = 8;

/** Nothing listens there, or nobody knows the name; a connection that is closed may be what the side is meant to do. */
const UNREACHED = /\b(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)\b/;
/** Requests after which a side that was never reached is given up: the others would take minutes. */
const ENOUGH = 20;

/**
 * Sends the probes of a model to both running sides and compares what they answer. Bounded in number by the probes and in speed by `rate`.
 *
 * @param record is called with every pair, in the order in which they are done
 */
export async function verifyLive(
  input: ComparisonInput,
  options: LiveOptions,
  record: (pair: LivePair) => void,
): Promise<LiveResult> {
  const predicted = comparer(input);
  const sides = [await openSide(options.before, options), await openSide(options.after, options)] as const;
  const tally: Tally = {
    requests: 0,
    same: 0,
    asReported: 0,
    unexpected: 0,
    unanswered: 0,
    unreached: { old: 0, new: 0 },
    examples: [],
  };
  const requests = liveRequests(input.model, options, [options.before, options.after]);
  const pace = paceOf(options.rate);
  let started = 0;
  const work = async (): Promise<void> => {
    while (!isInVain(tally)) {
      const next = requests.next();
      if (next.done === true) return;
      const sequence = ++started;
      await pace();
      const pair = await askBoth(next.value, sides, { sequence, predicted, options });
      note(pair, next.value, tally);
      record(pair);
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.max(1, Math.min(MOST_AT_ONCE, Math.ceil(options.rate))) }, work));
  } finally {
    await Promise.all(sides.map((side) => side.close()));
  }
  return tally;
}

/** Each call waits until its turn: `rate` turns a second, never two at once. */
function paceOf(rate: number): () => Promise<void> {
  const gap = 1000 / rate;
  let next = performance.now();
  return async () => {
    const now = performance.now();
    const turn = Math.max(now, next);
    next = turn + gap;
    if (turn > now) await wait(turn - now);
  };
}

type Asking = {
  readonly sequence: number;
  readonly predicted: (request: LiveRequest["probe"]) => Comparison;
  readonly options: LiveOptions;
};

async function askBoth(
  request: LiveRequest,
  [before, after]: readonly [Sender, Sender],
  { sequence, predicted, options }: Asking,
): Promise<LivePair> {
  const [was, becomes] = await Promise.all([before.send(request), after.send(request)]);
  const differences = differencesOfAnswers(was, becomes, {
    headers: (options.compareHeaders ?? COMPARED_HEADERS).map((name) => name.toLowerCase()),
    body: options.compareBodies,
  });
  const codes = differences.length === 0 ? [] : announced(predicted(request.probe), differences);
  const { method, scheme, host, headers } = request.probe;
  return {
    sequence,
    request: { method, scheme, host, target: request.target, headers },
    old: was,
    new: becomes,
    differences,
    verdict: differences.length === 0 ? "same" : codes === undefined ? "unexpected" : "as-reported",
    codes: codes ?? [],
  };
}

/** Aspects of a predicted answer that show in each part of a real one. */
const SHOWS: Readonly<Record<LiveDifference["part"], readonly string[]>> = {
  answer: ["outcome", "certificate", "authentication"],
  status: ["outcome", "status", "authentication", "address"],
  location: ["outcome", "location"],
  header: ["outcome", "response-header"],
  body: ["outcome", "backends", "path", "host"],
};

/** Codes of the findings that announce these differences; undefined when one of them is not announced. */
function announced(comparison: Comparison, differences: readonly LiveDifference[]): readonly string[] | undefined {
  const codes = new Set<string>();
  for (const { part, name } of differences) {
    const found = comparison.named.filter(
      (named) => SHOWS[part].includes(named.aspect) && (named.aspect !== "response-header" || named.name === name),
    );
    if (found.length === 0) return undefined;
    for (const { finding } of found) codes.add(finding.code);
  }
  return [...codes].sort();
}

type Tally = { -readonly [Key in keyof LiveResult]: LiveResult[Key] } & {
  examples: LiveResult["examples"][number][];
  unreached: { old: number; new: number };
};

const isInVain = ({ requests, unreached }: Tally): boolean =>
  requests >= ENOUGH && (unreached.old === requests || unreached.new === requests);

const isUnreached = (answer: LiveAnswer): boolean => answer.kind === "none" && UNREACHED.test(answer.reason);

function note(pair: LivePair, { probe }: LiveRequest, tally: Tally): void {
  tally.requests += 1;
  if (isUnreached(pair.old)) tally.unreached.old += 1;
  if (isUnreached(pair.new)) tally.unreached.new += 1;
  if (pair.old.kind === "none" && pair.new.kind === "none") tally.unanswered += 1;
  if (pair.verdict === "same") tally.same += 1;
  else if (pair.verdict === "as-reported") tally.asReported += 1;
  else {
    tally.unexpected += 1;
    if (tally.examples.length < MOST_EXAMPLES)
      tally.examples.push({
        request: describeRequest(probe),
        old: described(pair.old),
        new: described(pair.new),
        differences: pair.differences,
      });
  }
}
