import type { Origin } from "../kubernetes/index.js";
import type { Canary, Denial, LocationBackend, ServedIngress } from "./model.js";

/** A location while the server is being put together. */
export type DraftLocation = {
  readonly path: string;
  readonly pathType: "Exact" | "Prefix";
  readonly implicit: boolean;
  /** The path had a location of the other type before. */
  readonly isSecond?: boolean;
  /**
   * The `/` of the server `_`, which no rule opens (controller.go, createServers): `nobody's` as long as no Ingress without rules has taken it over,
   * `taken` from then on, and no path replaces it any more.
   */
  readonly ofEveryName?: "nobody's" | "taken";
  readonly owner: ServedIngress;
  readonly origin: Origin;
  readonly backend: LocationBackend;
  readonly denied?: Denial;
  canary?: Canary;
};

/** A server while Ingresses are still being merged into it. */
export type DraftServer = {
  readonly host: string;
  readonly kind: "exact" | "wildcard" | "default";
  readonly locations: Map<string, DraftLocation>;
  readonly ingresses: ServedIngress[];
  /** Paths that are written once more although the server has them. */
  readonly repeated: { readonly known: DraftLocation; readonly origin: Origin }[];
};

export const locationKey = (path: string, pathType: "Exact" | "Prefix"): string => `${pathType} ${path}`;
