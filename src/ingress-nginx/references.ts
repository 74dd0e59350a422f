import { finding, type Answer, type Finding } from "../findings/index.js";
import type { Ingress, IngressId, SecretHead, Snapshot } from "../kubernetes/index.js";
import { settingOf, type AnnotationKey, type Setting } from "../mappings/index.js";
import type { ControllerConfig } from "./controller-config.js";
import { CLIENT_CERTIFICATE_KEYS } from "./key-groups.js";
import type { Denial, HostDenial, Settings } from "./model.js";

/** What the objects that annotations name do to the Ingress. */
export type ReferenceOutcome = {
  readonly findings: readonly Finding[];
  readonly answers: readonly Answer[];
  readonly denied?: Denial;
  readonly deniedHost?: HostDenial;
  /** auth-tls-match-cn beside a Secret without a CA: compared although nobody is asked for a certificate. */
  readonly unaskedName?: Setting<string>;
  /** proxy-ssl-secret beside a Secret without a CA. */
  readonly namesPodsItself?: true;
  /** Settings that have no effect because of it. */
  readonly dropped: ReadonlySet<AnnotationKey>;
};

type Context = {
  readonly ingress: Ingress;
  readonly id: IngressId;
  readonly snapshot: Snapshot;
  readonly controller: ControllerConfig;
};
type Check = (settings: Settings, context: Context) => Partial<ReferenceOutcome> | undefined;

/** Checks the Secrets and ConfigMaps that the settings name, as far as the input holds them. The first denial counts, as in the controller. */
export function checkReferences(settings: Settings, context: Context): ReferenceOutcome {
  const outcomes = CHECKS.flatMap((check) => check(settings, context) ?? []);
  if (outcomes.length === 0) return NOTHING;
  const denied = outcomes.find((outcome) => outcome.denied !== undefined)?.denied;
  const deniedHost = outcomes.find((outcome) => outcome.deniedHost !== undefined)?.deniedHost;
  const unaskedName = outcomes.find((outcome) => outcome.unaskedName !== undefined)?.unaskedName;
  return {
    findings: outcomes.flatMap((outcome) => outcome.findings ?? []),
    answers: outcomes.flatMap((outcome) => outcome.answers ?? []),
    dropped: new Set(outcomes.flatMap((outcome) => [...(outcome.dropped ?? [])])),
    ...(denied === undefined ? {} : { denied }),
    ...(deniedHost === undefined ? {} : { deniedHost }),
    ...(unaskedName === undefined ? {} : { unaskedName }),
    ...(outcomes.some((outcome) => outcome.namesPodsItself) ? { namesPodsItself: true } : {}),
  };
}

/** Of nearly every Ingress. */
const NOTHING: ReferenceOutcome = { findings: [], answers: [], dropped: new Set() };

