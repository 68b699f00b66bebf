import * as z from 'zod';
import { severities } from '../core/rules/finding.ts';

const fromOne = z.number().int().min(1);

/** What `looptool validate --json` says of each file, as far as the editor reads it. Places count from 1. */
export const checkedFilesSchema = z.array(
  z.object({
    path: z.string(),
    /** `unknown` where no dialect was recognised. */
    dialect: z.string(),
    /** `parquet` where the lines of findings are rows. */
    container: z.string(),
    records: z.number().int(),
    samples: z.number().int(),
    findings: z.array(
      z.object({
        rule: z.string(),
        severity: z.enum(severities),
        message: z.string(),
        record: fromOne,
        line: fromOne,
        column: fromOne,
        endLine: fromOne,
        endColumn: fromOne,
        tool: z.string().optional(),
      }),
    ),
    counts: z.record(z.string(), z.number()),
    notes: z.array(z.string()),
  }),
);
export type CheckedFiles = Readonly<z.infer<typeof checkedFilesSchema>>;

/** What `looptool show --json` says of a record. */
export const shownRecordSchema = z.object({
  path: z.string(),
  record: fromOne,
  /** Of all that the file has, where that is known once the record was found. */
  container: z.string(),
  /** The record as JSON over several lines; as it stands where it is no JSON. */
  text: z.string(),
});
export type ShownRecord = Readonly<z.infer<typeof shownRecordSchema>>;
