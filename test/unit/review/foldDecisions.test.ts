import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Decision, DecisionOperation } from '../../../src/core/review/decision.ts';
import type { DecisionState } from '../../../src/core/review/decisionState.ts';
import { DecisionFold, foldDecisions } from '../../../src/core/review/foldDecisions.ts';
import { naiveFold } from './naiveFold.ts';

const stamp = { v: 1, at: '2026-01-01T00:00:00Z', by: 'ann' } as const;
const decide = (id: string, more: Partial<Decision> = {}): Decision => ({ ...stamp, op: 'decide', id, sampleId: 'smp_1', labelHash: 'lbl_1', ruling: 'keepLabel', ...more });
const undo = (id: string, target: string, by = 'ann'): DecisionOperation => ({ ...stamp, op: 'undo', id, by, target });
const note = (id: string, target: string, text: string): DecisionOperation => ({ ...stamp, op: 'note', id, target, note: text });
const calibrate = (id: string): DecisionOperation => ({ ...stamp, op: 'calibrate', id, verdict: 'LABEL_WRONG', judge: 'j', promptVersion: '1', population: 3, seed: 1, pairs: [{ sampleId: 'smp_1', labelHash: 'lbl_1' }] });
const city = (name: string): NonNullable<Decision['label']> => ({ kind: 'calls', calls: [{ name: 'get_weather', arguments: { city: name } }] });
const inForce = (...operations: readonly DecisionOperation[]) => foldDecisions(operations).inForce.get('smp_1')?.id;
const isConflict = (...operations: readonly DecisionOperation[]) => foldDecisions(operations).conflicts.has('smp_1');

