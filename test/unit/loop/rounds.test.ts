import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Label } from '../../../src/core/dataset/sample.ts';
import { canonicalFold, foldEvaluate, foldProbe, foldVerify } from '../../../src/core/rounds/fold.ts';
import type { EvaluateEntry, ProbeEntry, ProbeOutcome, VerifyEntry, VoteEntry } from '../../../src/core/rounds/journalEntries.ts';
import { lineageOf } from '../../../src/core/rounds/lineage.ts';
import { roundDirectoryName, roundOfDirectoryName } from '../../../src/core/rounds/naming.ts';
import { isRight, roundReport, type RoundReportInput } from '../../../src/core/rounds/report.ts';
import { roundReportSchema } from '../../../src/core/rounds/roundReport.ts';
import { compileTextKinds, noTextKinds } from '../../../src/core/toolcall/textKinds.ts';
import { at, forecast, judgementOf, probeOf, rowOf, sampleOf } from './builders.ts';

const samples = Array.from({ length: 6 }, (_, i) => sampleOf(`text ${i}`));
const [first, second, third, fourth] = samples as [(typeof samples)[0], (typeof samples)[0], (typeof samples)[0], (typeof samples)[0]]; // six were made

function vote(order: 'LP' | 'PL', verdict: VoteEntry['verdict'], more: Partial<VoteEntry> = {}): VoteEntry {
  return { v: 1, type: 'vote', sampleId: first.id, labelHash: first.labelHash, requestKey: `req_${order}`, attempt: 1, startedAt: at, elapsedMs: 1, judge: 'm', simulated: false, promptVersion: 'p', order, verdict, analysis: '', approach: '', ...more };
}

describe('folds', () => {
  it('let the last answer count, never a failed request before or after it', () => {
    const [match, error, miss] = (['MATCH', 'ERROR', 'MISMATCH'] as const).map((outcome) => probeOf(first, outcome)) as [ProbeEntry, ProbeEntry, ProbeEntry]; // three were made
    const outcome = (...entries: ProbeEntry[]): string | undefined => foldProbe(entries).get(first.id)?.outcome;
    expect([outcome(error, match), outcome(match, error), outcome(match, miss, error), outcome(error)]).toEqual(['MATCH', 'MATCH', 'MISMATCH', 'ERROR']);
  });

  it('are sorted by sample id and keep to the rows given', () => {
    const entries = [...samples].reverse().map((sample) => probeOf(sample, 'MATCH'));
    expect([...foldProbe(entries).keys()]).toEqual(samples.map(({ id }) => id).sort());
    expect([...foldProbe(entries, [first, sampleOf('text 1', forecast('Bern'))]).keys()]).toEqual([first.id]);
  });

  it('keep one vote per order, and drop the votes on a former label', () => {
    const votesOf = (...entries: VerifyEntry[]): readonly string[] => foldVerify(entries).get(first.id)?.votes.map(({ order, verdict }) => `${order} ${verdict}`) ?? [];
    expect(votesOf(vote('PL', 'BOTH_WRONG'), vote('LP', 'ERROR'), vote('LP', 'BOTH_CORRECT'), vote('LP', 'ERROR'))).toEqual(['LP BOTH_CORRECT', 'PL BOTH_WRONG']);
    expect(votesOf(vote('PL', 'BOTH_WRONG'), vote('LP', 'BOTH_WRONG', { labelHash: 'lbl_other' }))).toEqual(['LP BOTH_WRONG']);
  });

  it('canonically equal a resumed run: order, timing, attempts and failures on the way do not show', () => {
    const run = samples.map((sample, i) => probeOf(sample, i % 2 === 0 ? 'MATCH' : 'MISMATCH', { reply: `r${i}` }));
    const votes = [vote('LP', 'BOTH_WRONG'), vote('PL', 'BOTH_WRONG')];
    const plain = canonicalFold([...run, ...votes]);
    expect(plain.split('\n')).toHaveLength(9);
    expect(plain).not.toMatch(/startedAt|elapsedMs|attempt|Tokens/u);
    const failures = [...run.map((entry): ProbeEntry => ({ ...entry, outcome: 'ERROR', error: 'x' })), vote('LP', 'ERROR')];
    fc.assert(
      fc.property(fc.shuffledSubarray([...run, ...votes], { minLength: 8 }), fc.subarray(failures), fc.subarray(failures), fc.nat(), (shuffled, before, after, n) => {
        const resumed = [...before, ...shuffled.map((entry) => ({ ...entry, startedAt: String(n), elapsedMs: n, attempt: n, promptTokens: n })), ...after];
        expect(canonicalFold(resumed)).toBe(plain);
      }),
    );
    expect(canonicalFold([...run.slice(1), ...votes])).not.toBe(plain);
    expect(canonicalFold([])).toBe('');
  });
});

describe('round folders', () => {
  it('are named with four digits and read back', () => {
    expect([1, 42, 12_345].map(roundDirectoryName)).toEqual(['0001', '0042', '12345']);
    expect(['0001', '0042', '12345', '1', '0000', '00001', 'x'].map(roundOfDirectoryName)).toEqual([1, 42, 12_345, undefined, undefined, undefined, undefined]);
  });
});

