import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DecisionsFile } from '../../../../src/app/decisionsFile.ts';
import { ReviewSession } from '../../../../src/app/review/reviewSession.ts';
import { labelHash } from '../../../../src/core/dataset/identity.ts';
import { queueSpecSchema } from '../../../../src/core/review/queue/queueSpec.ts';
import type { HostMessage, ReviewSnapshot } from '../../../../src/protocol/review/messages.ts';
import { containing, someObject } from '../../../builders/matching.ts';
import { reviewPair } from '../../../builders/reviewPairs.ts';
import { memoryPorts, sessionOver } from '../../../builders/reviewSessions.ts';
import { MemoryLines, MemorySource } from '../../../fakes/memoryReview.ts';

const fileSpec = queueSpecSchema.parse({ order: 'file' });
const undecidedSpec = queueSpecSchema.parse({ filter: { state: 'undecided' }, order: 'file' });
const alike = (count: number) => Array.from({ length: count }, (_, n) => reviewPair(n));

describe('two sessions on one log', () => {
  it('see each other’s decisions without being asked, and stay where they are', async () => {
    const lines = new MemoryLines();
    const ana = sessionOver(alike(5), { lines, user: 'ana', spec: undecidedSpec });
    const ben = sessionOver(alike(5), { lines, user: 'ben', spec: undecidedSpec });
    await ben.ask({ type: 'ready' });
    await ben.ask({ type: 'goTo', position: 2 });
    await ana.rule('keepLabel');
    await expect.poll(() => ben.pushed).toHaveLength(1);
    expect(ben.pushed[0]).toMatchObject({ type: 'snapshot', position: 2, total: 5, undecided: 4, item: { sampleId: ben.source.pairs[2]?.sample.id } });
    expect(ben.pushed[0]).not.toHaveProperty('requestId');
    expect(ben.pushed[0]).not.toHaveProperty('facets');
  });

  it('keep two decisions on one sample, the later one in force', async () => {
    const lines = new MemoryLines();
    const ana = sessionOver(alike(1), { lines, user: 'ana' });
    const ben = sessionOver(alike(1), { lines, user: 'ben' });
    await ben.ask({ type: 'ready' });
    await ana.rule('keepLabel');
    await ben.rule('drop');
    const shown = await ben.ask({ type: 'move', to: 'first' });
    expect(shown.item?.decisions.map(({ by, ruling, inForce }) => [by, ruling, inForce])).toEqual([['ana', 'keepLabel', false], ['ben', 'drop', true]]);
    expect([...ben.log.state.conflicts]).toEqual([shown.item?.sampleId]);
    await ben.ask({ type: 'undo' });
    expect((await ben.ask({ type: 'ready' })).item?.decisions).toMatchObject([{ by: 'ana', inForce: true }]);
  });

  it('push nothing to a page that has not asked yet, nothing where nothing changed, and nothing when they are closed', async () => {
    const lines = new MemoryLines();
    const ana = sessionOver(alike(3), { lines, user: 'ana' });
    const [silent, closed] = [sessionOver(alike(3), { lines, user: 'ben' }), sessionOver(alike(3), { lines, user: 'cam' })];
    await closed.ask({ type: 'ready' });
    closed.session.dispose();
    await ana.rule('keepLabel');
    await ana.session.refresh();
    await silent.session.refresh();
    await closed.session.refresh();
    expect([ana.pushed, silent.pushed, closed.pushed]).toEqual([[], [], []]);
    expect(closed.source.disposed).toBe(true);
  });
});

describe('two sessions on one decisions file', () => {
  let folder = '';
  beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'looptool-session-'))));
  afterEach(async () => rm(folder, { recursive: true, force: true }));

  const open = (user: string, pushed: HostMessage[] = []) => {
    const session = new ReviewSession({ ...memoryPorts({ source: new MemorySource(alike(6)), log: new DecisionsFile(join(folder, '.looptool/decisions.jsonl')) }), user, spec: fileSpec, post: (message) => void pushed.push(message) });
    let requestId = 0;
    const ask = async (request: { readonly type: 'ready' | 'undo' | 'redo' }): Promise<ReviewSnapshot> => snapshotOf(await session.handle({ ...request, requestId: ++requestId }));
    const rule = async ({ item }: ReviewSnapshot, ruling: 'keepLabel' | 'drop'): Promise<ReviewSnapshot> =>
      snapshotOf(await session.handle({ type: 'decide', requestId: ++requestId, sampleId: item?.sampleId ?? '', labelHash: item?.labelHash ?? '', ruling, elapsedMs: 1 }));
    return { session, ask, rule };
  };

  function snapshotOf(message: HostMessage): ReviewSnapshot {
    if (message.type !== 'snapshot') throw new Error(JSON.stringify(message));
    return message;
  }

  it('tell each other within a second, and lose nothing when both decide at once', async () => {
    const pushed: HostMessage[] = [];
    const [ana, ben] = [open('ana'), open('ben', pushed)];
    let [a, b] = [await ana.ask({ type: 'ready' }), await ben.ask({ type: 'ready' })];
    for (let i = 0; i < 3; i++) [a, b] = await Promise.all([ana.rule(a, 'keepLabel'), ben.rule(b, 'drop')]);
    const ids = (await readFile(join(folder, '.looptool/decisions.jsonl'), 'utf8')).trimEnd().split('\n').map((line) => (JSON.parse(line) as { id: string }).id);
    expect([ids.length, new Set(ids).size]).toEqual([6, 6]);
    const shown = await ana.rule(a, 'keepLabel');
    await expect.poll(() => (pushed.at(-1) as ReviewSnapshot | undefined)?.undecided, { timeout: 10_000 }).toBe(shown.undecided);
    ana.session.dispose();
    ben.session.dispose();
  });

  it('undo and redo across restarts', async () => {
    const first = open('ana');
    await first.rule(await first.ask({ type: 'ready' }), 'keepLabel');
    first.session.dispose();
    const second = open('ana');
    const ready = await second.ask({ type: 'ready' });
    expect(ready).toMatchObject({ canUndo: true, undecided: 5 });
    expect(await second.ask({ type: 'undo' })).toMatchObject({ undecided: 6, position: 0 });
    second.session.dispose();
    const third = open('ana');
    await third.ask({ type: 'ready' });
    expect(await third.ask({ type: 'redo' })).toMatchObject({ undecided: 5 });
    third.session.dispose();
  });

  it('go on past a line that cannot be read, and say where it is', async () => {
    const first = open('ana');
    const after = await first.rule(await first.ask({ type: 'ready' }), 'keepLabel');
    await appendFile(join(folder, '.looptool/decisions.jsonl'), '{"half of a line\n');
    const next = await first.rule(after, 'drop');
    expect(next).toMatchObject({ undecided: 4, warnings: [containing('decisions.jsonl:2')] });
    first.session.dispose();
  });
});

