import type { Location, NginxModel, Server, Settings } from "../../ingress-nginx/index.js";
import type { Certificate, Decision, Gate, HeaderChanges, Limits, Outcome } from "../decision.js";
import { limitsOf } from "./limits.js";
import type { Levels } from "./snippets/header-effects.js";
import { serverLevels, type PreparedSnippets } from "./snippets/prepared.js";
import { ownLimits } from "./snippets/proxying.js";
import type { State } from "./snippets/state.js";
import type { Believed } from "./variables.js";

/** The pieces of an answer that are known before its outcome. */
export type Frame = {
  readonly request: Believed;
  readonly model: NginxModel;
  readonly server: Server;
  readonly certificate: Certificate | undefined;
  /** Whether a certificate is filed for the name of the request. */
  readonly isCertified: boolean;
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
  /** Made in a block for the sign-in page or for error pages, which has neither the header filter nor the headers of the location. */
  readonly isOutside?: true;
  /** Status in whose place the page of the default backend stands. */
  readonly pageOf?: number;
  /** The controller's own server for what nobody takes has answered, in which http {} counts as well (nginx.tmpl). */
  readonly isOfBuiltIn?: true;
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

/**
 * nginx looks at Content-Length as soon as it knows the location (ngx_http_core_find_config_phase).
 *
 * @param location undefined for `location /` of the default backend, which has the limit of the ConfigMap
 */
export function isTooLarge(frame: Frame, location: Location | undefined): boolean {
  if (location?.denied !== undefined) return isTooLargeForServer(frame);
  const { controller } = frame.model;
  const { bodyBytes } = location === undefined ? limitsOf(new Map(), controller) : limitsAt(location, frame);
  return bodyBytes !== undefined && frame.request.bodyBytes > bodyBytes;
}

/** In blocks without a limit of the template (denied locations, the health check) that of a snippet of the server is in force, or nginx's own of 1m. */
export function isTooLargeForServer({ snippets, request }: Frame): boolean {
  const { bodyBytes } = ownLimits(snippets === undefined ? [] : serverLevels(snippets));
  return bodyBytes !== undefined && request.bodyBytes > bodyBytes;
}
