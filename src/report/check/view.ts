import type { TextView } from "../terminal-text.js";
import type { CheckReport } from "./schema.js";

/** What a renderer of the check report is told besides the report. Those for files need no colours. */
export type CheckView = TextView & {
  /** Version of ingress2gateway, for formats that name the tool. */
  readonly version: string;
};

/** Pure: text only. The exit code is decided elsewhere. */
export type CheckRenderer = (report: CheckReport, view: CheckView) => string;
