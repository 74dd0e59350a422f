import type { ControllerConfig } from "../../ingress-nginx/index.js";
import { partsReadIn } from "../gateway-api/features/snippet-variables.js";
import { forwardedHeaders, type HeaderPair } from "./forwarded-headers.js";
import { formatStringOf } from "./header-value.js";

/** What a ConfigMap of headers becomes, and what of it cannot be said. */
export type MappedHeaders = {
  readonly set: readonly HeaderPair[];
  readonly remove: readonly string[];
  readonly refused: readonly { readonly name: string; readonly reason: string }[];
};

/** Most entries of one list of a header filter (CRD, maxItems), with room for our own. */
const MOST = 48;
/** Names and values that the CRD and filters.go (HeaderValueRegexp) accept; one that they refuse makes all routes of the listener answer 500. */
const NAME = /^[A-Za-z0-9!#$%&'*+\-.^_`|~]+$/;
const VALUE = /^[!-~]+([\t ]?[!-~]+)*$/;

/** Request headers that Envoy writes itself, or refuses to change; nginx would send a second line. */
const ENVOYS_OWN: ReadonlySet<string> = new Set([
  "host",
  "connection",
  "upgrade",
  "content-length",
  "transfer-encoding",
  "x-request-id",
  "x-forwarded-for",
  "x-forwarded-proto",
]);
/** Variables that have no value yet when a request arrives. */
const TOO_EARLY = /\$\{?(?:scheme|pass_access_scheme|request_id|req_id)\b/;

/** So many of them fit into a replaced answer (CRD, maxItems of responseOverride.response.header.set), beside Location and Strict-Transport-Security. */
export const MOST_IN_ANSWERS = 14;

/** What Envoy writes into every request by itself (connection manager, mutateRequestHeaders). */
export const WRITTEN_BY_ENVOY = ["x-forwarded-for", "x-forwarded-proto"] as const;

/** Headers of the request, lower case, that are no longer the client's own behind a listener with the defaults of the controller. */
export function changedOnArrival(controller: ControllerConfig): readonly string[] {
  const { set, addIfAbsent, remove } = forwardedHeaders(controller, "https");
  const sent = sentHeaders(controller);
  const written = [...set, ...addIfAbsent, ...sent.set].map(({ name }) => name);
  return [...WRITTEN_BY_ENVOY, ...written, ...remove, ...sent.remove].map((name) => name.toLowerCase());
}

/** add-headers: nginx sets them on every response (more_set_headers in http). */
export function addedHeaders(controller: ControllerConfig): MappedHeaders {
  const entries = controller.headers("add-headers")?.entries ?? {};
  const readsRequest = Object.values(entries).some((value) => partsReadIn(value).length > 0);
  const changed = new Set(readsRequest ? changedOnArrival(controller) : []);
  return mapped(entries, (_, value) =>
    partsReadIn(value).some((part) => changed.has(part))
      ? "answers are made from the request behind the listener, where the header that it reads is another one"
      : undefined,
  );
}

/** proxy-set-headers: nginx adds them to every request to an application. */
export function sentHeaders(controller: ControllerConfig): MappedHeaders {
  return mapped(controller.headers("proxy-set-headers")?.entries ?? {}, (name, value) => {
    if (name.toLowerCase() === "host")
      return "Envoy writes it itself; nginx answers its own 404 to two of them with 400";
    if (ENVOYS_OWN.has(name.toLowerCase())) return "Envoy writes it itself";
    return TOO_EARLY.test(value) ? "its variable has no value yet when headers are set" : undefined;
  });
}

function mapped(
  entries: Readonly<Record<string, string>>,
  refusal: (name: string, value: string) => string | undefined,
): MappedHeaders {
  const set: HeaderPair[] = [];
  const remove: string[] = [];
  const refused: { readonly name: string; readonly reason: string }[] = [];
  for (const [name, text] of Object.entries(entries)) {
    const value = text.trim();
    const made = formatStringOf(value);
    const reason = NAME.test(name) ? refusal(name, value) : "it is no name of a header";
    if (reason !== undefined) refused.push({ name, reason });
    else if (value === "") remove.push(name);
    else if ("unknown" in made) refused.push({ name, reason: `nothing stands for ${made.unknown}` });
    else if (!VALUE.test(made.value))
      refused.push({ name, reason: "its value has characters that a policy does not take" });
    else if (set.length + remove.length >= MOST)
      refused.push({ name, reason: `a policy takes ${MOST} headers of this kind` });
    else set.push({ name, value: made.value });
  }
  return { set, remove, refused };
}
