import { finding, type Finding } from "../findings/index.js";
import type { Ingress, IngressPath, IngressRule } from "../kubernetes/index.js";
import { locationKey } from "./drafts.js";
import { DEFAULT_HOST } from "./merge.js";
import type { ServedIngress } from "./model.js";
import { backendKey, type upstreamMakers } from "./upstreams.js";

type Makers = ReturnType<typeof upstreamMakers>;

/** The paths of a canary that are served like those of any other Ingress, and what says so. */
export type PathsByItself = { readonly ingress: Ingress; readonly findings: readonly Finding[] };

/**
 * A path to a Service that an earlier Ingress has is no alternative: the controller writes a location for it, unless a still earlier Ingress has the path
 * (controller.go, createUpstreams, getBackendServers).
 *
 * @param earlier Ingresses that are served and come before, in processing order
 * @param hosts host names that Ingresses without the mark of a canary have; what others name is written into the server `_`
 */
export function pathsByItself(
  { id, ingress }: ServedIngress,
  { makers, earlier, hosts }: { makers: Makers; earlier: readonly ServedIngress[]; hosts: ReadonlySet<string> },
): PathsByItself | undefined {
  const serverOf = ({ host = DEFAULT_HOST }: IngressRule): string => (hosts.has(host) ? host : DEFAULT_HOST);
  const makerOf = ({ backend }: IngressPath, namespace: string): ServedIngress | undefined =>
    backend.kind === "service" ? makers.get(backendKey(backend, namespace)) : undefined;
  const nameOf = (rule: IngressRule, path: IngressPath): string =>
    `${serverOf(rule)} ${locationKey(path.path === "" ? "/" : path.path, path.pathType === "Exact" ? "Exact" : "Prefix")}`;
  const taken = new Set(
    earlier.flatMap((other) =>
      other.isCanary
        ? []
        : other.ingress.rules.flatMap((rule) =>
            rule.paths.flatMap((path) =>
              makerOf(path, other.ingress.namespace)?.isCanary === false ? [nameOf(rule, path)] : [],
            ),
          ),
    ),
  );
  const findings: Finding[] = [];
  const rules = ingress.rules.flatMap((rule): IngressRule[] => {
    const paths = rule.paths.filter((path) => {
      const maker = makerOf(path, ingress.namespace);
      const isOwn = maker !== undefined && !maker.isCanary && !taken.has(nameOf(rule, path));
      if (isOwn) {
        const args = { ingress: id, owner: maker.id, host: serverOf(rule), path: path.path === "" ? "/" : path.path };
        findings.push(finding("CANARY_PATH_SERVED", path.origin, args));
      }
      return isOwn;
    });
    return paths.length === 0 ? [] : [{ ...rule, paths }];
  });
  if (rules.length === 0) return undefined;
  return { ingress: { ...ingress, rules }, findings };
}