describe('a source that changes under a session', () => {
  const ids = (under: { readonly source: MemorySource }, ...places: readonly number[]) => places.map((place) => under.source.pairs[place]?.sample.id);

  it('keeps the sample that is shown, though others come before it', async () => {
    const under = sessionOver(alike(4).slice(1), { spec: fileSpec });
    await under.ask({ type: 'goTo', position: 1 });
    const [, shown] = ids(under, 0, 1);
    under.source.replace(alike(6));
    await under.session.refresh();
    expect(under.pushed).toMatchObject([{ type: 'snapshot', total: 6, undecided: 6, item: { sampleId: shown }, facets: someObject }]);
    const snapshot = under.pushed[0] as ReviewSnapshot;
    expect(snapshot.position).toBe(1);
  });

  it('keeps what was decided in a list of undecided pairs, and goes on behind it', async () => {
    const under = sessionOver(alike(4), { spec: undecidedSpec });
    await under.rule('keepLabel');
    await under.rule('keepLabel');
    under.source.replace(alike(5));
    const shown = await under.ask({ type: 'ready' });
    expect(shown).toMatchObject({ position: 2, total: 5, undecided: 3, item: { sampleId: ids(under, 2)[0] } });
    expect((await under.ask({ type: 'move', to: 'previous' })).item?.sampleId).toBe(ids(under, 1)[0]);
  });

  it('shows the next one where the sample is gone', async () => {
    const under = sessionOver(alike(4), { spec: fileSpec });
    await under.ask({ type: 'goTo', position: 1 });
    under.source.replace(alike(4).filter((_, n) => n !== 1));
    expect(await under.ask({ type: 'ready' })).toMatchObject({ position: 1, total: 3, item: { sampleId: ids(under, 1)[0] } });
  });

  it('shows the new label, which is undecided again', async () => {
    const under = sessionOver(alike(2), { spec: fileSpec });
    await under.rule('keepLabel');
    const label = { kind: 'noCall' } as const;
    under.source.replace(under.source.pairs.map((pair, n) => (n === 0 ? { ...pair, sample: { ...pair.sample, label, labelHash: labelHash(label) } } : pair)));
    expect(await under.ask({ type: 'ready' })).toMatchObject({ undecided: 2 });
    expect((await under.ask({ type: 'move', to: 'first' })).item?.label).toEqual(label);
  });

  it('tells what cannot be read, and what to do where nothing can', async () => {
    const under = sessionOver(alike(1));
    under.source.warnings = Array.from({ length: 60 }, (_, i) => `probe.jsonl:${i}: unreadable`);
    expect((await under.ask({ type: 'ready' })).warnings).toHaveLength(51);
    const items = async (): Promise<never> => Promise.reject(new Error('disk gone'));
    const broken = new ReviewSession({ ...memoryPorts({ source: Object.assign(new MemorySource([]), { items }), log: under.log }) });
    expect(await broken.handle({ type: 'ready', requestId: 1 })).toEqual({ type: 'failure', requestId: 1, message: 'disk gone. Open the review again; what was stored is kept.' });
  });

  it('is reviewed from its first pairs on while it is still being read', async () => {
    const under = sessionOver(alike(3), { spec: fileSpec });
    under.source.unread = 4;
    expect(await under.ask({ type: 'ready' })).toMatchObject({ total: 3, warnings: [containing('4 pairs are still being read')] });
    under.source.replace(alike(5));
    expect(await under.rule('keepLabel')).toMatchObject({ total: 3, position: 1 });
    expect(await under.ask({ type: 'setQueue', spec: fileSpec })).toMatchObject({ total: 5 });
    under.source.replace(alike(7));
    under.source.unread = 0;
    under.source.finish();
    await expect.poll(() => under.pushed).toMatchObject([{ total: 7, undecided: 6, warnings: [], facets: someObject }]);
  });

  it('is gone to from outside', async () => {
    const under = sessionOver(alike(4), { spec: queueSpecSchema.parse({ filter: { verdicts: ['PRED_WRONG'] } }) });
    await under.ask({ type: 'ready' });
    expect(await under.session.goTo(ids(under, 2)[0] ?? '')).toBe(true);
    expect(under.pushed.at(-1)).toMatchObject({ item: { sampleId: ids(under, 2)[0] }, total: 1 });
    expect(await under.session.goTo('smp_none')).toBe(false);
  });
});
