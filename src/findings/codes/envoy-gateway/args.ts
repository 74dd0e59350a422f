/** Arguments that texts of this target share. */
export type OfIngress = { readonly ingress: string };
export type Named<Key extends string> = OfIngress & { readonly [Name in Key]: string };
/** For texts without variable parts. */
export type NoArgs = Readonly<Record<string, never>>;
/** Texts about the whole run, which belong to no Ingress. */
export type NamedOfRun<Key extends string> = { readonly [Name in Key]: string };

/** What an Ingress says, or the controller's ConfigMap (`namespace/name`) for all of them. */
export type Holder = { readonly ingress?: string | undefined; readonly configMap?: string | undefined };

/** The holder at the beginning of a sentence. */
export const holder = ({ ingress, configMap }: Holder): string =>
  configMap === undefined ? `Ingress ${ingress ?? ""}` : `ConfigMap ${configMap}`;
