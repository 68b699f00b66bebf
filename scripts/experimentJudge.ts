/* What the verification makes of wrong labels, with judges of known quality: docs/judge-experiment.md says what is measured and how. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { outcomesOf, ratio, type Figure, type Outcomes } from './experimentJudge/measures.ts';
import { fewestWrong, withPeople, type Reviewed } from './experimentJudge/limits.ts';
import * as protocols from './experimentJudge/protocols.ts';
import type { Protocol, Ruled } from './experimentJudge/protocols.ts';
import { assertSameAsStage } from './experimentJudge/realPath.ts';
import { correctionCases, demoCases, type CaseSet } from './experimentJudge/records.ts';
import { drawsOf, simulateVotes, type JudgeModel } from './experimentJudge/simulatedVotes.ts';

const { values: flags } = parseArgs({ options: { seeds: { type: 'string', default: '5' }, data: { type: 'string' }, write: { type: 'boolean', default: false } } });
/** The rules were chosen on seeds 1 to 10; what is reported is on others. */
const firstSeed = 11;
const seeds = Array.from({ length: Math.max(5, Number(flags.seeds)) }, (_, i) => firstSeed + i);

type World = { readonly name: string; readonly sets: readonly CaseSet[]; readonly draws: readonly ReturnType<typeof drawsOf>[] };

function worldOf(name: string, make: (seed: number) => CaseSet | undefined): World | undefined {
  const sets = seeds.map(make).filter((set) => set !== undefined);
  return sets.length < seeds.length ? undefined : { name, sets, draws: sets.map((set, i) => drawsOf(set.cases, seeds[i] ?? 0)) };
}

function dataFolder(): string {
  const own = process.env['LOOPTOOL_SHARED'];
  const folders = flags.data === undefined ? [...(own === undefined ? [] : [own]), '../shared', '../../shared'].map((path) => join(path, 'data')) : [flags.data];
  return folders.find((path) => existsSync(path)) ?? folders[0] ?? '';
}

const standard: JudgeModel = { accuracy: 0.8, bias: 0.05, correlation: 0.3, between: 0.5, shape: 'even' };
const percent = (x: number, digits = 1): string => (100 * x).toFixed(digits);
const shown = ({ value, low, high }: Figure): string => `${value.toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}]`;

type Run = { readonly published: readonly Outcomes[]; readonly of: (protocol: Protocol) => readonly Outcomes[]; readonly people: (protocol: Protocol, share: number, which: Reviewed) => readonly Outcomes[]; readonly bound: () => number };

function run({ sets, draws }: World, change: Partial<JudgeModel>): Run {
  const model = { ...standard, ...change };
  const votes = sets.map(({ cases }, i) => simulateVotes(cases, draws[i] ?? [], model));
  const ruledBy = (protocol: Protocol): readonly (readonly Ruled[])[] => sets.map(({ cases }, s) => cases.map((one, i) => protocol(one, votes[s]?.[i] as NonNullable<(typeof votes)[number][number]>))); // votes are made for all cases
  const outcomes = (ruled: readonly (readonly Ruled[])[]): readonly Outcomes[] => sets.map(({ cases }, s) => outcomesOf(cases, ruled[s] ?? []));
  const published = outcomes(ruledBy(protocols.published));
  const total = (list: readonly Outcomes[], measure: keyof Outcomes): number => list.reduce((sum, one) => sum + one[measure].reduce((a, b) => a + b, 0), 0);
  return {
    published,
    of: (protocol) => outcomes(ruledBy(protocol)),
    people: (protocol, share, which) => outcomes(ruledBy(protocol).map((ruled, s) => withPeople(sets[s]?.cases ?? [], ruled, share, which, seeds[s] ?? 0))),
    bound: () => fewestWrong(sets.map(({ cases }, s) => ({ cases, votes: votes[s] ?? [] })), 0.9 * total(published, 'kept')) / total(published, 'wrong'),
  };
}

