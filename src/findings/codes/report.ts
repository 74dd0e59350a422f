import { define } from "../define.js";

export const reportFindings = {
  INTERNAL_UNANSWERED: define<{ readonly ingress: string; readonly key: string }>({
    title: "Annotation without an answer",
    severity: "blocker",
    verdict: "unsupported",
    what: ({ ingress, key }) =>
      `Annotation "${key}" of Ingress ${ingress} was read, but no part of the conversion answered for it.`,
    why: "This is a defect of ingress2gateway: whatever the annotation did may be missing from the output.",
    remedy:
      "Compare the routes of this Ingress by hand before migrating it, and report the Ingress as a bug of ingress2gateway.",
  }),
};
