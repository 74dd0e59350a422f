import { finding, worseVerdict, type Finding } from "../../findings/index.js";
import type { ControllerConfig } from "../../ingress-nginx/index.js";
import type { JsonObject } from "../../kubernetes/index.js";
import type { FeatureOf, Plan } from "../../plan/index.js";
import type { TargetOptions, Translation, Translator } from "../translator.js";
import { HERE, NOTHING_TO_DO, answersFor, hasSetting, originsOf } from "./parts.js";

type Fraction = { readonly numerator: number; readonly denominator: number };
type Collector = { readonly host: string; readonly port: number };

const OTLP_PORT = 4317;
const DENOMINATOR = 10_000;

/**
 * enable-opentelemetry. Provider and collector belong to the fleet, sampling and span names to the route: the fleet samples nothing unless the
 * ConfigMap traces everything, and a route overrides that (route.go, buildRouteTracing).
 */
export const tracing: Translator<"tracing"> = (feature, rule, { plan, options }) => {
  const isOn = isTracingOn(plan.controller, options);
  const isWanted = feature.enabled ?? isOn;
  if (!isWanted)
    return isOn ? { ...NOTHING_TO_DO, ...routeTracing({ samplingFraction: { numerator: 0 } }) } : NOTHING_TO_DO;
  const ingress = rule.owner.id;
  const hasCollector = options.emitGateway && collectorOf(plan.controller) !== undefined;
  const code = hasCollector ? "TRACING_BY_ROUTE" : "TRACING_NEEDS_COLLECTOR";
  const main = finding(code, originsOf(feature, "enable-opentelemetry"), { ingress }, HERE);
  const trust = trustFindings(feature, ingress);
  const spec = {
    ...(isOn ? {} : { samplingFraction: fractionOf(plan.controller) }),
    ...(feature.operation === undefined ? {} : { spanName: { client: feature.operation, server: feature.operation } }),
  };
  return {
    verdict: trust.map((found) => found.verdict).reduce(worseVerdict, main.verdict),
    findings: [main, ...trust],
    answers: [
      ...answersFor(feature, ["enable-opentelemetry", "opentelemetry-operation-name"], main.verdict, code),
      ...(trust.length > 0
        ? answersFor(feature, ["opentelemetry-trust-incoming-span"], "unsupported", "TRACING_TRUSTS_CLIENTS")
        : answersFor(feature, ["opentelemetry-trust-incoming-span"], main.verdict, code)),
    ],
    ...(Object.keys(spec).length === 0 ? {} : routeTracing(spec)),
  };
};

function routeTracing(spec: JsonObject): Pick<Translation, "policies"> {
  return { policies: [{ kind: "BackendTrafficPolicy", spec: { telemetry: { tracing: spec } } }] };
}

/** Envoy continues whatever trace a request brings along, which is what `true` asks for. */
function trustFindings(feature: FeatureOf<"tracing">, ingress: string): Finding[] {
  if (feature.trustIncoming !== false || !hasSetting(feature, "opentelemetry-trust-incoming-span")) return [];
  return [
    finding("TRACING_TRUSTS_CLIENTS", originsOf(feature, "opentelemetry-trust-incoming-span"), { ingress }, HERE),
  ];
}

const isAsked = ({ routes }: Plan): boolean =>
  routes.some((route) => route.rules.some((rule) => rule.features.tracing?.enabled === true));

/** Whether spans are wanted, by the ConfigMap for all or by an annotation, and the ConfigMap names a collector. */
export function isTraced(plan: Plan): boolean {
  if (collectorOf(plan.controller) === undefined) return false;
  return plan.controller.isOn("enable-opentelemetry") || isAsked(plan);
}

/** `telemetry.tracing` of the EnvoyProxy, where something is traced. */
export function fleetTracing(plan: Plan, options: TargetOptions): JsonObject {
  const { controller } = plan;
  const collector = collectorOf(controller);
  const isOn = isTracingOn(controller, options);
  if (collector === undefined || !(isOn || isAsked(plan))) return {};
  return {
    tracing: {
      samplingFraction: isOn ? fractionOf(controller) : { numerator: 0 },
      provider: {
        type: "OpenTelemetry",
        serviceName: controller.value("otel-service-name").text.trim() || "nginx",
        // backendRefs would be the newer way, but a Service that is not there makes the whole Gateway invalid (listener.go, processTracing).
        ...collector,
      },
    },
  };
}

/** Whether the ConfigMap traces every location, and that default is kept. */
function isTracingOn(controller: ControllerConfig, options: TargetOptions): boolean {
  return options.defaults === "keep" && controller.isOn("enable-opentelemetry");
}

function collectorOf(controller: ControllerConfig): Collector | undefined {
  const host = controller.value("otlp-collector-host").text.trim();
  return host === "" ? undefined : { host, port: controller.number("otlp-collector-port") || OTLP_PORT };
}

/** Share of the requests that start a trace (otel-sampler, otel-sampler-ratio). */
function fractionOf(controller: ControllerConfig): Fraction | { readonly numerator: number } {
  const sampler = controller.value("otel-sampler").text.trim();
  if (sampler === "AlwaysOff") return { numerator: 0 };
  if (sampler !== "TraceIdRatioBased") return { numerator: 100 };
  const ratio = Number(controller.value("otel-sampler-ratio").text.trim() || "0.01");
  const share = Number.isFinite(ratio) ? Math.min(Math.max(ratio, 0), 1) : 0.01;
  const numerator = Math.round(share * DENOMINATOR);
  const percent = numerator / (DENOMINATOR / 100);
  return Number.isInteger(percent) ? { numerator: percent } : { numerator, denominator: DENOMINATOR };
}
