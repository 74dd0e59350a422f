import { finding, type Answer, type Finding } from "../findings/index.js";
import { settingOf, type AnnotationKey, type Setting } from "../mappings/index.js";
import type { ControllerConfig } from "./controller-config.js";
import { BACKEND_TLS_KEYS } from "./key-groups.js";
import type { Location, ServedIngress, Server, Settings } from "./model.js";

/** Whether proxy_ssl_* directives have an effect: gRPC has directives of its own (grpc_ssl_*), which the controller does not write (nginx.tmpl). */
export function takesBackendTls(settings: Settings): boolean {
  const protocol = settingOf(settings, "backend-protocol")?.value.trim().toUpperCase();
  return protocol === "HTTPS" || protocol === "AUTO_HTTP";
}

/**
 * proxy-ssl-* stand in the server block too, where locations without any of their own inherit them: the first Ingress of the host with a CA decides
 * (controller.go, getBackendServers; nginx.tmpl, SERVER), unless `proxy-ssl-location-only` keeps them to its own paths.
 *
 * @param contributors Ingresses with rules for the host in processing order, canaries included
 * @returns what locations inherit; undefined when there is nothing
 */
export function hostBackendTls(
  contributors: readonly ServedIngress[],
  controller: ControllerConfig,
): Settings | undefined {
  if (controller.value("proxy-ssl-location-only").text === "true") return undefined;
  const winner = contributors.find((ingress) => ingress.settings.has("proxy-ssl-secret"));
  if (winner === undefined) return undefined;
  // Of the server alone it is said whether the name is sent only where there is a name (nginx.tmpl, SERVER).
  const isWritten = (key: AnnotationKey): boolean =>
    BACKEND_TLS_KEYS.includes(key) && (key !== "proxy-ssl-server-name" || winner.settings.has("proxy-ssl-name"));
  return new Map([...winner.settings].filter(([key]) => isWritten(key)));
}

/**
 * Settings of a location with those that it inherits from the host. Directives are inherited one by one: beside a Secret without a CA the location has
 * its own name, if there is one, and always says whether it is sent, by default not (nginx.tmpl; proxyssl/main.go).
 */
export function withHostBackendTls(
  settings: Settings,
  inherited: Settings | undefined,
  { namesPodsItself }: ServedIngress,
): Settings {
  if (inherited === undefined || settings.has("proxy-ssl-secret") || !takesBackendTls(settings)) return settings;
  if (namesPodsItself !== true) return new Map([...settings, ...inherited]);
  const rest = [...inherited].filter(([key]) => key !== "proxy-ssl-server-name");
  return new Map([...rest, ...settings]);
}

/** proxy-ssl-* that no location uses, because none of them speaks TLS to its pods. */
export function unusedBackendTls(
  served: readonly ServedIngress[],
  servers: readonly Server[],
): { readonly findings: readonly Finding[]; readonly answers: readonly Answer[] } {
  const asking = served.filter((ingress) => ingress.settings.has("proxy-ssl-secret"));
  if (asking.length === 0) return { findings: [], answers: [] };
  const inForce = (location: Location): readonly Setting[] =>
    takesBackendTls(location.settings) ? [...location.settings.values()] : [];
  const used = new Set(servers.flatMap((server) => server.locations.flatMap(inForce)));
  const isUsed = ({ settings }: ServedIngress): boolean => {
    const secret = settings.get("proxy-ssl-secret");
    return secret !== undefined && used.has(secret);
  };
  const unused = asking
    .filter((ingress) => !isUsed(ingress))
    .flatMap((ingress) => BACKEND_TLS_KEYS.flatMap((key) => ingress.settings.get(key) ?? []));
  const findings = unused.map((setting) =>
    finding("ANNOTATION_INERT", setting.origin, {
      ingress: setting.ingress,
      key: setting.writtenKey,
      value: setting.raw,
      missing: "backend-protocol: HTTPS, because only then is TLS with these settings spoken to the pods",
      instead: "set backend-protocol: HTTPS",
    }),
  );
  return { findings, answers: unused.map(inertAnswer) };
}

const inertAnswer = (setting: Setting): Answer => ({
  ingress: setting.ingress,
  key: setting.writtenKey,
  verdict: "exact",
  codes: ["ANNOTATION_INERT"],
});
