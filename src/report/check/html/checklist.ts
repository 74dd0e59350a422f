import type { TargetName } from "../../../findings/index.js";
import { counted } from "../../markdown-text.js";
import type { CheckReport } from "../schema.js";

/** Objects that a conversion would add, by target and kind. */
export type ObjectCounts = ReadonlyMap<TargetName, ReadonlyMap<string, number>>;

/** One line of the checklist of a migration, filled in from the input. */
export type CheckPoint = { readonly topic: string; readonly found: string; readonly advice: string };

/** Metrics that dashboards and alerts of ingress-nginx use most, and what Envoy has instead (docs/controller-defaults.md, metrics of Envoy 1.39). */
const METRICS: readonly (readonly [before: string, after: string])[] = [
  ["nginx_ingress_controller_requests", "envoy_cluster_upstream_rq_xx, envoy_http_downstream_rq_xx"],
  ["nginx_ingress_controller_request_duration_seconds", "envoy_http_downstream_rq_time (milliseconds)"],
  ["nginx_ingress_controller_response_duration_seconds", "envoy_cluster_upstream_rq_time (milliseconds)"],
  ["nginx_ingress_controller_ssl_expire_time_seconds", "envoy_listener_ssl_certificate_expiration_unix_time_seconds"],
  [
    "nginx_ingress_controller_config_last_reload_successful",
    "envoy_listener_manager_lds_update_rejected, conditions of the Gateway",
  ],
];

/** The risks that every migration has, with what this input holds of them. */
export function checklist(report: CheckReport, objects: ObjectCounts): readonly CheckPoint[] {
  const used = (...keys: readonly string[]): number =>
    report.annotations
      .filter(({ key }) => keys.some((name) => key.endsWith(`/${name}`)))
      .reduce((most, { ingresses }) => Math.max(most, ingresses), 0);
  const files = new Set(report.ingresses.map(({ file }) => file)).size;
  const foreign = report.findings.filter(({ code }) => code.startsWith("UNKNOWN_")).length;
  return [
    {
      topic: "Regular expressions",
      found: `${counted(used("use-regex", "rewrite-target"), "Ingress", "Ingresses")} with use-regex or rewrite-target`,
      advice:
        "One of them changes the matching of its whole host. Read the paths in the report, and try upper case, longer names and double slashes.",
    },
    {
      topic: "Non-standard annotations",
      found: `${counted(report.annotations.length, "annotation key")}, ${foreign} unknown`,
      advice:
        "The table of annotations says for each what is kept. Unknown keys never had an effect: correct or delete them before the move.",
    },
    {
      topic: "Templates, snippets and Lua",
      found: `${counted(used("configuration-snippet", "server-snippet", "auth-snippet"), "Ingress", "Ingresses")} with snippets`,
      advice:
        "Directives that are translated are named, the others quoted. A template of your own (nginx.tmpl) and Lua plugins are not in manifests: list them by hand.",
    },
    {
      topic: "Load on the API server",
      found: [...objects].map(([target, kinds]) => `${target}: ${kindsText(kinds)}`).join("; ") || "not counted",
      advice:
        "Apply platform/ first, then namespace by namespace; every route is a watch event for each controller that follows routes.",
    },
    {
      topic: "Pipelines and manifests",
      found: `${counted(files, "file")} with Ingresses`,
      advice:
        "Charts and overlays that render Ingresses need routes instead. Keep both until the switch, and let this check run in CI with a baseline.",
    },
    {
      topic: "Monitoring",
      found: METRICS.map(([before, after]) => `${before} → ${after}`).join("; "),
      advice:
        "Alerts on the old names fall silent without an error. Move them before traffic moves; times become milliseconds.",
    },
    {
      topic: "Skills",
      found: report.targets.join(", "),
      advice:
        "Whoever is on call has to know where conditions of routes and policies stand (Accepted, ResolvedRefs, Programmed) and how to read the proxy's log.",
    },
  ];
}

function kindsText(kinds: ReadonlyMap<string, number>): string {
  const total = [...kinds.values()].reduce((sum, count) => sum + count, 0);
  const named = [...kinds].sort(([a], [b]) => (a < b ? -1 : 1)).map(([kind, count]) => `${count} ${kind}`);
  return `${counted(total, "object")} (${named.join(", ")})`;
}

const FEW = 20;
const MANY = 200;

/** How to go about it, by the size of the estate and what stands in the way. */
export function recommendation({ summary, ingresses, findings }: CheckReport): readonly string[] {
  const namespaces = new Set(ingresses.map(({ id }) => id.split("/")[0])).size;
  const blockers = findings.filter(({ severity, status }) => severity === "blocker" && status !== "suppressed").length;
  const first =
    blockers === 0
      ? "Nothing blocks the move."
      : `Settle the ${counted(blockers, "blocker")} first: they are about protection that the target does not give by itself.`;
  if (summary.ingressesServed <= FEW)
    return [
      first,
      "With so few Ingresses, convert all of them at once, run both entry points side by side, compare with `ingress2gateway verify --old --new`, and move DNS host by host in one go.",
    ];
  if (summary.ingressesServed <= MANY)
    return [
      first,
      `Go host by host: those without findings first, as a rehearsal, then by namespace (there are ${namespaces}). Keep the old controller until every cached DNS entry has expired.`,
    ];
  return [
    first,
    `Go in waves: freeze new nginx annotations with this check and a baseline, have the platform team set up the Gateway, then move ${namespaces} namespaces in groups, the ones without findings first. Shift weights (1 %, 10 %, 50 %, 100 %) rather than DNS alone.`,
    "Plan a soak of a full business cycle for each wave, and only then delete Ingresses of that wave.",
  ];
}
