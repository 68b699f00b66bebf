import type { FinalVerdict } from '../../rounds/verdict.ts';
import type { Decision } from '../decision.ts';
import type { DecisionState } from '../decisionState.ts';
import { keyOf } from './calibration.ts';
import { cohensKappa } from './kappa.ts';
import { meaningOf } from './meaning.ts';
import type { Measurement } from './measurement.ts';
import { shareOf } from './precision.ts';

type People = Measurement['people'];

/** What each person decided and how fast, and how far two agree. */
export function peopleFigures({ standing, conflicts }: Pick<DecisionState, 'standing' | 'conflicts'>): People {
  const pairs = secondLooks(standing);
  const kappa = cohensKappa(pairs);
  return {
    byReviewer: byReviewer(standing),
    ...(pairs.length === 0 ? {} : { agreement: shareOf(pairs.filter(([first, second]) => first === second).length, pairs.length) }),
    ...(kappa === undefined ? {} : { kappa }),
    disagreements: conflicts.size,
    adjudicated: new Set(standing.filter(({ pass }) => pass === 'adjudication').map(keyOf)).size,
  };
}

/** Labels that were saved in a file, and those that were taken back, are no reviewing. */
function byReviewer(standing: readonly Decision[]): People['byReviewer'] {
  const people = new Map<string, { decisions: number; atOnce: number; readonly times: number[] }>();
  for (const decision of standing) {
    const way = wayOf(decision);
    if (way === 'file' || way === 'revert') continue;
    const person = people.get(decision.by) ?? { decisions: 0, atOnce: 0, times: [] };
    people.set(decision.by, person);
    if (way === 'bulk' || way === 'similar') {
      person.atOnce += 1;
      continue;
    }
    person.decisions += 1;
    if (way !== 'command' && decision.elapsedMs !== undefined) person.times.push(decision.elapsedMs);
  }
  return [...people]
    .map(([by, { decisions, atOnce, times }]) => {
      const medianMs = median(times);
      return { by, decisions, atOnce, ...(medianMs === undefined ? {} : { medianMs, ...(medianMs > 0 ? { perHour: 3_600_000 / medianMs } : {}) }) };
    })
    .sort((a, b) => b.decisions - a.decisions || (a.by < b.by ? -1 : 1));
}

/**
 * What two people say of the same pair: the latest single decision of a first pass, and the latest second look of somebody
 * else that was made blind. Three second looks on one pair are one, that of the person who looked last.
 */
function secondLooks(standing: readonly Decision[]): readonly (readonly [FinalVerdict, FinalVerdict])[] {
  const [first, second] = [new Map<string, Decision>(), new Map<string, Decision>()];
  for (const decision of standing) {
    const key = `${keyOf(decision)} ${decision.round ?? ''} ${decision.predictions ?? ''}`;
    const way = wayOf(decision);
    if (way !== 'single' && way !== 'cherryPick') continue;
    if ((decision.pass ?? 'first') === 'first') first.set(key, decision);
    else if (decision.pass === 'second' && decision.blind === true) second.set(key, decision);
  }
  return [...second].flatMap(([key, looked]) => {
    const decided = first.get(key);
    return decided === undefined || decided.by === looked.by ? [] : [[meaningOf(decided), meaningOf(looked)] as const];
  });
}

function wayOf({ way, source }: Decision): NonNullable<Decision['way']> {
  return way ?? (source === undefined ? 'single' : 'file');
}

function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low, high] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}
