import { describe, expect, it } from 'vitest';
import { labelHash } from '../../../../src/core/dataset/identity.ts';
import type { Label } from '../../../../src/core/dataset/sample.ts';
import { LoopToolError } from '../../../../src/core/errors.ts';
import { queueSpecSchema } from '../../../../src/core/review/queue/queueSpec.ts';
import { hostMessageSchema } from '../../../../src/protocol/review/messages.ts';
import { containing, someString } from '../../../builders/matching.ts';
import { reviewPair, variedPairs } from '../../../builders/reviewPairs.ts';
import { sessionOver } from '../../../builders/reviewSessions.ts';
import { MemoryLines, MemoryQueues } from '../../../fakes/memoryReview.ts';

const undecidedSpec = queueSpecSchema.parse({ filter: { state: 'undecided' }, order: 'file' });
const fileSpec = queueSpecSchema.parse({ order: 'file' });
const alike = (count: number) => Array.from({ length: count }, (_, n) => reviewPair(n));

describe('a review session', () => {
  it('opens on the first undecided pair with counts, facets and the whole pair', async () => {
    const { ask } = sessionOver(variedPairs(8));
    const shown = await ask({ type: 'ready' });
    expect(shown).toMatchObject({ requestId: 1, title: 'Round 1', round: 1, user: 'tester', position: 0, total: 8, undecided: 8, sourceTotal: 8, canUndo: false, canRedo: false, toApply: 0 });
    expect(shown.facets?.verdicts.length).toBeGreaterThan(3);
    expect(shown.item).toMatchObject({ judgement: { verdict: 'LABEL_WRONG' }, decisions: [] });
    expect(shown.item?.value?.reason).toContain('chance');
  });

  it('answers what fits the protocol', async () => {
    const { send } = sessionOver(variedPairs(8));
    for (let i = 0; i < 8; i++) expect(hostMessageSchema.safeParse(await send({ type: 'move', to: 'next' })).error).toBeUndefined();
  });

  it('stores all that a decision has to say', async () => {
    const pair = reviewPair(1);
    const { ask, rule, log } = sessionOver([pair]);
    await ask({ type: 'ready' });
    await rule('takePrediction', { elapsedMs: 1234, note: 'the request says Lyon' });
    expect(log.lines.operations).toEqual([
      {
        v: 1, op: 'decide', id: someString, at: '2026-01-02T03:04:05.000Z', by: 'tester',
        sampleId: pair.sample.id, labelHash: pair.sample.labelHash, round: 1, predictionHash: labelHash({ kind: 'calls', calls: pair.prediction.calls }),
        ruling: 'takePrediction', label: { kind: 'calls', calls: pair.prediction.calls }, replaced: pair.sample.label,
        elapsedMs: 1234, note: 'the request says Lyon', way: 'single',
        judged: { verdict: 'LABEL_WRONG', judge: 'judge-1', promptVersion: 'p1', votes: 2, agreeing: 2 },
      },
    ]);
  });

  it('says what a check before the judge said where no judge voted', async () => {
    const pair = reviewPair(1);
    const vote = { order: 'none' as const, verdict: 'LABEL_WRONG', judge: '', promptVersion: '', simulated: false, analysis: 'the label calls a tool that is not there', approach: '' };
    const { rule, log } = sessionOver([{ ...pair, judgement: { verdict: 'LABEL_WRONG', votes: [vote], agreeing: 0, simulated: false, replaced: false } }]);
    await rule('keepLabel');
    expect(log.lines.operations[0]).toMatchObject({ judged: { verdict: 'LABEL_WRONG', judge: 'the label calls a tool that is not there', votes: 0 } });
  });

  it('stores first and shows the next pair then: a failure to write leaves everything as it was', async () => {
    const { ask, send, log } = sessionOver(alike(3));
    const { item } = await ask({ type: 'ready' });
    log.trouble = new LoopToolError('write-failed', 'The decision could not be written. Check free space, then decide again.');
    const failed = await send({ type: 'decide', sampleId: item?.sampleId ?? '', labelHash: item?.labelHash ?? '', ruling: 'keepLabel', elapsedMs: 1 });
    expect(failed).toMatchObject({ type: 'failure', message: 'The decision could not be written. Check free space, then decide again.' });
    expect(await ask({ type: 'setBlind', blind: false })).toMatchObject({ position: 0, undecided: 3, item: { sampleId: item?.sampleId } });
  });

  it('resumes at the first undecided pair on another day', async () => {
    const lines = new MemoryLines();
    const first = sessionOver(alike(4), { lines, spec: fileSpec });
    await first.rule('keepLabel');
    await first.rule('drop');
    const second = sessionOver(alike(4), { lines, spec: fileSpec });
    expect(await second.ask({ type: 'ready' })).toMatchObject({ position: 2, undecided: 2, canUndo: true });
  });

  it('passes over decided pairs to what is undecided, and steps through decided ones one by one', async () => {
    const { ask, rule, source } = sessionOver(alike(5), { spec: fileSpec });
    await ask({ type: 'goTo', position: 1 });
    await rule('keepLabel');
    await ask({ type: 'goTo', position: 0 });
    expect((await rule('keepLabel')).position).toBe(2);
    await ask({ type: 'goTo', position: 0 });
    const again = await rule('bothWrong');
    expect(again).toMatchObject({ position: 1, undecided: 3, item: { sampleId: source.pairs[1]?.sample.id } });
  });

  it('comes to the end when nothing undecided lies ahead, and finds what was skipped', async () => {
    const { ask, rule } = sessionOver(alike(3), { spec: fileSpec });
    await ask({ type: 'move', to: 'next' });
    await rule('keepLabel');
    const end = await rule('keepLabel');
    expect(end).toMatchObject({ position: 3, total: 3, undecided: 1 });
    expect(end.item).toBeUndefined();
    expect((await ask({ type: 'move', to: 'nextUndecided' })).position).toBe(0);
  });

  it('keeps the list of undecided pairs as it is until it is set again', async () => {
    const { ask, rule, source } = sessionOver(alike(4), { spec: undecidedSpec });
    await rule('keepLabel');
    const second = await rule('keepLabel');
    expect(second).toMatchObject({ position: 2, total: 4, undecided: 2 });
    const back = await ask({ type: 'move', to: 'previous' });
    expect(back.item).toMatchObject({ sampleId: source.pairs[1]?.sample.id, decisions: [{ ruling: 'keepLabel', inForce: true }] });
    expect((await rule('drop')).position).toBe(2);
    expect(await ask({ type: 'setQueue', spec: undecidedSpec })).toMatchObject({ position: 0, total: 2, undecided: 2 });
  });

  it('moves within its list alone', async () => {
    const { ask } = sessionOver(alike(3));
    expect((await ask({ type: 'move', to: 'previous' })).position).toBe(0);
    expect((await ask({ type: 'move', to: 'last' })).position).toBe(2);
    expect((await ask({ type: 'move', to: 'next' })).position).toBe(3);
    expect((await ask({ type: 'move', to: 'next' })).position).toBe(3);
    expect((await ask({ type: 'move', to: 'first' })).position).toBe(0);
    expect((await ask({ type: 'goTo', position: 99 })).position).toBe(3);
  });

  it('says so where there is nothing to review', async () => {
    const { ask } = sessionOver([]);
    const empty = await ask({ type: 'ready' });
    expect(empty).toMatchObject({ position: 0, total: 0, undecided: 0, sourceTotal: 0 });
    expect(empty.item).toBeUndefined();
    expect((await ask({ type: 'move', to: 'last' })).position).toBe(0);
  });

  it('counts what is to be applied and hands it over', async () => {
    const { ask, rule, applied } = sessionOver(alike(3), { spec: fileSpec });
    await rule('takePrediction');
    await rule('keepLabel');
    expect((await rule('takePrediction')).toApply).toBe(2);
    expect(await ask({ type: 'apply' })).toMatchObject({ announcement: '2 applied.' });
    expect(applied[0]?.map(({ ruling }) => ruling)).toEqual(['takePrediction', 'takePrediction']);
    expect((await ask({ type: 'undo' })).toApply).toBe(1);
  });

  it('counts no longer what has been applied', async () => {
    const done = new Set<string>();
    const { ask, rule, log } = sessionOver(alike(2), { applied: async () => new Set(done), apply: async (decisions) => (decisions.forEach(({ id }) => done.add(id)), 'Applied.') });
    await rule('takePrediction');
    expect(log.state.standing).toHaveLength(1);
    expect(await ask({ type: 'apply' })).toMatchObject({ toApply: 0, announcement: 'Applied.' });
  });
});

