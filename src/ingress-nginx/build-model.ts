import { finding, type Answer, type Finding } from "../findings/index.js";
import type { Snapshot } from "../kubernetes/index.js";
import { ingressId } from "../kubernetes/index.js";
import type { Catalogue } from "../mappings/index.js";
import { attachCanaries } from "./canaries.js";
import type { ControllerConfig } from "./controller-config.js";
import type { DraftServer } from "./drafts.js";
import { effectiveIngress } from "./effective.js";
import { mergeIntoServers, type MergeContext } from "./merge.js";
import type { HostDenial, NginxModel, ServedIngress, Server, UnservedIngress } from "./model.js";
import type { ModelOptions } from "./options.js";
import { byProcessingOrder } from "./order.js";
import { controllerConfig } from "./read-config.js";
import { selectIngress } from "./select.js";
import { buildServer } from "./server.js";
import { upstreamSettings } from "./scope.js";

/**
 * Works out what ingress-nginx does with all Ingresses of the snapshot together.
 *
 * @returns servers with their locations and what is in force there; every annotation is either in it or answered for
 */
export function buildModel(snapshot: Snapshot, catalogue: Catalogue, options: ModelOptions): NginxModel {
  const { config: controller, findings: configFindings } = controllerConfig(snapshot, options);
  const findings: Finding[] = [...configFindings];
  const answers: Answer[] = [];
  const { served, unserved, deniedHosts } = serve(snapshot, { catalogue, controller, options, findings, answers });
  const context: MergeContext = { snapshot, options, findings };
  const drafts = mergeIntoServers(served, context);
  const unattached = attachCanaries(drafts, served, context);
  for (const id of unattached)
    leaveOut(
      served.find((ingress) => ingress.id === id),
      answers,
      "CANARY_UNATTACHED",
    );
  const shared = upstreamSettings(drafts.values(), { findings, answers });
  const certificates = new Set(
    [...drafts.values()]
      .filter((draft) => draft.ingresses.some((i) => i.ingress.tls.length > 0))
      .map((draft) => draft.host),
  );
  const canaries = served.filter((ingress) => ingress.isCanary);
  const built = [...drafts.values()].map((draft) =>
    buildServer(draft, {
      drafts,
      shared,
      controller,
      certificates,
      canaries: canariesOf(draft, canaries),
      findings,
      answers,
      denied: deniedHost(draft, deniedHosts),
    }),
  );
  const servers = withoutRepeatedAliases(built, findings);
  servers.sort((a, b) => (a.kind === "default" ? -1 : b.kind === "default" ? 1 : a.host < b.host ? -1 : 1));
  findings.push(...hostFindings(drafts));
  const stillServed = served.filter((ingress) => !unattached.has(ingress.id));
  const nothing: UnservedIngress[] = [...unattached].flatMap((id) => {
    const ingress = served.find((candidate) => candidate.id === id);
    return ingress === undefined
      ? []
      : [{ id, ingress: ingress.ingress, reason: "nothing-to-serve" as const, code: "CANARY_UNATTACHED" }];
  });
  return {
    servers,
    served: stillServed,
    unserved: [...unserved, ...nothing],
    controller,
    configMaps: snapshot.configMaps,
    findings,
    answers,
  };
}

/** nginx keeps the first server block that claims a name, and the controller writes them sorted by host (controller.go, getBackendServers). */
function withoutRepeatedAliases(servers: readonly Server[], findings: Finding[]): Server[] {
  const claimed = new Map<string, string>();
  return [...servers]
    .sort((a, b) => (a.host < b.host ? -1 : 1))
    .map((server) => {
      const aliases = server.aliases.filter((alias) => {
        const winner = claimed.get(alias.name);
        if (winner === undefined) claimed.set(alias.name, server.host);
        else
          findings.push(
            finding("ALIAS_CONFLICT", alias.setting.origin, { alias: alias.name, host: server.host, winner }),
          );
        return winner === undefined;
      });
      return aliases.length === server.aliases.length ? server : { ...server, aliases };
    });
}

type ServeContext = {
  catalogue: Catalogue;
  controller: ControllerConfig;
  options: ModelOptions;
  findings: Finding[];
  answers: Answer[];
};

function serve(
  snapshot: Snapshot,
  context: ServeContext,
): { served: ServedIngress[]; unserved: UnservedIngress[]; deniedHosts: Map<string, HostDenial> } {
  const served: ServedIngress[] = [];
  const unserved: UnservedIngress[] = [];
  const deniedHosts = new Map<string, HostDenial>();
  for (const ingress of [...snapshot.ingresses].sort(byProcessingOrder)) {
    const selection = selectIngress(ingress, snapshot, context.catalogue, context.options);
    if (selection.finding !== undefined) context.findings.push(selection.finding);
    if (selection.kind === "unserved") {
      const { code } = selection.finding;
      unserved.push({ id: ingressId(ingress), ingress, reason: selection.reason, code });
      for (const key of Object.keys(ingress.annotations)) {
        if (context.catalogue.meaningOf(key).kind !== "foreign")
          context.answers.push({ ingress: ingressId(ingress), key, verdict: "unsupported", codes: [code] });
      }
      continue;
    }
    const outcome = effectiveIngress(ingress, { snapshot, ...context });
    context.findings.push(...outcome.findings);
    context.answers.push(...outcome.answers);
    if (outcome.kind === "rejected")
      unserved.push({ id: ingressId(ingress), ingress, reason: "rejected", code: outcome.code });
    else {
      served.push(outcome.served);
      if (outcome.deniedHost !== undefined) deniedHosts.set(outcome.served.id, outcome.deniedHost);
    }
  }
  return { served, unserved, deniedHosts };
}

function leaveOut(ingress: ServedIngress | undefined, answers: Answer[], code: string): void {
  for (const setting of ingress?.settings.values() ?? [])
    answers.push({ ingress: setting.ingress, key: setting.writtenKey, verdict: "exact", codes: [code] });
}

/** Canary Ingresses that name the host: server-wide settings of theirs count although their paths do not. */
function canariesOf(draft: DraftServer, canaries: readonly ServedIngress[]): readonly ServedIngress[] {
  return canaries.filter((ingress) => ingress.ingress.rules.some((rule) => (rule.host ?? "_") === draft.host));
}

function deniedHost(draft: DraftServer, denied: ReadonlyMap<string, HostDenial>): HostDenial | undefined {
  for (const ingress of draft.ingresses) {
    const found = denied.get(ingress.id);
    if (found !== undefined) return found;
  }
  return undefined;
}

function hostFindings(drafts: ReadonlyMap<string, DraftServer>): Finding[] {
  const findings: Finding[] = [];
  for (const draft of drafts.values()) {
    const namespaces = [...new Set(draft.ingresses.map((ingress) => ingress.ingress.namespace))].sort();
    const first = draft.ingresses[0];
    if (first === undefined) continue;
    if (namespaces.length > 1)
      findings.push(finding("HOST_SHARED_BY_NAMESPACES", first.ingress.origin, { host: draft.host, namespaces }));
  }
  return findings;
}
