import * as z from "zod";

/*
 * What the API server's decoder accepts of the objects that are read, and nothing more: types, not rules about values.
 * `null` stands for "absent" everywhere, as in Go (k8s.io/apimachinery, serializer/json); fields that the conversion does
 * not use are not looked at.
 */

const text = z.string().nullish();
/** Integers may be written `80.0`. */
const integer = z.int().nullish();
const intOrString = z.union([z.int(), z.string()]).nullish();
/** A `null` value decodes to the empty text. */
const textMap = z.record(z.string(), z.string().nullable()).nullish();
/** Elements may be `null` as well, which decodes to an empty element. */
const list = <Schema extends z.ZodType>(element: Schema) => z.array(element.nullable()).nullish();

export const metadataSchema = z
  .object({ name: text, namespace: text, labels: textMap, annotations: textMap, creationTimestamp: text })
  .nullish();

const resourceReference = z.object({ apiGroup: text, kind: text, name: text }).nullish();

const backendV1 = z
  .object({
    service: z.object({ name: text, port: z.object({ number: integer, name: text }).nullish() }).nullish(),
    resource: resourceReference,
  })
  .nullish();

const backendV1beta1 = z.object({ serviceName: text, servicePort: intOrString, resource: resourceReference }).nullish();

const rulesOf = <Backend extends z.ZodType>(backend: Backend) =>
  list(
    z.object({
      host: text,
      http: z.object({ paths: list(z.object({ path: text, pathType: text, backend })) }).nullish(),
    }),
  );

const tls = list(z.object({ hosts: list(z.string()), secretName: text }));

/** `networking.k8s.io/v1`. */
export const ingressV1Schema = z.object({
  metadata: metadataSchema,
  spec: z.object({ ingressClassName: text, defaultBackend: backendV1, tls, rules: rulesOf(backendV1) }).nullish(),
});

/** `networking.k8s.io/v1beta1` and `extensions/v1beta1`, which have the same fields. */
export const ingressV1beta1Schema = z.object({
  metadata: metadataSchema,
  spec: z.object({ ingressClassName: text, backend: backendV1beta1, tls, rules: rulesOf(backendV1beta1) }).nullish(),
});

export const serviceSchema = z.object({
  metadata: metadataSchema,
  spec: z
    .object({
      type: text,
      externalName: text,
      clusterIP: text,
      trafficDistribution: text,
      loadBalancerSourceRanges: list(z.string()),
      externalTrafficPolicy: text,
      loadBalancerIP: text,
      loadBalancerClass: text,
      allocateLoadBalancerNodePorts: z.boolean().nullish(),
      externalIPs: list(z.string()),
      ports: list(
        z.object({
          port: integer,
          name: text,
          targetPort: intOrString,
          appProtocol: text,
          protocol: text,
          nodePort: integer,
        }),
      ),
    })
    .nullish(),
});

/** Objects of other programs, of which only what they refer to is looked at. */
export const neighbourSchema = z.object({
  metadata: z
    .object({
      name: text,
      namespace: text,
      ownerReferences: list(z.object({ kind: text, controller: z.boolean().nullish() })),
    })
    .nullish(),
  spec: z.record(z.string(), z.unknown()).nullish(),
});

const objectReference = z.object({ kind: text, name: text, namespace: text });

const routeNamespaces = z.object({
  from: text,
  selector: z
    .object({
      matchLabels: textMap,
      matchExpressions: list(z.object({ key: text, operator: text, values: list(text) })),
    })
    .nullish(),
});

/** `gateway.networking.k8s.io`, of whatever version. */
export const gatewaySchema = z.object({
  metadata: metadataSchema,
  spec: z.object({
    listeners: list(
      z.object({
        name: text,
        protocol: text,
        port: integer,
        hostname: text,
        tls: z.object({ mode: text, certificateRefs: list(objectReference) }).nullish(),
        allowedRoutes: z
          .object({ namespaces: routeNamespaces.nullish(), kinds: list(z.object({ kind: text })) })
          .nullish(),
      }),
    ),
  }),
});

export const secretSchema = z.object({ metadata: metadataSchema, type: text, data: textMap, stringData: textMap });

export const configMapSchema = z.object({ metadata: metadataSchema, data: textMap });

export const ingressClassSchema = z.object({
  metadata: metadataSchema,
  spec: z.object({ controller: text }).nullish(),
});

export const namespaceSchema = z.object({ metadata: metadataSchema });

/** A `List` of anything, or the typed list of one kind. */
export const listSchema = z.object({ items: z.array(z.unknown()).nullish() });

export type Metadata = z.infer<typeof metadataSchema>;