describe('labels in a review session', () => {
  const city = (name: unknown): Label => ({ kind: 'calls', calls: [{ name: 'get_weather', arguments: { city: name as string, day: 'today' } }] });

  async function edit(label: Label, rest: { readonly way?: 'single' | 'cherryPick'; readonly confirmed?: boolean } = {}) {
    const under = sessionOver([reviewPair(1, { city: 'paris', predicted: 'lyon' }), reviewPair(2)], { spec: fileSpec });
    const { item } = await under.ask({ type: 'ready' });
    const answer = await under.send({ type: 'edit', sampleId: item?.sampleId ?? '', labelHash: item?.labelHash ?? '', label, way: 'single', elapsedMs: 5, ...rest });
    return { answer, operations: under.log.lines.operations };
  }

  it('stores an edited label with the one that it replaces', async () => {
    const { answer, operations } = await edit(city('oslo'), { way: 'cherryPick' });
    expect(answer).toMatchObject({ type: 'snapshot', position: 1, toApply: 1 });
    expect(operations[0]).toMatchObject({ ruling: 'edit', way: 'cherryPick', label: city('oslo'), replaced: city('paris') });
  });

  it('takes an edit that ends at one of the sides for the ruling for it', async () => {
    expect((await edit(city('paris'))).operations[0]).toMatchObject({ ruling: 'keepLabel' });
    expect((await edit(city('lyon'), { way: 'cherryPick' })).operations[0]).toMatchObject({ ruling: 'takePrediction', label: city('lyon'), way: 'cherryPick' });
  });

  it('stores a label that breaks its tool only after a confirmation', async () => {
    const asked = await edit(city(7));
    expect(asked.answer).toMatchObject({ type: 'confirm', problems: [containing('city')] });
    expect(asked.operations).toEqual([]);
    const confirmed = await edit(city(7), { confirmed: true });
    expect(confirmed.operations[0]).toMatchObject({ ruling: 'edit', confirmed: true });
    expect((await edit(city('oslo'), { confirmed: true })).operations[0]).not.toHaveProperty('confirmed');
  });

  it('asks the same of a prediction that is taken or accepted', async () => {
    const pair = reviewPair(1, { prediction: { kind: 'CALL', calls: [{ name: 'get_weather', arguments: { town: 'lyon' } }], text: '', warnings: [] } });
    for (const ruling of ['takePrediction', 'bothCorrect'] as const) {
      const { send, log } = sessionOver([pair]);
      expect(await send({ type: 'decide', sampleId: pair.sample.id, labelHash: pair.sample.labelHash, ruling, elapsedMs: 1 })).toMatchObject({ type: 'confirm' });
      expect(log.lines.operations).toEqual([]);
    }
  });

  it('takes no prediction that is no complete answer', async () => {
    const pair = reviewPair(1, { prediction: { kind: 'TRUNCATED', calls: [], text: '', warnings: [] } });
    const { send } = sessionOver([pair]);
    const answer = await send({ type: 'decide', sampleId: pair.sample.id, labelHash: pair.sample.labelHash, ruling: 'bothCorrect', elapsedMs: 1 });
    expect(answer).toMatchObject({ type: 'failure', message: containing('no complete answer') });
  });

  it('refuses labels that are none', async () => {
    expect((await edit({ kind: 'invalid', raw: '{', reason: 'cut off' })).answer).toMatchObject({ type: 'failure', message: containing('no label') });
  });

  it('refuses a decision on a label that has changed since it was shown, and shows the present one', async () => {
    const { ask, send, source, pushed } = sessionOver([reviewPair(1)]);
    const { item } = await ask({ type: 'ready' });
    const [pair] = source.pairs;
    if (pair === undefined || item === undefined) throw new Error('no pair');
    const label = city('oslo');
    source.replace([{ ...pair, sample: { ...pair.sample, label, labelHash: labelHash(label) } }]);
    const answer = await send({ type: 'decide', sampleId: item.sampleId, labelHash: item.labelHash, ruling: 'keepLabel', elapsedMs: 1 });
    expect(answer).toMatchObject({ type: 'failure', message: containing('has changed') });
    await expect.poll(() => pushed.at(-1)).toMatchObject({ type: 'snapshot', item: { label, labelHash: labelHash(label) } });
  });

  it('says what to do about a sample that is gone', async () => {
    const { send } = sessionOver(alike(1));
    expect(await send({ type: 'decide', sampleId: 'smp_gone', labelHash: 'x', ruling: 'keepLabel', elapsedMs: 1 })).toMatchObject({ type: 'failure', message: containing('Go on with the next one') });
  });
});

