import { define } from "../define.js";

type OnIngress = { readonly ingress: string };

/** What is wrong with the ways in which findings are suppressed. Facts about the manifest only: no verdict depends on them. */
export const suppressionFindings = {
  SUPPRESSION_UNKNOWN_CODE: define<OnIngress & { readonly code: string; readonly suggestion?: string }>({
    title: "Suppression of a code that does not exist",
    severity: "medium",
    verdict: "exact",
    what: ({ ingress, code }) => `Ingress ${ingress} asks to ignore "${code}", which is no finding code.`,
    why: "A suppression names each finding that it is about, so that nothing is hidden that nobody decided on; this one hides nothing.",
    remedy: ({ suggestion }) =>
      suggestion === undefined
        ? "Write the code as it stands in the report, with several codes separated by commas, or remove it."
        : `Write "${suggestion}" if that is the finding that was meant; otherwise remove the code.`,
    cite: "docs/check.md, Suppressing",
  }),

  SUPPRESSION_WITHOUT_REASON: define<OnIngress & { readonly codes: readonly string[] }>({
    title: "Suppression without a reason",
    severity: "medium",
    verdict: "exact",
    what: ({ ingress, codes }) =>
      `Ingress ${ingress} asks to ignore ${codes.length === 0 ? "nothing" : codes.map((code) => `"${code}"`).join(", ")} and gives no reason.`,
    why: "Whoever reads the manifest later cannot tell a decision from a leftover, so a suppression without a reason is not applied.",
    remedy: "Write the reason after the codes: CODE the reason in a few words.",
    cite: "docs/check.md, Suppressing",
  }),

  SUPPRESSION_UNUSED: define<OnIngress & { readonly code: string; readonly isForTheWholeRun: boolean }>({
    title: "Suppression that matches nothing",
    severity: "low",
    verdict: "exact",
    what: ({ ingress, code }) => `Ingress ${ingress} asks to ignore "${code}", but has no such finding.`,
    why: ({ isForTheWholeRun }) =>
      isForTheWholeRun
        ? "The finding is about the controller, not about one Ingress; it is said once for the whole run."
        : "The finding is gone, or it belongs to another target or another Ingress; the suppression would hide it should it come back.",
    remedy: ({ code, isForTheWholeRun }) =>
      isForTheWholeRun
        ? `Remove the code here, and set severities: { ${code}: off } in ingress2gateway.yaml to switch the finding off.`
        : "Remove the code from the annotation.",
    cite: "docs/check.md, Suppressing",
  }),

  SUPPRESSION_KEY_UNKNOWN: define<OnIngress & { readonly key: string }>({
    title: "Annotation of ingress2gateway that does not exist",
    severity: "medium",
    verdict: "exact",
    what: ({ ingress, key }) => `Ingress ${ingress} sets "${key}", which ingress2gateway does not read.`,
    why: 'The only annotation of ingress2gateway is "ingress2gateway.dev/ignore"; this one hides nothing.',
    remedy: 'Rename the annotation to "ingress2gateway.dev/ignore", or remove it.',
    cite: "docs/check.md, Suppressing",
  }),
};
