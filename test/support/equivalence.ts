import { convert, type ConvertOptions } from "../../src/index.js";
import { buildModel } from "../../src/ingress-nginx/index.js";
import { readSnapshot } from "../../src/input/index.js";
import { loadCatalogue } from "../../src/mappings/index.js";
import { unannounced, type Difference } from "../../src/verify/compare.js";

/**
 * Requests that the output answers differently without a finding that says so, as texts.
 *
 * @param converted what the output is made from, when it is not `sources` (to prove that the comparison notices)
 */
export async function silentChanges(
  sources: readonly { readonly name: string; readonly text: string }[],
  options: Partial<ConvertOptions> = {},
  converted = sources,
): Promise<string[]> {
  const snapshot = readSnapshot(sources);
  const result = await convert({ ...options, snapshot: readSnapshot(converted), debug: true });
  const model = buildModel(snapshot, loadCatalogue([], {}), {
    withoutClass: options.withoutClass ?? "convert",
    annotationValidation: options.annotationValidation ?? true,
    controllerFlags: new Map(Object.entries(options.controllerFlags ?? {})),
    servicePorts: new Map(Object.entries(options.servicePorts ?? {})),
    ...(options.ingressClass === undefined ? {} : { ingressClasses: options.ingressClass }),
  });
  const codes = new Set(result.findings.map((found) => found.code));
  return unannounced(
    model,
    result.resources.map(({ object }) => object),
    codes,
  ).map(describeDifference);
}

function describeDifference({ request, before, after }: Difference): string {
  const { scheme, host, path, query, headers, address } = request;
  const url = `${scheme}://${host}${path}${query === undefined ? "" : `?${query}`}`;
  return `${url} ${JSON.stringify(headers)} from ${address}\n  ingress-nginx ${JSON.stringify(before)}\n  gateway       ${JSON.stringify(after)}`;
}