describe('undo in a review session', () => {
  it('takes back and puts back, as often as there is something, and shows the sample each time', async () => {
    const { ask, rule, send, source } = sessionOver(alike(3), { spec: fileSpec });
    for (const ruling of ['keepLabel', 'drop', 'unsure'] as const) await rule(ruling);
    for (const place of [2, 1, 0]) expect((await ask({ type: 'undo' })).item?.sampleId).toBe(source.pairs[place]?.sample.id);
    expect(await send({ type: 'undo' })).toMatchObject({ type: 'failure', message: containing('nothing to undo') });
    for (const place of [0, 1, 2]) expect((await ask({ type: 'redo' })).item).toMatchObject({ sampleId: source.pairs[place]?.sample.id, decisions: [{ inForce: true }] });
    expect(await send({ type: 'redo' })).toMatchObject({ type: 'failure', message: containing('nothing to redo') });
  });

  it('has nothing to put back after a new decision', async () => {
    const { ask, rule } = sessionOver(alike(2));
    await rule('keepLabel');
    await ask({ type: 'undo' });
    expect((await rule('drop')).canRedo).toBe(false);
  });

  it('goes on across restarts, also where the queue no longer holds the sample', async () => {
    const lines = new MemoryLines();
    const first = sessionOver(alike(4), { lines, spec: undecidedSpec });
    await first.rule('keepLabel');
    await first.rule('keepLabel');
    const second = sessionOver(alike(4), { lines, spec: undecidedSpec });
    expect(await second.ask({ type: 'ready' })).toMatchObject({ position: 0, total: 2, undecided: 2 });
    const undone = await second.ask({ type: 'undo' });
    expect(undone).toMatchObject({ position: 0, total: 3, undecided: 3, item: { sampleId: first.source.pairs[1]?.sample.id } });
    const next = await second.rule('drop');
    expect(next.item?.sampleId).toBe(first.source.pairs[2]?.sample.id);
  });

  it('leaves decisions on samples that it cannot show, and says where they are', async () => {
    const lines = new MemoryLines();
    await sessionOver(alike(1), { lines }).rule('keepLabel');
    const other = sessionOver([reviewPair(77)], { lines });
    expect(await other.ask({ type: 'ready' })).toMatchObject({ canUndo: false });
    expect(await other.send({ type: 'undo' })).toMatchObject({ type: 'failure', message: containing('Open the review of that round') });
    expect(lines.operations).toHaveLength(1);
  });

  it('is each person’s own', async () => {
    const lines = new MemoryLines();
    await sessionOver(alike(2), { lines, user: 'ana' }).rule('keepLabel');
    expect(await sessionOver(alike(2), { lines, user: 'ben' }).ask({ type: 'ready' })).toMatchObject({ canUndo: false, undecided: 1 });
  });
});

