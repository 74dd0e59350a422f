/** A finding about one Ingress. */
export type At = { readonly ingress: string };