/** What a header of custom-headers may hold; not nothing (customheaders/main.go, ValidValue). */
const HEADER_VALUE = /^[\w :;.,\\/"'?!(){}[\]@<>=\-+*#$&`|~^%]+$/;

const CHECKS: readonly Check[] = [
  foreignNamespace("auth-secret"),
  foreignNamespace("auth-proxy-set-headers"),
  foreignNamespace("proxy-ssl-secret"),
  foreignNamespace("auth-tls-secret"),
  passwordFile,
  realmOff,
  unusableSecret("auth-tls-secret"),
  unusableSecret("proxy-ssl-secret"),
  clientAuthority,
  backendAuthority,
  headerMap("auth-proxy-set-headers", /[^]*/),
  headerMap("custom-headers", HEADER_VALUE),
  responseHeaders,
];

type CertificateReference = "proxy-ssl-secret" | "auth-tls-secret";
type Reference = "auth-secret" | "auth-proxy-set-headers" | CertificateReference;

/** Objects of other namespaces are refused unless the ConfigMap allows them (resolver.GetSecret and GetConfigMap callers in the annotation parsers). */
function foreignNamespace(key: Reference): Check {
  return (settings, { ingress, id, controller }) => {
    const setting = settingOf(settings, key);
    const namespace = setting?.value.namespace;
    if (setting === undefined || namespace === undefined || namespace === ingress.namespace) return undefined;
    if (controller.value("allow-cross-namespace-resources").text === "true") return undefined;
    const found = finding("REFERENCE_FOREIGN_NAMESPACE", setting.origin, {
      ingress: id,
      key: setting.writtenKey,
      value: setting.raw,
      status: statusOf(key, ingress),
    });
    return refused(setting, found, `${setting.writtenKey}: ${setting.raw} is in another namespace`);
  };
}

/** Hosts are closed with 403; an Ingress without rules has none, and its paths answer 503 (annotations.go, Extract). */
const statusOf = (key: Reference, { rules }: Ingress): 403 | 503 =>
  key === "auth-tls-secret" && rules.length > 0 ? 403 : 503;

function refused(setting: Setting, found: Finding, reason: string): Partial<ReferenceOutcome> {
  const base = { findings: [found], answers: [answer(setting, found)], dropped: new Set([setting.key]) };
  return setting.key === "auth-tls-secret"
    ? { ...base, deniedHost: { reason, origin: setting.origin, instead: setting } }
    : { ...base, denied: { status: 503, reason, origin: setting.origin } };
}

/** A Secret without an authority and without a pair never gets into the controller's store (store/backend_ssl.go, getPemCertificate). */
function isUnusable({ keys }: SecretHead): boolean {
  return !keys.includes("ca.crt") && !(keys.includes("tls.crt") && keys.includes("tls.key"));
}

/** What the store does not have is refused by the parsers (authtls/main.go and proxyssl/main.go, GetAuthCertificate). */
function unusableSecret(key: CertificateReference): Check {
  return (settings, context) => {
    const setting = settingOf(settings, key);
    const secret = setting === undefined ? undefined : secretOf(setting, context);
    if (setting === undefined || secret === undefined || !isUnusable(secret)) return undefined;
    const found = finding("CERTIFICATE_SECRET_UNUSABLE", setting.origin, {
      ingress: context.id,
      key: setting.writtenKey,
      secret: setting.raw,
      status: statusOf(key, context.ingress),
    });
    return refused(setting, found, `Secret ${setting.raw} holds neither ca.crt nor a certificate with its key`);
  };
}

function secretOf(
  setting: Setting<{ readonly namespace?: string; readonly name: string }>,
  { ingress, snapshot }: Context,
): SecretHead | undefined {
  return snapshot.secrets.get(`${setting.value.namespace ?? ingress.namespace}/${setting.value.name}`);
}

/** A password file has to be under the key `auth` (auth/main.go, dumpSecretAuthFile). */
function passwordFile(settings: Settings, context: Context): ReturnType<Check> {
  const setting = settingOf(settings, "auth-secret");
  if (
    setting === undefined ||
    !settings.has("auth-type") ||
    settingOf(settings, "auth-secret-type")?.value === "auth-map"
  )
    return undefined;
  const secret = secretOf(setting, context);
  if (secret === undefined || secret.keys.includes("auth")) return undefined;
  const found = finding("AUTH_SECRET_WITHOUT_KEY", setting.origin, { ingress: context.id, secret: setting.raw });
  const reason = `Secret ${setting.raw} has no key auth`;
  return {
    findings: [found],
    answers: [answer(setting, found)],
    denied: { status: 503, reason, origin: setting.origin },
  };
}

const PASSWORD_KEYS: readonly AnnotationKey[] = ["auth-type", "auth-secret", "auth-secret-type", "auth-realm"];

/** nginx takes the realm `off` for the switch that turns the check off (ngx_http_auth_basic_handler); the controller writes it as it is (nginx.tmpl). */
function realmOff(settings: Settings, { id }: Context): ReturnType<Check> {
  const setting = settingOf(settings, "auth-realm");
  if (setting?.value !== "off" || settingOf(settings, "auth-type")?.value !== "basic" || !settings.has("auth-secret"))
    return undefined;
  const found = finding("AUTH_REALM_OFF", setting.origin, { ingress: id });
  return {
    findings: [found],
    answers: PASSWORD_KEYS.flatMap((key) => settings.get(key) ?? []).map((other) => answer(other, found)),
    // The realm stays alone, as the mark of paths whose requests lose their Authorization header.
    dropped: new Set(PASSWORD_KEYS.filter((key) => key !== "auth-realm")),
  };
}

/** A pair alone, which the controller takes. */
const lacksAuthority = (secret: SecretHead): boolean => !secret.keys.includes("ca.crt") && !isUnusable(secret);

/** Without `ca.crt` in the Secret nobody is asked for a certificate (controller.go, createServers). */
function clientAuthority(settings: Settings, context: Context): ReturnType<Check> {
  const setting = settingOf(settings, "auth-tls-secret");
  const secret = setting === undefined ? undefined : secretOf(setting, context);
  if (setting === undefined || secret === undefined || !lacksAuthority(secret)) return undefined;
  const found = finding("CLIENT_CA_MISSING", setting.origin, { ingress: context.id, secret: setting.raw });
  const present = CLIENT_CERTIFICATE_KEYS.flatMap((key) => settings.get(key) ?? []);
  const unaskedName = settingOf(settings, "auth-tls-match-cn");
  return {
    findings: [found],
    answers: present.map((other) => answer(other, found)),
    dropped: new Set(CLIENT_CERTIFICATE_KEYS),
    ...(unaskedName === undefined ? {} : { unaskedName }),
  };
}

const BACKEND_AUTHORITY_KEYS: readonly AnnotationKey[] = [
  "proxy-ssl-secret",
  "proxy-ssl-verify",
  "proxy-ssl-verify-depth",
  "proxy-ssl-ciphers",
  "proxy-ssl-protocols",
];

/** Without `ca.crt` neither authority nor client certificate is written to disk, and nginx gets the server name only (store/backend_ssl.go, nginx.tmpl). */
function backendAuthority(settings: Settings, context: Context): ReturnType<Check> {
  const setting = settingOf(settings, "proxy-ssl-secret");
  const secret = setting === undefined ? undefined : secretOf(setting, context);
  if (setting === undefined || secret === undefined || !lacksAuthority(secret)) return undefined;
  const verified = settingOf(settings, "proxy-ssl-verify")?.value === "on";
  const found = finding(
    "BACKEND_CA_MISSING",
    setting.origin,
    { ingress: context.id, secret: setting.raw, verified },
    verified ? { severity: "high" } : {},
  );
  const present = BACKEND_AUTHORITY_KEYS.flatMap((key) => settings.get(key) ?? []);
  return {
    findings: [found],
    answers: present.map((other) => answer(other, found)),
    dropped: new Set(BACKEND_AUTHORITY_KEYS),
    namesPodsItself: true,
  };
}

/** One entry that is no header to the controller denies the Ingress (authreq/main.go and customheaders/main.go, ValidHeader, ValidValue). */
function headerMap(key: "auth-proxy-set-headers" | "custom-headers", value: RegExp): Check {
  return (settings, { id, snapshot }) => {
    const setting = settingOf(settings, key);
    if (setting === undefined) return undefined;
    const map = snapshot.configMaps.get(`${setting.value.namespace ?? ""}/${setting.value.name}`);
    const [name] = Object.entries(map?.data ?? {}).find((entry) => !isHeader(entry, value)) ?? [];
    if (name === undefined) return undefined;
    const isName = !/^[\w-]+$/.test(name);
    const args = { ingress: id, key: setting.writtenKey, configMap: setting.raw, entry: name, isName };
    const found = finding("HEADER_MAP_REFUSED", setting.origin, args);
    const reason = `ConfigMap ${setting.raw} holds "${name}", which is no header to the controller`;
    return {
      findings: [found],
      answers: [answer(setting, found)],
      denied: { status: 503, reason, origin: setting.origin },
    };
  };
}

const isHeader = ([name, text]: readonly [string, string], value: RegExp): boolean =>
  /^[\w-]+$/.test(name) && value.test(text);

/** Every header has to be on the ConfigMap's list, letter by letter (customheaders/main.go). Without that ConfigMap the list is taken as right. */
function responseHeaders(settings: Settings, { id, snapshot, controller }: Context): ReturnType<Check> {
  const setting = settingOf(settings, "custom-headers");
  if (setting === undefined) return undefined;
  const map = snapshot.configMaps.get(`${setting.value.namespace ?? ""}/${setting.value.name}`);
  if (map === undefined) return undefined;
  if (!controller.known) {
    const headers = Object.keys(map.data);
    return { findings: [finding("CUSTOM_HEADERS_ASSUMED", setting.origin, { ingress: id, headers })] };
  }
  const allowed = new Set(
    controller
      .value("global-allowed-response-headers")
      .text.split(",")
      .map((name) => name.trim()),
  );
  const refused = Object.keys(map.data).filter((name) => !allowed.has(name));
  if (refused.length === 0) return undefined;
  const found = finding("CUSTOM_HEADERS_REFUSED", setting.origin, { ingress: id, headers: refused });
  const reason = `custom-headers sets ${refused.join(", ")}, which global-allowed-response-headers does not list`;
  return {
    findings: [found],
    answers: [answer(setting, found)],
    denied: { status: 503, reason, origin: setting.origin },
  };
}

/** The output answers what the controller answers, so the verdict is exact; the finding says that it was hardly meant. */
function answer(setting: Setting, found: Finding): Answer {
  return { ingress: setting.ingress, key: setting.writtenKey, verdict: "exact", codes: [found.code] };
}
