import * as z from 'zod';
import { occurrenceSchema, sampleSchema } from '../core/dataset/sample.ts';
import { promptPreviewSchema } from './promptPreview.ts';
import { expansionGates, judgementSchema, probeEntrySchema } from '../core/rounds/journalEntries.ts';

export const sampleActionKinds = ['probe', 'judge', 'expand', 'prompt'] as const;
export type SampleActionKind = (typeof sampleActionKinds)[number];

/** What the runner reads for one sample, one JSON line on standard input: like a job's, but with no file under `.looptool/jobs`. */
export const sampleRequestSchema = z.object({
  kind: z.literal('sample'),
  project: z.string(),
  action: z.enum(sampleActionKinds),
  sample: z.discriminatedUnion('by', [
    z.object({
      by: z.literal('place'),
      /** Path of the dataset; with `text` it says only how the text is read. */
      file: z.string(),
      /** 0-based, as in occurrences. */
      record: z.number().int().min(0),
      step: z.number().int().min(0).optional(),
      /** The file's text where it is not what is on the disk. */
      text: z.string().optional(),
    }),
    /** A pair of a review: it is asked about again, outside of any round, whatever the journals hold. */
    z.object({ by: z.literal('pair'), sample: sampleSchema, occurrence: occurrenceSchema.optional(), probe: probeEntrySchema }),
  ]),
  /** API keys by endpoint origin. Never on the command line or on disk. */
  keys: z.record(z.string(), z.string()),
});
export type SampleRequest = Readonly<z.infer<typeof sampleRequestSchema>>;

/** What became of one expansion of a sample, see core/loop/expansions.ts. */
export const expansionResultSchema = z.object({
  seedId: z.string(),
  k: z.number().int(),
  variation: z.string(),
  kind: z.string().optional(),
  status: z.enum(['accepted', 'refused', 'open']),
  gate: z.enum(expansionGates).optional(),
  reason: z.string(),
  sample: sampleSchema.optional(),
});

/** Data of the event `result` of a sample action. */
export const sampleActionResultSchema = z.object({
  action: z.enum(sampleActionKinds),
  sampleId: z.string(),
  labelHash: z.string(),
  /** Absent where the sample was given as such. */
  occurrence: occurrenceSchema.optional(),
  /** The round whose journal has it; absent where the scratch journals have. */
  round: z.number().int().optional(),
  /** Nothing was asked: the round's journal had the answer. */
  known: z.boolean(),
  probe: probeEntrySchema.optional(),
  /** Absent where nothing is judged: an answer that matches. */
  judgement: judgementSchema.optional(),
  expansions: z.array(expansionResultSchema).readonly().optional(),
  prompt: promptPreviewSchema.optional(),
});
export type SampleActionResult = Readonly<z.infer<typeof sampleActionResultSchema>>;
