import * as z from 'zod';
import { severities } from '../../core/rules/finding.ts';

const position = z.object({ line: z.number().int().min(0), character: z.number().int().min(0) });

/** `looptool/findings`: all findings of an open document, however many; diagnostics are at most 900. */
export const findingsParams = z.strictObject({ uri: z.string() });
export const findingsResult = z.object({
  findings: z.array(
    z.object({
      rule: z.string(),
      severity: z.enum(severities),
      message: z.string(),
      range: z.object({ start: position, end: position }),
      /** From 0. */
      record: z.number().int().min(0),
      /** The tool that it is about. */
      tool: z.string().optional(),
    }),
  ),
  total: z.number().int().min(0),
});
export type FindingsResult = Readonly<z.infer<typeof findingsResult>>;
