import { describe, expect, it } from 'vitest';
import type { Calibration, Decision } from '../../../../src/core/review/decision.ts';
import { queueSpecSchema } from '../../../../src/core/review/queue/queueSpec.ts';
import type { ReviewPair } from '../../../../src/app/review/reviewSource.ts';
import { containing } from '../../../builders/matching.ts';
import { reviewPair, variedPairs } from '../../../builders/reviewPairs.ts';
import { sessionOver, type SessionUnderTest } from '../../../builders/reviewSessions.ts';
import { MemoryLines } from '../../../fakes/memoryReview.ts';

const fileSpec = queueSpecSchema.parse({ order: 'file' });
const alike = (count: number) => Array.from({ length: count }, (_, n) => reviewPair(n));
const drawn = (under: SessionUnderTest): Calibration | undefined => [...under.log.state.calibrations.values()].at(-1);
const start = { type: 'startCalibration', verdict: 'LABEL_WRONG', judge: 'judge-1', promptVersion: 'p1' } as const;

/** All samples of the list, in its order. */
async function listed({ ask }: SessionUnderTest): Promise<readonly (string | undefined)[]> {
  const ids: (string | undefined)[] = [];
  for (let shown = await ask({ type: 'goTo', position: 0 }); shown.item !== undefined; shown = await ask({ type: 'move', to: 'next' })) ids.push(shown.item.sampleId);
  return ids;
}