describe('what stands beside the pairs', () => {
  it('keeps a note with a decision, and changes it later', async () => {
    const { ask, send, rule } = sessionOver(alike(2), { spec: fileSpec });
    const { item } = await ask({ type: 'ready' });
    const pair = { sampleId: item?.sampleId ?? '', labelHash: item?.labelHash ?? '' };
    expect(await send({ type: 'note', ...pair, note: 'too early' })).toMatchObject({ type: 'failure', message: containing('Decide first') });
    await rule('keepLabel', { note: 'first' });
    expect((await ask({ type: 'move', to: 'previous' })).item?.decisions).toMatchObject([{ note: 'first' }]);
    expect((await ask({ type: 'note', ...pair, note: 'second' })).item?.decisions).toMatchObject([{ note: 'second' }]);
  });

  it('has the pace of the last hour of reviewing, without breaks and without bulk decisions', async () => {
    const { rule, ask, clock } = sessionOver(alike(12), { spec: fileSpec });
    for (let i = 0; i < 4; i++) {
      clock.ms += 6000;
      expect((await rule('keepLabel', { elapsedMs: 6000 })).perHour).toBeUndefined();
    }
    clock.ms += 3 * 3_600_000;
    const fifth = await rule('keepLabel', { elapsedMs: 6000 });
    expect(fifth.perHour).toBeCloseTo(600, 5);
    expect((await ask({ type: 'undo' })).perHour).toBeUndefined();
  });

  it('counts saved queues and keeps the counts as decisions come', async () => {
    const pairs = variedPairs(16);
    const queues = new MemoryQueues();
    const { ask, rule } = sessionOver(pairs, { queues });
    const spec = queueSpecSchema.parse({ filter: { state: 'undecided', verdicts: ['LABEL_WRONG'] } });
    await ask({ type: 'setQueue', spec });
    const saved = await ask({ type: 'saveQueue', name: ' wrong labels ' });
    const wrong = pairs.filter(({ judgement }) => judgement?.verdict === 'LABEL_WRONG').length;
    expect(saved.queues).toEqual([{ name: 'wrong labels', spec, count: wrong, undecided: wrong }]);
    expect((await rule('keepLabel')).queues[0]).toMatchObject({ count: wrong - 1, undecided: wrong - 1 });
    expect((await ask({ type: 'undo' })).queues[0]).toMatchObject({ count: wrong, undecided: wrong });
    expect((await ask({ type: 'deleteQueue', name: 'wrong labels' })).queues).toEqual([]);
  });

  it('hides the judge in blind mode until the person has decided, and says so in the decision', async () => {
    const { ask, rule, log } = sessionOver(alike(2), { spec: fileSpec, blind: true });
    const shown = await ask({ type: 'ready' });
    expect(shown.blind).toBe(true);
    expect(shown.item).not.toHaveProperty('judgement');
    expect(shown.item).not.toHaveProperty('value');
    await rule('keepLabel');
    expect((await ask({ type: 'move', to: 'previous' })).item).toMatchObject({ judgement: { verdict: 'LABEL_WRONG' }, decisions: [{ ruling: 'keepLabel' }] });
    await rule('drop');
    expect(log.lines.operations).toMatchObject([{ blind: true }, expect.not.objectContaining({ blind: true })]);
  });

  it('opens, asks again and exports one pair, and goes on meanwhile', async () => {
    let finish = (): void => undefined;
    const waiting = new Promise<void>((resolve) => (finish = resolve));
    const { ask, rule, asked, source } = sessionOver(alike(3), { spec: fileSpec, askAgain: async () => waiting.then(() => 'The judge says the same.') });
    const id = source.pairs[0]?.sample.id ?? '';
    await ask({ type: 'openSource', sampleId: id });
    expect(await ask({ type: 'exportIssue', sampleId: id })).toMatchObject({ announcement: 'Copied as Markdown.' });
    expect(asked).toEqual([`open ${id}`, `issue ${id}`]);
    const again = ask({ type: 'askAgain', sampleId: id, what: 'judge' });
    expect((await rule('keepLabel')).position).toBe(1);
    finish();
    expect(await again).toMatchObject({ announcement: 'The judge says the same.', position: 1 });
  });

  it('tells what a callback could not do', async () => {
    const { send, source } = sessionOver(alike(1), { openSource: async () => Promise.reject(new LoopToolError('dataset-missing', 'data.jsonl is not there. Restore it.')) });
    expect(await send({ type: 'openSource', sampleId: source.pairs[0]?.sample.id ?? '' })).toMatchObject({ type: 'failure', message: 'data.jsonl is not there. Restore it.' });
  });
});
