import { beforeAll, describe, expect, it } from "vitest";
import { convert } from "../../src/index.js";
import type { JsonObject, KubernetesObject } from "../../src/kubernetes/index.js";
import { checkObjects, type Checked } from "../support/envoy-gateway/acceptance.js";
import { findEgctl } from "../support/envoy-gateway/binaries.js";
import { listAt } from "../support/envoy-gateway/json-access.js";
import { formatProblem } from "../support/envoy-gateway/xds.js";

const egctl = findEgctl();

const MANIFEST = `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: web, namespace: shop }
spec:
  ingressClassName: nginx
  tls: [{ hosts: [shop.example.com], secretName: shop-tls }]
  rules:
    - host: shop.example.com
      http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: web, port: { number: 80 } } } }] }
`;

/** The output of a plain Ingress, with one object or field made wrong. */
async function spoilt(change: (object: KubernetesObject) => readonly KubernetesObject[]): Promise<KubernetesObject[]> {
  const { resources } = await convert({ sources: [{ name: "in.yaml", text: MANIFEST }] });
  return resources.flatMap(({ object }) => change(object));
}

const onRoute =
  (change: (spec: JsonObject) => JsonObject) =>
  (object: KubernetesObject): KubernetesObject[] =>
    object.kind === "HTTPRoute" && object.metadata.name === "web"
      ? [{ ...object, spec: change(object.spec) }]
      : [object];

const onRule = (patch: JsonObject): ((object: KubernetesObject) => KubernetesObject[]) =>
  onRoute((spec) => ({ ...spec, rules: listAt(spec, "rules").map((rule) => ({ ...rule, ...patch })) }));

const twice = (kind: string) => (object: KubernetesObject) =>
  object.kind === kind
    ? [object, { ...object, metadata: { ...object.metadata, name: `${object.metadata.name}-again` } }]
    : [object];

const header = (value: string): JsonObject => ({
  filters: [{ type: "RequestHeaderModifier", requestHeaderModifier: { set: [{ name: "x-test", value }] } }],
});

const CASES: readonly (readonly [string, (object: KubernetesObject) => readonly KubernetesObject[], RegExp])[] = [
  ["two routes with the same match", twice("HTTPRoute"), /RouteRulesOverlap/],
  ["two policies for one target", twice("BackendTrafficPolicy"), /not Accepted: Conflicted/],
  [
    "a filter that is not there",
    onRule({
      filters: [
        {
          type: "ExtensionRef",
          extensionRef: { group: "gateway.envoyproxy.io", kind: "HTTPRouteFilter", name: "none" },
        },
      ],
    }),
    /not ResolvedRefs/,
  ],
  [
    "a backend of another namespace without a grant",
    onRule({ backendRefs: [{ name: "web", namespace: "other", port: 80 }] }),
    /RefNotPermitted/,
  ],
  [
    "a backend that is not there",
    onRule({ backendRefs: [{ group: "gateway.envoyproxy.io", kind: "Backend", name: "none" }] }),
    /BackendNotFound/,
  ],
  [
    "a listener that is not there",
    onRoute((spec) => ({
      ...spec,
      parentRefs: listAt(spec, "parentRefs").map((ref) => ({ ...ref, sectionName: "none" })),
    })),
    /NoMatchingParent/,
  ],
  ["a certificate without a grant", (object) => (object.kind === "ReferenceGrant" ? [] : [object]), /RefNotPermitted/],
  [
    "a namespace that the listener does not take",
    (object) => [
      {
        ...object,
        metadata: {
          ...object.metadata,
          namespace: object.kind === "HTTPRoute" ? "other" : (object.metadata.namespace ?? ""),
        },
      },
    ],
    /takes its namespace/,
  ],
  ["a lone percent sign in a header", onRule(header("100%")), /a lone %/],
  ["a header command that Envoy does not know", onRule(header("%NO_SUCH_COMMAND%")), /unknown command/],
  [
    "an expression that RE2 refuses",
    onRule({ matches: [{ path: { type: "RegularExpression", value: "/(?!a).*" } }] }),
    /RE2 refuses|not Accepted/,
  ],
  [
    "a policy for a rule that is not there",
    (object) =>
      object.kind === "BackendTrafficPolicy"
        ? [
            object,
            {
              ...object,
              metadata: { name: "web", namespace: "shop" },
              spec: {
                ...object.spec,
                targetRefs: [
                  { group: "gateway.networking.k8s.io", kind: "HTTPRoute", name: "web", sectionName: "none" },
                ],
              },
            },
          ]
        : [object],
    /TargetNotFound/,
  ],
];

describe.skipIf("missing" in egctl)("the check of Envoy Gateway's answer notices", () => {
  let checked: ReadonlyMap<string, Checked> = new Map();
  beforeAll(async () => {
    const sets = new Map([["nothing wrong", await spoilt((object) => [object])]]);
    for (const [name, change] of CASES) sets.set(name, await spoilt(change));
    checked = await checkObjects("path" in egctl ? egctl.path : "", sets);
  });

  it("nothing about the output as it is", () => {
    const plain = checked.get("nothing wrong");
    expect(plain?.unnamed).toEqual([]);
    expect(plain?.judged).toBeGreaterThan(4);
  });

  it.each(CASES)("%s", (name, _, message) => {
    expect(checked.get(name)?.unnamed.join("\n")).toMatch(message);
  });
});

describe("format strings of Envoy", () => {
  it.each([
    ["plain", undefined],
    ["100%%", undefined],
    ["%REQ(:AUTHORITY)%%REQ(:PATH)%", undefined],
    ["%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%", undefined],
    ["https://x/%REQ(X-FORWARDED-PROTO)%", undefined],
    ["100%", /lone/],
    ["%2F", /lone/],
    ["%2F%2F", /unknown/],
    ["%REQ(:PATH)", /lone|unknown/],
  ])("%s", (value, problem) => {
    if (problem === undefined) expect(formatProblem(value)).toBeUndefined();
    else expect(formatProblem(value)).toMatch(problem);
  });
});
