import { describe, expect, it } from 'vitest';
import { makeSample } from '../../../src/core/dataset/identity.ts';
import type { Label, Sample } from '../../../src/core/dataset/sample.ts';
import { judgeWords, verdictOf } from '../../../src/core/llm/prompts/judge.ts';
import { readSections } from '../../../src/core/llm/prompts/sections.ts';
import { planVerify, preCheck, preCheckEntry, verifyCases, voteOutcome, type VerifyCase, type VerifyContext } from '../../../src/core/loop/jglv.ts';
import { foldJudgement, type JudgementContext } from '../../../src/core/loop/judgement.ts';
import type { Decision } from '../../../src/core/review/decision.ts';
import { foldVerify } from '../../../src/core/rounds/fold.ts';
import type { Judgement, ProbeEntry, VerifyEntry } from '../../../src/core/rounds/journalEntries.ts';
import type { Prediction } from '../../../src/core/toolcall/prediction.ts';
import { at, failed, forecast, model, probeOf, replyOf, sampleOf, tools, user } from './builders.ts';

const context: VerifyContext = { judge: { ...model, model: 'judge-9' }, sampling: { maxTokens: 300 } };
const folding: JudgementContext = { round: 2, relabel: 'always' };

function caseOf(label: Label = forecast('Oslo'), prediction?: Prediction, more: Partial<ProbeEntry> = {}): VerifyCase {
  const sample = sampleOf('Weather in Rome?', label);
  return { sample, probe: probeOf(sample, 'MISMATCH', { ...(prediction === undefined ? {} : { prediction }), ...more }) };
}

function calling(name: string, args: Readonly<Record<string, string | number>>): Prediction {
  return { kind: 'CALL', calls: [{ name, arguments: args }], text: '', warnings: [] };
}

const unreadable: Prediction = { kind: 'INVALID', calls: [], text: '', warnings: ['bad JSON'] };
const invalidLabel: Label = { kind: 'calls', calls: [{ name: 'get_forecast', arguments: { town: 'Oslo' } }] };

/** The journal after the judge answered with these words, label first and then prediction first. */
function voted(verifyCase: VerifyCase, ...replies: readonly string[]): readonly VerifyEntry[] {
  return planVerify([verifyCase], [], context).votes.map((ask, i) => voteOutcome(ask, replyOf(replies[i] ?? ''), context, at));
}

function judged(verifyCase: VerifyCase, entries: readonly VerifyEntry[], more: Partial<JudgementContext> = {}): Judgement | undefined {
  return foldJudgement(verifyCase, foldVerify(entries).get(verifyCase.sample.id), { ...folding, ...more });
}

