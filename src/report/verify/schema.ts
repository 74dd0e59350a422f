import * as z from "zod";
import { TARGETS } from "../../findings/index.js";
import { count, example, severity, unread, verification, type DeepReadonly } from "../schema.js";

const named = z.object({
  code: z.string().describe("Finding code."),
  title: z.string(),
  severity: severity,
  requests: count.describe("Requests with a difference that findings of this code announce."),
  example,
});

const difference = z.object({
  aspect: z.string().describe("outcome, status, location, backends, path, host, authentication, request-header …"),
  name: z.exactOptional(z.string().describe("Header, lower case.")),
  before: z.string(),
  after: z.string(),
});

/** `verify --format json`. Fields are only ever added while `schemaVersion` stays the same. */
export const verifySchema = z.object({
  schemaVersion: z.literal("1"),
  target: z.enum(TARGETS),
  summary: z.object({
    ingresses: count,
    hosts: count,
    ...verification.shape,
    probesPerHost: z.int().min(1),
    seed: z.int().min(0),
  }),
  named: z.array(named).describe("Codes that announce differences of single requests, by severity and code."),
  standing: z.array(named).describe("Codes of hidden defaults that change headers or limits of every request."),
  unnamed: z
    .array(z.object({ request: example, differences: z.array(difference) }))
    .describe("The first of them; summary.unnamed counts all."),
  unread: z.array(unread),
});

export type VerifyReport = DeepReadonly<z.infer<typeof verifySchema>>;
