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
type Header = { readonly name: string; base: Pick<HeaderChange, "value" | "mayBeEmpty"> | undefined; readonly lines: string[] };

function modifier(side: HeaderChange["side"], changes: readonly HeaderChange[]): JsonObject[] {
  const headers = new Map<string, Header>();
  for (const { name, action, value = "", reads = [], mayBeEmpty = false, ofAnswer, side: own } of changes) {
    if (own !== side) continue;
    // A header of that name goes along anyway: the service's, or the client's with what was made of it before.
    if (side === "request" && mayBeEmpty && reads.length === 1 && reads[0] === name.toLowerCase()) {
      if (ofAnswer === true) headers.delete(name.toLowerCase());
      continue;
    }
    const header = headers.get(name.toLowerCase()) ?? { name, base: undefined, lines: [] };
    headers.set(name.toLowerCase(), header);
    if (action === "add") header.lines.push(value);
    else header.base = action === "set" ? { value, mayBeEmpty } : {};
  }
  if (headers.size === 0) return [];
  // Answers read headers of the request as well, when all of its own changes are made.
  const readHere = side === "request" ? changes : [];
  // What is removed is gone before values are filled in.
  const isRead = (name: string): boolean =>
    readHere.some(({ reads }) => reads?.includes(name.toLowerCase()) === true);
  // Clients cannot send it, and what the service sends is read under another name.
  const isOfService = (name: string): boolean =>
    readHere.some(({ ofAnswer, reads }) => ofAnswer === true && reads?.includes(name.toLowerCase()) === true);
  const set: JsonObject[] = [];
  const add: JsonObject[] = [];
  const remove: string[] = [];
  for (const { name, base, lines } of headers.values()) {
    // A filter takes a name once; lines of one name and a list of their values mean the same (RFC 9110, section 5.3).
    const value = [...(base?.value === undefined ? [] : [base.value]), ...lines].join(", ");
    if (value === "" && isOfService(name)) continue;
    if (value === "") remove.push(name);
    else (base === undefined ? add : set).push({ name, value });
    // A value that turns out empty changes nothing, where nginx takes the header away.
    if (base?.mayBeEmpty === true && lines.length === 0 && !isRead(name)) remove.push(name);
  }
  const { type, field } = FILTERS[side];
  const spec: JsonObject = {
    ...(set.length === 0 ? {} : { set }),
    ...(add.length === 0 ? {} : { add }),
    ...(remove.length === 0 ? {} : { remove }),
  };
  return Object.keys(spec).length === 0 ? [] : [{ type, [field]: spec }];
}
