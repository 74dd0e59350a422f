import { SEVERITIES, type Severity } from "../../../findings/index.js";
import { escape } from "./markup.js";

export type Risk = Severity | "exact";
export const RISKS: readonly Risk[] = [...SEVERITIES, "exact"];

/** One bar: a label, and a number for each part, in the order of {@link RISKS}. */
export type Bar = { readonly label: string; readonly parts: Readonly<Record<Risk, number>> };

/**
 * Horizontal bars, each cut into parts by risk, as a table: the numbers are there for everybody, the bars for those who see them.
 *
 * @param title caption of the table
 */
export function barTable(title: string, bars: readonly Bar[]): string {
  const most = Math.max(1, ...bars.map(total));
  const rows = bars.map((bar) => {
    const parts = RISKS.filter((risk) => bar.parts[risk] > 0);
    const spans = parts.map((risk) => {
      const width = (bar.parts[risk] / most) * 100;
      return `<span class="part ${risk}" style="width:${width.toFixed(2)}%" title="${bar.parts[risk]} ${risk}"></span>`;
    });
    const words = parts.map((risk) => `${bar.parts[risk]} ${risk}`).join(", ");
    return (
      `<tr><th scope="row">${escape(bar.label)}</th><td class="number">${total(bar)}</td>` +
      `<td class="bar"><div aria-hidden="true">${spans.join("")}</div><span class="words">${words}</span></td></tr>`
    );
  });
  return `<table class="bars"><caption>${escape(title)}</caption><tbody>${rows.join("")}</tbody></table>`;
}

const total = ({ parts }: Bar): number => RISKS.reduce((sum, risk) => sum + parts[risk], 0);

/** A bar with nothing in it. */
export const empty = (): Record<Risk, number> => ({ blocker: 0, high: 0, medium: 0, low: 0, info: 0, exact: 0 });

/** Counts things by label and risk; the longest bars first, at most `most` of them, the rest together. */
export function barsOf<T>(
  list: readonly T[],
  read: (value: T) => readonly [label: string, risk: Risk],
  most: number,
): readonly Bar[] {
  const byLabel = new Map<string, Record<Risk, number>>();
  for (const value of list) {
    const [label, risk] = read(value);
    const parts = byLabel.get(label) ?? empty();
    parts[risk] += 1;
    byLabel.set(label, parts);
  }
  const bars = [...byLabel].map(([label, parts]): Bar => ({ label, parts }));
  bars.sort((a, b) => weight(b) - weight(a) || total(b) - total(a) || (a.label < b.label ? -1 : 1));
  const rest = bars.slice(most);
  if (rest.length === 0) return bars;
  const others = empty();
  for (const { parts } of rest) for (const risk of RISKS) others[risk] += parts[risk];
  return [...bars.slice(0, most), { label: `${rest.length} others`, parts: others }];
}

/** What somebody has to think about counts more than what is merely there. */
function weight({ parts }: Bar): number {
  return parts.blocker * 100 + parts.high * 10 + parts.medium * 3 + parts.low;
}
