import { describe, expect, it } from 'vitest';
import { outcomesOf, type Measure, type Outcomes } from '../../../scripts/experimentJudge/measures.ts';
import { dropAll, plainMajority, published, sameThird, type Protocol } from '../../../scripts/experimentJudge/protocols.ts';
import { assertSameAsStage } from '../../../scripts/experimentJudge/realPath.ts';
import { demoCases } from '../../../scripts/experimentJudge/records.ts';
import { drawsOf, simulateVotes, type JudgeModel } from '../../../scripts/experimentJudge/simulatedVotes.ts';

/** docs/judge-experiment.md in small: seeds of their own, the middle and the ends of what the goal speaks of. */
const seeds = [101, 102, 103].map((seed) => ({ seed, cases: demoCases(seed).cases }));

function sums(model: JudgeModel, protocol: Protocol): Readonly<Record<Measure, number>> {
  const all = seeds.map(({ seed, cases }): Outcomes => {
    const votes = simulateVotes(cases, drawsOf(cases, seed), model);
    return outcomesOf(cases, cases.map((one, i) => protocol(one, votes[i] as (typeof votes)[number]))); // votes are made for all cases
  });
  const sum = (measure: Measure): number => all.reduce((total, one) => total + one[measure].reduce((a, b) => a + b, 0), 0);
  return { wrong: sum('wrong'), kept: sum('kept'), destroyed: sum('destroyed'), calls: sum('calls') };
}

const model = (more: Partial<JudgeModel>): JudgeModel => ({ accuracy: 0.8, bias: 0.05, correlation: 0.3, between: 0.5, shape: 'even', ...more });

describe('with judges of known quality the protocol', () => {
  it.each([[0.7, 0.3], [0.8, 0], [0.8, 0.3], [0.9, 0.3], [0.95, 0.1]])('leaves at most half of the wrong labels, keeps nine in ten samples and asks at most 2.5 times (accuracy %s, correlation %s)', (accuracy, correlation) => {
    const [ours, theirs] = [sums(model({ accuracy, correlation }), sameThird), sums(model({ accuracy, correlation }), published)];
    expect(theirs.wrong).toBeGreaterThan(50);
    expect(ours.wrong / theirs.wrong).toBeLessThanOrEqual(0.5);
    expect(ours.kept / theirs.kept).toBeGreaterThanOrEqual(0.9);
    expect(ours.calls / theirs.calls).toBeLessThanOrEqual(2.5);
  });

  it('keeps far more than dropping every disagreement, and destroys far less than a plain majority', () => {
    const [ours, dropped, majority] = [sameThird, dropAll, plainMajority].map((protocol) => sums(model({}), protocol));
    expect(ours?.kept ?? 0).toBeGreaterThan(1.15 * (dropped?.kept ?? 0));
    expect(ours?.destroyed ?? Infinity).toBeLessThan(0.6 * (majority?.destroyed ?? 0));
  });

  it('cannot beat errors that are wholly correlated', () => {
    const [ours, theirs] = [sums(model({ correlation: 1, bias: 0 }), sameThird), sums(model({ correlation: 1, bias: 0 }), published)];
    expect(ours.wrong / theirs.wrong).toBeGreaterThan(0.6);
  });

  it('is what the stage does: the same votes as replies lead to the same sets and the same number of requests', () => {
    const [first] = seeds;
    if (first === undefined) throw new Error('there are seeds');
    const votes = simulateVotes(first.cases, drawsOf(first.cases, first.seed), model({}));
    const fast = first.cases.map((one, i) => sameThird(one, votes[i] as (typeof votes)[number])); // votes are made for all cases
    expect(() => assertSameAsStage(first.cases, votes, fast)).not.toThrow();
    expect(() => assertSameAsStage(first.cases, votes, fast.map((one) => ({ ...one, action: 'drop' as const })))).toThrow(/the stage says/u);
  });
});

describe('a simulated judge', () => {
  const cases = seeds.flatMap((one) => one.cases);
  const votesBy = (more: Partial<JudgeModel>) => simulateVotes(cases, drawsOf(cases, 7), model(more));

  it('is as accurate as it is said to be, over both orders, with its preference for a place', () => {
    const votes = votesBy({ accuracy: 0.75, bias: 0.1 });
    const read = votes.flatMap((one, i) => [one.LP('LP'), one.PL('PL')].flatMap((verdict) => (verdict === undefined ? [] : [verdict === cases[i]?.truth])));
    const accuracy = read.filter(Boolean).length / read.length;
    expect(accuracy).toBeGreaterThan(0.73);
    expect(accuracy).toBeLessThan(0.77);
  });

  it.each([0, 0.3, 1])('has errors of two votes that are correlated as they are said to be: %s', (correlation) => {
    const pairs = votesBy({ bias: 0, correlation }).flatMap((one, i) => {
      const [a, b] = [one.LP('LP'), one.PL('PL')];
      return a === undefined || b === undefined ? [] : [[Number(a !== cases[i]?.truth), Number(b !== cases[i]?.truth)] as const];
    });
    const mean = (list: readonly number[]): number => list.reduce((sum, x) => sum + x, 0) / list.length;
    const [ma, mb] = [mean(pairs.map(([a]) => a)), mean(pairs.map(([, b]) => b))];
    const covariance = mean(pairs.map(([a, b]) => (a - ma) * (b - mb)));
    const measured = covariance / Math.sqrt(ma * (1 - ma) * mb * (1 - mb));
    expect(Math.abs(measured - correlation)).toBeLessThan(0.06);
  });
});
