import type { JsonObject, JsonValue } from "../kubernetes/index.js";

/**
 * Fields that the API server fills in, by kind: what stands behind a path when its parent is there and the field is not. Read from the
 * `default:` entries of the CRDs (Gateway API v1.6.1, Envoy Gateway v1.9.0) for the parts of the kinds that this tool writes;
 * `test/diff/defaults.test.ts` holds them against the CRDs. Outer fields come before inner ones.
 */
type Default = readonly [path: string, value: JsonValue];

const ref = (path: string, kind: string, group = ""): readonly Default[] => [
  [`${path}.group`, group],
  [`${path}.kind`, kind],
];
const GATEWAY_GROUP = "gateway.networking.k8s.io";
const parentRefs = ref("spec.parentRefs[]", "Gateway", GATEWAY_GROUP);
const backendRefs = (path: string): readonly Default[] => [...ref(path, "Service"), [`${path}.weight`, 1]];
const mirrors: readonly Default[] = [
  ...ref("spec.rules[].filters[].requestMirror.backendRef", "Service"),
  ["spec.rules[].filters[].requestMirror.fraction.denominator", 100],
];
const listeners: readonly Default[] = [
  ["spec.listeners[].allowedRoutes", { namespaces: { from: "Same" } }],
  ["spec.listeners[].allowedRoutes.namespaces", { from: "Same" }],
  ["spec.listeners[].allowedRoutes.namespaces.from", "Same"],
  ["spec.listeners[].allowedRoutes.kinds[].group", GATEWAY_GROUP],
  ...ref("spec.listeners[].tls.certificateRefs[]", "Secret"),
  ["spec.listeners[].tls.mode", "Terminate"],
];
const layer4: readonly Default[] = [...parentRefs, ...backendRefs("spec.rules[].backendRefs[]")];
const rateLimitRule = "spec.rateLimit.local.rules[].clientSelectors[]";

