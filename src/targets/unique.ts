import type { Finding } from "../findings/index.js";
import type { OwnedResource } from "../kubernetes/index.js";

/** Findings without repetitions: rules of one Ingress say the same thing about the same annotation. */
export function uniqueFindings(findings: readonly Finding[]): Finding[] {
  const seen = new Set<string>();
  return findings.filter((found) => {
    const origin = found.at[0];
    const key = `${found.code}\n${origin.document.file}\n${origin.object}\n${origin.path.join("/")}\n${found.what}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/**
 * Objects without repetitions: several rules may need one Backend or one grant. The same identity with another content is a defect.
 */
export function uniqueResources(resources: readonly OwnedResource[]): OwnedResource[] {
  const byIdentity = new Map<string, { resource: OwnedResource; text: string }>();
  for (const resource of resources) {
    const { object } = resource;
    const identity = `${object.apiVersion.split("/")[0] ?? ""} ${object.kind} ${object.metadata.namespace ?? ""}/${object.metadata.name}`;
    const text = JSON.stringify(object);
    const known = byIdentity.get(identity);
    if (known === undefined) byIdentity.set(identity, { resource, text });
    else if (known.text !== text) throw new Error(`two different objects are called ${identity}`);
    else {
      const from = [...new Set([...known.resource.from, ...resource.from])];
      byIdentity.set(identity, { text, resource: { ...known.resource, from } });
    }
  }
  return [...byIdentity.values()].map(({ resource }) => resource);
}
