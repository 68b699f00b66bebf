import { labelHash } from '../../../src/core/dataset/identity.ts';
import type { Decision, DecisionOperation } from '../../../src/core/review/decision.ts';

type Undo = Extract<DecisionOperation, { op: 'undo' }>;
type Note = Extract<DecisionOperation, { op: 'note' }>;

/** What a log of decisions comes to, worked out from its whole anew for every question: slow, and simple enough to be believed. */
export function naiveFold(log: readonly DecisionOperation[]) {
  const unique = log.filter((operation, at) => log.findIndex(({ id }) => id === operation.id) === at);
  const undos = withoutRings(unique.filter((o): o is Undo => o.op === 'undo'));
  const counts = (undo: Undo): boolean => !undos.some((other) => other.target === undo.id && counts(other));
  const takenBack = (id: string | undefined): boolean => undos.some((undo) => undo.target === id && counts(undo));
  const noteOf = (decision: Decision): string | undefined =>
    unique.findLast((o): o is Note => o.op === 'note' && o.target === decision.id && !takenBack(o.id))?.note ?? decision.note;
  const decisions = unique.filter((o): o is Decision => o.op === 'decide').map((decision) => {
    const note = noteOf(decision);
    return note === undefined ? decision : { ...decision, note };
  });
  const standing = decisions.filter(({ id, group }) => !takenBack(id) && (group === undefined || !takenBack(group)));
  const samples = [...new Set(decisions.map(({ sampleId }) => sampleId))].sort();
  const of = (sampleId: string) => standing.filter((decision) => decision.sampleId === sampleId);
  return {
    standing,
    byPair: samples.map((sampleId) => [sampleId, inForce(of(sampleId))] as const).filter(([, decision]) => decision !== undefined),
    conflicts: samples.filter((sampleId) => isConflict(of(sampleId))),
    calibrations: unique.filter(({ op }) => op === 'calibrate').map(({ id }) => id),
    undoTargetOf: (by: string) => {
      const last = standing.findLast((decision) => decision.by === by);
      if (last === undefined) return undefined;
      return last.group === undefined ? { target: last.id, decisions: [last] } : { target: last.group, decisions: standing.filter(({ group }) => group === last.group) };
    },
    redoTargetOf: (by: string) => {
      const since = unique.slice(unique.findLastIndex((o) => o.op === 'decide' && o.by === by) + 1);
      const named = ({ target }: Undo) => decisions.filter(({ id, group }) => id === target || group === target);
      const undo = since.findLast((o): o is Undo => o.op === 'undo' && o.by === by && undos.includes(o) && counts(o) && named(o).length > 0);
      return undo && { target: undo.id, decisions: named(undo) };
    },
  };
}

function withoutRings(undos: readonly Undo[]): readonly Undo[] {
  const kept: Undo[] = [];
  for (const undo of undos) {
    let end: string | undefined = undo.target;
    while (end !== undefined && end !== undo.id) end = kept.find(({ id }) => id === end)?.target;
    if (end === undefined) kept.push(undo);
  }
  return kept;
}

function samePair(a: Decision, b: Decision): boolean {
  return a.labelHash === b.labelHash && a.round === b.round && a.predictions === b.predictions;
}

function inForce(standing: readonly Decision[]): Decision | undefined {
  const looks = standing.filter(({ pass }) => pass !== 'second');
  const last = looks.at(-1);
  return looks.findLast((one) => last !== undefined && one.pass === 'adjudication' && samePair(one, last)) ?? last;
}

function isConflict(standing: readonly Decision[]): boolean {
  return [...new Set(standing.map(({ labelHash: seen }) => seen))].some((seen) => {
    const here = standing.filter((decision) => decision.labelHash === seen);
    const open = here.slice(Math.max(0, here.findLastIndex(({ pass }) => pass === 'adjudication')));
    const latest = [...new Set(open.map(({ by }) => by))].map((by) => open.findLast((decision) => decision.by === by));
    return new Set(latest.map((decision) => `${decision?.ruling} ${decision?.label === undefined ? '' : labelHash(decision.label)}`)).size > 1;
  });
}
