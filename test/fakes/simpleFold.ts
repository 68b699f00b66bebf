import type { Calibration, Decision, DecisionOperation } from '../../src/core/review/decision.ts';
import type { DecisionState } from '../../src/core/review/decisionState.ts';

/** The state of a decisions log, worked out anew from all operations in the plainest way: what the quick fold has to agree with. */
export function simpleFold(given: readonly DecisionOperation[]): DecisionState {
  const operations = given.filter((o, i) => given.findIndex(({ id }) => id === o.id) === i);
  const undone = new Set<string>();
  for (const o of [...operations].reverse()) if (o.op === 'undo' && !undone.has(o.id)) undone.add(o.target);
  const decisions = operations.filter((o): o is Decision => o.op === 'decide');
  const notes = operations.filter((o) => o.op === 'note' && !undone.has(o.id));
  const shown = (d: Decision): Decision => {
    const note = notes.findLast((n) => n.op === 'note' && n.target === d.id);
    return note?.op === 'note' ? { ...d, note: note.note } : d;
  };
  const standing = decisions.filter((d) => !undone.has(d.id) && (d.group === undefined || !undone.has(d.group))).map(shown);
  const named = (id: string): readonly Decision[] => decisions.filter((d) => d.id === id || d.group === id).map(shown);
  const inForce = new Map<string, Decision>();
  for (const d of standing) if (d.pass !== 'second' && (d.pass === 'adjudication' || inForce.get(d.sampleId)?.pass !== 'adjudication')) inForce.set(d.sampleId, d);
  return {
    inForce,
    standing,
    standingOf: (sampleId) => standing.filter((d) => d.sampleId === sampleId),
    undoTarget: standing.at(-1),
    undoTargetOf: (by) => {
      const last = standing.findLast((d) => d.by === by);
      if (last === undefined) return undefined;
      return last.group === undefined ? { target: last.id, decisions: [last] } : { target: last.group, decisions: standing.filter((d) => d.group === last.group) };
    },
    redoTargetOf: (by) => {
      const since = operations.findLastIndex((o) => o.op === 'decide' && o.by === by);
      const undo = operations.findLast((o, i) => i > since && o.op === 'undo' && o.by === by && !undone.has(o.id) && named(o.target).length > 0);
      return undo?.op === 'undo' ? { target: undo.id, decisions: named(undo.target) } : undefined;
    },
    conflicts: new Set([...new Set(standing.map((d) => d.sampleId))].filter((id) => isConflict(standing.filter((d) => d.sampleId === id)))),
    calibrations: new Map(operations.filter((o): o is Calibration => o.op === 'calibrate').map((o) => [o.id, o])),
  };
}

function isConflict(standing: readonly Decision[]): boolean {
  return [...new Set(standing.map((d) => d.labelHash))].some((seen) => {
    const on = standing.filter((d) => d.labelHash === seen);
    const since = on.slice(Math.max(0, on.findLastIndex((d) => d.pass === 'adjudication')));
    const latest = new Map(since.map((d) => [d.by, JSON.stringify([d.ruling, d.label])]));
    return new Set(latest.values()).size > 1;
  });
}
