import * as z from 'zod';
import { probeOutcomes } from '../../core/rounds/journalEntries.ts';
import { finalVerdicts } from '../../core/rounds/verdict.ts';

/** What is known of one sample, as far as a lens says it. */
export const sampleStatusSchema = z.object({
  /** `none`: never probed. `changed`: the label is another than the one that was probed. */
  outcome: z.enum(['none', 'changed', ...probeOutcomes]),
  ppl: z.number().optional(),
  verdict: z.enum(finalVerdicts).optional(),
  /** Of how many votes how many agree; 0 of 0 where no judge was asked. */
  votes: z.number().int().optional(),
  agreeing: z.number().int().optional(),
  by: z.enum(['judge', 'preCheck', 'person']).optional(),
  /** Absent where the sample was asked about outside of a round. */
  round: z.number().int().optional(),
  /** The newest round whose review holds the sample, where that is not `round`. */
  reviewRound: z.number().int().optional(),
});
export type SampleStatus = Readonly<z.infer<typeof sampleStatusSchema>>;

/** The one argument of every command of a lens. */
export const lensArgumentSchema = z.object({
  uri: z.string(),
  /** 0-based. */
  line: z.number().int(),
  /** 0-based; of its samples the person is asked, where there are several. */
  record: z.number().int(),
  /** One for each sample of the record; with the status lens only. */
  statuses: z.array(sampleStatusSchema).readonly().optional(),
});
export type LensArgument = Readonly<z.infer<typeof lensArgumentSchema>>;

/** Lenses of a record from left to right, behind its status, by the command that they run. */
export const lensCommands = ['looptool.probeSample', 'looptool.judgeSample', 'looptool.expandSample', 'looptool.reviewSample', 'looptool.showConversation'] as const;
export type LensCommand = (typeof lensCommands)[number];