describe('a calibration', () => {
  it('draws pairs of one verdict of one judge and shows them in the order in which they were drawn', async () => {
    const pairs = [...alike(30), reviewPair(40, { judge: 'judge-2' }), reviewPair(41, { verdict: 'PRED_WRONG' })];
    const under = sessionOver(pairs);
    const shown = await under.ask({ ...start, size: 20 });
    expect(shown).toMatchObject({ mode: { kind: 'calibration', id: drawn(under)?.id }, blind: true, total: 20, undecided: 20, position: 0 });
    expect(drawn(under)).toMatchObject({ verdict: 'LABEL_WRONG', judge: 'judge-1', promptVersion: 'p1', population: 30 });
    const ids = await listed(under);
    expect(ids).toEqual(drawn(under)?.pairs.map(({ sampleId }) => sampleId));
    expect(new Set(ids).size).toBe(20);
    expect(ids).not.toEqual(pairs.map(({ sample }) => sample.id).filter((id) => ids.includes(id)));
  });

  it('takes the whole class where it is smaller, and says so where there is none', async () => {
    const under = sessionOver(alike(3));
    expect((await under.ask({ ...start, size: 100 })).total).toBe(3);
    expect(await under.send({ ...start, verdict: 'PRED_WRONG', size: 100 })).toMatchObject({ type: 'failure', message: containing('no pair with this verdict') });
  });

  it('shows neither verdict nor what anybody decided, before and after', async () => {
    const lines = new MemoryLines();
    await sessionOver(alike(1), { lines, user: 'ben' }).rule('drop');
    const under = sessionOver(alike(1), { lines });
    const shown = await under.ask({ ...start, size: 1 });
    expect(shown.item).not.toHaveProperty('judgement');
    expect(shown.item).not.toHaveProperty('value');
    expect(shown.item?.decisions).toEqual([]);
    await under.rule('keepLabel');
    const after = await under.ask({ type: 'move', to: 'previous' });
    expect(after.item).not.toHaveProperty('judgement');
    expect(after.item?.decisions).toMatchObject([{ by: 'tester', ruling: 'keepLabel' }]);
    expect(under.log.state.standing.at(-1)).toMatchObject({ blind: true, calibration: drawn(under)?.id, judged: { verdict: 'LABEL_WRONG' } });
  });

  it('puts the prediction on the left of some pairs, the same ones in every window', async () => {
    const lines = new MemoryLines();
    const under = sessionOver(alike(40), { lines });
    await under.ask({ ...start, size: 40 });
    const coins = async (one: SessionUnderTest): Promise<readonly boolean[]> => {
      const sides: boolean[] = [];
      for (let place = 0; place < 40; place++) sides.push((await one.ask({ type: 'goTo', position: place })).swapped);
      return sides;
    };
    const sides = await coins(under);
    expect(sides.filter((swapped) => swapped).length).toBeGreaterThan(8);
    expect(sides.filter((swapped) => !swapped).length).toBeGreaterThan(8);
    const other = sessionOver(alike(40), { lines });
    await other.ask({ type: 'setMode', mode: { kind: 'calibration', id: drawn(under)?.id ?? '' } });
    expect(await coins(other)).toEqual(sides);
    expect((await other.ask({ type: 'setMode', mode: { kind: 'review' } })).swapped).toBe(false);
  });

  it('resumes where it was left, and refuses what would spoil it', async () => {
    const lines = new MemoryLines();
    const under = sessionOver(alike(10), { lines });
    const { mode } = await under.ask({ ...start, size: 5 });
    expect((await under.rule('keepLabel')).offer).toBeUndefined();
    await under.rule('takePrediction');
    const other = sessionOver(alike(10), { lines });
    const resumed = await other.ask({ type: 'setMode', mode });
    expect(resumed).toMatchObject({ position: 2, total: 5, undecided: 3, item: { similar: 0 } });
    const { sampleId = '', labelHash = '' } = resumed.item ?? {};
    expect(await other.send({ type: 'previewBulk', ruling: 'keepLabel' })).toMatchObject({ type: 'failure' });
    expect(await other.send({ type: 'setQueue', spec: fileSpec })).toMatchObject({ type: 'failure' });
    expect(await other.send({ type: 'edit', sampleId, labelHash, label: { kind: 'noCall' }, way: 'cherryPick', elapsedMs: 1 })).toMatchObject({ type: 'failure' });
    expect(await other.send({ type: 'edit', sampleId, labelHash, label: { kind: 'noCall' }, way: 'single', elapsedMs: 1 })).toMatchObject({ type: 'snapshot' });
    expect(await other.send({ type: 'setMode', mode: { kind: 'calibration', id: 'nobody drew it' } })).toMatchObject({ type: 'failure' });
  });

  it('leaves out pairs whose label is another one now, and says so', async () => {
    const under = sessionOver(alike(4));
    await under.ask({ ...start, size: 4 });
    under.source.replace(under.source.pairs.map((pair, n) => (n === 0 ? reviewPair(0, { city: 'oslo' }) : pair)));
    const shown = await under.ask({ type: 'ready' });
    expect(shown).toMatchObject({ total: 3 });
    expect(shown.warnings[0]).toContain('1 of the 4 pairs');
  });

  it('is left to the person to take back from within', async () => {
    const under = sessionOver(alike(3));
    const { mode } = await under.ask({ ...start, size: 3 });
    await under.rule('keepLabel');
    expect(await under.ask({ type: 'setMode', mode: { kind: 'review' } })).toMatchObject({ canUndo: false });
    expect(await under.send({ type: 'undo' })).toMatchObject({ type: 'failure', message: containing('calibration sample') });
    await under.ask({ type: 'setMode', mode });
    expect(await under.ask({ type: 'undo' })).toMatchObject({ position: 0, undecided: 3 });
  });
});

