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
 * @param hosts host names that Ingresses without the mark of a canary have; what others name is written into the server `_`
 */
export class CanaryPaths {
  readonly #makers: Makers;
  readonly #hosts: ReadonlySet<string>;
  /** Server and location of every path that is served so far. */
  readonly #taken = new Set<string>();

  constructor(makers: Makers, hosts: ReadonlySet<string>) {
    this.#makers = makers;
    this.#hosts = hosts;
  }

  /** Notes the paths of an Ingress that is served; to be called in processing order. */
  serve({ isCanary, ingress }: ServedIngress): void {
    if (isCanary) return;
    for (const rule of ingress.rules)
      for (const path of rule.paths)
        if (this.#makerOf(path, ingress.namespace)?.isCanary === false) this.#taken.add(this.#nameOf(rule, path));
  }

  /** Those of a canary that are served like any other, given what was served before it. */
  byItself({ id, ingress }: ServedIngress): PathsByItself | undefined {
    const findings: Finding[] = [];
    const rules = ingress.rules.flatMap((rule): IngressRule[] => {
      const paths = rule.paths.filter((path) => {
        const maker = this.#makerOf(path, ingress.namespace);
        const isOwn = maker !== undefined && !maker.isCanary && !this.#taken.has(this.#nameOf(rule, path));
        if (isOwn) {
          const host = this.#serverOf(rule);
          const args = { ingress: id, owner: maker.id, host, path: path.path === "" ? "/" : path.path };
          findings.push(finding("CANARY_PATH_SERVED", path.origin, args));
        }
        return isOwn;
      });
      return paths.length === 0 ? [] : [{ ...rule, paths }];
    });
    return rules.length === 0 ? undefined : { ingress: { ...ingress, rules }, findings };
  }

  #serverOf({ host = DEFAULT_HOST }: IngressRule): string {
    return this.#hosts.has(host) ? host : DEFAULT_HOST;
  }

  #makerOf({ backend }: IngressPath, namespace: string): ServedIngress | undefined {
    return backend.kind === "service" ? this.#makers.get(backendKey(backend, namespace)) : undefined;
  }

  #nameOf(rule: IngressRule, { path, pathType }: IngressPath): string {
    return `${this.#serverOf(rule)} ${locationKey(path === "" ? "/" : path, pathType === "Exact" ? "Exact" : "Prefix")}`;
  }
}
