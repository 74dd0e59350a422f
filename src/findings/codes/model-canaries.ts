import { define } from "../define.js";
import { hostText } from "../host-text.js";

type At = { readonly ingress: string };

/** What the controller makes of Ingresses with the mark of a canary. */
export const canaryFindings = {
  CANARY_SERVICE_TAKEN: define<At & { readonly owner: string; readonly path: string }>({
    title: "Canary whose Service an older Ingress uses",
    severity: "medium",
    verdict: "exact",
    what: (a) =>
      `Canary Ingress ${a.ingress} gets no traffic on "${a.path}", because Ingress ${a.owner}, which is older, leads to the same Service and port.`,
    why: "The first Ingress that names a Service makes its upstream; a canary that comes later finds one without weight, header and cookie.",
    remedy: "Give the canary a Service of its own if it is meant to get traffic.",
    cite: "internal/ingress/controller/controller.go (createUpstreams, mergeAlternativeBackends)",
  }),
  CANARY_MARKS_OF_ANOTHER: define<At & { readonly owner: string; readonly path: string }>({
    title: "Canary with the weight of another",
    severity: "medium",
    verdict: "exact",
    what: (a) =>
      `Canary Ingress ${a.ingress} gets the share, header and cookie of canary Ingress ${a.owner} on "${a.path}", because that one is older and leads to the same Service and port.`,
    why: "Weight and marks stand on the upstream, which the first Ingress that names the Service makes.",
    remedy: "Give each canary a Service of its own, or both the same annotations.",
    cite: "internal/ingress/controller/controller.go (createUpstreams); seen on the real controller 1.15.1",
  }),
  CANARY_PATH_SERVED: define<At & { readonly owner: string; readonly host: string; readonly path: string }>({
    title: "Path of a canary that gets all requests",
    severity: "high",
    verdict: "exact",
    what: (a) =>
      `Canary Ingress ${a.ingress}: its path "${a.path}" on ${hostText(a.host)} gets all requests, like that of any other Ingress, because Ingress ${a.owner}, which is older, leads to the same Service and port.`,
    why: "Other paths of the Ingress are shares of a canary. For this one the controller writes a location, with the other annotations of the Ingress; those of the whole host and its tls section count for nothing.",
    remedy: "Move the path to an Ingress of its own without canary annotations, or remove it.",
    cite: "internal/ingress/controller/controller.go (createUpstreams, getBackendServers); seen on the real controller 1.15.1",
  }),
  CANARY_REMOVED: define<At & { readonly host: string; readonly path: string }>({
    title: "Canary that one of its paths takes out",
    severity: "high",
    verdict: "exact",
    what: (a) =>
      `Canary Ingress ${a.ingress} gets no traffic on any path, because no other Ingress serves its path "${a.path}" on ${hostText(a.host)}.`,
    why: "For a path of a canary that no location answers the controller deletes the upstream of the canary, which the other paths share.",
    remedy: "Remove the path from the canary if it is meant to get its share of the others.",
    cite: "internal/ingress/controller/controller.go (mergeAlternativeBackends); seen on the real controller 1.15.1",
  }),
  CANARY_SERVED_LIKE_ANY: define<At & { readonly owner: string }>({
    title: "Canary that gets all requests of its paths",
    severity: "high",
    verdict: "exact",
    what: (a) =>
      `Ingress ${a.ingress} is marked as a canary and is served like any other: its paths that no older Ingress has get all requests, because Ingress ${a.owner}, which is older, leads to the same Service and port.`,
    why: "The first Ingress that names a Service makes its upstream. A canary that comes later makes no alternative of it, so the controller writes locations for its paths, with all of its other annotations. Aliases, server-snippet, ciphers, passthrough and the tls section of an Ingress with that mark count for nothing.",
    remedy: "Give the canary a Service of its own if it is meant to get a share, or remove its canary annotations.",
    cite: "internal/ingress/controller/controller.go (createUpstreams, getBackendServers)",
  }),
  PATH_TO_CANARY_UPSTREAM: define<At & { readonly canary: string; readonly host: string; readonly path: string }>({
    title: "Path to the Service of a canary",
    severity: "high",
    verdict: "exact",
    what: (a) =>
      `Ingress ${a.ingress}: path "${a.path}" of ${hostText(a.host)} is not served, because canary Ingress ${a.canary}, which is older, leads to the same Service and port.`,
    why: "A canary makes an alternative of the Service's upstream, and the controller creates no location for alternatives.",
    remedy: "Give one of the two a Service of its own.",
    cite: "internal/ingress/controller/controller.go (createUpstreams, getBackendServers)",
  }),
  PATH_LOST_TO_CANARY: define<
    At & { readonly canary: string; readonly host: string; readonly path: string; readonly service: string }
  >({
    title: "Path whose Service a canary takes out",
    severity: "high",
    verdict: "exact",
    what: (a) =>
      `Ingress ${a.ingress}: path "${a.path}" of ${hostText(a.host)} answers 503, because canary Ingress ${a.canary} leads to the same Service ${a.service} and hangs on no primary.`,
    why: "The controller deletes the upstream of a canary that attaches nowhere, although this path leads to it as well.",
    remedy: "Remove the canary, or give it a Service of its own.",
    cite: "internal/ingress/controller/controller.go (mergeAlternativeBackends); seen on the real controller 1.15.1",
  }),
  CANARY_UNATTACHED: define<At>({
    title: "Canary without primary",
    severity: "medium",
    verdict: "exact",
    what: (a) =>
      `Canary Ingress ${a.ingress} matches no host, path and pathType of another Ingress and gets no share of its traffic.`,
    why: "The controller deletes an alternative that attaches nowhere, so nothing is written for it.",
    remedy:
      "Give it exactly the host, path and pathType of its primary, or remove it; if the primary is missing from the input, add it.",
    cite: "internal/ingress/controller/controller.go (mergeAlternativeBackends)",
  }),
  CANARY_SECOND_IGNORED: define<At & { readonly winner: string; readonly host: string; readonly path: string }>({
    title: "Second canary of one upstream",
    severity: "medium",
    verdict: "exact",
    what: (a) =>
      `Canary Ingress ${a.ingress} on "${a.path}" of ${hostText(a.host)} is not evaluated, because ${a.winner} is already the alternative of that upstream.`,
    why: "The balancer looks at the first alternative only.",
    remedy: "Remove one of the canaries.",
    cite: "rootfs/etc/nginx/lua/balancer.lua (route_to_alternative_balancer)",
  }),
  CANARY_BY_SHARED_UPSTREAM: define<At & { readonly canary: string; readonly host: string; readonly path: string }>({
    title: "Path that is split because it shares a Service",
    severity: "medium",
    verdict: "exact",
    what: (a) =>
      `"${a.path}" of ${hostText(a.host)} (Ingress ${a.ingress}) is split by canary ${a.canary}, which names another path but the same Service and port.`,
    why: "The alternative hangs on the upstream, which all paths of that Service share; the output splits this path as well.",
    remedy: "Give the other path a Service of its own if it was not meant to be split.",
    cite: "internal/ingress/controller/controller.go (mergeAlternativeBackends)",
  }),
};