type Row = readonly string[];
const table = (head: Row, rows: readonly Row[]): string => [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

const goal = (wrong: Figure, kept: Figure, calls: Figure): string => (wrong.value <= 0.5 && kept.value >= 0.9 && calls.value <= 2.5 ? 'yes' : [wrong.value > 0.5 ? 'wrong' : '', kept.value < 0.9 ? 'kept' : '', calls.value > 2.5 ? 'calls' : ''].filter((part) => part !== '').join(', '));

function compared(theRun: Run, of: readonly Outcomes[]): { readonly cells: Row; readonly met: string } {
  const [wrong, kept, destroyed, calls] = [ratio(of, theRun.published, 'wrong'), ratio(of, theRun.published, 'kept'), ratio(of, theRun.published, 'destroyed'), ratio(of, theRun.published, 'calls')];
  return { cells: [shown(wrong), shown(kept), shown(destroyed), calls.value.toFixed(2)], met: goal(wrong, kept, calls) };
}

const against = ['wrong labels', 'samples kept', 'good labels destroyed', 'judge calls'];
const rowOf = (theRun: Run, of: readonly Outcomes[]): Row => [...compared(theRun, of).cells, compared(theRun, of).met];

/** The published protocol in shares of the cases, the others in multiples of it. */
function mainTable(world: World): string {
  const rows = [0.7, 0.75, 0.8, 0.85, 0.9, 0.95].flatMap((accuracy) =>
    [0, 0.1, 0.2, 0.3].map((correlation): Row => {
      const theRun = run(world, { accuracy, correlation });
      const own = ['wrong', 'kept', 'destroyed'] as const;
      return [percent(accuracy, 0), String(correlation), own.map((measure) => percent(ratio(theRun.published, undefined, measure).value)).join(' / '), ...rowOf(theRun, theRun.of(protocols.sameThird)), theRun.bound().toFixed(2)];
    }),
  );
  return table(['accuracy, %', 'correlation', 'published: wrong / kept / destroyed, % of mismatches', ...against, 'goal met', 'fewest wrong at 0.9 kept'], rows);
}

function protocolTable(world: World): string {
  const theRun = run(world, {});
  const named: readonly (readonly [string, Protocol])[] = [
    ['drop every disagreement', protocols.dropAll],
    ['no third vote', protocols.noThird],
    ['**third vote of the same judge (default)**', protocols.sameThird],
    ['the same, a label that stands is no reason to keep', protocols.noStanding],
    ['the same, what stays unsettled keeps its label', protocols.keepUnsettled],
    ['plain majority of three', protocols.plainMajority],
    ['default, a faulty prediction settles the pair without the judge', protocols.faultSettles],
    ['default, one vote where the prediction is faulty', protocols.faultOneVote],
    ['default behind a closed gate', protocols.gateClosed],
    ['third vote of a second judge', protocols.secondThird],
    ['second judge for the second order, third vote of the first', protocols.sharedOrders],
    ['second judge for the second order, no third vote', protocols.twoJudges],
  ];
  const people: readonly (readonly [string, Protocol, number, Reviewed])[] = [
    ['default, people look at 5 %, by expected value', protocols.sameThird, 0.05, 'expected value'],
    ['default, people look at 5 %, of those without a verdict', protocols.sameThird, 0.05, 'without a verdict'],
    ['default, people look at 5 %, of those that divided votes keep', protocols.sameThird, 0.05, 'divided votes'],
    ['default, people look at 15 %, by expected value', protocols.sameThird, 0.15, 'expected value'],
    ['third vote of a second judge, people look at 5 %, by expected value', protocols.secondThird, 0.05, 'expected value'],
    ['second judge for the second order, no third vote, people look at 15 % of those without a verdict', protocols.twoJudges, 0.15, 'without a verdict'],
  ];
  return table(['protocol', ...against, 'goal met'], [...named.map(([name, protocol]): Row => [name, ...rowOf(theRun, theRun.of(protocol))]), ...people.map(([name, protocol, share, which]): Row => [name, ...rowOf(theRun, theRun.people(protocol, share, which))])]);
}

function curveTable(world: World): string {
  const rows = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1].map((correlation): Row => {
    const [half, none, all] = [run(world, { correlation }), run(world, { correlation, between: 0 }), run(world, { correlation, between: 1 })];
    const wrong = (theRun: Run, of: readonly Outcomes[]): string => shown(ratio(of, theRun.published, 'wrong'));
    return [String(correlation), wrong(half, half.of(protocols.sameThird)), shown(ratio(half.of(protocols.sameThird), half.published, 'kept')), half.bound().toFixed(2), wrong(half, half.of(protocols.secondThird)), wrong(none, none.of(protocols.twoJudges)), wrong(half, half.of(protocols.twoJudges)), wrong(all, all.of(protocols.twoJudges)), shown(ratio(half.of(protocols.twoJudges), half.published, 'kept')), wrong(half, half.people(protocols.sameThird, 0.05, 'expected value')), wrong(half, half.people(protocols.sameThird, 0.15, 'expected value'))];
  });
  return table(['correlation', 'default: wrong', 'default: kept', 'fewest wrong at 0.9 kept', 'third vote of a second judge', 'two judges, one in each order, errors apart', 'half in common', 'all in common', 'two judges: kept', 'default and people, 5 %', 'default and people, 15 %'], rows);
}

