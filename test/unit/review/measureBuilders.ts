import type { Calibration, Decision } from '../../../src/core/review/decision.ts';
import type { Evidence } from '../../../src/core/review/measure/countedDecisions.ts';
import type { QueueItem } from '../../../src/core/review/queue/queueItem.ts';

/** Pairs, samples and decisions with everything filled in that a test does not speak of. */

export function itemOf(number: number, more: Partial<QueueItem> = {}): QueueItem {
  return {
    sampleId: `smp_${number}`,
    labelHash: 'lbl_a',
    predictionHash: 'lbl_b',
    family: 'fam',
    origin: 'seed',
    file: undefined,
    record: undefined,
    outcome: 'MISMATCH',
    ppl: undefined,
    tools: ['get_forecast'],
    kinds: ['name'],
    shape: '',
    rules: [],
    verdict: 'LABEL_WRONG',
    judge: 'j',
    promptVersion: 'p1',
    votes: 2,
    agreeing: 2,
    weight: 1,
    text: '',
    ...more,
  };
}

export function itemsOf(count: number): readonly QueueItem[] {
  return Array.from({ length: count }, (_, number) => itemOf(number));
}

/** Of LABEL_WRONG verdicts of judge `j` with prompt `p1`, in round 1. */
export function calibrationOf(size: number, more: Partial<Calibration> = {}): Calibration {
  const pairs = Array.from({ length: size }, (_, number) => ({ sampleId: `smp_${number}`, labelHash: 'lbl_a', round: 1 }));
  return { v: 1, op: 'calibrate', id: 'c1', at: '2026-01-01T00:00:00Z', by: 'ann', verdict: 'LABEL_WRONG', judge: 'j', promptVersion: 'p1', population: 500, seed: 1, pairs, ...more };
}

/** A blind decision that the prediction is right. */
export function decisionOn(calibration: Calibration, number: number, more: { readonly [K in keyof Decision]?: Decision[K] | undefined } = {}): Decision {
  const pair = calibration.pairs[number];
  if (pair === undefined) throw new Error(`pair ${number} was not drawn`);
  const decision = { v: 1, op: 'decide', id: `d${calibration.id}-${number}`, at: '2026-01-01T00:00:01Z', by: 'ann', ...pair, ruling: 'takePrediction', way: 'single', pass: 'first', calibration: calibration.id, blind: true, ...more };
  return decision as Decision; // undefined members are those that a test takes away
}

export function evidenceOf(calibrations: readonly Calibration[], standing: readonly Decision[]): Evidence {
  return { standing, calibrations: new Map(calibrations.map((one) => [one.id, one])) };
}

/** The first `hits` of all drawn pairs found right. */
export function decidedAll(calibration: Calibration, hits: number, more: Partial<Decision> = {}): readonly Decision[] {
  return calibration.pairs.map((_, number) => decisionOn(calibration, number, { ruling: number < hits ? 'takePrediction' : 'keepLabel', ...more }));
}
