import { Chalk } from "chalk";
import { check, type CheckOptions, type CheckReport } from "../../../src/index.js";
import type { CheckView } from "../../../src/report/index.js";
import { ingress } from "../../cli/samples.js";

export const VIEW: CheckView = { chalk: new Chalk({ level: 0 }), width: 100, version: "1.2.3" };

/** An Ingress that the standard target cannot protect (blocker), with a value that the controller ignores (medium). */
export const RISKY = ingress("web", { "whitelist-source-range": "10.0.0.0/8", "proxy-read-timeout": "60s" });

/** A real report; formats are tested on what the program makes. */
export async function reportOf(
  files: Readonly<Record<string, string>>,
  options: Partial<CheckOptions> = {},
): Promise<CheckReport> {
  const sources = Object.entries(files).map(([name, text]) => ({ name, text }));
  const { report } = await check({ targets: ["standard"], ...options, sources, debug: true });
  return report;
}

/** Text with an annotation more. */
export function annotated(text: string, key: string, value: string): string {
  return text.replace("  annotations:\n", `  annotations:\n    ${key}: ${JSON.stringify(value)}\n`);
}
