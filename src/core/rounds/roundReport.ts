import * as z from 'zod';
import { flowSchema } from '../loop/flow.ts';
import { roundGateSchema } from '../review/measure/gate.ts';

const interval = z.object({ value: z.number(), low: z.number(), high: z.number() });

const counts = z.record(z.string(), z.number().int());

const toolOutcomesSchema = z.object({
  tool: z.string(),
  samples: z.number().int(),
  matched: z.number().int(),
  outcomes: counts,
  kinds: counts,
  arguments: z.array(z.object({ argument: z.string(), kinds: counts }).readonly()).readonly(),
});

/** What one gate refused; `reasons` are at most five, without what differs from sample to sample. */
export const expansionGateReportSchema = z.object({ gate: z.string(), refused: z.number().int(), reasons: z.array(z.object({ reason: z.string(), count: z.number().int() })) });

/** Accuracy on one held-out set, shares in [0, 1], Wilson 95 % intervals; `difference` is paired over samples. */
export const heldOutReportSchema = z.object({
  set: z.string(),
  samples: z.number().int(),
  before: interval.optional(),
  after: interval.optional(),
  difference: interval.optional(),
  /** Right by MATCH_UNVERIFIED in the last phase that was measured, and before the training. */
  unverified: z.number().int(),
  unverifiedBefore: z.number().int().optional(),
});

/** What a round did, made from its journals alone (and the truth file, for `rightly`). The table of `npm start` and the tree show it. */
export const roundReportSchema = z.object({
  round: z.number().int(),
  train: z.object({ rows: z.number().int(), steps: z.number().int(), reward: z.number().optional(), deadGroups: z.number().optional(), notes: z.array(z.string()) }),
  probe: z.object({
    samples: z.number().int(),
    outcomes: counts,
    pplMissing: z.number().int(),
    /** Which tokens the perplexity is over that ranks, how many samples have it, and why others have none. */
    ppl: z.object({ over: z.enum(['all', 'answer', 'call']), samples: z.number().int(), missing: counts }).optional(),
    /** What the log-probabilities are about, by samples, of replies that the server took apart. */
    covers: counts.optional(),
    /** Mismatched samples by kind of difference; a sample may have several. */
    kinds: counts.optional(),
    /** Tools by mismatches, most first; at most 20, and how many more there are. */
    tools: z.array(toolOutcomesSchema).optional(),
    moreTools: z.number().int().optional(),
    /** The determinism report: a second greedy pass. `flips` changed between match and mismatch, `changed` answered otherwise with the same outcome; `share` is that of flips. */
    again: z.object({ samples: z.number().int(), flips: z.number().int(), changed: z.number().int(), share: interval }).optional(),
    /** Sampled repeats: `flaky` are right sometimes; `deadGroups` is the forecast of training groups whose rollouts are all right or all wrong. */
    repeats: z
      .object({
        samples: z.number().int(),
        answers: z.number().int(),
        right: z.number().int(),
        temperature: z.number(),
        flaky: z.object({ samples: z.number().int(), share: interval }),
        deadGroups: z.object({ group: z.number().int(), share: interval, right: z.number(), wrong: z.number() }).optional(),
      })
      .optional(),
  }),
  verify: z.object({
    judged: z.number().int(),
    verdicts: z.record(z.string(), z.number().int()),
    replaced: z.number().int(),
    /** LABEL_WRONG verdicts that replaced nothing because of `verify.relabel` or its gate; they are for the review. */
    held: z.number().int(),
    /** NO_CONSENSUS whose label stands all the same, and samples that a third vote was asked for. */
    standing: z.number().int().optional(),
    thirdVotes: z.number().int().optional(),
    /** Judgements by who made them, and the judge's by how its votes fell: `2 of 3`. */
    by: counts.optional(),
    votes: counts.optional(),
    /** Absent in rounds of before there was a gate. */
    gate: roundGateSchema.omit({ passed: true }).optional(),
    /** Of the replaced labels, how many are right by the truth file; absent without one. */
    rightly: z.number().int().optional(),
    wrongLabelsBefore: z.number().int().optional(),
    wrongLabelsAfter: z.number().int().optional(),
  }),
  expand: z.object({
    asked: z.number().int(),
    accepted: z.number().int(),
    refused: z.record(z.string(), z.number().int()),
    /** Gates in the order in which they are passed, with the reasons that they gave most often. */
    gates: z.array(expansionGateReportSchema).optional(),
    /** By kind that was asked for, and by variation. */
    kinds: z.record(z.string(), z.object({ asked: z.number().int(), accepted: z.number().int() })).optional(),
    variations: z.record(z.string(), z.object({ asked: z.number().int(), accepted: z.number().int() })).optional(),
  }),
  compose: z.object({ size: z.number().int(), byOrigin: z.record(z.string(), z.number().int()), pplThreshold: z.number().optional(), rankedBy: z.object({ ppl: z.number().int(), passRate: z.number().int(), seed: z.number().int() }).optional(), notes: z.array(z.string()), flows: z.array(flowSchema).optional() }),
  evaluate: z.array(heldOutReportSchema),
  simulated: z.array(z.string()),
});
export type RoundReport = Readonly<z.infer<typeof roundReportSchema>>;
