import * as z from 'zod';
import { labelSchema } from '../dataset/sample.ts';
import { finalVerdicts, verdicts } from '../rounds/verdict.ts';

/** What a person may say of a label and a prediction with one key. */
export const reviewRulings = ['keepLabel', 'takePrediction', 'bothCorrect', 'bothWrong', 'drop', 'unsure'] as const;
export type ReviewRuling = (typeof reviewRulings)[number];
/** `edit`: the person gave another label than either side, in the review or in the dataset's file. */
export const rulings = [...reviewRulings, 'edit'] as const;
export type Ruling = (typeof rulings)[number];

/**
 * How a decision came about. `single`: one key, one sample, both sides looked at. `cherryPick`: single arguments of the
 * prediction were taken. `bulk`: many samples at once by a filter. `similar`: applied to others with the same difference.
 * `command`: from the command line. `file`: a label saved in a dataset's file. `revert`: takes an applied label back.
 */
export const decisionWays = ['single', 'cherryPick', 'bulk', 'similar', 'command', 'file', 'revert'] as const;
export type DecisionWay = (typeof decisionWays)[number];

/** `second`: a blind second look; never in force before its adjudication. `adjudication` settles two that disagree, and outranks both. */
export const decisionPasses = ['first', 'second', 'adjudication'] as const;
export type DecisionPass = (typeof decisionPasses)[number];

/** What the judge had said of the pair at the time of a decision. */
const judgedSchema = z.object({
  verdict: z.enum(finalVerdicts),
  /** Model, or the reason of a pre-check. */
  judge: z.string(),
  promptVersion: z.string(),
  votes: z.number().int(),
  agreeing: z.number().int(),
});

const stamp = { v: z.literal(1), id: z.string(), at: z.string(), by: z.string() };

/**
 * One line of `.looptool/decisions.jsonl`: append-only operations, the state is their fold.
 * `undo` takes back the operation with that id, or all decisions of the group with that id; an undone `undo` is a redo.
 * `note` replaces the note of a decision. `calibrate` draws a calibration queue, once and for all.
 */
export const decisionOperationSchema = z.discriminatedUnion('op', [
  z.object({
    ...stamp,
    op: z.literal('decide'),
    sampleId: z.string(),
    /** Label that the person saw: a decision never applies to another one. */
    labelHash: z.string(),
    round: z.number().int().optional(),
    /** File of predictions (relative to the project's folder, with `/`) that the pair comes from, where it is none of a round. */
    predictions: z.string().optional(),
    /** Label hash of the prediction that the person saw; absent where it is no complete answer. */
    predictionHash: z.string().optional(),
    ruling: z.enum(rulings),
    /** The label that the ruling leads to: the prediction for takePrediction, an alternative for bothCorrect, what was written for edit. */
    label: labelSchema.optional(),
    /** The label that stood there before, with the hash `labelHash`; always there where the ruling gives another label. */
    replaced: labelSchema.optional(),
    /** Of labels that were saved in a file, where they come from: `rule:<id>` for a fix of a rule, `rules` for several, `prediction`, `both` for one that took the prediction in as an alternative, `review`, or `edit` for anything else. */
    source: z.string().optional(),
    note: z.string().optional(),
    elapsedMs: z.number().optional(),
    /** Absent in old lines: `single`, or `file` where `source` is set. */
    way: z.enum(decisionWays).optional(),
    /** Decisions that were made at once; one undo takes all of them back. */
    group: z.string().optional(),
    pass: z.enum(decisionPasses).optional(),
    /** The `calibrate` operation that the sample was drawn by. */
    calibration: z.string().optional(),
    /** The verdict was not shown before the decision. */
    blind: z.boolean().optional(),
    judged: judgedSchema.optional(),
    /** The label breaks its tool's schema, and the person said to store it all the same. */
    confirmed: z.boolean().optional(),
  }),
  z.object({ ...stamp, op: z.literal('undo'), target: z.string() }),
  z.object({ ...stamp, op: z.literal('note'), target: z.string(), note: z.string() }),
  z.object({
    ...stamp,
    op: z.literal('calibrate'),
    verdict: z.enum(verdicts),
    judge: z.string(),
    promptVersion: z.string(),
    /** How many pairs of this class there were to draw from, and how many were drawn: a simple random sample. */
    population: z.number().int(),
    seed: z.number().int(),
    pairs: z.array(z.object({ sampleId: z.string(), labelHash: z.string(), round: z.number().int().optional() })).readonly(),
  }),
]);
export type DecisionOperation = Readonly<z.infer<typeof decisionOperationSchema>>;
export type Decision = Extract<DecisionOperation, { op: 'decide' }>;
export type Calibration = Extract<DecisionOperation, { op: 'calibrate' }>;