describe('a second pass', () => {
  async function firstPass(pairs: readonly ReviewPair[]): Promise<MemoryLines> {
    const lines = new MemoryLines();
    const ana = sessionOver(pairs, { lines, user: 'ana', spec: fileSpec });
    for (let i = 0; i < 3; i++) await ana.rule('keepLabel');
    const ben = sessionOver(pairs, { lines, user: 'ben', spec: fileSpec });
    await ben.ask({ type: 'goTo', position: 3 });
    await ben.rule('keepLabel');
    return lines;
  }

  it('has what others decided, and hides what they said until the person has decided', async () => {
    const lines = await firstPass(alike(6));
    const ben = sessionOver(alike(6), { lines, user: 'ben', spec: fileSpec });
    const shown = await ben.ask({ type: 'setMode', mode: { kind: 'second' } });
    expect(shown).toMatchObject({ total: 3, undecided: 3, position: 0, blind: true, item: { decisions: [] } });
    expect(shown.item).not.toHaveProperty('judgement');
    const next = await ben.rule('drop');
    expect(next).toMatchObject({ position: 1, undecided: 2, total: 3 });
    expect(ben.log.state.standing.at(-1)).toMatchObject({ pass: 'second', blind: true, by: 'ben' });
    const back = await ben.ask({ type: 'move', to: 'previous' });
    expect(back.item?.decisions.map(({ by, pass, inForce }) => [by, pass, inForce])).toEqual([['ana', 'first', true], ['ben', 'second', false]]);
    expect(await ben.ask({ type: 'undo' })).toMatchObject({ position: 0, undecided: 3, item: { decisions: [] } });
  });

  it('can be a share, and skips what somebody else looked at a second time', async () => {
    const pairs = Array.from({ length: 40 }, (_, n) => reviewPair(n));
    const lines = new MemoryLines();
    const ana = sessionOver(pairs, { lines, user: 'ana' });
    const preview = await ana.send({ type: 'previewBulk', ruling: 'keepLabel' });
    await ana.ask({ type: 'decideBulk', previewId: preview.type === 'bulkPreview' ? preview.previewId : '' });
    const ben = sessionOver(pairs, { lines, user: 'ben' });
    await ben.ask({ type: 'setMode', mode: { kind: 'second' } });
    const share = async (index: number): Promise<number> => (await ben.ask({ type: 'setQueue', spec: queueSpecSchema.parse({ filter: { share: { index, of: 2 } } }) })).total;
    const [one, other] = [await share(0), await share(1)];
    expect(one + other).toBe(40);
    expect(Math.min(one, other)).toBeGreaterThan(5);
    await ben.rule('keepLabel');
    const cam = sessionOver(pairs, { lines, user: 'cam' });
    expect((await cam.ask({ type: 'setMode', mode: { kind: 'second' } })).total).toBe(39);
  });
});

describe('an adjudication', () => {
  it('has the pairs that people disagree on, shows both decisions, and settles them', async () => {
    const lines = new MemoryLines();
    const ana = sessionOver(alike(4), { lines, user: 'ana', spec: fileSpec });
    for (const ruling of ['keepLabel', 'keepLabel', 'drop'] as const) await ana.rule(ruling);
    const ben = sessionOver(alike(4), { lines, user: 'ben', spec: fileSpec });
    await ben.ask({ type: 'setMode', mode: { kind: 'second' } });
    for (const ruling of ['keepLabel', 'takePrediction', 'takePrediction'] as const) await ben.rule(ruling);
    const cam = sessionOver(alike(4), { lines, user: 'cam', spec: fileSpec, blind: true });
    const shown = await cam.ask({ type: 'setMode', mode: { kind: 'adjudication' } });
    expect(shown).toMatchObject({ total: 2, undecided: 2, blind: false, item: { judgement: { verdict: 'LABEL_WRONG' } } });
    expect(shown.item?.decisions.map(({ by, ruling }) => [by, ruling])).toEqual([['ana', 'keepLabel'], ['ben', 'takePrediction']]);
    const next = await cam.rule('takePrediction');
    expect(next).toMatchObject({ position: 1, total: 2, undecided: 1 });
    expect(cam.log.state.standing.at(-1)).toMatchObject({ pass: 'adjudication', by: 'cam' });
    expect(cam.log.state.inForce.get(shown.item?.sampleId ?? '')).toMatchObject({ by: 'cam' } satisfies Partial<Decision>);
    expect(await cam.ask({ type: 'undo' })).toMatchObject({ position: 0, undecided: 2 });
  });
});

describe('modes', () => {
  it('are left for the whole queue as it was filtered', async () => {
    const under = sessionOver(variedPairs(16));
    const spec = queueSpecSchema.parse({ filter: { verdicts: ['LABEL_WRONG'] } });
    const before = await under.ask({ type: 'setQueue', spec });
    await under.ask({ ...start, size: 2 });
    expect(await under.ask({ type: 'setMode', mode: { kind: 'review' } })).toMatchObject({ spec, total: before.total, blind: false });
  });
});
