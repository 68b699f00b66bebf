import * as z from 'zod';
import { rulings } from '../decision.ts';
import { finalVerdicts, verdicts } from '../../rounds/verdict.ts';

/** A share in [0, 1] with its Wilson 95 % interval: `hits` of `n`. */
export const shareSchema = z.object({ hits: z.number().int(), n: z.number().int(), value: z.number(), low: z.number(), high: z.number() });
export type Share = Readonly<z.infer<typeof shareSchema>>;

const judgeSchema = { judge: z.string(), promptVersion: z.string() };

/** Precision of one verdict class of one judge and prompt version, from one calibration sample. */
export const classPrecisionSchema = z.object({
  verdict: z.enum(verdicts),
  ...judgeSchema,
  calibration: z.string(),
  /** When it was drawn, from how many, and how many were fixed beforehand. */
  drawnAt: z.string(),
  population: z.number().int(),
  size: z.number().int(),
  /** Decided so far; `unsure` ones count as decided, and as no hit. */
  precision: shareSchema,
  /** All that was drawn is decided: until then the figures are provisional, and the gate does not look at them. */
  complete: z.boolean(),
  /** No later sample of the same class was drawn. */
  current: z.boolean(),
  /** Decisions of people who had ruled on the pair before with the verdict in sight. They count. */
  seenBefore: z.number().int(),
  /** Drawn pairs whose only decisions do not count: cherry-picked, or not blind. */
  uncounted: z.number().int(),
  /** Precision by tool and by kind of error, most frequent first; pairs of the review's source alone. */
  byTool: z.array(shareSchema.extend({ name: z.string() })).readonly(),
  byKind: z.array(shareSchema.extend({ name: z.string() })).readonly(),
  /** Further decisions until the interval is narrower than `width`; absent where it is already. */
  more: z.object({ width: z.number(), decisions: z.number().int() }).optional(),
});
export type ClassPrecision = Readonly<z.infer<typeof classPrecisionSchema>>;

/** Why the gate is as it is. `unmeasured`: no sample was drawn. `undecided`: it is not decided to its end. `small`: it has too few pairs. */
export const gateCauses = ['always', 'off', 'unmeasured', 'undecided', 'small', 'below', 'passed'] as const;

export const gateStateSchema = z.object({
  /** As in looptool.json. */
  relabel: z.enum(['gate', 'always', 'off']),
  threshold: z.number(),
  /** Smallest sample that opens it. */
  least: z.number().int(),
  ...judgeSchema,
  simulated: z.boolean(),
  /** Whether labels are replaced by this judge with this prompt. */
  open: z.boolean(),
  cause: z.enum(gateCauses),
  /** Why, in a sentence with the figures. */
  reason: z.string(),
  /** The sample that it goes by: what is decided of it, and how many were drawn. */
  sample: z.object({ calibration: z.string(), size: z.number().int(), precision: shareSchema }).optional(),
});
export type GateState = Readonly<z.infer<typeof gateStateSchema>>;

const kappaSchema = z.object({ value: z.number(), low: z.number(), high: z.number(), n: z.number().int() });

/** What people's decisions say of the judge, and of each other. */
export const measurementSchema = z.object({
  /** Verdict against ruling, counted over the blind decisions of each class's last sample; `meant` is the verdict that the ruling comes to. */
  confusion: z.array(z.object({ ...judgeSchema, verdict: z.enum(verdicts), ruling: z.enum(rulings), meant: z.enum(finalVerdicts), count: z.number().int() })).readonly(),
  /** Last samples first. */
  classes: z.array(classPrecisionSchema).readonly(),
  /** Cohen's kappa of a judge and people over the classes that were sampled, weighted to their sizes; absent below ten decisions or two classes. */
  kappas: z.array(kappaSchema.extend({ ...judgeSchema, verdicts: z.array(z.enum(verdicts)).readonly() })).readonly(),
  /** Pairs of the source whose two orders did not give the same verdict, unreadable answers included. */
  orderFlips: z.array(shareSchema.extend(judgeSchema)).readonly(),
  /** As the next round would find it. */
  gate: gateStateSchema.optional(),
  /** As the round of the source went by it. */
  roundGate: gateStateSchema.optional(),
  people: z.object({
    /** `decisions` were made one by one, `atOnce` in bulk or for similar pairs. `perHour` is the rate at the median time. */
    byReviewer: z.array(z.object({ by: z.string(), decisions: z.number().int(), atOnce: z.number().int(), medianMs: z.number().optional(), perHour: z.number().optional() })).readonly(),
    /** Pairs that a second person ruled on without seeing the verdict or the first one's ruling. */
    agreement: shareSchema.optional(),
    kappa: kappaSchema.optional(),
    /** Pairs that people disagree on and nobody has adjudicated, and those that somebody has. */
    disagreements: z.number().int(),
    adjudicated: z.number().int(),
  }),
  /** Judge and prompt versions of the source with their verdict counts: what a calibration queue can be drawn from. */
  drawable: z.array(z.object({ ...judgeSchema, simulated: z.boolean(), verdict: z.enum(verdicts), count: z.number().int() })).readonly(),
  /** Where the figures come from, and what they leave out, in sentences. */
  notes: z.array(z.string()).readonly(),
});
export type Measurement = Readonly<z.infer<typeof measurementSchema>>;
