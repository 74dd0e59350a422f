import { finding, type Answer, type Finding } from "../findings/index.js";
import type { Ingress, Snapshot } from "../kubernetes/index.js";
import { ingressId } from "../kubernetes/index.js";
import type { Catalogue } from "../mappings/index.js";
import { unusedBackendTls } from "./backend-tls.js";
import { attachCanaries } from "./canaries.js";
import { CanaryPaths } from "./canary-paths.js";
import type { ControllerConfig } from "./controller-config.js";
import type { DraftServer } from "./drafts.js";
import { effectiveIngress, type IngressOutcome } from "./effective.js";
import { DEFAULT_HOST, mergeIntoServers, type MergeContext } from "./merge.js";
import type { HostDenial, NginxModel, ServedIngress, Server, UnservedIngress } from "./model.js";
import type { ModelOptions } from "./options.js";
import { byProcessingOrder } from "./order.js";
import { flagFindings } from "./controller-flags.js";
import { defaultBackend, withDefaultBackend } from "./default-backend.js";
import { controllerSnippets } from "./controller-snippets.js";
import { controllerConfig } from "./read-config.js";
import { refusedSettings } from "./refused.js";
import { selectIngress, severalClasses } from "./select.js";
import { buildServer } from "./server.js";
import { upstreamSettings } from "./scope.js";
import { streamServices } from "./stream-services.js";
import { givesTls, unusableCertificates } from "./tls.js";
import { makerForCanary, missingServices, unusedServicePorts, upstreamMakers } from "./upstreams.js";

/**
 * Works out what ingress-nginx does with all Ingresses of the snapshot together.
 *
 * @returns servers with their locations and what is in force there; every annotation is either in it or answered for
 */
