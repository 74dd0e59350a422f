import {
  allNeighbours,
  allServiceEntries,
  type NeighbourEntry,
  type ServiceEntry,
} from "../../src/neighbours/index.js";

const OUTCOMES: Readonly<Record<NeighbourEntry["becomes"], string>> = {
  certificate: "Certificate, or Gateway or ListenerSet",
  gateway: "Gateway",
  route: "routes",
  objects: "routes and all other objects of the Ingress",
  lost: "not carried, finding",
  "not-ours": "not ours",
  record: "left behind",
  class: "the class",
};

const SERVICE: Readonly<Record<ServiceEntry["becomes"], string>> = {
  kept: "kept",
  proxy: "kept where PROXY headers are expected",
  address: "not carried: one at a time",
  health: "not carried: asks for what nginx has",
  tls: "not carried: names ports",
  record: "left behind",
};

const cell = (text: string): string => text.replaceAll("|", "\\|");

/** `docs/neighbours.md`: the programs that read annotations of Ingresses, and what becomes of each annotation. */
export function neighboursPage(): string {
  const readers = allNeighbours();
  const others = readers.filter(({ entries }) => entries.some(({ becomes }) => becomes === "not-ours"));
  const known = readers.filter((reader) => !others.includes(reader));
  return [
    INTRODUCTION,
    ...known.flatMap(({ title, reads, afterwards, cite, entries, labels }) => [
      `## ${title}`,
      "",
      `- With Ingresses: ${reads}`,
      `- Afterwards: ${afterwards}`,
      `- Source: ${cite}`,
      "",
      ...(entries.length === 0
        ? []
        : ["| Annotation | Goes to | Meaning, and what to do |", "| --- | --- | --- |", ...entries.map(row), ""]),
      ...labels.map(({ key, reason }) => `- Label \`${key}\` is left behind. ${reason}`),
      ...(labels.length === 0 ? [] : [""]),
    ]),
    "## The load balancer in front of ingress-nginx",
    "",
    "When the controller's Service is in the input (the labels of its Helm chart, or one of its usual names; type LoadBalancer or NodePort), what it asks of",
    "the load balancer is asked for the Gateway as well: in an EnvoyProxy (`provider.kubernetes.envoyService`) for Envoy Gateway, in",
    "`spec.infrastructure.annotations` of the Gateway for plain Gateway API, which takes 16 annotations and has no field for source ranges, traffic policy and",
    "class: these are named. `externalTrafficPolicy` is written as it is in force, because Envoy Gateway's own default is another than that of Kubernetes.",
    "Addresses, health checks and TLS at the load balancer are not carried (LOAD_BALANCER_NOT_CARRIED says why and what to do).",
    "",
    "| Annotation of the Service | | Meaning |",
    "| --- | --- | --- |",
    ...allServiceEntries.map(({ key, becomes, meaning }) => `| \`${key}\` | ${SERVICE[becomes]} | ${cell(meaning)} |`),
    "",
    "## Programs that shift traffic",
    "",
    "Canaries of Flagger (`flagger.app`) and Rollouts of Argo (`argoproj.io`) in the input that name an Ingress are reported with the change that makes them",
    "shift the routes instead (FLAGGER_CANARY_OF_INGRESS, ROLLOUT_OF_INGRESS). Issuers and ClusterIssuers in the input tell whether ACME challenges are answered",
    "through Ingresses; a Certificate in the input that belongs to no Ingress is left alone.",
    "",
    "## Other ingress controllers",
    "",
    "Their annotations have no effect on an Ingress that ingress-nginx serves. They are reported as not ours (NEIGHBOUR_NOT_OURS, info) and not carried.",
    "",
    "| Controller | Annotations |",
    "| --- | --- |",
    ...others.map(({ title, entries }) => `| ${title} | ${entries.map(({ key }) => `\`${key}\``).join(", ")} |`),
    "",
  ].join("\n");
}

function row({ key, becomes, meaning, as, remedy, severity = "medium" }: NeighbourEntry): string {
  const where = becomes === "lost" ? `${OUTCOMES.lost} (${severity})` : OUTCOMES[becomes];
  const name = as === undefined ? "" : ` There it is called \`${as}\`.`;
  return `| \`${key}\` | ${where} | ${cell(meaning)}${name}${remedy === undefined ? "" : ` ${cell(remedy)}`} |`;
}

const INTRODUCTION = `# Neighbours: other programs that read Ingresses

An Ingress is read by more than its controller: cert-manager makes its certificate, external-dns its DNS records, Argo CD applies it. What they find on the
Ingress is gone when the Ingress is deleted, so it moves to where they look for it afterwards, or the report says what to do.

\`ingress2gateway explain cert-manager.io/cluster-issuer\` prints what is known about one annotation. The facts stand in \`mappings/neighbours/\`, one file a
program. \`report.md\` has a section "Other programs" with every annotation that is not the controller's; \`report.json\` has it as \`neighbours\`. Read and
answered are counted on both sides, as for the controller's own annotations: no annotation is passed over.

## What routes get

- **Labels** of the Ingress that a route is named after, because they say whose it is (team, application, tier) and selectors such as
  \`--label-filter\` of external-dns go by them. Records of tools stay behind: a label that Argo CD, Helm or kubectl know their own objects by would
  make them take the route for one of theirs, and prune it. The tables below name them.
- **Annotations** as the tables below say, and no others. An annotation that nobody is known to read stays behind and is named (NEIGHBOUR_UNKNOWN).
- Every route of the Ingress gets the same, the HTTPS redirect too: external-dns takes the records of a host from all of its routes together.
- A canary Ingress becomes part of its primary's route, which has the primary's metadata (NEIGHBOUR_ON_CANARY).
- Other objects that are written for an Ingress (policies, filters, backends, grants) get the annotations that order and guard their application
  (Argo CD, Flux, Helm), so that a route is never applied before the policy that protects it. Objects of several Ingresses get what these agree on.
- Ingresses that ingress-nginx does not serve are not converted; their annotations are counted and left alone.
`;
