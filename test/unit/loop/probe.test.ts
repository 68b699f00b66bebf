import { describe, expect, it } from 'vitest';
import { followUp, planProbe, probeOutcome, unprobedEntry, type ProbeAsk, type ProbeContext } from '../../../src/core/loop/gcp.ts';
import { evaluationOutcome, planEvaluation } from '../../../src/core/loop/heldOut.ts';
import type { ProbeEntry } from '../../../src/core/rounds/journalEntries.ts';
import { foldProbe } from '../../../src/core/rounds/fold.ts';
import { noTextKinds } from '../../../src/core/toolcall/textKinds.ts';
import { at, callText, failed, forecast, model, replyOf, sampleOf } from './builders.ts';

const context: ProbeContext = { policy: model, settings: { maxTokens: 64, retryMaxTokens: 256 }, sampling: { temperature: 0.7, maxTokens: 9, topP: 0.9 }, textKinds: noTextKinds };
const sample = sampleOf('Weather in Oslo?');

function only(samples = [sample], entries: readonly ProbeEntry[] = [], where = context): ProbeAsk {
  const [ask] = planProbe(samples, entries, where).asks;
  if (ask === undefined) throw new Error('nothing to ask');
  return ask;
}

const cutOff = replyOf('<tool_call>\n{"name": "get_fore', { finishReason: 'length' });

describe('the probe', () => {
  it('asks greedily at the probe limit, whatever the endpoint says', () => {
    expect(only().request).toMatchObject({ logProbs: true, sampling: { temperature: 0, maxTokens: 64, topP: 0.9 } });
  });

  it.each([
    ['MATCH', replyOf(callText('Oslo'))],
    ['MISMATCH', replyOf(callText('Rome'))],
    ['MISMATCH', replyOf('Which city?')],
    ['INVALID', replyOf('<tool_call>\n{"name": \n</tool_call>')],
    ['EMPTY', replyOf('')],
    ['TRUNCATED', cutOff],
  ] as const)('records %s', (outcome, reply) => {
    const entry = probeOutcome(only(), reply, context, at);
    expect(entry).toMatchObject({ type: 'probe', sampleId: sample.id, labelHash: sample.labelHash, outcome, startedAt: at, attempt: 1 });
    expect(entry.ppl).toBeCloseTo(Math.exp(0.15), 12);
  });

  it('records reasoning and native calls within the reply', () => {
    const entry = probeOutcome(only(), replyOf('', { reasoning: 'hm', calls: forecast('Oslo').calls }), context, at);
    expect(entry.outcome).toBe('MATCH');
    expect(entry.reply).toBe('<think>\nhm\n</think>\n<tool_call>\n{"name":"get_forecast","arguments":{"city":"Oslo"}}\n</tool_call>');
  });

  it('accepts what a person accepted', () => {
    const entry = probeOutcome(only(), replyOf(callText('Rome')), { ...context, accepted: () => [forecast('Rome')] }, at);
    expect(entry.outcome).toBe('MATCH');
  });

  it('says why there is no perplexity', () => {
    expect(probeOutcome(only(), replyOf(callText('Oslo'), { logProbs: undefined, logProbsMissing: 'not offered' }), context, at)).toMatchObject({ outcome: 'MATCH', ppl: null, pplMissing: 'not offered' });
  });

  it('does not ask again what is finished, and asks again what failed', () => {
    const done = probeOutcome(only(), replyOf(callText('Rome')), context, at);
    expect(planProbe([sample], [done], context)).toEqual({ asks: [], unprobed: [], done: 1 });
    const error = probeOutcome(only(), failed, context, at);
    expect(error).toMatchObject({ outcome: 'ERROR', error: 'server (HTTP 500): down', ppl: null });
    expect(planProbe([sample], [error], context).asks).toHaveLength(1);
    expect(planProbe([sample], [done, error], context).asks).toHaveLength(0);
  });

  it('asks again when the weights or the label are others', () => {
    const done = probeOutcome(only(), replyOf(callText('Rome')), context, at);
    expect(planProbe([sample], [done], { ...context, policy: { ...model, fingerprint: 'sha256:2' } }).asks).toHaveLength(1);
    expect(planProbe([sampleOf('Weather in Oslo?', forecast('Rome'))], [done], context).asks).toHaveLength(1);
  });

  it('asks once more, at the higher limit, for what was cut off, in the same run or in a resumed one', () => {
    const ask = only();
    const first = probeOutcome(ask, cutOff, context, at);
    const more = followUp(ask, first, context);
    expect(more?.request.sampling.maxTokens).toBe(256);
    expect(only([sample], [first])).toEqual(more);
    const second = probeOutcome(more ?? ask, cutOff, context, at);
    expect(followUp(more ?? ask, second, context)).toBeUndefined();
    expect(planProbe([sample], [first, second], context)).toMatchObject({ asks: [], done: 1 });
    const whole = probeOutcome(more ?? ask, replyOf(callText('Oslo')), context, at);
    expect(foldProbe([first, whole]).get(sample.id)?.outcome).toBe('MATCH');
  });

  it('gives traces and unreadable labels an entry that says why, once', () => {
    const odd = [sampleOf('t', { kind: 'trace', trace: [] }), sampleOf('i', { kind: 'invalid', raw: '{', reason: 'not JSON' })];
    const plan = planProbe([...odd, sample], [], context);
    expect(plan.asks.map(({ sample: { id } }) => id)).toEqual([sample.id]);
    const entries = plan.unprobed.map((item) => unprobedEntry(item, at));
    expect(entries.map(({ outcome, error }) => `${outcome}: ${error}`)).toEqual(['ERROR: the label is an execution trace, which has to be run, not compared', 'ERROR: the label cannot be read: not JSON']);
    expect(planProbe([...odd, sample], entries, context)).toMatchObject({ unprobed: [], done: 2 });
  });

  it('matches labels that only ask for a call, or for none', () => {
    const anyCall = sampleOf('x', { kind: 'anyCall' });
    const noCall = sampleOf('y', { kind: 'noCall' });
    const outcomeOf = (s: typeof sample, text: string): string => probeOutcome(only([s]), replyOf(text), context, at).outcome;
    expect([outcomeOf(anyCall, callText('Rome')), outcomeOf(anyCall, 'no'), outcomeOf(noCall, 'Sorry.'), outcomeOf(noCall, callText('Rome'))]).toEqual([
      'MATCH',
      'MISMATCH',
      expect.stringMatching(/^MATCH/u),
      'MISMATCH',
    ]);
  });
});