const DEFAULTS: Readonly<Record<string, readonly Default[]>> = {
  Gateway: [
    ["spec.addresses[].type", "IPAddress"],
    ["spec.allowedListeners.namespaces", { from: "None" }],
    ["spec.allowedListeners.namespaces.from", "None"],
    ...listeners,
    ...ref("spec.tls.backend.clientCertificateRef", "Secret"),
    ["spec.tls.frontend.default.validation.mode", "AllowValidOnly"],
    ["spec.tls.frontend.perPort[].tls.validation.mode", "AllowValidOnly"],
  ],
  ListenerSet: [...ref("spec.parentRef", "Gateway", GATEWAY_GROUP), ...listeners],
  HTTPRoute: [
    ...parentRefs,
    ["spec.rules", [{ matches: [{ path: { type: "PathPrefix", value: "/" } }] }]],
    ["spec.rules[].matches", [{ path: { type: "PathPrefix", value: "/" } }]],
    ["spec.rules[].matches[].path", { type: "PathPrefix", value: "/" }],
    ["spec.rules[].matches[].path.type", "PathPrefix"],
    ["spec.rules[].matches[].path.value", "/"],
    ["spec.rules[].matches[].headers[].type", "Exact"],
    ["spec.rules[].matches[].queryParams[].type", "Exact"],
    ...backendRefs("spec.rules[].backendRefs[]"),
    ["spec.rules[].filters[].requestRedirect.statusCode", 302],
    ["spec.rules[].filters[].cors.maxAge", 5],
    ...mirrors,
  ],
  GRPCRoute: [
    ...parentRefs,
    ["spec.rules[].matches[].method.type", "Exact"],
    ["spec.rules[].matches[].headers[].type", "Exact"],
    ...backendRefs("spec.rules[].backendRefs[]"),
    ...mirrors,
  ],
  TLSRoute: layer4,
  TCPRoute: layer4,
  UDPRoute: layer4,
  Backend: [
    ["spec.type", "Endpoints"],
    ...ref("spec.tls.clientCertificateRef", "Secret"),
    ["spec.tls.insecureSkipVerify", false],
  ],
  HTTPRouteFilter: [
    ["spec.directResponse.body.type", "Inline"],
    ["spec.matches[].cookies[].type", "Exact"],
  ],
  BackendTrafficPolicy: [
    ["spec.circuitBreaker.maxConnections", 1024],
    ["spec.circuitBreaker.maxParallelRequests", 1024],
    ["spec.circuitBreaker.maxParallelRetries", 1024],
    ["spec.circuitBreaker.maxPendingRequests", 1024],
    ["spec.circuitBreaker.perEndpoint.maxConnections", 1024],
    ["spec.circuitBreaker.retryBudget.percent.denominator", 100],
    ["spec.loadBalancer.consistentHash.tableSize", 65_537],
    [`${rateLimitRule}.headers[].invert`, false],
    [`${rateLimitRule}.headers[].type`, "Exact"],
    [`${rateLimitRule}.methods[].invert`, false],
    [`${rateLimitRule}.path.invert`, false],
    [`${rateLimitRule}.path.type`, "PathPrefix"],
    [`${rateLimitRule}.path.value`, "/"],
    [`${rateLimitRule}.queryParams[].invert`, false],
    [`${rateLimitRule}.queryParams[].type`, "Exact"],
    [`${rateLimitRule}.sourceCIDR.invert`, false],
    [`${rateLimitRule}.sourceCIDR.type`, "Exact"],
    ["spec.responseOverride[].match.statusCodes[].type", "Value"],
    ["spec.responseOverride[].match.responseHeaders[].value.type", "Exact"],
    ["spec.responseOverride[].redirect.statusCode", 302],
    ["spec.responseOverride[].response.body.type", "Inline"],
    ["spec.retry.numRetries", 2],
    ["spec.telemetry.tracing.samplingFraction.denominator", 100],
    ["spec.telemetry.tracing.clientSamplingFraction.denominator", 100],
    ["spec.telemetry.tracing.overallSamplingFraction.denominator", 100],
  ],
  ClientTrafficPolicy: [
    ["spec.connection.maxAcceptPerSocketEvent", 1],
    ["spec.headers.earlyRequestHeaders.removeOnMatch[].type", "Exact"],
    ["spec.headers.lateResponseHeaders.removeOnMatch[].type", "Exact"],
    ...ref("spec.tls.clientValidation.caCertificateRefs[]", "Secret"),
    ...ref("spec.tls.clientValidation.crl.refs[]", "Secret"),
    ["spec.tls.clientValidation.subjectAltNames.dnsNames[].type", "Exact"],
    ["spec.tls.clientValidation.subjectAltNames.emailAddresses[].type", "Exact"],
    ["spec.tls.clientValidation.subjectAltNames.uris[].type", "Exact"],
  ],
  SecurityPolicy: [
    ["spec.authorization.rules[].operation.path.invert", false],
    ["spec.authorization.rules[].operation.path.type", "PathPrefix"],
    ["spec.authorization.rules[].operation.path.value", "/"],
    ...ref("spec.basicAuth.users", "Secret"),
    ["spec.extAuth.failOpen", false],
    ...["maxConnections", "maxParallelRequests", "maxParallelRetries", "maxPendingRequests"].map((limit): Default => [
      `spec.extAuth.http.backendSettings.circuitBreaker.${limit}`,
      1024,
    ]),
    ["spec.extAuth.contextExtensions[].type", "Value"],
    ...ref("spec.extAuth.http.backendRef", "Service"),
    ...backendRefs("spec.extAuth.http.backendRefs[]"),
    ...ref("spec.extAuth.grpc.backendRef", "Service"),
    ...backendRefs("spec.extAuth.grpc.backendRefs[]"),
  ],
  EnvoyProxy: [
    ["spec.logging", { level: { default: "warn" } }],
    ["spec.logging.level", { default: "warn" }],
    ["spec.provider.kubernetes.envoyService.externalTrafficPolicy", "Local"],
    ["spec.provider.kubernetes.envoyService.type", "LoadBalancer"],
    ...backendRefs("spec.telemetry.accessLog.settings[].sinks[].openTelemetry.backendRefs[]"),
    ["spec.telemetry.accessLog.settings[].sinks[].openTelemetry.port", 4317],
    ...backendRefs("spec.telemetry.tracing.provider.backendRefs[]"),
    ["spec.telemetry.tracing.provider.port", 4317],
    ["spec.telemetry.tracing.samplingFraction.denominator", 100],
    ["spec.telemetry.tracing.provider.type", "OpenTelemetry"],
  ],
};

/** The object as the API server would store it: with the defaults of its kind. Kinds without an entry have none, or are not ours. */
export function withDefaults(kind: string, object: JsonObject): JsonObject {
  return (DEFAULTS[kind] ?? []).reduce<JsonObject>(
    (filled, [path, value]) => filledIn(filled, path.replaceAll("[]", ".[]").split("."), value),
    object,
  );
}

function filledIn(object: JsonObject, [step = "", ...rest]: readonly string[], value: JsonValue): JsonObject {
  const present = object[step];
  if (rest.length === 0) return present === undefined ? { ...object, [step]: value } : object;
  if (present === undefined || present === null) return object;
  const changed = inside(present, rest, value);
  return changed === present ? object : { ...object, [step]: changed };
}

function inside(present: JsonValue, steps: readonly string[], value: JsonValue): JsonValue {
  if (steps[0] === "[]") return isList(present) ? present.map((item) => inside(item, steps.slice(1), value)) : present;
  return isObject(present) ? filledIn(present, steps, value) : present;
}

export function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
