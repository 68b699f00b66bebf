import { describe, expect, it } from 'vitest';
import { readSections } from '../../../src/core/llm/prompts/sections.ts';
import { sortRows } from '../../../src/core/loop/buckets.ts';
import { planVerify, voteOutcome, type VerifyCase, type VerifyContext } from '../../../src/core/loop/jglv.ts';
import { foldJudgement } from '../../../src/core/loop/judgement.ts';
import { planThirdVotes } from '../../../src/core/loop/thirdVote.ts';
import type { RoundGate } from '../../../src/core/review/measure/gate.ts';
import { canonicalFold, foldVerify } from '../../../src/core/rounds/fold.ts';
import { voteEntrySchema, type Judgement, type VerifyEntry } from '../../../src/core/rounds/journalEntries.ts';
import { at, failed, forecast, model, probeOf, replyOf, rowOf, sampleOf } from '../loop/builders.ts';

const context: VerifyContext = { judge: { ...model, model: 'judge-9' }, sampling: {} };
const same = { ...context, third: 'same' as const };
const second = { judge: { ...model, model: 'other-3' }, sampling: {}, third: 'second' as const };

function makeCase(): VerifyCase {
  const sample = sampleOf('Weather in Rome?', forecast('Oslo'));
  return { sample, probe: probeOf(sample, 'MISMATCH') };
}

const verifyCase = makeCase();

function voted(...replies: readonly string[]): readonly VerifyEntry[] {
  return planVerify([verifyCase], [], context).votes.map((ask, i) => voteOutcome(ask, replyOf(replies[i] ?? ''), context, at));
}

function judged(entries: readonly VerifyEntry[], relabel: 'always' | RoundGate = 'always'): Judgement | undefined {
  return foldJudgement(verifyCase, foldVerify(entries).get(verifyCase.sample.id), { round: 1, relabel });
}

/** The label wrong when it stands first, the prediction wrong when that does: the second answer is preferred. */
const divided = ['[ANSWER_1_WRONG]', '[ANSWER_1_WRONG]'] as const;

describe('a third vote', () => {
  it('is asked of the same judge with sampling and a seed of the pair, and of nobody where two agree', () => {
    const { votes } = planThirdVotes([verifyCase], voted(...divided), same);
    expect(votes).toMatchObject([{ order: 'PL', third: true, request: { sampling: { temperature: 0.7 } } }]);
    expect(votes[0]?.request.sampling.seed).toBeGreaterThan(0);
    expect(planThirdVotes([verifyCase], voted(...divided), same).votes[0]?.requestKey).toBe(votes[0]?.requestKey);
    expect(planThirdVotes([verifyCase], voted('[BOTH_WRONG]', '[BOTH_WRONG]'), same)).toEqual({ votes: [], done: 0 });
    expect(planThirdVotes([verifyCase], voted('[BOTH_CORRECT]', '[ANSWER_1_WRONG]'), same)).toEqual({ votes: [], done: 0 });
  });

  it('waits for the first two: a failed one is asked again before', () => {
    const { votes } = planVerify([verifyCase], [], context);
    const entries = votes.map((ask, i) => voteOutcome(ask, i === 0 ? replyOf('[ANSWER_1_WRONG]') : failed, context, at));
    expect(planThirdVotes([verifyCase], entries, same).votes).toEqual([]);
  });

  it('shows the answers in the order that it is asked in', () => {
    const [ask] = planThirdVotes([verifyCase], voted('[BOTH_WRONG]', '[ANSWER_2_WRONG]'), same).votes;
    expect(ask?.order).toBe('LP');
    expect(readSections(ask?.request.messages[1]?.content ?? '').get('Answer 1')).toEqual({ calls: forecast('Oslo').calls });
  });

  it('decides with the vote that it bears out, and stands in the journal as what it is', () => {
    const votes = voted(...divided);
    const [ask] = planThirdVotes([verifyCase], votes, same).votes;
    if (ask === undefined) throw new Error('a third vote is wanted');
    expect(judged(votes)).toMatchObject({ verdict: 'NO_CONSENSUS', votes: 2 });
    const third = voteOutcome(ask, replyOf('{"verdict":"ANSWER_2_WRONG","error_analysis":"the city","correct_approach":""}'), same, at);
    expect(voteEntrySchema.parse(third)).toMatchObject({ third: true, order: 'PL', judge: 'judge-9', verdict: 'LABEL_WRONG', reply: expect.stringContaining('the city') as string });
    expect(judged([...votes, third])).toMatchObject({ verdict: 'LABEL_WRONG', votes: 3, agreeing: 2, relabel: forecast('Rome') });
    expect(judged([...votes, voteOutcome(ask, replyOf('[ANSWER_1_WRONG]'), same, at)])).toMatchObject({ verdict: 'PRED_WRONG', agreeing: 2 });
    expect(judged([...votes, voteOutcome(ask, failed, same, at)])).toMatchObject({ verdict: 'NO_CONSENSUS', votes: 2 });
    const done = planThirdVotes([verifyCase], [...votes, third], same);
    expect([done.votes.length, done.done]).toEqual([0, 1]);
    // The first two are asked for no more either, and the fold does not depend on the order of lines.
    expect(planVerify([verifyCase], [...votes, third], context)).toMatchObject({ votes: [], done: 1 });
    expect(canonicalFold([third, ...votes])).toBe(canonicalFold([...votes, third]));
    expect(judged([third, ...votes])).toEqual(judged([...votes, third]));
  });

  it('of another model replaces a label only where labels are always replaced: nobody has measured the two together', () => {
    const votes = voted(...divided);
    const [ask] = planThirdVotes([verifyCase], votes, second).votes;
    if (ask === undefined) throw new Error('a third vote is wanted');
    expect(ask.request.sampling).toMatchObject({ temperature: 0 });
    const third = voteOutcome(ask, replyOf('[ANSWER_2_WRONG]'), second, at);
    const passed = ['judge-9', 'other-3'].map((judge) => ({ judge, promptVersion: ask.promptVersion }));
    const gate: RoundGate = { relabel: 'gate', threshold: 0.9, least: 100, judge: 'judge-9', promptVersion: ask.promptVersion, simulated: false, open: true, cause: 'passed', reason: 'gate open', at, passed };
    expect(judged([...votes, third])).toMatchObject({ verdict: 'LABEL_WRONG', source: 'judge-9, other-3', relabel: forecast('Rome') });
    expect(judged([...votes, third], gate)).toMatchObject({ verdict: 'LABEL_WRONG', held: true, refused: 'the votes are of different judges or prompts' });
  });
});

