import type { JsonObject } from "../../../kubernetes/index.js";
import type { DirectiveOutcome, HeaderChange } from "./snippet-directives.js";

const FILTERS = {
  request: { type: "RequestHeaderModifier", field: "requestHeaderModifier" },
  response: { type: "ResponseHeaderModifier", field: "responseHeaderModifier" },
} as const;

/** Order of nginx within one request or answer, whatever the order of the text: what the proxy module hides, headers-more, and lines that are added. */
const STAGES: readonly HeaderChange["stage"][] = ["first", "middle", "last"];

/** The header changes of all directives as one filter a side, and the other filters. Outer levels stand before inner ones. */
export function joinHeaderChanges(outcomes: readonly DirectiveOutcome[]): JsonObject[] {
  const all = outcomes.flatMap((outcome) => outcome.headers ?? []);
  const changes = STAGES.flatMap((stage) => all.filter((change) => change.stage === stage));
  const filters = outcomes.flatMap((outcome) => outcome.filters ?? []);
  return [...modifier("request", changes), ...modifier("response", changes), ...filters];
}

/** What becomes of one header: a value in place of its own, none, or its own with more lines. */
type Header = {
  readonly name: string;
  base: Pick<HeaderChange, "value" | "mayBeEmpty"> | undefined;
  readonly lines: string[];
};

function modifier(side: HeaderChange["side"], changes: readonly HeaderChange[]): JsonObject[] {
  // Answers read headers of the request as well, when all of its own changes are made.
  const readers = side === "request" ? changes.filter(({ reads = [] }) => reads.length > 0) : [];
  const set: JsonObject[] = [];
  const add: JsonObject[] = [];
  const remove: string[] = [];
  for (const { name, base, lines } of headersOf(side, changes)) {
    // A filter takes a name once; lines of one name and a list of their values mean the same (RFC 9110, section 5.3).
    const value = [...(base?.value === undefined ? [] : [base.value]), ...lines].join(", ");
    const reading = readers.filter(({ reads }) => reads?.includes(name.toLowerCase()));
    // Clients cannot send it, and what the service sends is read under another name.
    if (value === "" && reading.some(({ ofAnswer }) => ofAnswer === true)) continue;
    if (value === "") remove.push(name);
    else (base === undefined ? add : set).push({ name, value });
    // A value that turns out empty changes nothing, where nginx takes the header away. What is removed is gone before values are filled in.
    if (base?.mayBeEmpty === true && lines.length === 0 && reading.length === 0) remove.push(name);
  }
  const { type, field } = FILTERS[side];
  const spec: JsonObject = {
    ...(set.length === 0 ? {} : { set }),
    ...(add.length === 0 ? {} : { add }),
    ...(remove.length === 0 ? {} : { remove }),
  };
  return Object.keys(spec).length === 0 ? [] : [{ type, [field]: spec }];
}

function headersOf(side: HeaderChange["side"], changes: readonly HeaderChange[]): readonly Header[] {
  const headers = new Map<string, Header>();
  for (const change of changes.filter((one) => one.side === side)) {
    const { name, action, value = "", mayBeEmpty = false, ofAnswer } = change;
    const key = name.toLowerCase();
    if (isOwn(change)) {
      if (ofAnswer === true) headers.delete(key);
      continue;
    }
    const header = headers.get(key) ?? { name, base: undefined, lines: [] };
    headers.set(key, header);
    if (action === "add") header.lines.push(value);
    else header.base = action === "set" ? { value, mayBeEmpty } : {};
  }
  return [...headers.values()];
}

/** A header of that name goes along anyway: the service's, or the client's with what was made of it before. */
const isOwn = ({ side, name, reads = [], mayBeEmpty }: HeaderChange): boolean =>
  side === "request" && mayBeEmpty === true && reads.length === 1 && reads[0] === name.toLowerCase();
