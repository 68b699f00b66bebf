import type { Decision } from '../review/decision.ts';
import type { Evidence } from '../review/measure/countedDecisions.ts';
import { meaningOf } from '../review/measure/meaning.ts';
import type { ExampleRef } from '../rounds/exampleRef.ts';
import { verdicts } from '../rounds/verdict.ts';

/**
 * Decisions that may be shown to the judge: in force, made one by one on a pair of a round, with a clear word on either side.
 * Nothing of a calibration sample is among them, whatever was decided on it outside of its queue: what a judge has been shown
 * says nothing of how good it is. Oldest first, in turns over the verdicts, so that later decisions change no choice that is
 * full already.
 */
export function exampleCandidates({ inForce, calibrations }: { readonly inForce: ReadonlyMap<string, Decision>; readonly calibrations: Evidence['calibrations'] }): readonly ExampleRef[] {
  const measured = new Set([...calibrations.values()].flatMap(({ pairs }) => pairs.map(({ sampleId }) => sampleId)));
  const usable = [...inForce.values()].flatMap((decision): (ExampleRef & { readonly at: string })[] => {
    const { id, at, sampleId, labelHash, round, calibration, predictions } = decision;
    const verdict = meaningOf(decision);
    if (verdict === 'NO_CONSENSUS' || round === undefined || predictions !== undefined || calibration !== undefined) return [];
    if (!isSingle(decision) || measured.has(sampleId)) return [];
    return [{ decision: id, sampleId, labelHash, round, verdict, at }];
  });
  usable.sort((a, b) => (a.at < b.at || (a.at === b.at && a.decision < b.decision) ? -1 : 1));
  const byVerdict = verdicts.map((wanted) => usable.filter(({ verdict }) => verdict === wanted));
  const longest = Math.max(...byVerdict.map(({ length }) => length));
  return Array.from({ length: longest }, (_, turn) => byVerdict.flatMap((of) => of.slice(turn, turn + 1)))
    .flat()
    .map(({ at: _at, ...ref }) => ref);
}

function isSingle({ way, source }: Decision): boolean {
  return (way ?? (source === undefined ? 'single' : 'file')) === 'single';
}

/** Label first in every other example: their places say nothing. */
export function labelIsFirst(position: number): boolean {
  return position % 2 === 0;
}
