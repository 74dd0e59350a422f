import { define } from "../../define.js";
import type { Named } from "./args.js";

export const refusals = {
  REFUSAL_ORDER_CHANGED: define<Named<"checks">>({
    title: "Another check refuses first",
    severity: "info",
    verdict: "equivalent",
    what: ({ ingress, checks }) =>
      `Ingress ${ingress}: a client that fails several of ${checks} is refused by another one than before.`,
    why: "nginx looks at blocked user agents and referers first, then at the address, then at the password, then asks the auth service; Envoy asks the auth service first, looks at the password next, and at the others last. Nobody gets in who was refused, but the status may be 401 instead of 403 or the other way round.",
    remedy: "Nothing, unless clients or monitoring tell the two refusals apart.",
    example: ({ checks }) => {
      const refused = checks.includes("address list") ? "from a refused address" : "of a blocked user agent";
      if (!/address list|user agents/.test(checks)) return undefined;
      return { method: "GET", url: `/ ${refused} without credentials`, before: "403", after: "401" };
    },
    cite: "nginx, phases (access); Envoy Gateway v1.9.0, internal/xds/translator/httpfilters.go (newOrderedHTTPFilter)",
  }),
};
