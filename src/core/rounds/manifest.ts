import * as z from 'zod';
import { projectConfigSchema } from '../config/projectConfig.ts';
import { exampleRefSchema } from './exampleRef.ts';
import { roundGateSchema } from '../review/measure/gate.ts';
import { checkpointSchema } from '../training/trainerPort.ts';

export const stageNames = ['train', 'probe', 'verify', 'expand', 'compose', 'evaluate'] as const;
export const stageNameSchema = z.enum(stageNames);
export type StageName = (typeof stageNames)[number];

/** The stages that must be done before a stage can run, because it reads what they wrote. */
export const stageNeeds: Readonly<Record<StageName, readonly StageName[]>> = {
  train: [],
  probe: ['train'],
  verify: ['probe'],
  expand: ['verify'],
  compose: ['verify', 'expand'],
  evaluate: ['train'],
};

const promptingNoteSchema = z.object({ mode: z.enum(['chat', 'raw']), template: z.string().optional(), hash: z.string() });
export type PromptingNote = Readonly<z.infer<typeof promptingNoteSchema>>;

export const stageStateSchema = z.object({
  status: z.enum(['pending', 'running', 'done', 'failed', 'stopped']),
  startedAt: z.string().optional(),
  endedAt: z.string().optional(),
  /** Names and meaning per stage: docs/on-disk.md. */
  counts: z.record(z.string(), z.number()),
  /** What the reader of the round must know: a fall-back taken, a cut made, a simulated judge. */
  notes: z.array(z.string()),
  error: z.string().optional(),
});
export type StageState = z.infer<typeof stageStateSchema>;

/** `rounds/NNNN/round.json`, atomically replaced. */
export const roundManifestSchema = z.object({
  v: z.literal(1),
  round: z.number().int().min(1),
  createdAt: z.string(),
  seed: z.number().int(),
  config: projectConfigSchema,
  /** Policy that the round starts from, and the one that its training made. */
  initial: checkpointSchema.optional(),
  trained: checkpointSchema.optional(),
  models: z.object({ policy: z.string(), judge: z.string(), generator: z.string() }),
  /** How prompts were made for the models that were asked, where that is not the server's own business; the hash says of which template. */
  prompting: z.partialRecord(z.enum(['policy', 'judge', 'judge2', 'generator']), promptingNoteSchema).optional(),
  datasets: z.array(z.object({ path: z.string(), sha256: z.string(), samples: z.number().int() })),
  /** Whether verdicts may replace labels in this round; written when its verification begins, and never changed. */
  gate: roundGateSchema.optional(),
  /** Decided pairs that the judge of this round is shown; chosen when its verification begins, and never changed. */
  examples: z.array(exampleRefSchema).optional(),
  stages: z.record(stageNameSchema, stageStateSchema),
});
export type RoundManifest = z.infer<typeof roundManifestSchema>;
