import type { Location, NginxModel, Server, Settings } from "../../ingress-nginx/index.js";
import type { Certificate, Decision, Gate, HeaderChanges, Limits, Outcome } from "../decision.js";
import { limitsOf } from "./limits.js";
import type { Levels } from "./snippets/header-effects.js";
import type { PreparedSnippets } from "./snippets/prepared.js";
import type { State } from "./snippets/state.js";
import type { Believed } from "./variables.js";

/** The pieces of an answer that are known before its outcome. */
export type Frame = {
  readonly request: Believed;
  readonly model: NginxModel;
  readonly server: Server;
  readonly certificate: Certificate | undefined;
  /** What is the same for every request to a location, worked out once. */
  readonly known: {
    readonly provenance: Map<Location, Decision["by"]>;
    readonly limits: Map<Settings, Decision["limits"]>;
  };
  /** Undefined where no snippet has a say. */
  readonly snippets: PreparedSnippets | undefined;
};

export type Answer = {
  readonly outcome: Outcome;
  readonly gate?: Gate;
  readonly location?: Location;
  /** Path or expression of the `location` of a server snippet that answered instead. */
  readonly ownPath?: string;
  readonly cors?: Readonly<Record<string, string>> | undefined;
  readonly requestHeaders?: HeaderChanges;
  /** In place of those of the location. */
  readonly limits?: Limits;
  readonly ingresses?: readonly string[];
  /** Directives of snippets that are in force where the answer was made. */
  readonly effects?: { readonly levels: Levels; readonly state: State };
};

/** Limits of a location's annotations. */
export function limitsAt({ settings }: Location, { known, model }: Frame): Limits {
  let limits = known.limits.get(settings);
  if (limits === undefined) known.limits.set(settings, (limits = limitsOf(settings, model.controller)));
  return limits;
}

export const TOO_LARGE: Outcome = { kind: "respond", status: 413 };

/** nginx looks at Content-Length as soon as it knows the location (ngx_http_core_find_config_phase). */
export function isTooLarge(frame: Frame, location: Location): boolean {
  const limit = limitsAt(location, frame).bodyBytes;
  return limit !== undefined && frame.request.bodyBytes > limit;
}
