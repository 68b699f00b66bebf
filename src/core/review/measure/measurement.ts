import * as z from 'zod';
import { rulings } from '../decision.ts';
import { finalVerdicts, verdicts } from '../../rounds/verdict.ts';

/** A share in [0, 1] with its Wilson 95 % interval: `hits` of `n`. */
export const shareSchema = z.object({ hits: z.number().int(), n: z.number().int(), value: z.number(), low: z.number(), high: z.number() });
export type Share = Readonly<z.infer<typeof shareSchema>>;

/** Precision of one verdict class of one judge, from calibration queues alone. */
export const classPrecisionSchema = z.object({
  verdict: z.enum(verdicts),
  judge: z.string(),
  promptVersion: z.string(),
  calibration: z.string(),
  /** When it was drawn, from how many, and how many were fixed beforehand. */
  drawnAt: z.string(),
  population: z.number().int(),
  size: z.number().int(),
  /** Decided so far; `unsure` ones count as decided, and as no hit. */
  precision: shareSchema,
  /** Precision by tool and by kind of error, most frequent first. */
  byTool: z.array(shareSchema.extend({ name: z.string() })).readonly(),
  byKind: z.array(shareSchema.extend({ name: z.string() })).readonly(),
  /** Further decisions until the interval is narrower than `width`; absent where it is already. */
  more: z.object({ width: z.number(), decisions: z.number().int() }).optional(),
});
export type ClassPrecision = Readonly<z.infer<typeof classPrecisionSchema>>;

export const gateStateSchema = z.object({
  /** As in looptool.json. */
  relabel: z.enum(['gate', 'always', 'off']),
  threshold: z.number(),
  /** Whether labels are replaced by this judge with this prompt now. */
  open: z.boolean(),
  /** Why, in a sentence with the figures. */
  reason: z.string(),
});
export type GateState = Readonly<z.infer<typeof gateStateSchema>>;

/** What people's decisions say of the judge, and of each other. */
export const measurementSchema = z.object({
  /** Verdict against ruling, counted over blind calibration decisions; the ruling is what the person said. */
  confusion: z.array(z.object({ verdict: z.enum(finalVerdicts), ruling: z.enum(rulings), count: z.number().int() })).readonly(),
  classes: z.array(classPrecisionSchema).readonly(),
  /** Cohen's kappa of judge and person over the same decisions; absent below ten. */
  kappa: z.object({ value: z.number(), low: z.number(), high: z.number(), n: z.number().int() }).optional(),
  /** Pairs whose two orders gave different verdicts. */
  orderFlips: shareSchema.optional(),
  gate: gateStateSchema.optional(),
  people: z.object({
    byReviewer: z.array(z.object({ by: z.string(), decisions: z.number().int(), medianMs: z.number().optional(), perHour: z.number().optional() })).readonly(),
    /** Pairs that two people ruled on without seeing each other's ruling. */
    agreement: shareSchema.optional(),
    kappa: z.object({ value: z.number(), low: z.number(), high: z.number(), n: z.number().int() }).optional(),
    disagreements: z.number().int(),
  }),
  /** Judge and prompt versions of the source with their verdict counts: what a calibration queue can be drawn from. */
  drawable: z.array(z.object({ judge: z.string(), promptVersion: z.string(), simulated: z.boolean(), verdict: z.enum(verdicts), count: z.number().int() })).readonly(),
  /** Where the figures come from, and what they leave out, in sentences. */
  notes: z.array(z.string()).readonly(),
});
export type Measurement = Readonly<z.infer<typeof measurementSchema>>;
