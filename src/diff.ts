import { resultOf, stagesOf, type Staged } from "./convert.js";
import { compareFiles, compareObjects, type FileChange, type LiveComparison } from "./diff/index.js";
import type { Finding, TargetName } from "./findings/index.js";
import type { Unread } from "./kubernetes/index.js";
import { checkOptions, type ConvertOptions } from "./options.js";
import { routeTable, type RouteRow } from "./verify/index.js";

export type DiffOptions = ConvertOptions & {
  /** Text by path of the files in the output folder that a run wrote, or that stand where this one (`paths`) would write. Gives `files`. */
  readonly current?: (paths: readonly string[]) => ReadonlyMap<string, string>;
  /** Objects exported from the cluster. Gives `live`. */
  readonly live?: readonly unknown[];
  /** Gives `routes`. Default false. */
  readonly routes?: boolean;
};

export type DiffResult = {
  readonly target: TargetName;
  /** What a conversion would add, change and remove; with `current`. */
  readonly files?: readonly FileChange[];
  /** What applying the output would create and change; with `live`. */
  readonly live?: LiveComparison;
  /** What happens on each host and path today and afterwards; with `routes`. */
  readonly routes?: readonly RouteRow[];
  readonly findings: readonly Finding[];
  readonly unread: readonly Unread[];
};

/**
 * The dry run of a conversion: what it would change in files, in a cluster, and for requests. Reads and writes no files.
 *
 * @returns the comparisons that were asked for
 * @throws UsageError when the options are wrong
 * @example
 * const { routes } = await diff({ sources: [{ name: "shop.yaml", text }], routes: true });
 * routes?.filter((row) => row.cells.answer.changed);
 */
export async function diff(options: DiffOptions): Promise<DiffResult> {
  return Promise.resolve(diffNow(options));
}

function diffNow({ current, live, routes = false, ...given }: DiffOptions): DiffResult {
  const options = checkOptions(given);
  const staged = stagesOf(options);
  const result = resultOf(staged, options);
  return {
    target: result.target,
    ...(current === undefined ? {} : { files: compareFiles(current([...result.files.keys()]), result.files) }),
    ...(live === undefined
      ? {}
      : {
          live: compareObjects(
            live,
            result.resources.map(({ object }) => object),
          ),
        }),
    ...(routes ? { routes: routesOf(staged, options) } : {}),
    findings: result.findings,
    unread: result.unread,
  };
}

function routesOf(
  { target, planned, translated: { resources, findings } }: Staged,
  { defaultCertificate }: ConvertOptions,
): readonly RouteRow[] {
  return routeTable({
    model: planned.model,
    resources,
    // As the stages gave them: what is suppressed still says what changes.
    findings: [...planned.findings, ...findings],
    target,
    ...(defaultCertificate === undefined
      ? {}
      : { defaultCertificate: `${defaultCertificate.namespace}/${defaultCertificate.name}` }),
  });
}
