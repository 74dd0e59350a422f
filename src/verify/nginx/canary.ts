import type { Canary, Location, Upstream } from "../../ingress-nginx/index.js";
import type { BackendShare } from "../decision.js";
import { expressionOf } from "../expressions.js";
import { cookieValue, type ProbeRequest } from "../request.js";

/** `namespace/name:port`; the name of the host for an ExternalName Service, because that is where the request goes. */
export function backendName({ namespace, name, port, service }: Upstream): string {
  const number = port.kind === "number" ? port.number : port.name;
  if (service?.type !== "ExternalName" || service.externalName === undefined) return `${namespace}/${name}:${number}`;
  const target = service.ports.find((candidate) => candidate.port === number)?.targetPort;
  return `${service.externalName.toLowerCase()}:${typeof target === "number" ? target : number}`;
}

/** Whether the input shows that the Service has no such port, so that nginx finds no endpoints and answers 503. */
export function hasNoEndpoints({ service, port }: Upstream): boolean {
  if (service === undefined || service.type === "ExternalName" || service.ports.length === 0) return false;
  return port.kind === "number" && !service.ports.some((candidate) => candidate.port === port.number);
}

/** Where the request goes, by header, then cookie, then weight (balancer.lua, route_to_alternative_balancer). */
export function sharesOf(location: Location, primary: Upstream, request: ProbeRequest): readonly BackendShare[] {
  const toPrimary = { backend: backendName(primary), share: 1 };
  const { canary } = location;
  // An alternative without endpoints is passed over.
  if (canary === undefined || hasNoEndpoints(canary.upstream)) return [toPrimary];
  const toCanary = { backend: backendName(canary.upstream), share: 1 };
  const side = decidedSide(canary, request);
  if (side !== undefined) return [side === "canary" ? toCanary : toPrimary];
  const share = canary.weight / canary.total;
  if (share <= 0) return [toPrimary];
  if (share >= 1) return [toCanary];
  return [
    { ...toPrimary, share: 1 - share },
    { ...toCanary, share },
  ];
}

/** Header before cookie; undefined leaves it to the weight. A pattern that PCRE or RE2 refuses sends the request to the primary. */
function decidedSide(canary: Canary, request: ProbeRequest): "canary" | "primary" | undefined {
  const { header } = canary;
  const value = header === undefined ? undefined : request.headers[header.name.toLowerCase()];
  if (header !== undefined && value !== undefined) {
    const { rule } = header;
    if (rule.kind === "value" && rule.value === value) return "canary";
    if (rule.kind === "pattern") {
      const expression = expressionOf(rule.pattern);
      if (expression.kind === "refused") return "primary";
      if (expression.re.test(value)) return "canary";
    }
    if (rule.kind === "always-never" && value === "always") return "canary";
    if (rule.kind === "always-never" && value === "never") return "primary";
  }
  const cookie = canary.cookie === undefined ? undefined : cookieValue(request, canary.cookie);
  if (cookie === "always") return "canary";
  return cookie === "never" ? "primary" : undefined;
}
