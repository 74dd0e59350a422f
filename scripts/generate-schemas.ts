/** Writes the published JSON Schemas from the zod schemas. `--check` fails when they are not up to date. */
import * as z from "zod";
import { diffSchema } from "../src/diff/index.js";
import { baselineSchema, checkSchema, reportSchema, verifySchema } from "../src/report/index.js";
import { writeOrCheck } from "./write-or-check.js";

const schemas: Readonly<Record<string, string>> = {
  "schemas/report.schema.json": schemaText(reportSchema, "Report of ingress2gateway (report.json), schemaVersion 1"),
  "schemas/check.schema.json": schemaText(
    checkSchema,
    "Findings of ingress2gateway check --format json, schemaVersion 1",
  ),
  "schemas/diff.schema.json": schemaText(diffSchema, "What ingress2gateway diff --format json prints, schemaVersion 1"),
  "schemas/verify.schema.json": schemaText(
    verifySchema,
    "Result of ingress2gateway verify --format json, schemaVersion 1",
  ),
  "schemas/baseline.schema.json": schemaText(baselineSchema, "Baseline of ingress2gateway check, schemaVersion 1"),
};

function schemaText(schema: z.ZodType, title: string): string {
  const { $schema, ...body } = z.toJSONSchema(schema, { target: "draft-2020-12", io: "input" });
  return `${JSON.stringify({ $schema, title, ...body }, null, 2)}\n`;
}

for (const [path, text] of Object.entries(schemas)) writeOrCheck(path, text);