describe('the fold of the decisions log', () => {
  it('puts the latest standing decision of a sample in force and keeps the earlier one', () => {
    const state = foldDecisions([decide('1'), decide('2', { by: 'bob' })]);
    expect(state.inForce.get('smp_1')?.id).toBe('2');
    expect(state.standing.map((d) => d.by)).toEqual(['ann', 'bob']);
    expect(state.standingOf('smp_1')).toEqual(state.standing);
    expect(state.standingOf('constructor')).toEqual([]);
  });

  it('brings the earlier decision back when the later one is undone, and the later one when that is', () => {
    expect(inForce(decide('1'), decide('2'), undo('3', '2'))).toBe('1');
    expect(inForce(decide('1'), decide('2'), undo('3', '2'), undo('4', '3'))).toBe('2');
    expect(inForce(decide('1'), decide('2'), undo('3', '2'), undo('4', '3'), undo('5', '4'))).toBe('1');
    expect(inForce(decide('1'), undo('2', '1'), undo('3', '1'), undo('4', '2'))).toBe(undefined);
  });

  it('counts a line that was written twice once', () => {
    expect(foldDecisions([decide('1'), decide('1')]).standing).toHaveLength(1);
    expect(inForce(decide('1'), undo('2', '1'), undo('2', '1'), undo('3', '2'))).toBe('1');
  });

  it('takes back what comes later in a merged file', () => {
    const merged = [undo('3', '2'), undo('2', '1'), note('n', '4', 'late'), decide('1'), decide('4', { sampleId: 'smp_2' }), undo('5', '4')];
    const state = foldDecisions(merged);
    expect([...state.inForce.keys()]).toEqual(['smp_1']);
    expect(foldDecisions([...merged, undo('6', '5')]).inForce.get('smp_2')?.note).toBe('late');
  });

  it('goes through rings of undos: the one that closes the ring counts for nothing', () => {
    expect(inForce(decide('1'), undo('2', '2'), undo('3', '4'), undo('4', '5'), undo('5', '3'))).toBe('1');
    expect(inForce(decide('1'), undo('2', '3'), undo('3', '2'), undo('4', '1'), undo('5', '4'))).toBe('1');
  });

  it('goes through a chain of 30,000 undos in a log that grows, and in one that is turned round', () => {
    const chain = [decide('0'), ...Array.from({ length: 30_000 }, (_, i) => undo(`${i + 1}`, `${i}`))];
    expect(inForce(...chain.slice(0, 2))).toBe(undefined);
    expect(foldDecisions(chain).inForce.size).toBe(1);
    expect(foldDecisions([...chain].reverse()).inForce.size).toBe(1);
  });

  it('takes a group back at once, but not what was taken back of it alone', () => {
    const bulk = ['a', 'b', 'c'].map((sampleId) => decide(sampleId, { sampleId, group: 'g' }));
    const log = [...bulk, undo('1', 'b'), undo('2', 'g')];
    expect([...foldDecisions(log).inForce.keys()]).toEqual([]);
    expect([...foldDecisions([...log, undo('3', '2')]).inForce.keys()]).toEqual(['a', 'c']);
    expect(foldDecisions(bulk).undoTargetOf('ann')).toEqual({ target: 'g', decisions: bulk });
    expect(foldDecisions(log).redoTargetOf('ann')).toEqual({ target: '2', decisions: bulk });
  });

  it('never puts a second look in force; an adjudication outranks what is said of the same pair alone', () => {
    const [second, adjudication] = [{ by: 'bob', pass: 'second' }, { by: 'cid', pass: 'adjudication' }] as const;
    expect(inForce(decide('1'), decide('2', second))).toBe('1');
    expect(inForce(decide('2', second))).toBe(undefined);
    expect(inForce(decide('1'), decide('2', second), decide('3', adjudication), decide('4'))).toBe('3');
    expect(inForce(decide('3', { ...adjudication, round: 1 }), decide('4', { round: 2 }))).toBe('4');
    expect(inForce(decide('3', adjudication), decide('4', { labelHash: 'lbl_2' }))).toBe('4');
    expect(inForce(decide('3', adjudication), decide('4'), undo('5', '3'))).toBe('4');
  });

  it('names conflicts: another ruling or another label of another person on the same label, until it is adjudicated', () => {
    const [a, b] = [decide('1', { ruling: 'edit', label: city('Oslo') }), decide('2', { by: 'bob', ruling: 'edit', label: city('Bergen') })];
    expect(isConflict(a, b)).toBe(true);
    expect(isConflict(a, { ...b, label: city('Oslo') })).toBe(false);
    expect(isConflict(a, { ...b, ruling: 'drop' })).toBe(true);
    expect(isConflict(a, { ...b, by: 'ann' })).toBe(false);
    expect(isConflict(a, { ...b, labelHash: 'lbl_2' })).toBe(false);
    expect(isConflict(a, { ...b, pass: 'second' })).toBe(true);
    expect(isConflict(a, b, decide('3', { by: 'cid', pass: 'adjudication' }))).toBe(false);
    expect(isConflict(a, b, decide('3', { by: 'cid', pass: 'adjudication' }), undo('4', '3'))).toBe(true);
    expect(isConflict(a, b, decide('3', { by: 'cid', pass: 'adjudication' }), { ...a, id: '4' })).toBe(true);
    expect(isConflict(a, b, undo('3', '2'))).toBe(false);
  });

  it('shows the note that was added last, and the one before when that is taken back', () => {
    const log = [decide('1', { note: 'first' }), note('2', '1', 'second'), note('3', '1', 'third')];
    const noteOf = (...more: readonly DecisionOperation[]) => foldDecisions([...log, ...more]).inForce.get('smp_1')?.note;
    expect([noteOf(), noteOf(undo('4', '3')), noteOf(undo('4', '3'), undo('5', '2'))]).toEqual(['third', 'second', 'first']);
  });

  it('keeps a calibration, whatever is taken back', () => {
    expect([...foldDecisions([calibrate('c'), undo('1', 'c')]).calibrations.keys()]).toEqual(['c']);
  });

  it('undoes without limit, each person their own, and redoes until they decide anew', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ sample: fc.nat({ max: 4 }), by: fc.constantFrom('ann', 'bob'), group: fc.option(fc.constantFrom('g1', 'g2'), { nil: undefined }) }), { maxLength: 30 }), fc.boolean(), (made, reloads) => {
        const log: DecisionOperation[] = [];
        let fold = new DecisionFold();
        const add = (operation: DecisionOperation) => {
          log.push(operation);
          fold.add([operation]);
          if (!reloads) return;
          fold = new DecisionFold();
          fold.add(log);
        };
        made.forEach(({ sample, by, group }, i) => add(decide(`d${i}`, { sampleId: `smp_${sample}`, by, ...(group === undefined ? {} : { group: `${by} ${group}` }) })));
        const whole = fold.standing;
        for (const by of ['ann', 'bob']) {
          let steps = 0;
          for (let next = fold.undoTargetOf(by); next !== undefined; next = fold.undoTargetOf(by)) add(undo(`${by} u${++steps}`, next.target, by));
          expect(fold.standing.filter((d) => d.by === by)).toEqual([]);
          for (let next = fold.redoTargetOf(by); next !== undefined; next = fold.redoTargetOf(by)) add(undo(`${by} r${steps--}`, next.target, by));
          expect(steps).toBe(0);
          expect(fold.standing).toEqual(whole);
        }
        add(decide('anew', { by: 'ann' }));
        add(undo('last', 'anew', 'ann'));
        expect(fold.redoTargetOf('ann')?.target).toBe('last');
        add(decide('newer', { by: 'ann' }));
        expect(fold.redoTargetOf('ann')).toBe(undefined);
      }),
    );
  });
});