export function buildModel(snapshot: Snapshot, catalogue: Catalogue, options: ModelOptions): NginxModel {
  const { config: controller, findings: configFindings } = controllerConfig(snapshot, options);
  const { streams, findings: streamFindings } = streamServices(snapshot, options);
  const fallback = defaultBackend(snapshot, options);
  const findings: Finding[] = [
    ...configFindings,
    ...flagFindings(snapshot, options.controllerFlags, controller),
    ...fallback.findings,
    ...streamFindings,
    ...unusedServicePorts(snapshot, options, streams),
  ];
  const answers: Answer[] = [];
  const { served, parts, unserved, deniedHosts } = serve(snapshot, {
    catalogue,
    controller,
    options,
    findings,
    answers,
  });
  findings.push(...missingServices(served, snapshot));
  const context: MergeContext = { snapshot, options, controller, findings };
  const drafts = mergeIntoServers(served, context);
  const unattached = attachCanaries(drafts, served, context);
  const nowhere = served.filter((ingress) => !parts.has(ingress) && unattached.has(ingress.id));
  for (const ingress of nowhere) leaveOut(ingress, answers, unattached.get(ingress.id) ?? "CANARY_UNATTACHED");
  const shared = upstreamSettings(drafts.values(), served, { findings, answers });
  const certificates = new Set(
    [...drafts.values()].filter((draft) => draft.ingresses.some(givesTls)).map((draft) => draft.host),
  );
  const byHost = contributorsByHost(
    served.filter((ingress) => !parts.has(ingress)),
    drafts,
  );
  const unknownHosts = drafts.has(DEFAULT_HOST) ? undefined : deniedHost(byHost.get(DEFAULT_HOST) ?? [], deniedHosts);
  const everywhere = controllerSnippets(controller);
  const built = [...drafts.values()].map((draft) => {
    const contributors = byHost.get(draft.host) ?? [];
    const denied = deniedHost(contributors, deniedHosts);
    const { secrets } = snapshot;
    const context = { drafts, shared, controller, certificates, contributors, findings, answers, denied, secrets };
    const server = withDefaultBackend(buildServer(draft, context), fallback.upstream);
    return everywhere === undefined ? server : { ...server, everywhere };
  });
  const servers = withoutRepeatedAliases(built, findings);
  servers.sort((a, b) => (a.kind === "default" ? -1 : b.kind === "default" ? 1 : a.host < b.host ? -1 : 1));
  findings.push(...hostFindings(drafts), ...unusableCertificates(servers, snapshot));
  const unused = unusedBackendTls(served, servers);
  findings.push(...unused.findings);
  answers.push(...unused.answers);
  const refused = refusedSettings(servers, controller);
  findings.push(...refused.findings);
  answers.push(...refused.answers);
  // Of a canary with paths of its own one part is enough.
  const stillServed = served.filter((ingress) => parts.has(ingress) === unattached.has(ingress.id));
  const ids = new Set(stillServed.map(({ id }) => id));
  const gone = nowhere.filter(({ id }) => !ids.has(id));
  const nothing: UnservedIngress[] = gone.map(({ id, ingress }) => ({
    id,
    ingress,
    reason: "nothing-to-serve",
    code: unattached.get(id) ?? "CANARY_UNATTACHED",
  }));
  return {
    servers,
    served: stillServed,
    unserved: [...unserved, ...nothing],
    streams,
    ...(fallback.upstream === undefined ? {} : { defaultBackend: fallback.upstream }),
    ...(unknownHosts === undefined ? {} : { unknownHosts }),
    controller,
    configMaps: snapshot.configMaps,
    services: snapshot.services,
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
): {
  served: ServedIngress[];
  /** Of `served`: canaries a second time, with the paths that are served like those of any other Ingress. */
  parts: ReadonlySet<ServedIngress>;
  unserved: UnservedIngress[];
  deniedHosts: Map<string, HostDenial>;
} {
  const served: ServedIngress[] = [];
  const parts = new Set<ServedIngress>();
  const unserved: UnservedIngress[] = [];
  const deniedHosts = new Map<string, HostDenial>();
  const outcomes: { readonly ingress: Ingress; readonly outcome: IngressOutcome }[] = [];
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
    outcomes.push({ ingress, outcome: effectiveIngress(ingress, { snapshot, ...context }) });
  }
  const selected = outcomes.map(({ ingress }) => ingress);
  context.findings.push(...severalClasses(selected, snapshot, context.options));
  const all = outcomes.flatMap(({ outcome }) => (outcome.kind === "served" ? [outcome.served] : []));
  const makers = upstreamMakers(all);
  const hosts = new Set(
    all.flatMap(({ isCanary, ingress }) => (isCanary ? [] : ingress.rules.map(({ host }) => host ?? DEFAULT_HOST))),
  );
  const canaryPaths = new CanaryPaths(makers, hosts);
  for (const { ingress, outcome: asItStands } of outcomes) {
    const owner = asItStands.kind === "served" ? makerForCanary(asItStands.served, makers) : undefined;
    const outcome = owner === undefined ? asItStands : effectiveIngress(ingress, { snapshot, ...context }, owner);
    context.findings.push(...outcome.findings);
    context.answers.push(...outcome.answers);
    if (outcome.kind === "rejected")
      unserved.push({ id: ingressId(ingress), ingress, reason: "rejected", code: outcome.code });
    else {
      const own = outcome.served.isCanary ? canaryPaths.byItself(outcome.served) : undefined;
      served.push(outcome.served);
      canaryPaths.serve(outcome.served);
      if (outcome.deniedHost !== undefined) deniedHosts.set(outcome.served.id, outcome.deniedHost);
      if (own === undefined) continue;
      const part = effectiveIngress(own.ingress, { snapshot, ...context }, "part");
      const known = new Set(outcome.findings.map(({ code, what }) => `${code} ${what}`));
      context.findings.push(
        ...own.findings,
        ...part.findings.filter(({ code, what }) => !known.has(`${code} ${what}`)),
      );
      context.answers.push(...part.answers);
      if (part.kind === "rejected") continue;
      served.push(part.served);
      canaryPaths.serve(part.served);
      parts.add(part.served);
    }
  }
  return { served, parts, unserved, deniedHosts };
}

function leaveOut(ingress: ServedIngress, answers: Answer[], code: string): void {
  for (const setting of ingress.settings.values())
    answers.push({ ingress: setting.ingress, key: setting.writtenKey, verdict: "exact", codes: [code] });
}

/**
 * Ingresses with rules for each host, in processing order. Canaries are among them: what belongs to the host is read before their paths are
 * skipped, and for a host that nobody else has it goes to the server `_` (controller.go, getBackendServers).
 */
function contributorsByHost(
  served: readonly ServedIngress[],
  drafts: ReadonlyMap<string, DraftServer>,
): ReadonlyMap<string, readonly ServedIngress[]> {
  const byHost = new Map<string, ServedIngress[]>();
  for (const ingress of served) {
    const names = ingress.ingress.rules.map(({ host = DEFAULT_HOST }) => (drafts.has(host) ? host : DEFAULT_HOST));
    for (const host of new Set(names)) {
      const known = byHost.get(host);
      if (known === undefined) byHost.set(host, [ingress]);
      else known.push(ingress);
    }
  }
  return byHost;
}

function deniedHost(
  contributors: readonly ServedIngress[],
  denied: ReadonlyMap<string, HostDenial>,
): HostDenial | undefined {
  return contributors.map((ingress) => denied.get(ingress.id)).find((found) => found !== undefined);
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
