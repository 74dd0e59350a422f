import type { Finding } from "../findings/index.js";
import type { Origin, OwnedResource } from "../kubernetes/index.js";

/** Findings without repetitions: rules of one Ingress say the same thing about the same annotation, which has one origin for all of them. */
export function uniqueFindings(findings: readonly Finding[]): Finding[] {
  const said = new Map<Origin, Finding[]>();
  return findings.filter((found) => {
    const known = said.get(found.at[0]);
    if (known === undefined) said.set(found.at[0], [found]);
    else if (known.some((other) => other.code === found.code && other.what === found.what)) return false;
    else known.push(found);
    return true;
  });
}

function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf("/");
  return slash === -1 ? apiVersion : apiVersion.slice(0, slash);
}

/**
 * Objects without repetitions: several rules may need one Backend or one grant. The same identity with another content is a defect.
 */
export function uniqueResources(resources: readonly OwnedResource[]): OwnedResource[] {
  const byIdentity = new Map<string, OwnedResource>();
  for (const resource of resources) {
    const { object } = resource;
    const identity = `${object.kind} ${object.metadata.namespace ?? ""}/${object.metadata.name} ${groupOf(object.apiVersion)}`;
    const known = byIdentity.get(identity);
    if (known === undefined) byIdentity.set(identity, resource);
    else if (JSON.stringify(known.object) !== JSON.stringify(object))
      throw new Error(`two different objects are called ${identity}`);
    else byIdentity.set(identity, { ...known, from: [...new Set([...known.from, ...resource.from])] });
  }
  return [...byIdentity.values()];
}