describe('a label that stands', () => {
  it('stays in the next set without being an error seed', () => {
    const judgement = judged(voted('[BOTH_CORRECT]', '[ANSWER_1_WRONG]'));
    expect(judgement).toMatchObject({ verdict: 'NO_CONSENSUS', labelStands: true });
    const row = rowOf(verifyCase.sample);
    const sorted = sortRows([row], new Map([[row.id, verifyCase.probe]]), new Map(judgement === undefined ? [] : [[row.id, judgement]]), 1);
    expect([sorted.bothCorrect.length, sorted.errorSeeds.length, sorted.dropped]).toEqual([1, 0, {}]);
  });
});

describe('the published protocol', () => {
  const paper: VerifyContext = { ...context, protocol: 'paper' };
  const ask = (one: VerifyCase = verifyCase) => planVerify([one], [], paper);

  it('asks once, with the label first, at its own temperature and without a schema', () => {
    const { votes } = ask();
    expect(votes).toMatchObject([{ order: 'LP', promptVersion: 'judge-paper-1', request: { sampling: { temperature: 0, topP: 0.8, maxTokens: 5000 } } }]);
    expect(votes[0]?.request.jsonSchema).toBeUndefined();
  });

  it.each([
    ['[RESPONSE1_INCORRECT].\nError Analysis: the city.\nCorrect Approach: Rome.', 'LABEL_WRONG'],
    ['[RESPONSE2_INCORRECT]', 'PRED_WRONG'],
    ['[BOTH_CORRECT]', 'BOTH_CORRECT'],
    ['[BOTH_INCORRECT]', 'BOTH_WRONG'],
    ['<think>RESPONSE2_INCORRECT</think>It is RESPONSE1_INCORRECT, not RESPONSE2_INCORRECT.', 'LABEL_WRONG'],
    ['I cannot say.', 'NO_CONSENSUS'],
  ])('reads %s as %s', (reply, verdict) => {
    const [vote] = ask().votes;
    if (vote === undefined) throw new Error('one vote is asked');
    const result = judged([voteOutcome(vote, replyOf(reply), paper, at)]);
    expect(result).toMatchObject({ verdict, votes: 1 });
    expect(result?.relabel).toEqual(verdict === 'LABEL_WRONG' ? forecast('Rome') : undefined);
  });

  it('knows no schemas, and judges no text against text', () => {
    const faulty = { ...verifyCase, probe: { ...verifyCase.probe, prediction: { kind: 'CALL' as const, calls: [{ name: 'nope', arguments: {} }], text: '', warnings: [] } } };
    expect([ask(faulty).votes.length, ask(faulty).preChecks.length]).toEqual([1, 0]);
    const sample = sampleOf('Hi', { kind: 'text', text: 'Hello' });
    const texts = { sample, probe: probeOf(sample, 'MISMATCH', { prediction: { kind: 'TEXT_ANSWER', calls: [], text: 'Bye', warnings: [] } }) };
    expect([ask(texts).votes.length, ask(texts).preChecks[0]?.verdict]).toEqual([0, 'NO_CONSENSUS']);
  });
});
