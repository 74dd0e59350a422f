import type { IngressId } from "./snapshot.js";
import type { Origin } from "./origin.js";

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;
export type JsonObject = { readonly [key: string]: JsonValue | undefined };

/** A Kubernetes object that we write. `undefined` fields are not printed. */
export type KubernetesObject = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: JsonObject;
};

export type Owner = "platform" | "app";

/** An object with what the output and the report need to know about it. */
export type OwnedResource = {
  readonly object: KubernetesObject;
  readonly owner: Owner;
  /** Ingresses that it was made from. */
  readonly from: readonly IngressId[];
  /** Places that the comment above the object points back to; the first one names the file it is written next to. */
  readonly origins: readonly Origin[];
  /** Further comment lines above the object, without `#`. */
  readonly comments?: readonly string[];
  /** Stem of the file in its folder, e.g. `web` for `apps/shop/web.yaml` or `gateway` for `platform/gateway.yaml`. */
  readonly file: string;
};
