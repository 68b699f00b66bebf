import { describe, expect, it } from 'vitest';
import { queueSpecSchema } from '../../../../src/core/review/queue/queueSpec.ts';
import type { BulkPreview, HostMessage } from '../../../../src/protocol/review/messages.ts';
import { containing } from '../../../builders/matching.ts';
import { reviewPair, variedPairs } from '../../../builders/reviewPairs.ts';
import { sessionOver } from '../../../builders/reviewSessions.ts';
import { MemoryLines } from '../../../fakes/memoryReview.ts';

const fileSpec = queueSpecSchema.parse({ order: 'file' });
const alike = (count: number) => Array.from({ length: count }, (_, n) => reviewPair(n));
const truncated = (n: number) => reviewPair(n, { prediction: { kind: 'TRUNCATED', calls: [], text: '', warnings: [] } });
const broken = (n: number) => reviewPair(n, { prediction: { kind: 'CALL', calls: [{ name: 'get_weather', arguments: { town: 'lyon' } }], text: '', warnings: [] } });

function previewOf(message: HostMessage): BulkPreview {
  if (message.type !== 'bulkPreview') throw new Error(`no preview: ${JSON.stringify(message)}`);
  return message;
}

describe('bulk decisions', () => {
  it('say beforehand what they would do, and what is left out and why', async () => {
    const pairs = [reviewPair(0), truncated(1), broken(2), reviewPair(3), truncated(4)];
    const { send, log } = sessionOver(pairs, { spec: fileSpec });
    const preview = previewOf(await send({ type: 'previewBulk', ruling: 'takePrediction' }));
    expect(preview).toMatchObject({ ruling: 'takePrediction', count: 2 });
    expect(preview.left).toEqual([
      { reason: 'the prediction is no complete answer', count: 2 },
      { reason: 'the prediction breaks the definition of its tool', count: 1 },
    ]);
    expect(preview.pairs.map(({ sampleId, request }) => [sampleId, request])).toEqual([0, 3].map((n) => [pairs[n]?.sample.id, `weather in lyon ${n}`]));
    expect(log.lines.operations).toEqual([]);
  });

  it('show at most fifty pairs and count the rest', async () => {
    const { send } = sessionOver(alike(70));
    const preview = previewOf(await send({ type: 'previewBulk', ruling: 'keepLabel' }));
    expect([preview.count, preview.pairs.length]).toEqual([70, 50]);
  });

  it('are one write and one group, and one undo takes all of them back', async () => {
    const { send, ask, log } = sessionOver(alike(60), { spec: fileSpec });
    let writes = 0;
    log.lines.watchers.add(() => writes++);
    const { previewId } = previewOf(await send({ type: 'previewBulk', ruling: 'takePrediction' }));
    const done = await ask({ type: 'decideBulk', previewId });
    expect(done).toMatchObject({ position: 60, undecided: 0, toApply: 60, announcement: containing('60 pairs decided') });
    expect(writes).toBe(1);
    expect(new Set(log.state.standing.map(({ group, way, ruling }) => `${group} ${way} ${ruling}`)).size).toBe(1);
    expect(log.state.standing[0]).toMatchObject({ way: 'bulk', ruling: 'takePrediction', label: { kind: 'calls' }, replaced: { kind: 'calls' } });
    expect(log.state.standing[0]).not.toHaveProperty('elapsedMs');
    expect(await ask({ type: 'undo' })).toMatchObject({ position: 0, undecided: 60, toApply: 0, announcement: '60 decisions taken back.' });
    expect(await ask({ type: 'redo' })).toMatchObject({ position: 0, undecided: 0, announcement: '60 decisions put back.' });
  });

  it('leave decided pairs and other queues alone', async () => {
    const pairs = variedPairs(16);
    const { send, ask, rule, log } = sessionOver(pairs);
    await ask({ type: 'setQueue', spec: queueSpecSchema.parse({ filter: { verdicts: ['PRED_WRONG'] }, order: 'file' }) });
    await rule('drop');
    const { previewId, count } = previewOf(await send({ type: 'previewBulk', ruling: 'keepLabel' }));
    expect(count).toBe(pairs.filter(({ judgement }) => judgement?.verdict === 'PRED_WRONG').length - 1);
    await ask({ type: 'decideBulk', previewId });
    expect(log.state.standing.filter(({ ruling }) => ruling === 'drop')).toHaveLength(1);
    expect(log.state.standing.every(({ judged }) => judged?.verdict === 'PRED_WRONG')).toBe(true);
  });

  it('are refused when a pair was decided since the preview', async () => {
    const lines = new MemoryLines();
    const { send, rule } = sessionOver(alike(4), { lines });
    const { previewId } = previewOf(await send({ type: 'previewBulk', ruling: 'keepLabel' }));
    await sessionOver(alike(4), { lines, user: 'ben' }).rule('drop');
    expect(await send({ type: 'decideBulk', previewId })).toMatchObject({ type: 'failure', message: containing('Look at the preview again') });
    await rule('keepLabel');
    expect(lines.operations).toHaveLength(2);
  });

  it('are refused when the queue was set again, a label changed, or the preview is an older one', async () => {
    const { send, ask, source, log } = sessionOver(alike(4));
    const first = previewOf(await send({ type: 'previewBulk', ruling: 'keepLabel' }));
    const second = previewOf(await send({ type: 'previewBulk', ruling: 'drop' }));
    expect(await send({ type: 'decideBulk', previewId: first.previewId })).toMatchObject({ type: 'failure' });
    await ask({ type: 'setQueue', spec: queueSpecSchema.parse({ filter: { verdicts: ['PRED_WRONG'] } }) });
    expect(await send({ type: 'decideBulk', previewId: second.previewId })).toMatchObject({ type: 'failure' });
    await ask({ type: 'setQueue', spec: fileSpec });
    const third = previewOf(await send({ type: 'previewBulk', ruling: 'keepLabel' }));
    source.replace(source.pairs.map((pair) => reviewPair(pair.occurrence?.record ?? 0, { city: 'oslo' })));
    expect(await send({ type: 'decideBulk', previewId: third.previewId })).toMatchObject({ type: 'failure' });
    expect(log.lines.operations).toEqual([]);
  });

  it('are made once for one preview', async () => {
    const { send, ask, log } = sessionOver(alike(3));
    const { previewId } = previewOf(await send({ type: 'previewBulk', ruling: 'keepLabel' }));
    await ask({ type: 'decideBulk', previewId });
    expect(await send({ type: 'decideBulk', previewId })).toMatchObject({ type: 'failure' });
    expect(log.lines.operations).toHaveLength(3);
  });
});

