import type { Calibration, Decision } from '../decision.ts';
import type { DecisionState } from '../decisionState.ts';
import { keyOf } from './calibration.ts';

/** What the figures are made from; see `DecisionState`. */
export type Evidence = Pick<DecisionState, 'standing' | 'calibrations'>;

export type CountedDecision = {
  readonly decision: Decision;
  /** The person had ruled on the pair before with the verdict in sight, and may remember it. */
  readonly seenBefore: boolean;
};

/** The decisions that count, by the pair, and how many drawn pairs have only decisions that do not. */
export type Counted = { readonly decisions: readonly CountedDecision[]; readonly uncounted: number };

/**
 * The decisions on a drawn sample that say something of the judge: of each pair the latest by the person who decided it
 * first. They are blind, made one by one in the calibration queue, and on the label that was drawn. Bulk decisions, those
 * applied to similar pairs, cherry-picked labels, the command line, saved files and second looks never count.
 */
export function countedDecisions(calibration: Calibration, { standing }: Evidence): Counted {
  const drawn = new Set(calibration.pairs.map(pairKey));
  const latest = new Map<string, CountedDecision>();
  const seen = new Set<string>();
  const others = new Set<string>();
  for (const decision of standing) {
    const key = pairKey(decision);
    if (!drawn.has(key)) continue;
    if (decision.calibration === calibration.id && counts(decision)) {
      const first = latest.get(key);
      if (first === undefined || first.decision.by === decision.by) latest.set(key, { decision, seenBefore: seen.has(`${key} ${decision.by}`) });
    } else if (decision.calibration === calibration.id) others.add(key);
    if (decision.blind !== true) seen.add(`${key} ${decision.by}`);
  }
  return { decisions: [...latest.values()], uncounted: [...others].filter((key) => !latest.has(key)).length };
}

function counts({ blind, way, source, pass }: Decision): boolean {
  return blind === true && (way ?? 'single') === 'single' && source === undefined && (pass ?? 'first') === 'first';
}

function pairKey(pair: { readonly sampleId: string; readonly labelHash: string; readonly round?: number | undefined }): string {
  return `${keyOf(pair)} ${pair.round ?? ''}`;
}

/** Samples of one class, oldest first. The figures of a class are those of the last; one that is drawn anew takes its place at once. */
export function samplesOfClass(calibrations: Iterable<Calibration>, of: Pick<Calibration, 'verdict' | 'judge' | 'promptVersion'>): readonly Calibration[] {
  return [...calibrations].filter(({ verdict, judge, promptVersion }) => verdict === of.verdict && judge === of.judge && promptVersion === of.promptVersion);
}
