import type { NginxModel } from "../../ingress-nginx/index.js";
import type { Snapshot } from "../../kubernetes/index.js";
import { noteVariables } from "./known-variables.js";
import { noteServices } from "./own-backends.js";

/** Remembers what snippets of one host have to know of the others, and of the Services. */
export function noteAround(model: NginxModel, { services }: Pick<Snapshot, "services">): void {
  noteVariables(model);
  noteServices(model.servers, [...services.values()]);
}
