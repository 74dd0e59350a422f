import type { Location } from "../../ingress-nginx/index.js";
import { settingOf } from "../../mappings/index.js";
import type { Features } from "../features.js";

/** upstream-vhost with what nginx knows of the location filled in: the variables that the controller sets in every location (nginx.tmpl). */
export function upstreamHost(location: Location): Pick<Features, "upstreamHost"> {
  const setting = settingOf(location.settings, "upstream-vhost");
  if (setting === undefined) return {};
  return { upstreamHost: { settings: [setting], origin: setting.origin, host: expanded(setting.value, location) } };
}

function expanded(text: string, location: Location): string {
  const known = variables(location);
  return text.replaceAll(/\$(?:\{([a-z0-9_]+)\}|([a-z0-9_]+))/gi, (whole, braced?: string, plain?: string) => {
    return known[braced ?? plain ?? ""] ?? whole;
  });
}

function variables({ owner, backend }: Location): Readonly<Record<string, string>> {
  const { namespace, name } = owner.ingress;
  const ingress = { namespace, ingress_name: name };
  if (backend.kind !== "service") return ingress;
  const { ref } = backend.upstream;
  return {
    ...ingress,
    service_name: backend.upstream.name,
    service_port: "number" in ref ? `${ref.number}` : ref.name,
  };
}
