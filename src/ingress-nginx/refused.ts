import type { Answer, Finding } from "../findings/index.js";
import { accountRefused, settingOf, type AnnotationKey, type Setting } from "../mappings/index.js";
import { bufferFault, BUFFERS, bytesOf } from "./buffers.js";
import type { ControllerConfig } from "./controller-config.js";
import type { Location, ServedIngress, Server, Settings } from "./model.js";
import { SERVER_KEYS } from "./scope.js";

type Refused = { readonly findings: readonly Finding[]; readonly answers: readonly Answer[] };
type Fault = { readonly setting: Setting; readonly problem: string };

/**
 * Annotations with which `nginx -t` fails, on every Ingress whose locations the controller writes out; a denied one gets nothing but `return 503`
 * (nginx.tmpl). What a value alone says was found when it was decoded (src/mappings/nginx-faults.ts); here are those that depend on their neighbours.
 */
export function refusedSettings(servers: readonly Server[], controller: ControllerConfig): Refused {
  const owners = new Map<ServedIngress, boolean>();
  for (const { locations, denied } of servers)
    for (const location of locations) {
      const isWritten = denied?.instead === undefined && location.denied === undefined;
      if (isWritten || !owners.has(location.owner)) owners.set(location.owner, isWritten);
    }
  const hasDigest = servers.some(({ locations }) => locations.some(asksDigest));
  const faults = [...owners].flatMap(([owner, isWritten]) =>
    faultsOf(owner, controller, hasDigest).filter(({ setting }) => isWritten || SERVER_KEYS.includes(setting.key)),
  );
  const accounted = faults.map(({ setting, problem }) => accountRefused(setting, problem));
  return {
    findings: accounted.map((one) => one.finding),
    answers: accounted.map((one) => one.answer),
  };
}

function faultsOf({ settings, inert }: ServedIngress, controller: ControllerConfig, hasDigest: boolean): Fault[] {
  const faults: Fault[] = [];
  for (const setting of settings.values()) note(faults, setting, setting.refused);
  for (const setting of inert?.values() ?? []) if (WRITTEN.has(setting.key)) note(faults, setting, setting.refused);
  const written =
    inert === undefined ? settings : new Map([...settings, ...[...inert].filter(([key]) => WRITTEN.has(key))]);
  const buffers = bufferFaultOf(written, controller);
  if (buffers !== undefined && !faults.some(({ setting }) => BUFFERS.some((key) => key === setting.key)))
    faults.push(buffers);
  const type = settingOf(settings, "auth-type");
  // The module is loaded for the word alone (template.go, shouldLoadAuthDigestModule); the directive is written for all that is not basic (nginx.tmpl).
  if (type?.value === "digest" && type.raw.trim() !== "digest" && !hasDigest)
    note(
      faults,
      type,
      "auth_digest is written for it, whose module is only loaded where an auth-type is exactly digest",
    );
  return faults;
}

function note(faults: Fault[], setting: Setting, problem: string | undefined): void {
  if (problem !== undefined) faults.push({ setting, problem });
}

function asksDigest({ settings, denied }: Location): boolean {
  return denied === undefined && settings.get("auth-type")?.raw.trim() === "digest";
}

/** Keys that have no effect without a neighbour or for some protocols, and stand in every location all the same (nginx.tmpl). */
const WRITTEN: ReadonlySet<AnnotationKey> = new Set<AnnotationKey>([
  "proxy-buffer-size",
  "proxy-buffers-number",
  "proxy-busy-buffers-size",
  "proxy-max-temp-file-size",
  "proxy-connect-timeout",
  "proxy-read-timeout",
  "proxy-send-timeout",
  "proxy-next-upstream-timeout",
  "proxy-next-upstream-tries",
  "proxy-cookie-path",
]);

/** The first annotation that has to do with it answers for sizes that come from the ConfigMap. */
function bufferFaultOf(settings: Settings, controller: ControllerConfig): Fault | undefined {
  const own = BUFFERS.flatMap((key) => settings.get(key) ?? []);
  if (own.length === 0) return undefined;
  const size = (
    key: "proxy-buffer-size" | "proxy-busy-buffers-size" | "proxy-max-temp-file-size",
  ): number | undefined => settingOf(settings, key)?.value ?? bytesOf(controller.value(key).text);
  const [key, problem] =
    bufferFault({
      size: size("proxy-buffer-size"),
      number: settingOf(settings, "proxy-buffers-number")?.value ?? controller.number("proxy-buffers-number"),
      busy: size("proxy-busy-buffers-size"),
      file: size("proxy-max-temp-file-size"),
    }) ?? [];
  const setting = key === undefined ? undefined : (settings.get(key) ?? own[0]);
  return setting === undefined || problem === undefined ? undefined : { setting, problem };
}