describe('verification', () => {
  it('is about mismatches alone', () => {
    const samples = ['MATCH', 'MATCH_UNVERIFIED', 'MISMATCH', 'INVALID', 'EMPTY', 'TRUNCATED', 'ERROR'] as const;
    const all = samples.map((outcome) => ({ outcome, sample: sampleOf(outcome) }));
    const probes = new Map(all.map(({ outcome, sample }) => [sample.id, probeOf(sample, outcome)]));
    expect(verifyCases(all.map(({ sample }) => sample), probes).map(({ probe }) => probe.outcome)).toEqual(['MISMATCH', 'INVALID', 'EMPTY', 'TRUNCATED']);
  });

  it('asks in both orders, with the answers changing places', () => {
    const { votes } = planVerify([caseOf()], [], context);
    expect(votes.map(({ order }) => order)).toEqual(['LP', 'PL']);
    const shown = votes.map(({ request }) => readSections(request.messages[1]?.content ?? ''));
    expect(shown[0]?.get('Answer 1')).toEqual({ calls: forecast('Oslo').calls });
    expect(shown[1]?.get('Answer 2')).toEqual({ calls: forecast('Oslo').calls });
    expect(shown[0]?.get('Answer 2')).toEqual(shown[1]?.get('Answer 1'));
    expect(votes[0]?.request.sampling).toMatchObject({ temperature: 0, maxTokens: 300 });
  });

  const checks: readonly (readonly [string, VerifyCase, string | undefined, RegExp])[] = [
    ['an unreadable prediction beside a demand', caseOf({ kind: 'anyCall' }, unreadable), 'PRED_WRONG', /bad JSON/u],
    ['an unreadable prediction beside a label that may be wrong', caseOf(undefined, unreadable), undefined, /^$/u],
    ['two unreadable sides', caseOf({ kind: 'invalid', raw: '{', reason: 'no JSON' }, unreadable), 'NO_CONSENSUS', /neither side/u],
    ['two sides that cannot be right', caseOf(invalidLabel, calling('nope', {})), 'NO_CONSENSUS', /neither side/u],
    ['an answer that was cut off', caseOf(undefined, undefined, { outcome: 'TRUNCATED' }), 'NO_CONSENSUS', /cut off/u],
    ['a call where none is right', caseOf({ kind: 'noCall' }), 'PRED_WRONG', /without a call/u],
    ['a label that cannot be right beside a prediction that may be', caseOf(invalidLabel), undefined, /^$/u],
    ['two sides that may be right', caseOf(), undefined, /^$/u],
  ];
  it.each(checks)('decides %s before the judge, or leaves it', (_name, verifyCase, verdict, reason) => {
    const decided = preCheck(verifyCase);
    expect(decided?.verdict).toBe(verdict);
    expect(decided?.reason ?? '').toMatch(reason);
    if (decided === undefined) return;
    const plan = planVerify([verifyCase], [], context);
    expect([plan.preChecks.length, plan.votes.length]).toEqual([1, 0]);
    const entry = preCheckEntry(decided, at);
    expect(planVerify([verifyCase], [entry], context)).toEqual({ votes: [], preChecks: [], done: 1 });
    expect(judged(verifyCase, [entry])).toMatchObject({ verdict, by: 'preCheck', votes: 0 });
  });

  it('resumes: finished votes are not asked for again, failed ones are, unreadable ones are final', () => {
    const verifyCase = caseOf();
    const { votes } = planVerify([verifyCase], [], context);
    const [first, second] = votes;
    if (first === undefined || second === undefined) throw new Error('two votes expected');
    const unread = voteOutcome(first, replyOf('I cannot say.'), context, at);
    const broken = voteOutcome(second, failed, context, at);
    expect([unread.verdict, broken.verdict]).toEqual(['UNPARSED', 'ERROR']);
    expect(planVerify([verifyCase], [unread, broken], context).votes.map(({ order }) => order)).toEqual(['PL']);
    expect(planVerify([verifyCase], [unread, voteOutcome(second, replyOf('[BOTH_WRONG]'), context, at)], context)).toMatchObject({ votes: [], done: 1 });
  });
});

