import { CelScalar, celFunc, celMethod, type CelFunc } from "@bufbuild/cel";
import { strings } from "@bufbuild/cel/ext";
import ipaddr from "ipaddr.js";

const { STRING, BOOL } = CelScalar;

/**
 * The functions that Kubernetes adds to CEL and that CRDs of Gateway API and Envoy Gateway use
 * (k8s.io/apiserver/pkg/cel/library). A URL is represented by its text.
 */
export const kubernetesLibrary: readonly CelFunc[] = [
  ...strings,
  celFunc("isURL", [STRING], BOOL, (text) => isAbsolute(text)),
  celFunc("url", [STRING], STRING, (text) => {
    if (!isAbsolute(text)) throw new Error(`"${text}" is no URL`);
    return text;
  }),
  celMethod("getScheme", STRING, [], STRING, function () {
    return /^([a-z][a-z0-9+.-]*):/i.exec(this)?.[1] ?? "";
  }),
  celMethod("getHostname", STRING, [], STRING, function () {
    return new URL(this).hostname;
  }),
  celFunc("isIP", [STRING], BOOL, (text) => ipaddr.isValid(text) && !/^\d+$/.test(text)),
];

/** Go's url.ParseRequestURI: a scheme, or a path from the root. */
function isAbsolute(text: string): boolean {
  return text.startsWith("/") || URL.canParse(text);
}
