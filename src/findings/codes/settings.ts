import { define } from "../define.js";
import { masked } from "../masked.js";

/** One annotation of one Ingress: `ingress` is `namespace/name`, `key` and `value` as written. */
type Written = { readonly ingress: string; readonly key: string; readonly value: string };

const LONGEST = 80;

/** The value in double quotes, credentials masked, cut where it would fill the report (snippets). */
function shown(value: string): string {
  const line = masked(value).replaceAll(/\s*\n\s*/g, " ⏎ ");
  return `"${line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line}"`;
}

/** Who says which value takes the place of one that the controller ignores. */
const WHO_SAYS = {
  "built-in": "",
  configmap: ", as the controller's ConfigMap says",
  unknown: " unless the ConfigMap says otherwise",
  nginx: ", whatever the ConfigMap says",
} as const;

const lowered = (sentence: string): string => `${sentence.charAt(0).toLowerCase()}${sentence.slice(1)}`;

const what = ({ ingress, key, value }: Written): string => `Ingress ${ingress} sets "${key}" to ${shown(value)}`;

export const settingFindings = {
  ANNOTATION_UNKNOWN: define<Written & { readonly suggestion?: string }>({
    title: "Annotation that no release of the controller reads",
    severity: "medium",
    verdict: "exact",
    what: (args) => `${what(args)}, a key that no release of ingress-nginx reads.`,
    why: "Whatever the annotation was meant to do has never happened, and the conversion leaves it out as well.",
    remedy: ({ suggestion }) =>
      suggestion === undefined
        ? "Remove the annotation, or name the key that it stands for in a --mappings file."
        : `Rename the annotation to "${suggestion}" if that is what was meant and convert again; otherwise remove it.`,
    cite: "internal/ingress/annotations/parser/main.go",
  }),

  ANNOTATION_REMOVED: define<
    Written & {
      readonly removedIn: string;
      readonly replacement?: string;
      readonly meaning: string;
      readonly remedy: string;
    }
  >({
    title: "Annotation that the controller stopped reading",
    severity: "info",
    verdict: "exact",
    what: (args) => `${what(args)}, which ingress-nginx has not read since ${args.removedIn}.`,
    why: ({ meaning, replacement }) =>
      `What it used to do: ${lowered(meaning)} None of that happens today, so the conversion changes nothing.${
        replacement === undefined ? "" : ` Its successor is ${replacement}.`
      }`,
    remedy: ({ remedy }) => remedy,
    cite: "ingress-nginx Changelog.md",
  }),

  ANNOTATION_OF_OLDER_CONTROLLER: define<
    Written & {
      readonly removedIn: string;
      readonly release: string;
      readonly replacement?: string;
      readonly meaning: string;
    }
  >({
    title: "Annotation that the controller still reads, and newer ones do not",
    severity: "medium",
    verdict: "unsupported",
    what: (args) =>
      `${what(args)}, which ingress-nginx ${args.release} still reads and ${args.removedIn} does not; it is not converted.`,
    why: ({ meaning }) => `What it did, and still does here: ${lowered(meaning)} The output does nothing of the kind.`,
    remedy: ({ replacement, removedIn }) =>
      replacement === undefined
        ? `Do without it, as controllers since ${removedIn} do, or set up the like of it beside the Gateway.`
        : `Say the same with ${replacement}, which is converted; otherwise do without it, as controllers since ${removedIn} do.`,
    cite: "internal/ingress/annotations of the release named",
  }),

  ANNOTATION_NEWER_THAN_CONTROLLER: define<
    Written & { readonly readSince: string; readonly release: string; readonly olderName?: string }
  >({
    title: "Annotation that is newer than the controller",
    severity: "low",
    verdict: "exact",
    what: (args) =>
      `${what(args)}, which ingress-nginx reads since ${args.readSince}; ${args.release}, which is said to run, does not know it.`,
    why: "It does nothing today, so the output does nothing of it either. It would begin to act with an upgrade of the controller.",
    remedy: ({ readSince, olderName }) =>
      `${olderName === undefined ? "Remove it if it is not wanted" : `Write it as ${olderName}, which this controller reads as well, or remove it`}. To have it converted, name the later version with --controller-version ${readSince}; without any, the last one is assumed where no label says another.`,
    cite: "internal/ingress/annotations of each release from 1.0.0 on; docs/ingress-nginx.md, Older controllers",
  }),

  ANNOTATION_INVALID_FALLBACK: define<
    Written & {
      readonly reason: string;
      readonly inForce?: string;
      readonly by?: keyof typeof WHO_SAYS;
    }
  >({
    title: "Value that the controller ignores in favour of the default",
    severity: "medium",
    verdict: "exact",
    what: (args) =>
      `${what(args)}, which the controller ignores: ${args.reason}; ${
        args.inForce === undefined
          ? "it behaves as if the annotation were absent"
          : `${shown(args.inForce)} is in force${WHO_SAYS[args.by ?? "built-in"]}`
      }.`,
    why: "The output follows what the controller does, not what the value says; the intended setting has never been in force.",
    remedy: "Correct the value if the setting is wanted, and convert again; otherwise remove the annotation.",
    cite: "internal/ingress/annotations/parser/validators.go",
  }),

  ANNOTATION_VALUE_FAILS: define<Written & { readonly reason: string; readonly failure: string }>({
    title: "Value that the controller accepts and that fails where it is used",
    severity: "high",
    verdict: "partial",
    what: (args) => `${what(args)}, which the controller does not check: ${args.reason}; ${args.failure}.`,
    why: "The check looks at a part of the text, and nothing looks at it again before it is used. The output is what it would be without the annotation, which is what people take to be in force.",
    remedy: "Correct the value, or remove the annotation, and convert again.",
    cite: "internal/ingress/annotations/sessionaffinity/main.go (affinityCookieExpiresRegex); rootfs/etc/nginx/lua/balancer/sticky.lua (set_cookie)",
  }),
  MIRROR_TO_ITSELF: define<Written & { readonly reason: string }>({
    title: "Mirror without a target",
    severity: "medium",
    verdict: "partial",
    what: (args) =>
      `${what(args)}, which the controller ignores: ${args.reason}; today every request to its paths is followed by a second one for /_mirror-<uid of the Ingress> on the same host, which is no longer sent.`,
    why: "The controller leaves the directive mirror in the locations and the location that it leads to out, so that what serves that path on the host gets the copies.",
    remedy: "Correct the value if requests are meant to be copied, and convert again; otherwise remove the annotation.",
    cite: "internal/ingress/annotations/mirror/main.go, internal/ingress/controller/template/template.go (buildMirrorLocations)",
  }),

  ANNOTATION_INVALID_REJECTS: define<Written & { readonly reason: string }>({
    title: "Value that keeps the whole Ingress from being loaded",
    severity: "high",
    verdict: "unsupported",
    what: (args) => `${what(args)}, and the controller does not load the Ingress because of it: ${args.reason}.`,
    why: "No path of the Ingress is converted, because the controller serves none; a version from before the edit may still be served until its next restart.",
    remedy:
      "Correct the value or remove the annotation, and convert again; if older releases accept it, convert with --annotation-validation off.",
    cite: "internal/ingress/annotations/annotations.go (Extract)",
  }),

  ANNOTATION_INVALID_DENIES: define<Written & { readonly reason: string }>({
    title: "Value that makes every path of the Ingress answer 503",
    severity: "high",
    verdict: "exact",
    what: (args) => `${what(args)}, and the controller answers every path of the Ingress with 503: ${args.reason}.`,
    why: "The routes are written closed, as they are now. Opening them would also open what the annotation was meant to protect.",
    remedy: "Correct the value and convert again; the routes open with it.",
    cite: "internal/ingress/annotations/annotations.go (Extract)",
  }),

  ANNOTATION_INVALID_DENIES_HOST: define<Written & { readonly reason: string }>({
    title: "Value that makes whole hosts answer 403",
    severity: "high",
    verdict: "exact",
    what: (args) =>
      `${what(args)}, and the controller answers every request to the hosts of the Ingress with 403: ${args.reason}.`,
    why: "Paths of other Ingresses on the same hosts are refused as well; the routes are written closed, as they are now.",
    remedy: "Write the Secret as namespace/name and convert again.",
    cite: "internal/ingress/annotations/authtls/main.go",
  }),

  ANNOTATION_INVALID_FAILS_OPEN: define<Written & { readonly reason: string }>({
    title: "Value that switches authentication off",
    severity: "high",
    verdict: "exact",
    what: (args) =>
      `${what(args)}, and the controller drops the external authentication of the Ingress because of it: ${args.reason}.`,
    why: "The paths are open to everyone today although auth-url asks for a check; the conversion keeps that state.",
    remedy: "Correct the value and convert again, and look for requests that came in unchecked.",
    cite: "internal/ingress/annotations/authreq/main.go",
  }),

  ANNOTATION_INVALID_DROPS_GROUP: define<Written & { readonly reason: string; readonly group: string }>({
    title: "Value that makes the controller skip related annotations",
    severity: "medium",
    verdict: "exact",
    what: (args) =>
      `${what(args)}, and the controller skips all ${args.group} annotations of the Ingress because of it: ${args.reason}.`,
    why: "Correct annotations of the same group have no effect either; the output follows the controller.",
    remedy: "Correct the value or remove the annotation, and convert again.",
    cite: "internal/ingress/annotations/annotations.go (Extract)",
  }),

  ANNOTATION_STOPS_RELOAD: define<Written & { readonly problem: string }>({
    title: "Annotation with which nginx loads no new configuration",
    severity: "high",
    verdict: "equivalent",
    what: (args) => `${what(args)}, and nginx refuses the whole configuration because of it: ${args.problem}.`,
    why: "The controller tests a configuration before it is loaded and goes on with the last one that passed. While the annotation is there, no change to any host takes effect, and what is served may be older than these manifests; the output follows the manifests.",
    remedy:
      "Correct the value or remove the annotation, convert again, and compare the output with what the controller serves today.",
    cite: "internal/ingress/controller/nginx.go (OnUpdate, testTemplate)",
  }),

  ANNOTATION_PART_SKIPPED: define<Written & { readonly skipped: readonly string[] }>({
    title: "Items of a list that the controller leaves out",
    severity: "low",
    verdict: "exact",
    what: (args) => `${what(args)}, of which the controller leaves out ${args.skipped.map(shown).join(", ")}.`,
    why: "The items are malformed, so they have never been in force; the output holds the others only.",
    remedy: "Write origins as scheme://host[:port] and convert again, or remove the items.",
    cite: "internal/ingress/annotations/cors/main.go",
  }),

  ANNOTATION_SHADOWED: define<Written & { readonly by: string }>({
    title: "Annotation that loses against another spelling of it",
    severity: "low",
    verdict: "exact",
    what: (args) => `${what(args)}, but "${args.by}" on the same Ingress wins.`,
    why: "Both keys name the same setting and the controller reads one of them only.",
    remedy: "Remove the key that loses, after checking that the other holds the value that is wanted.",
    cite: "internal/ingress/annotations/parser/validators.go (checkAnnotation)",
  }),

  ANNOTATION_DROPPED: define<Written & { readonly culprit: string }>({
    title: "Annotation that is skipped together with an invalid one",
    severity: "low",
    verdict: "exact",
    what: (args) =>
      `${what(args)}, which has no effect because the value of "${args.culprit}" makes the controller skip both.`,
    why: "The controller reads the annotations of one group together and gives the group up at the first bad value.",
    remedy: ({ culprit }) => `Correct "${culprit}" and convert again.`,
    cite: "internal/ingress/annotations/annotations.go (Extract)",
  }),

  ANNOTATION_EMPTY: define<Written>({
    title: "Empty annotation",
    severity: "info",
    verdict: "exact",
    what: ({ ingress, key }) => `Ingress ${ingress} sets "${key}" to an empty value, which counts as absent.`,
    why: "An empty value is usually what a template leaves behind; the default is in force.",
    remedy: "Remove the annotation, or give it a value if one was meant.",
    cite: "internal/ingress/annotations/parser/validators.go (checkAnnotation)",
  }),

  ANNOTATION_IGNORED: define<Written & { readonly reason: string }>({
    title: "Annotation that a mapping file declares ineffective",
    severity: "info",
    verdict: "exact",
    what: (args) => `${what(args)}, which the mapping file says nothing reads: ${args.reason}.`,
    why: "The conversion takes the mapping file at its word.",
    remedy: "Remove the entry from the mapping file if the annotation does have an effect.",
  }),

  /** `instead`: what gives the annotation its effect, where that is not to add what is missing; empty where nothing does. */
  ANNOTATION_INERT: define<Written & { readonly missing: string; readonly instead?: string }>({
    title: "Annotation without the one that it depends on",
    severity: "low",
    verdict: "exact",
    what: (args) => `${what(args)}, which has no effect ${besideOrWithout(args.missing)}.`,
    why: "The controller reads the annotation and does nothing with it, so the output holds nothing of it.",
    remedy: ({ missing, instead = `add ${missing}` }) =>
      instead === ""
        ? "Remove the annotation."
        : `Remove the annotation, or ${instead} if the effect is wanted, and convert again.`,
  }),

  SETTING_OVERRIDDEN: define<Written & { readonly by: string; readonly scope: string }>({
    title: "Annotation that loses against another Ingress",
    severity: "medium",
    verdict: "exact",
    what: (args) => `${what(args)}, but Ingress ${args.by} decides this setting for ${args.scope}.`,
    why: "The setting belongs to something that several Ingresses share, and the controller takes it from one of them.",
    remedy: "Set the same value on every Ingress that shares it, or remove the annotation where it has no effect.",
    cite: "internal/ingress/controller/controller.go",
  }),

  RISK_LEVEL_EXCEEDED: define<Written & { readonly risk: string; readonly limit: string }>({
    title: "Annotation above the controller's risk level",
    severity: "high",
    verdict: "unsupported",
    what: (args) =>
      `${what(args)}, an annotation of risk ${args.risk}, and the controller's annotations-risk-level is ${args.limit}, so it does not load the Ingress.`,
    why: "No path of the Ingress is converted, because the controller serves none; a version from before the change may still be served until its next restart.",
    remedy: "Remove the annotation, or raise annotations-risk-level in the controller's ConfigMap, and convert again.",
    cite: "internal/ingress/annotations/parser/validators.go (CheckAnnotationRisk)",
  }),

  INGRESS_REJECTED: define<{ readonly ingress: string; readonly reasons: readonly string[] }>({
    title: "Ingress that the controller does not load",
    severity: "high",
    verdict: "unsupported",
    what: ({ ingress, reasons }) =>
      `Ingress ${ingress} is not loaded by the controller because of ${reasons.map((key) => `"${key}"`).join(", ")}.`,
    why: "None of its paths and annotations is in force, so none is converted.",
    remedy: "Correct the annotations named and convert again.",
    cite: "internal/ingress/annotations/annotations.go (Extract)",
  }),
};

/** What is in the way stands beside it. */
const besideOrWithout = (missing: string): string =>
  missing.startsWith("removal of ") ? missing.replace("removal of", "beside") : `without ${missing}`;