describe('the evaluation', () => {
  const before = { set: 'values', phase: 'before' as const };
  const after = { set: 'values', phase: 'after' as const };

  it('asks each sample once per phase and takes over answers of the same weights', () => {
    const plan = planEvaluation(before, [sample], [], context);
    const [ask] = plan.asks;
    if (ask === undefined) throw new Error('nothing to ask');
    expect(ask.request.logProbs).toBe(false);
    const entry = evaluationOutcome(ask, replyOf(callText('Oslo')), context, at);
    expect(entry).toMatchObject({ type: 'evaluation', outcome: 'MATCH', ...before });
    expect(planEvaluation(before, [sample], [entry], context)).toEqual({ asks: [], known: [], done: 1 });
    expect(planEvaluation(after, [sample], [entry], context)).toEqual({ asks: [], known: [{ ...entry, ...after }], done: 0 });
    expect(planEvaluation(before, [sample], [], context, [{ ...entry, ...after }]).known).toEqual([entry]);
    expect(planEvaluation(after, [sample], [entry], { ...context, policy: { ...model, fingerprint: 'sha256:2' } }).asks).toHaveLength(1);
  });

  it('asks again what failed', () => {
    const [ask] = planEvaluation(before, [sample], [], context).asks;
    if (ask === undefined) throw new Error('nothing to ask');
    expect(planEvaluation(before, [sample], [evaluationOutcome(ask, failed, context, at)], context).asks).toHaveLength(1);
  });
});
