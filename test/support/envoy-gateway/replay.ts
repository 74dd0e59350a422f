import { buildModel } from "../../../src/ingress-nginx/index.js";
import type { ConvertOptions } from "../../../src/index.js";
import type { KubernetesObject, Snapshot } from "../../../src/kubernetes/index.js";
import { loadCatalogue } from "../../../src/mappings/index.js";
import { describeOutcome, SYMBOLS, type BackendShare, type Decision } from "../../../src/verify/decision.js";
import { gatewayDecision } from "../../../src/verify/gateway/decision.js";
import { probesOf } from "../../../src/verify/probes/probes.js";
import { describeRequest, type ProbeRequest } from "../../../src/verify/request.js";
import { issue, type Identity } from "./certificates.js";
import { Client, type Answer, type Credentials } from "./client.js";
import type { Entrance } from "./envoy-config.js";
import { objectAt, textsAt } from "./json-access.js";
import { AUTHORITY, USER } from "./stand-ins.js";
import type { Reached, Upstream } from "./upstream.js";

/** Requests for each host: many where there are few hosts. */
const [LEAST_PER_HOST, MOST_PER_HOST, ENOUGH] = [6, 40, 200];
const LARGEST_BODY = 16 * 1024 * 1024;
/** Requests that wait for their answers at the same time. */
const AT_ONCE = 16;
const AUTHORIZATION = `Basic ${Buffer.from(`${USER.name}:${USER.password}`).toString("base64")}`;

export type Replay = {
  readonly requests: number;
  /** Requests that no client can send, or whose answer the simulator does not know. */
  readonly skipped: number;
  /** Requests that the proxy answers otherwise than the simulator of src/verify says. */
  readonly differences: readonly string[];
};

export type ReplayCase = {
  readonly snapshot: Snapshot;
  readonly options: Partial<ConvertOptions>;
  readonly output: readonly KubernetesObject[];
  readonly entrances: readonly Entrance[];
};

/** Sends the requests that the simulator derives from the manifests through the proxy, and compares what comes back. */
export async function replay(
  { snapshot, options, output, entrances }: ReplayCase,
  upstream: Upstream,
): Promise<Replay> {
  const model = buildModel(snapshot, loadCatalogue([], {}), {
    withoutClass: options.withoutClass ?? "convert",
    ...(options.annotationValidation === undefined ? {} : { annotationValidation: options.annotationValidation }),
    ...(options.controllerVersion === undefined ? {} : { controllerVersion: options.controllerVersion }),
    controllerFlags: new Map(Object.entries(options.controllerFlags ?? {})),
    servicePorts: new Map(Object.entries(options.servicePorts ?? {})),
    ...(options.ingressClass === undefined ? {} : { ingressClasses: options.ingressClass }),
  });
  const perHost = Math.min(MOST_PER_HOST, Math.max(LEAST_PER_HOST, Math.floor(ENOUGH / model.servers.length)));
  const asked = [...probesOf(model, { perHost, seed: 1 })].map((request) => ({
    request,
    expected: gatewayDecision(output, "envoy-gateway", request),
  }));
  const sent = asked.filter(
    ({ request, expected }) =>
      isSendable(request) &&
      expected.outcome.kind !== "undecidable" &&
      // A path without its slash reaches the upstream, whose parser answers 400 by itself.
      !(expected.outcome.kind === "forward" && !expected.outcome.path.startsWith("/")) &&
      // The upstream says in the body who it is, and HEAD has none.
      (request.method !== "HEAD" || !/^(?:forward|passthrough)$/.test(expected.outcome.kind)),
  );
  const headers = [...new Set([...sent.flatMap(({ expected }) => fromAuthService(expected)), ...handedOn(output)])];
  const client = new Client(entrances);
  const differences: string[] = [];
  try {
    for (const status of new Set(sent.map(({ request }) => request.credentials.authAnswer))) {
      upstream.authAnswer = { status, headers };
      const next = sent.filter(({ request }) => request.credentials.authAnswer === status)[Symbol.iterator]();
      const work = async (): Promise<void> => {
        for (const { request, expected } of next) {
          const problems = differencesOf(await client.send(request, credentialsOf(request)), expected);
          if (problems.length > 0) differences.push(`${describeRequest(request)}: ${problems.join("; ")}`);
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, work));
    }
  } finally {
    client.close();
  }
  return { requests: sent.length, skipped: asked.length - sent.length, differences };
}

function credentialsOf({ credentials }: ProbeRequest): Credentials {
  return {
    ...(credentials.password === "valid" ? { authorization: AUTHORIZATION } : {}),
    ...(credentials.certificate === "valid" ? { certificate: certificateFor(credentials.subject) } : {}),
  };
}

