import type * as z from "zod";
import {
  gatewaySchema,
  type AllowedRoutes,
  type ExistingGateway,
  type ExistingListener,
  type JsonObject,
} from "../kubernetes/index.js";

type Spec = z.infer<typeof gatewaySchema>["spec"];
type RawListener = NonNullable<NonNullable<Spec["listeners"]>[number]>;

/** Reads the listeners of a Gateway; undefined where it has no name or fields of wrong types. */
export function readGateway(raw: unknown, defaultNamespace: string): ExistingGateway | undefined {
  const parsed = gatewaySchema.safeParse(raw);
  const name = parsed.data?.metadata?.name ?? "";
  if (!parsed.success || name === "") return undefined;
  const named = parsed.data.metadata?.namespace ?? "";
  const namespace = named === "" ? defaultNamespace : named;
  const listeners = (parsed.data.spec.listeners ?? []).flatMap((listener) => (listener === null ? [] : [listener]));
  return {
    namespace,
    name,
    listeners: listeners.map((listener) => readListener(listener, namespace)),
    spec: (raw as { readonly spec: JsonObject }).spec,
  };
}

function readListener(raw: RawListener, namespace: string): ExistingListener {
  const hostname = raw.hostname?.toLowerCase() ?? "";
  const certificates = (raw.tls?.certificateRefs ?? []).flatMap((ref) =>
    ref === null || (ref.kind ?? "Secret") !== "Secret" ? [] : [`${ref.namespace ?? namespace}/${ref.name ?? ""}`],
  );
  return {
    name: raw.name ?? "",
    protocol: raw.protocol ?? "",
    port: raw.port ?? 0,
    ...(hostname === "" ? {} : { hostname }),
    mode: raw.tls?.mode ?? "Terminate",
    certificates,
    allowedRoutes: readAllowedRoutes(raw.allowedRoutes),
  };
}

function readAllowedRoutes(raw: RawListener["allowedRoutes"]): AllowedRoutes {
  const { from, selector } = raw?.namespaces ?? {};
  const labels = from === "Selector" ? labelsOf(selector) : undefined;
  return {
    from: from ?? "Same",
    ...(labels === undefined ? {} : { labels }),
    kinds: (raw?.kinds ?? []).flatMap((entry) => entry?.kind ?? []),
  };
}

type RawSelector = NonNullable<NonNullable<RawListener["allowedRoutes"]>["namespaces"]>["selector"];

/** Expressions other than `In` are left to the reader of the report: who writes a Gateway for teams names labels. */
function labelsOf(selector: RawSelector): AllowedRoutes["labels"] {
  const expressions = (selector?.matchExpressions ?? []).map((expression) => ({
    key: expression?.key ?? "",
    operator: expression?.operator,
    values: (expression?.values ?? []).map((value) => value ?? ""),
  }));
  if (expressions.some(({ operator }) => operator !== "In")) return undefined;
  const labels = Object.entries(selector?.matchLabels ?? {}).map(([key, value]) => ({ key, values: [value ?? ""] }));
  return [...labels, ...expressions.map(({ key, values }) => ({ key, values }))];
}