describe('the offer after a decision', () => {
  it('counts undecided others with the same difference and applies the ruling to them', async () => {
    const pairs = [...alike(4), reviewPair(9, { verdict: 'PRED_WRONG', toolName: 'book_hotel' })];
    const { send, rule, ask, log } = sessionOver(pairs, { spec: fileSpec });
    expect((await ask({ type: 'ready' })).item?.similar).toBe(3);
    const { offer } = await rule('takePrediction');
    expect(offer).toMatchObject({ ruling: 'takePrediction', count: 3 });
    const preview = previewOf(await send({ type: 'previewSimilar', decisionId: offer?.decisionId ?? '' }));
    expect(preview.pairs.map(({ sampleId }) => sampleId)).toEqual(pairs.slice(1, 4).map(({ sample }) => sample.id));
    const after = await ask({ type: 'decideBulk', previewId: preview.previewId });
    expect(after).toMatchObject({ position: 4, undecided: 1 });
    expect(log.state.standing.slice(1).map(({ way, label }) => [way, label])).toEqual(pairs.slice(1, 4).map(({ prediction }) => ['similar', { kind: 'calls', calls: prediction.calls }]));
    expect((await ask({ type: 'undo' })).undecided).toBe(4);
  });

  it('is none where no other has the difference, and none for a label written by hand', async () => {
    const lonely = sessionOver([reviewPair(0), reviewPair(1, { toolName: 'book_hotel' })], { spec: fileSpec });
    expect((await lonely.rule('keepLabel')).offer).toBeUndefined();
    const { ask, send } = sessionOver(alike(3), { spec: fileSpec });
    const { item } = await ask({ type: 'ready' });
    const edited = await ask({ type: 'edit', sampleId: item?.sampleId ?? '', labelHash: item?.labelHash ?? '', label: { kind: 'noCall' }, way: 'single', elapsedMs: 1 });
    expect(edited.offer).toBeUndefined();
    const [decision] = (await ask({ type: 'move', to: 'previous' })).item?.decisions ?? [];
    expect(await send({ type: 'previewSimilar', decisionId: decision?.id ?? '' })).toMatchObject({ type: 'failure', message: containing('written by hand') });
  });

  it('is gone with its decision', async () => {
    const { rule, ask, send } = sessionOver(alike(3));
    const { offer } = await rule('keepLabel');
    await ask({ type: 'undo' });
    expect(await send({ type: 'previewSimilar', decisionId: offer?.decisionId ?? '' })).toMatchObject({ type: 'failure' });
  });
});