/** The form of a certificate's subject that needs no escapes. */
const SUBJECT = /^CN=([^,+"\\<>;=#]*)$/;
const certificates = new Map<string, Identity>();

/** The certificate of a client with a subject such as `CN=client`. */
function certificateFor(subject: string): Identity {
  const commonName = SUBJECT.exec(subject)?.[1];
  if (commonName === undefined) throw new Error(`a subject with a common name alone is expected, not ${subject}`);
  const known = certificates.get(commonName);
  if (known !== undefined) return known;
  const made = issue({ subject: commonName, issuer: AUTHORITY });
  certificates.set(commonName, made);
  return made;
}

/** Names of the headers of the auth service's answer that the request, or the answer to the client, has in some place. */
function fromAuthService({ requestHeaders, responseHeaders }: Decision): string[] {
  return [requestHeaders, responseHeaders].flatMap(({ set }) =>
    Object.entries(set).flatMap(([name, value]) => [
      ...(value === SYMBOLS.authOrClient ? [name] : []),
      ...[...value.matchAll(OF_SERVICE)].map(([, header = ""]) => header),
    ]),
  );
}

/** Headers of the auth service's answer that policies put into the request, whatever becomes of them there. */
const handedOn = (output: readonly KubernetesObject[]): readonly string[] =>
  output.flatMap(({ spec }) => textsAt(objectAt(spec, "extAuth", "http"), "headersToBackend"));

/** As `authAnswer` writes it; our own service answers each of its headers alike. */
const OF_SERVICE = /\{([a-z0-9-]+) of the auth service\}/g;

/** Larger bodies take too long; no client sends raw spaces or letters beyond ASCII, or a path without its slash, and none has the address of nobody. */
const isSendable = ({ path, query = "", address, credentials, bodyBytes }: ProbeRequest): boolean =>
  /^\/[\x21-\x7e]*$/.test(path + query) &&
  address !== "0.0.0.0" &&
  bodyBytes <= LARGEST_BODY &&
  (credentials.certificate === "none" || SUBJECT.test(credentials.subject));

/** What Envoy answered otherwise, part by part; nothing when all is as expected. */
function differencesOf(answer: Answer, expected: Decision): string[] {
  // How often the client asked before is not simulated.
  if (answer.kind === "answer" && answer.status === expected.limits.rate?.status) return [];
  const met = outcomeDiffers(answer, expected);
  if (met !== undefined) return [`simulator: ${describeOutcome(expected)}, Envoy: ${met}`];
  if (answer.kind === "no-connection") return [];
  const reached = reachedOf(answer);
  return [
    ...headersDiffer("response", answer.headers, expected.responseHeaders),
    ...(reached === undefined || expected.outcome.kind !== "forward"
      ? []
      : headersDiffer("request", reached.headers, expected.requestHeaders)),
  ];
}

/** What the client met, when it is not the outcome. */
function outcomeDiffers(answer: Answer, { outcome }: Decision): string | undefined {
  const reached = reachedOf(answer);
  const isIt = ((): boolean => {
    if (answer.kind === "no-connection") return outcome.kind === "no-connection";
    switch (outcome.kind) {
      case "no-connection":
      case "undecidable":
        return false;
      case "respond":
        return answer.status === outcome.status && reached === undefined;
      case "redirect":
        return answer.status === outcome.status && answer.headers["location"] === outcome.location;
      case "passthrough":
        return reached !== undefined && isOneOf(outcome.shares, reached);
      case "forward":
        return (
          reached !== undefined &&
          isOneOf(outcome.shares, reached) &&
          reached.path === outcome.path &&
          reached.host === outcome.host
        );
    }
  })();
  return isIt ? undefined : told(answer);
}

const isOneOf = (shares: readonly BackendShare[], { backend }: Reached): boolean =>
  shares.some((share) => share.backend === backend);

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;
const UNKNOWN = new Set<string>(Object.values(SYMBOLS));

function headersDiffer(side: string, headers: Headers, { set, removed }: Decision["requestHeaders"]): string[] {
  const wrong = Object.entries(set).filter(([name, value]) => {
    const found = headers[name];
    // Where a line is added to the backend's own: our upstream has none of its own.
    const added = value.replace(`${SYMBOLS.backend}, `, "").replaceAll(OF_SERVICE, "from-auth $1");
    return UNKNOWN.has(added) ? found === undefined : String(found ?? "") !== added;
  });
  return [
    ...wrong.map(([name, value]) => `${side} header ${name}: simulator "${value}", Envoy "${String(headers[name])}"`),
    ...removed
      .filter((name) => headers[name] !== undefined && !(name in set))
      .map((name) => `${side} header ${name} is still there`),
  ];
}

function reachedOf(answer: Answer): Reached | undefined {
  if (answer.kind !== "answer" || answer.status !== 200 || !answer.body.startsWith("{")) return undefined;
  // Written by our own upstream.
  const reached = JSON.parse(answer.body) as Partial<Reached>;
  return typeof reached.backend === "string" ? (reached as Reached) : undefined;
}

function told(answer: Answer): string {
  if (answer.kind === "no-connection") return `no connection: ${answer.reason}`;
  const reached = reachedOf(answer);
  if (reached !== undefined) return `${reached.backend} gets ${reached.path} for host ${reached.host}`;
  const location = answer.headers["location"];
  return `${answer.status}${location === undefined ? "" : ` to ${String(location)}`} ${answer.body.slice(0, 120)}`;
}
