import * as z from 'zod';
import { severities } from '../../core/rules/finding.ts';

/**
 * All findings of an open document, of any length, page by page: for a view that groups and filters them. Groups count what
 * the filters other than `rule` and `tool` leave, so that a view can offer the others.
 */
export const findingsMethod = 'looptool/findings';

export const findingsParamsSchema = z.object({
  uri: z.string(),
  rule: z.string().optional(),
  severity: z.enum(severities).optional(),
  /** Name of the tool whose call or definition the finding is about. */
  tool: z.string().optional(),
  /** Findings whose message holds this, in any case. */
  text: z.string().optional(),
  /** Of the page, among those that the filters leave. */
  offset: z.number().int().min(0).default(0),
  limit: z.number().int().min(0).max(10_000).default(500),
});
export type FindingsParams = z.input<typeof findingsParamsSchema>;

const positionSchema = z.object({ line: z.number().int(), character: z.number().int() });

export const listedFindingSchema = z.object({
  rule: z.string(),
  severity: z.enum(severities),
  message: z.string(),
  range: z.object({ start: positionSchema, end: positionSchema }),
  /** From 0. */
  record: z.number().int(),
  tool: z.string().optional(),
  sampleId: z.string().optional(),
});
export type ListedFinding = Readonly<z.infer<typeof listedFindingSchema>>;

export const findingGroupSchema = z.object({ rule: z.string(), severity: z.enum(severities), tool: z.string().optional(), count: z.number().int() });
export type FindingGroup = Readonly<z.infer<typeof findingGroupSchema>>;

export const findingsResultSchema = z.object({
  /** Of the document that the ranges belong to; `null` for documents that are not open. */
  version: z.number().int().nullable(),
  /** Whether everything is checked; else more may come. */
  complete: z.boolean(),
  /** Findings that the filters leave. */
  total: z.number().int(),
  groups: z.array(findingGroupSchema).readonly(),
  findings: z.array(listedFindingSchema).readonly(),
});
export type FindingsResult = Readonly<z.infer<typeof findingsResultSchema>>;
