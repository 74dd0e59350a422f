import { finding, type Answer, type Finding } from "../findings/index.js";
import type { AnnotationKey, Setting } from "../mappings/index.js";
import type { DraftServer } from "./drafts.js";
import type { ServedIngress, Settings } from "./model.js";
import { CLIENT_CERTIFICATE_KEYS, COOKIE_KEYS, HASH_KEYS } from "./key-groups.js";
import { upstreamKey } from "./upstreams.js";

/** Settings of the whole host: the first Ingress that provides one wins. */
export const SERVER_KEYS: readonly AnnotationKey[] = [
  ...CLIENT_CERTIFICATE_KEYS,
  "ssl-ciphers",
  "ssl-prefer-server-ciphers",
  "server-snippet",
  "app-root",
];
const FIRST_REFERENCE_KEYS: readonly AnnotationKey[] = ["load-balance", ...HASH_KEYS, "service-upstream"];
const AFFINITY_KEYS: readonly AnnotationKey[] = ["affinity", "affinity-mode"];

export type Sink = { readonly findings: Finding[]; readonly answers: Answer[] };

function lose(setting: Setting, by: string, scope: string, sink: Sink): void {
  const lost = finding("SETTING_OVERRIDDEN", setting.origin, {
    ingress: setting.ingress,
    key: setting.writtenKey,
    value: setting.raw,
    by,
    scope,
  });
  sink.findings.push(lost);
  sink.answers.push({ ingress: setting.ingress, key: setting.writtenKey, verdict: "exact", codes: [lost.code] });
}

/**
 * Server-wide settings of a host. `auth-tls-*` go together: the Ingress that gives the CA gives the rest.
 *
 * @param contributors Ingresses with rules for the host in processing order, canaries included
 * @param written owners of the host's locations in the order in which these are written: `app-root` stands in front of each location, and the first
 * one answers (nginx.tmpl)
 */
export function serverSettings(
  server: DraftServer,
  contributors: readonly ServedIngress[],
  written: readonly ServedIngress[],
  sink: Sink,
): Settings {
  const winners = new Map<AnnotationKey, Setting>();
  for (const key of SERVER_KEYS) {
    for (const ingress of key === "app-root" ? new Set(written) : contributors) {
      const setting = ingress.settings.get(key);
      if (setting === undefined) continue;
      const groupOwner = key.startsWith("auth-tls-") ? winners.get("auth-tls-secret")?.ingress : undefined;
      const winner = winners.get(key);
      if (winner === undefined && (groupOwner === undefined || groupOwner === ingress.id)) winners.set(key, setting);
      else if (winner?.ingress !== ingress.id)
        lose(setting, winner?.ingress ?? groupOwner ?? "", `host ${server.host}`, sink);
    }
  }
  return winners;
}

/**
 * Settings that belong to the shared upstream `namespace-service-port`: the first Ingress that references it decides for balancing, the first
 * that asks for affinity decides type and mode, the last one the attributes of the cookie.
 */
export function upstreamSettings(
  servers: Iterable<DraftServer>,
  served: readonly ServedIngress[],
  sink: Sink,
): ReadonlyMap<string, Settings> {
  const users = new Map<string, Set<ServedIngress>>();
  for (const server of servers) {
    for (const location of server.locations.values()) {
      if (location.backend.kind !== "service") continue;
      const key = upstreamKey(location.backend.upstream);
      const known = users.get(key);
      if (known === undefined) users.set(key, new Set([location.owner]));
      else known.add(location.owner);
    }
  }
  const effective = new Map<string, Settings>();
  const rank = new Map(served.map((ingress, index) => [ingress, index]));
  for (const [key, ingresses] of users) {
    if (ingresses.size < 2) continue;
    const inOrder = [...ingresses].sort((a, b) => (rank.get(a) ?? 0) - (rank.get(b) ?? 0));
    effective.set(key, sharedSettings(key, inOrder, sink));
  }
  return effective;
}

function sharedSettings(upstream: string, ingresses: readonly ServedIngress[], sink: Sink): Settings {
  const scope = `the shared upstream ${upstream}`;
  const result = new Map<AnnotationKey, Setting>();
  const take = (key: AnnotationKey, winner: ServedIngress | undefined): void => {
    const setting = winner?.settings.get(key);
    if (setting !== undefined) result.set(key, setting);
    for (const other of ingresses) {
      const lost = other === winner ? undefined : other.settings.get(key);
      if (lost !== undefined && winner !== undefined && lost.raw !== setting?.raw) lose(lost, winner.id, scope, sink);
    }
  };
  for (const key of FIRST_REFERENCE_KEYS) take(key, ingresses[0]);
  const withAffinity = ingresses.filter((ingress) => ingress.settings.has("affinity"));
  for (const key of AFFINITY_KEYS) take(key, withAffinity[0]);
  for (const key of COOKIE_KEYS) take(key, withAffinity.at(-1));
  return result;
}

export const UPSTREAM_KEYS: ReadonlySet<AnnotationKey> = new Set([
  ...FIRST_REFERENCE_KEYS,
  ...AFFINITY_KEYS,
  ...COOKIE_KEYS,
]);
