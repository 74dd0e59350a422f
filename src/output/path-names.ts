import { createHash } from "node:crypto";

/** RFC 1123 subdomain without empty labels: what Kubernetes allows as a name, and what every file system takes. */
const SAFE = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/;
/** Device names that Windows reserves with any extension, and the names that the layout needs itself. */
const RESERVED = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)|^kustomization$/;
/** File systems allow 255 bytes; a name of 253 characters with an extension would not fit. */
const LONGEST = 200;
const HASH_CHARACTERS = 8;

/**
 * Makes a name from a manifest usable as one path part. Names that Kubernetes accepts come back unchanged, except the
 * reserved and the very long ones. Everything else loses its unsafe characters and gets a hash of the original, so that
 * two different names never become one.
 */
export function pathPart(name: string): string {
  if (SAFE.test(name) && !RESERVED.test(name) && name.length <= LONGEST) return name;
  const readable = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, LONGEST)
    .replace(/^-|-$/g, "");
  const hash = createHash("sha256").update(name).digest("hex").slice(0, HASH_CHARACTERS);
  return readable === "" ? `name-${hash}` : `${readable}-${hash}`;
}
