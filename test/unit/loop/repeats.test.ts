import { describe, expect, it } from 'vitest';
import { projectConfigSchema, probeSettingsSchema } from '../../../src/core/config/projectConfig.ts';
import { planProbe, probeOutcome } from '../../../src/core/loop/gcp.ts';
import { foldJudgement } from '../../../src/core/loop/judgement.ts';
import { planRepeats, repeatOutcome, stabilityMarks, stabilityOf, type RepeatContext } from '../../../src/core/loop/repeats.ts';
import { foldProbe, foldVerify } from '../../../src/core/rounds/fold.ts';
import { foldRepeats } from '../../../src/core/rounds/foldRepeats.ts';
import type { ProbeEntry, RepeatEntry, VoteEntry } from '../../../src/core/rounds/journalEntries.ts';
import { passRates, repeatsReport } from '../../../src/core/rounds/repeatsReport.ts';
import { noTextKinds } from '../../../src/core/toolcall/textKinds.ts';
import { at, callText, failed, forecast, model, probeOf, replyOf, sampleOf } from './builders.ts';

const settings = probeSettingsSchema.parse({ maxTokens: 64, retryMaxTokens: 256 });
const base: RepeatContext = { policy: model, settings, sampling: { topP: 0.9 }, textKinds: noTextKinds, round: 2, seed: 7, again: 0, repeats: { n: 0, temperature: 1 } };
const samples = Array.from({ length: 20 }, (_, i) => sampleOf(`Weather in Oslo, ${i}?`));

/** Greedy answers as a run would have them. */
function probed(of = samples, outcome = replyOf(callText('Oslo'))): ReadonlyMap<string, ProbeEntry> {
  return foldProbe(planProbe(of, [], base).asks.map((ask) => probeOutcome(ask, outcome, base, at)));
}

describe('a second greedy pass', () => {
  const wish = { ...base, again: 5 };

  it('asks so many samples the same question again, under a key of its own, drawn by the seed', () => {
    const probes = probed();
    const { asks, done } = planRepeats(samples, probes, [], wish);
    expect([asks.length, done]).toEqual([5, 0]);
    for (const { sample, pass, k, request, requestKey } of asks) {
      expect(request).toMatchObject({ messages: sample.messages, sampling: { temperature: 0, maxTokens: 64, topP: 0.9 } });
      expect([pass, k]).toEqual(['greedy', 0]);
      expect(requestKey).not.toBe(probes.get(sample.id)?.requestKey);
    }
    expect(planRepeats([...samples].reverse(), probes, [], wish)).toEqual({ asks, done });
    const more = planRepeats(samples, probes, [], { ...wish, again: 9 }).asks.map(({ sample }) => sample.id);
    expect(more.slice(0, 5)).toEqual(asks.map(({ sample }) => sample.id));
    expect(planRepeats(samples, probes, [], { ...wish, seed: 8 }).asks.map(({ sample }) => sample.id)).not.toEqual(asks.map(({ sample }) => sample.id));
  });

  it('asks at the limit at which the answer came, and nothing of what was not answered', () => {
    const [sample] = [samples[0] ?? sampleOf('x')];
    const cut = replyOf('<tool_call>\n{"na', { finishReason: 'length' });
    const [first] = planProbe([sample], [], base).asks.map((ask) => probeOutcome(ask, cut, base, at));
    const second = planProbe([sample], first ? [first] : [], base).asks.map((ask) => probeOutcome(ask, replyOf(callText('Oslo')), base, at));
    expect(planRepeats([sample], foldProbe(second), [], { ...base, again: 1 }).asks[0]?.request.sampling.maxTokens).toBe(256);
    expect(planRepeats(samples, probed(samples, failed), [], { ...base, again: 5, repeats: { n: 2, temperature: 1 } }).asks).toEqual([]);
    const trace = sampleOf('x', { kind: 'invalid', reason: 'no', raw: '' });
    expect(planRepeats([trace], new Map([[trace.id, probeOf(trace, 'MISMATCH')]]), [], { ...base, again: 5 }).asks).toEqual([]);
  });

  it('goes on where it stood, and asks again what failed', () => {
    const probes = probed();
    const { asks } = planRepeats(samples, probes, [], wish);
    const entries = asks.map((ask, i) => repeatOutcome(ask, i === 0 ? failed : replyOf(callText('Oslo')), wish, at));
    expect(entries[0]).toMatchObject({ type: 'repeat', outcome: 'ERROR', error: 'server (HTTP 500): down' });
    expect(planRepeats(samples, probes, entries, wish)).toMatchObject({ asks: [{ requestKey: asks[0]?.requestKey }], done: 4 });
  });
});