const id = fc.constantFrom(...Array.from({ length: 14 }, (_, i) => `i${i}`));
const group = fc.constantFrom('g1', 'g2');
const by = fc.constantFrom('ann', 'bob', 'cid');
const decision: fc.Arbitrary<DecisionOperation> = fc
  .record({
    id, by,
    sampleId: fc.constantFrom('smp_1', 'smp_2', 'smp_3'),
    labelHash: fc.constantFrom('lbl_1', 'lbl_2'),
    ruling: fc.constantFrom('keepLabel' as const, 'edit' as const, 'drop' as const),
    label: fc.option(fc.constantFrom(city('Oslo'), city('Bergen')), { nil: undefined }),
    note: fc.option(fc.constantFrom('n1', 'n2'), { nil: undefined }),
    group: fc.option(group, { nil: undefined }),
    round: fc.option(fc.constantFrom(1, 2), { nil: undefined }),
    pass: fc.option(fc.constantFrom('first' as const, 'second' as const, 'adjudication' as const), { nil: undefined }),
  })
  .map((parts) => ({ ...decide(parts.id), ...(Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)) as Partial<Decision>) }));
const operation: fc.Arbitrary<DecisionOperation> = fc.oneof(
  { arbitrary: decision, weight: 5 },
  { arbitrary: fc.tuple(id, fc.oneof(id, group), by).map(([one, target, person]) => undo(one, target, person)), weight: 5 },
  { arbitrary: fc.tuple(id, id, fc.constantFrom('n1', 'n3')).map(([one, target, text]) => note(one, target, text)), weight: 1 },
  { arbitrary: id.map(calibrate), weight: 1 },
);

/** All that a state says, in a form that can be compared. */
function said(state: DecisionState) {
  const people = ['ann', 'bob', 'cid'];
  return {
    standing: state.standing,
    byPair: [...state.inForce].sort(([a], [b]) => (a < b ? -1 : 1)),
    conflicts: [...state.conflicts].sort(),
    calibrations: [...state.calibrations.keys()],
    undo: people.map((person) => state.undoTargetOf(person)),
    redo: people.map((person) => sorted(state.redoTargetOf(person))),
    undoTarget: state.undoTarget,
  };
}

function expected(log: readonly DecisionOperation[]): ReturnType<typeof said> {
  const { undoTargetOf, redoTargetOf, ...rest } = naiveFold(log);
  const people = ['ann', 'bob', 'cid'];
  return { ...rest, byPair: rest.byPair as ReturnType<typeof said>['byPair'], undo: people.map(undoTargetOf), redo: people.map((person) => sorted(redoTargetOf(person))), undoTarget: rest.standing.at(-1) };
}

function sorted(target: ReturnType<DecisionState['redoTargetOf']>): typeof target {
  return target && { ...target, decisions: [...target.decisions].sort((a, b) => (a.id < b.id ? -1 : 1)) };
}

describe('the fold as operations come', () => {
  it('is after each chunk what the whole log says, and names every sample that changed', () => {
    fc.assert(
      fc.property(fc.array(fc.array(operation, { maxLength: 6 }), { maxLength: 8 }), (chunks) => {
        const fold = new DecisionFold();
        const log: DecisionOperation[] = [];
        for (const chunk of chunks) {
          const before = foldDecisions(log);
          log.push(...chunk);
          const changed = fold.add(chunk);
          expect(said(fold)).toEqual(expected(log));
          const other = ['smp_1', 'smp_2', 'smp_3'].filter((sample) => JSON.stringify(before.standingOf(sample)) !== JSON.stringify(fold.standingOf(sample)));
          expect(other.filter((sample) => !changed.has(sample))).toEqual([]);
        }
        const known = foldDecisions(log);
        expect((known instanceof DecisionFold ? known.add(log).size : undefined)).toBe(0);
      }),
      { numRuns: 500 },
    );
  });
});