describe('the judgement', () => {
  // Words of the judge: label first, then prediction first.
  const table: readonly (readonly [string, string, string])[] = [
    ['ANSWER_2_WRONG', 'ANSWER_1_WRONG', 'PRED_WRONG'],
    ['ANSWER_1_WRONG', 'ANSWER_2_WRONG', 'LABEL_WRONG'],
    ['BOTH_CORRECT', 'BOTH_CORRECT', 'BOTH_CORRECT'],
    ['BOTH_WRONG', 'BOTH_WRONG', 'BOTH_WRONG'],
    ['ANSWER_1_WRONG', 'ANSWER_1_WRONG', 'NO_CONSENSUS'],
    ['BOTH_CORRECT', 'ANSWER_1_WRONG', 'NO_CONSENSUS'],
    ['nonsense', 'ANSWER_1_WRONG', 'NO_CONSENSUS'],
    ['nonsense', 'nonsense', 'NO_CONSENSUS'],
  ];
  it.each(table)('of %s and %s is %s', (first, second, verdict) => {
    const result = judged(caseOf(), voted(caseOf(), `[${first}]`, `[${second}]`));
    expect(result).toMatchObject({ verdict, votes: 2, by: 'judge', source: 'judge-9', agreeing: verdict !== 'NO_CONSENSUS' ? 2 : second === 'nonsense' ? 0 : 1 });
    expect(result?.relabel).toEqual(verdict === 'LABEL_WRONG' ? forecast('Rome') : undefined);
  });

  it('replaces a label only when both orders call the label, and nothing else, wrong', () => {
    for (const first of judgeWords)
      for (const second of judgeWords) {
        const result = judged(caseOf(), voted(caseOf(), `[${first}]`, `[${second}]`));
        expect(result?.relabel !== undefined).toBe(verdictOf(first, 'LP') === 'LABEL_WRONG' && verdictOf(second, 'PL') === 'LABEL_WRONG');
      }
  });

  it('waits for both votes, and for votes on this label', () => {
    const votes = voted(caseOf(), '[ANSWER_1_WRONG]', '[ANSWER_2_WRONG]');
    expect(judged(caseOf(), votes.slice(0, 1))).toBeUndefined();
    expect(judged(caseOf(forecast('Bern')), votes)).toBeUndefined();
  });

  it('does not replace when that is switched off, and says why', () => {
    const result = judged(caseOf(), voted(caseOf(), '[ANSWER_1_WRONG]', '[ANSWER_2_WRONG]'), { relabel: 'off' });
    expect(result).toMatchObject({ verdict: 'LABEL_WRONG', refused: expect.stringContaining('verify.relabel') as string });
    expect(result?.relabel).toBeUndefined();
  });

  it('takes a text as the new label with what it does', () => {
    const ask: Prediction = { kind: 'TEXT_ASK', calls: [], text: 'Which city?', argument: 'city', warnings: [] };
    const result = judged(caseOf(undefined, ask), voted(caseOf(undefined, ask), '[ANSWER_1_WRONG]', '[ANSWER_2_WRONG]'));
    expect(result?.relabel).toEqual({ kind: 'text', text: 'Which city?', textKind: { kind: 'ask', argument: 'city' } });
  });

  it.each([
    ['[ANSWER_2_WRONG]', '[ANSWER_1_WRONG]', 'BOTH_WRONG'],
    ['[BOTH_CORRECT]', '[BOTH_CORRECT]', 'LABEL_WRONG'],
    ['[BOTH_CORRECT]', '[ANSWER_2_WRONG]', 'LABEL_WRONG'],
  ])('never holds a label right that breaks the schema (%s, %s)', (first, second, verdict) => {
    expect(judged(caseOf(invalidLabel), voted(caseOf(invalidLabel), first, second))?.verdict).toBe(verdict);
  });

  const faulty: readonly (readonly [string, Prediction, RegExp])[] = [
    ['is unreadable', unreadable, /bad JSON/u],
    ['is empty', { kind: 'EMPTY', calls: [], text: '', warnings: [] }, /empty/u],
    ['calls a tool that does not exist', calling('get_forecasts', { city: 'Rome' }), /get_forecasts/u],
    ['has an argument of the wrong type', calling('get_forecast', { city: 'Rome', days: 'two' }), /days/u],
  ];
  it.each(faulty)('never holds a prediction right that %s: what the judge says of the label counts', (_what, prediction, reason) => {
    const verifyCase = caseOf(undefined, prediction);
    const right = judged(verifyCase, voted(verifyCase, '[ANSWER_2_WRONG]', '[BOTH_CORRECT]'));
    expect(right).toMatchObject({ verdict: 'PRED_WRONG', analysis: expect.stringMatching(reason) as string, agreeing: 2 });
    const wrong = judged(verifyCase, voted(verifyCase, '[ANSWER_1_WRONG]', '[BOTH_WRONG]'));
    expect(wrong).toMatchObject({ verdict: 'BOTH_WRONG' });
    expect(wrong?.relabel).toBeUndefined();
  });

  describe('of a person', () => {
    const decide = (sample: Sample, more: Partial<Decision>): Decision => ({ v: 1, op: 'decide', id: 'd', at, by: 'ann', sampleId: sample.id, labelHash: sample.labelHash, round: 2, ruling: 'keepLabel', ...more });
    const against = (verifyCase: VerifyCase): readonly VerifyEntry[] => voted(verifyCase, '[ANSWER_1_WRONG]', '[ANSWER_2_WRONG]');

    it.each([
      ['keepLabel', 'PRED_WRONG'],
      ['takePrediction', 'LABEL_WRONG'],
      ['bothCorrect', 'BOTH_CORRECT'],
      ['bothWrong', 'BOTH_WRONG'],
      ['drop', 'BOTH_WRONG'],
      ['unsure', 'NO_CONSENSUS'],
    ] as const)('outranks the judge: %s is %s', (ruling, verdict) => {
      const result = judged(caseOf(), against(caseOf()), { decision: decide(caseOf().sample, { ruling }) });
      expect(result).toMatchObject({ verdict, by: 'person', source: 'ann' });
      expect(result?.relabel).toEqual(ruling === 'takePrediction' ? forecast('Rome') : undefined);
    });

    it('needs no vote', () => {
      expect(judged(caseOf(), [], { decision: decide(caseOf().sample, {}) })?.verdict).toBe('PRED_WRONG');
    });

    it('does not apply to another label', () => {
      expect(judged(caseOf(), against(caseOf()), { decision: decide(caseOf(forecast('Bern')).sample, {}) })?.verdict).toBe('LABEL_WRONG');
    });

    it('is about the answer of its round alone, and about no round where it was made on a file of predictions', () => {
      const verdict = judged(caseOf(), against(caseOf()))?.verdict;
      for (const more of [{ round: 1 }, { round: undefined, predictions: 'answers.jsonl' }] as const) {
        expect(judged(caseOf(), against(caseOf()), { decision: decide(caseOf().sample, { ruling: 'unsure', ...more }) })).toMatchObject({ verdict, by: 'judge' });
        expect(judged(caseOf(), against(caseOf()), { decision: decide(caseOf().sample, { ruling: 'bothCorrect', ...more }) })).toMatchObject({ by: 'judge' });
      }
    });

    it('drops a sample whatever label it has by now', () => {
      expect(judged(caseOf(), against(caseOf()), { decision: decide(caseOf(forecast('Bern')).sample, { ruling: 'drop', round: 1 }) })).toMatchObject({ verdict: 'BOTH_WRONG', by: 'person' });
    });

    it('protects the label in later rounds, where the prediction may be another', () => {
      const kept = judged(caseOf(), against(caseOf()), { decision: decide(caseOf().sample, { round: 1 }) });
      expect(kept).toMatchObject({ verdict: 'BOTH_CORRECT', by: 'judge' });
      const chosen = decide(caseOf(forecast('Bern')).sample, { round: 1, ruling: 'takePrediction', label: forecast('Oslo') });
      expect(judged(caseOf(), against(caseOf()), { decision: chosen })?.verdict).toBe('BOTH_CORRECT');
      const wrong = decide(caseOf().sample, { round: 1, ruling: 'bothWrong' });
      expect(judged(caseOf(), voted(caseOf(), '[BOTH_CORRECT]', '[BOTH_CORRECT]'), { decision: wrong })?.verdict).toBe('LABEL_WRONG');
    });
  });
});

describe('a sample without tools', () => {
  it('has every call refused', () => {
    const sample = makeSample({ tools: [], messages: user('x'), label: { kind: 'text', text: 'no' } });
    const verifyCase = { sample, probe: probeOf(sample, 'MISMATCH') };
    expect(judged(verifyCase, voted(verifyCase, '[BOTH_CORRECT]', '[BOTH_CORRECT]'))?.verdict).toBe('PRED_WRONG');
    expect(tools.length).toBeGreaterThan(0);
  });
});
