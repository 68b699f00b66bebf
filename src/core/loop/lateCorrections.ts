import { labelHash } from '../dataset/identity.ts';
import type { TrainRow } from '../dataset/sample.ts';
import type { DecisionState } from '../review/decisionState.ts';
import { changesLabel } from '../review/foldDecisions.ts';
import { correctedSeed, type ErrorSeed } from './buckets.ts';

/**
 * Corrections by people that came too late for the set after their round: the sample is not in the current set, and no set
 * has had it with the decided label. `history` holds the sets of the rounds so far, the current one last; rows that nobody
 * decided on may be left out.
 */
export function lateCorrections(history: readonly (readonly TrainRow[])[], { inForce }: DecisionState, round: number): readonly ErrorSeed[] {
  const current = new Set(history.at(-1)?.map(({ id }) => id));
  const open = [...inForce.values()].filter((decision) => changesLabel(decision) && !current.has(decision.sampleId));
  const former = new Map(history.flat().map((row) => [`${row.id} ${row.labelHash}`, row]));
  return open.flatMap(({ sampleId, labelHash: seen, label, by, note }) => {
    const row = former.get(`${sampleId} ${seen}`);
    if (row === undefined || label === undefined || former.has(`${sampleId} ${labelHash(label)}`)) return [];
    return [correctedSeed(row, label, { by: 'person', source: by, analysis: note ?? '' }, round)];
  });
}