describe('what a second pass finds', () => {
  const sample = sampleOf('Weather in Oslo?');
  const [ask] = planProbe([sample], [], base).asks;
  const probe = (text: string): ProbeEntry => (ask ? probeOutcome(ask, replyOf(text), base, at) : probeOf(sample, 'ERROR'));
  const again = (text: string): RepeatEntry => {
    const first = probe(callText('Rome'));
    const [one] = planRepeats([sample], new Map([[sample.id, first]]), [], { ...base, again: 1 }).asks;
    if (one === undefined) throw new Error('nothing to ask');
    return repeatOutcome(one, replyOf(text), base, at);
  };

  it.each([
    [undefined, callText('Oslo'), callText('Oslo')],
    [undefined, callText('Rome'), `\n${callText('Rome')}`],
    ['verdict', callText('Oslo'), callText('Rome')],
    ['verdict', callText('Rome'), callText('Oslo')],
    ['answer', callText('Rome'), callText('Bern')],
    ['answer', callText('Rome'), 'Which city?'],
    ['answer', 'Which city?', 'Which town?'],
  ])('is %s between %j and %j', (unstable, first, second) => {
    expect(stabilityOf(probe(first), again(second))).toBe(unstable);
  });

  it('is marked in the probe journal once, and keeps the answer from replacing a label', () => {
    const first = probe(callText('Rome'));
    const repeats = foldRepeats([again(callText('Bern'))], [sample]);
    const [mark] = stabilityMarks(foldProbe([first]), repeats);
    expect(mark).toEqual({ ...first, attempt: 0, elapsedMs: 0, unstable: 'answer' });
    if (mark === undefined) return;
    const folded = foldProbe([first, mark]);
    expect(folded.get(sample.id)?.unstable).toBe('answer');
    expect(stabilityMarks(folded, repeats)).toEqual([]);
    const vote = { v: 1, type: 'vote', sampleId: sample.id, labelHash: sample.labelHash, requestKey: 'q', attempt: 1, startedAt: at, elapsedMs: 1, judge: 'j', simulated: false, promptVersion: '1', verdict: 'LABEL_WRONG', analysis: '', approach: '' } as const;
    const votes: readonly VoteEntry[] = [{ ...vote, order: 'LP' }, { ...vote, order: 'PL' }];
    const judged = (entry: ProbeEntry) => foldJudgement({ sample, probe: entry }, foldVerify(votes).get(sample.id), { round: 1, relabel: 'always' });
    expect(judged(first)).toMatchObject({ verdict: 'LABEL_WRONG', relabel: forecast('Rome') });
    expect(judged(mark)).toMatchObject({ verdict: 'LABEL_WRONG', refused: expect.stringContaining('answered otherwise') as string });
    expect(judged(mark)).not.toHaveProperty('relabel');
  });
});

describe('sampled repeats', () => {
  const wish: RepeatContext = { ...base, repeats: { n: 4, temperature: 0.8 } };

  it('are asked at their temperature, each with a seed and a key of its own, the same in every run', () => {
    const { asks } = planRepeats(samples, probed(), [], wish);
    expect(asks).toHaveLength(80);
    expect(new Set(asks.map(({ requestKey }) => requestKey)).size).toBe(80);
    expect(new Set(asks.map(({ request }) => request.sampling.seed)).size).toBe(80);
    expect(asks.every(({ request }) => request.sampling.temperature === 0.8 && request.sampling.maxTokens === 64 && !request.logProbs)).toBe(true);
    expect(planRepeats(samples, probed(), [], wish).asks).toEqual(asks);
    expect(planRepeats(samples, probed(), [], { ...wish, repeats: { ...wish.repeats, samples: 3 } }).asks).toHaveLength(12);
  });

  it('give pass rates, flaky samples and the forecast; a failed request is no answer', () => {
    const { asks } = planRepeats(samples, probed(), [], wish);
    const few = new Set(samples.slice(0, 3).map(({ id }) => id));
    // Sample 0: 4 of 4. Sample 1: 2 of 4. Sample 2: 0 of 3, and one request that failed.
    const right = [4, 2, 0];
    const entries = asks.filter(({ sample }) => few.has(sample.id)).map((ask) => {
      const which = samples.findIndex(({ id }) => id === ask.sample.id);
      return repeatOutcome(ask, which === 2 && ask.k === 3 ? failed : replyOf(callText(ask.k < (right[which] ?? 0) ? 'Oslo' : 'Rome')), wish, at);
    });
    expect(passRates(samples, entries)).toEqual(new Map([[samples[0]?.id, 1], [samples[1]?.id, 0.5], [samples[2]?.id, 0]].sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)) as [string, number][]));
    const config = { seed: 1, probe: probeSettingsSchema.parse({ repeats: { n: 4 } }), trainer: projectConfigSchema.shape.trainer.parse({ kind: 'embedded', grpo: { group: 8 } }) };
    const { repeats, again } = repeatsReport(samples, probed(), entries, { round: 2, config });
    expect(again).toBeUndefined();
    expect(repeats).toMatchObject({ samples: 3, answers: 11, right: 6, temperature: 1, flaky: { samples: 1 }, deadGroups: { group: 8 } });
    expect(repeats?.flaky.share.value).toBeCloseTo(1 / 3, 12);
    expect(repeatsReport(samples, probed(), [], { round: 2, config })).toEqual({});
    // An entry for another label is of no use.
    expect(passRates(samples.map((sample) => ({ ...sample, labelHash: 'other' })), entries).size).toBe(0);
  });
});