describe('lineage', () => {
  it('follows a sample through the rounds and up to its root', () => {
    const rounds = [
      { round: 2, rows: [rowOf(second, { origin: 'expansion', parents: [first.id] }), rowOf(first, { origin: 'labelRefined', label: forecast('Bern'), replaced: { label: first.label, labelHash: first.labelHash, round: 1, by: 'judge', source: 'm' } })] },
      { round: 1, rows: [rowOf(first)] },
      { round: 3, rows: [rowOf(third, { origin: 'expansion', parents: [second.id] })] },
    ];
    expect(lineageOf(first.id, rounds)).toEqual({
      ancestors: [],
      steps: [
        { round: 1, origin: 'seed', label: first.label, replaced: false },
        { round: 2, origin: 'labelRefined', label: forecast('Bern'), replaced: true },
      ],
    });
    expect(lineageOf(third.id, rounds)?.ancestors).toEqual([second.id, first.id]);
    expect(lineageOf(fourth.id, rounds)).toBeUndefined();
  });
});

describe('the round report', () => {
  function evaluation(i: number, phase: 'before' | 'after', outcome: ProbeOutcome): EvaluateEntry {
    return { v: 1, type: 'evaluation', sampleId: `smp_${i}`, labelHash: 'l', requestKey: 'r', attempt: 1, startedAt: at, elapsedMs: 1, set: 'templates', phase, outcome };
  }
  const rows = samples.map((sample) => rowOf(sample));
  const oslo = forecast('Oslo');
  const bern = forecast('Bern');
  const truth = new Map<string, Label>([[first.id, bern], [second.id, oslo], [third.id, bern]]);
  const input: RoundReportInput = {
    round: 1,
    seed: 1,
    textKinds: noTextKinds,
    rows,
    training: { steps: 8, reward: 0.5, notes: ['n'] },
    probes: new Map([first, second, third, fourth].map((sample, i) => [sample.id, probeOf(sample, i === 3 ? 'MATCH' : 'MISMATCH', i === 3 ? { ppl: null, pplMissing: 'x' } : {})])),
    judgements: new Map([judgementOf(first, 'LABEL_WRONG', { relabel: bern }), judgementOf(second, 'LABEL_WRONG', { relabel: bern }), judgementOf(third, 'NO_CONSENSUS')].map((j) => [j.sampleId, j])),
    expansions: { asked: 8, accepted: 5, refused: { judge: 3 } },
    composition: { rows: [rowOf(first, { label: bern }), rowOf(second, { label: bern })], size: 2, byOrigin: { labelRefined: 2 }, pplThreshold: 1.25, notes: [] },
    heldOut: [{ set: 'templates', samples: 100 }, { set: 'values', samples: 50 }],
    evaluation: foldEvaluate([
      ...Array.from({ length: 100 }, (_, i) => evaluation(i, 'before', i < 40 ? 'MATCH' : i === 99 ? 'ERROR' : 'MISMATCH')),
      ...Array.from({ length: 100 }, (_, i) => evaluation(i, 'after', i < 50 ? 'MATCH' : i < 60 ? 'MATCH_UNVERIFIED' : 'TRUNCATED')),
    ]),
    truth,
    simulated: ['judge'],
  };
  const report = roundReport(input);

  it('keeps to its schema', () => {
    expect(roundReportSchema.parse(report)).toEqual(report);
  });

  it('counts outcomes, verdicts and what was replaced, rightly or not', () => {
    expect(report.probe).toMatchObject({ samples: 4, outcomes: { MISMATCH: 3, MATCH: 1 }, pplMissing: 1, kinds: {}, tools: [{ tool: 'get_forecast', samples: 4, matched: 1, outcomes: { MISMATCH: 3 } }] });
    expect(report.verify).toEqual({ judged: 3, verdicts: { LABEL_WRONG: 2, NO_CONSENSUS: 1 }, replaced: 2, held: 0, standing: 0, by: { judge: 3 }, votes: { '2 of 2': 3 }, rightly: 1, wrongLabelsBefore: 2, wrongLabelsAfter: 1 });
    expect(report.compose).toMatchObject({ size: 2, pplThreshold: 1.25 });
  });

  it('says nothing of right and wrong without the truth', () => {
    expect(roundReport({ ...input, truth: undefined }).verify).toEqual({ judged: 3, verdicts: { LABEL_WRONG: 2, NO_CONSENSUS: 1 }, replaced: 2, held: 0, standing: 0, by: { judge: 3 }, votes: { '2 of 2': 3 } });
  });

  it('gives accuracies with intervals and the difference over samples answered both times', () => {
    const [templates, values] = report.evaluate;
    expect(templates?.before?.value).toBeCloseTo(40 / 99, 12);
    expect(templates?.after?.value).toBeCloseTo(0.6, 12);
    expect(templates?.difference?.value).toBeCloseTo(20 / 99, 12);
    expect((templates?.difference?.low ?? 0) > 0.1 && (templates?.difference?.high ?? 1) < 0.3).toBe(true);
    expect(templates).toMatchObject({ samples: 100, unverified: 10 });
    expect(values).toEqual({ set: 'values', samples: 50, unverified: 0 });
  });

  it('asks the comparer whether a label is right', () => {
    const kinds = compileTextKinds({ ask: ['^Which (?<argument>\\w+)'], decline: ['^Sorry'] });
    const ask = (text: string): Label => ({ kind: 'text', text });
    expect(isRight(ask('Which city?'), { kind: 'text', text: 'Which city do you mean?', textKind: { kind: 'ask', argument: 'city' } }, kinds)).toBe(true);
    expect(isRight(ask('Sorry.'), { kind: 'text', text: 'Which city?' }, kinds)).toBe(false);
    expect(isRight(oslo, bern, kinds)).toBe(false);
    expect(isRight({ kind: 'noCall' }, { kind: 'noCall' }, kinds)).toBe(true);
    expect(isRight(oslo, undefined, kinds)).toBeUndefined();
  });
});