function biasTable(world: World): string {
  const rows = ([['even', 0], ['even', 0.05], ['even', 0.1], ['even', 0.2], ['swapped', 0], ['swapped', 0.05], ['swapped', 0.1]] as const).map(([shape, bias]): Row => {
    const theRun = run(world, { bias, shape });
    return [shape, percent(bias, 0), ...rowOf(theRun, theRun.of(protocols.sameThird)), theRun.bound().toFixed(2), ...rowOf(theRun, theRun.of(protocols.plainMajority)).slice(0, 2), ...rowOf(theRun, theRun.of(protocols.secondThird)).slice(0, 2)];
  });
  return table(['errors', 'preference for a place, %', ...against, 'goal met', 'fewest wrong at 0.9 kept', 'plain majority: wrong', 'kept', 'second judge: wrong', 'kept'], rows);
}

/** What the share of wrong labels in the whole next set comes to, before fresh seeds and expansions. */
function nextSetTable(world: World): string {
  const [matched, matchedWrong] = [world.sets.reduce((sum, set) => sum + set.matched, 0), world.sets.reduce((sum, set) => sum + set.matchedWrong, 0)];
  const cases = world.sets.reduce((sum, set) => sum + set.cases.length, 0);
  const before = world.sets.reduce((sum, set) => sum + set.cases.filter(({ truth }) => truth === 'LABEL_WRONG' || truth === 'BOTH_WRONG').length, 0) + matchedWrong;
  const rows = [0.7, 0.8, 0.9].map((accuracy): Row => {
    const theRun = run(world, { accuracy });
    const share = (of: readonly Outcomes[]): string => {
      const sum = (measure: 'wrong' | 'kept'): number => of.reduce((total, one) => total + one[measure].reduce((a, b) => a + b, 0), 0);
      return `${percent((sum('wrong') + matchedWrong) / (sum('kept') + matched), 2)} of ${Math.round((sum('kept') + matched) / seeds.length)}`;
    };
    return [percent(accuracy, 0), `${percent(before / (cases + matched), 2)} of ${Math.round((cases + matched) / seeds.length)}`, share(theRun.published), share(theRun.of(protocols.dropAll)), share(theRun.of(protocols.sameThird)), share(theRun.people(protocols.sameThird, 0.05, 'expected value'))];
  });
  return table(['accuracy, %', 'before: wrong labels, % of samples', 'published', 'drop every disagreement', 'default', 'default and people, 5 %'], rows);
}

function describe({ name, sets }: World): string {
  const all = sets.flatMap(({ cases }) => cases);
  const count = (truth: string): string => percent(all.filter((one) => one.truth === truth).length / all.length);
  const checked = percent(all.filter((one) => one.checked !== undefined).length / all.length);
  return `${name}: ${Math.round(all.length / sets.length)} mismatches a seed (the prediction is wrong in ${count('PRED_WRONG')} %, the label in ${count('LABEL_WRONG')} %, both in ${count('BOTH_WRONG')} %, none in ${count('BOTH_CORRECT')} %); ${checked} % are settled before the judge.`;
}

function checkAgainstStage(world: World): void {
  const votes = simulateVotes(world.sets[0]?.cases ?? [], world.draws[0] ?? [], standard);
  const cases = world.sets[0]?.cases ?? [];
  assertSameAsStage(cases, votes, cases.map((one, i) => protocols.sameThird(one, votes[i] as (typeof votes)[number]))); // votes are made for all cases
}

const sections: (readonly [string, string])[] = [];
const demo = worldOf('Planted errors', demoCases);
const corrections = worldOf('Real corrections', (seed) => correctionCases(dataFolder(), seed));
if (corrections === undefined) console.error(`No bfcl_label_fixes.jsonl in ${dataFolder()}: the part on real corrections is left out. Name its folder with --data DIR.`);
for (const world of [demo, corrections]) {
  if (world === undefined) continue;
  checkAgainstStage(world);
  const key = world === demo ? 'planted' : 'corrections';
  sections.push([`${key}-cases`, describe(world)], [`${key}-main`, mainTable(world)], [`${key}-protocols`, protocolTable(world)], [`${key}-curve`, curveTable(world)], [`${key}-bias`, biasTable(world)], [`${key}-next`, nextSetTable(world)]);
}
for (const [name, text] of sections) console.log(`\n## ${name}\n\n${text}`);
if (flags.write) {
  const file = 'docs/judge-experiment.md';
  let page = readFileSync(file, 'utf8');
  for (const [name, text] of sections) {
    const [begin, end] = [`<!-- ${name} -->`, `<!-- end ${name} -->`];
    const [from, to] = [page.indexOf(begin), page.indexOf(end)];
    if (from < 0 || to < from) throw new Error(`${file} has no place for ${name}`);
    page = `${page.slice(0, from + begin.length)}\n\n${text}\n\n${page.slice(to)}`;
  }
  writeFileSync(file, page);
}
