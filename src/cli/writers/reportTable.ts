import type { RoundReport } from '../../core/rounds/roundReport.ts';
import { formatTable } from '../table.ts';

type Interval = { readonly value: number; readonly low: number; readonly high: number };

/** The table of one round: what went in, what came out, and what it is worth. */
export function reportText(report: RoundReport): string {
  const sections = [`Round ${report.round}`, formatTable(rows(report), { rightFrom: 9 })];
  if (report.evaluate.length > 0) sections.push(formatTable(heldOutRows(report), { rightFrom: 1 }));
  const notes = [...report.train.notes, ...report.compose.notes];
  if (report.simulated.length > 0) notes.push(`Simulated models took part: ${report.simulated.join(', ')}. Their verdicts and samples stand for those of real models.`);
  if (notes.length > 0) sections.push(notes.map((note) => `  - ${note}`).join('\n'));
  return `${sections.join('\n')}\n`;
}

function rows({ train, probe, verify, expand, compose }: RoundReport): readonly (readonly string[])[] {
  const { MATCH = 0, MATCH_UNVERIFIED = 0, ...others } = probe.outcomes;
  const rewarded = train.reward === undefined ? '' : `, reward ${train.reward.toFixed(2)} at the end, dead groups ${percent(train.deadGroups ?? 0)}`;
  const unverified = MATCH_UNVERIFIED > 0 ? ` (${MATCH_UNVERIFIED} of them text that nothing verifies)` : '';
  const rightly = verify.rightly === undefined ? '' : `, rightly ${verify.rightly}`;
  const result: (readonly string[])[] = [
    ['train', `${train.rows} rows, ${train.steps} steps${rewarded}`],
    ['matched', `${MATCH + MATCH_UNVERIFIED} of ${probe.samples}${unverified}`],
    ['mismatched', listOf(others) || '0'],
    ...probeRows(probe),
    ['verdicts', `${verify.judged}: ${listOf(verify.verdicts) || 'none'}`],
    ...votesRows(verify),
    ['labels replaced', `${verify.replaced}${rightly}${verify.held > 0 ? `; ${verify.held} held back for the review` : ''}`],
  ];
  if (verify.gate !== undefined) result.push(['replacing', verify.gate.reason]);
  if (verify.wrongLabelsBefore !== undefined) result.push(['wrong labels', `${verify.wrongLabelsBefore} in this set${verify.wrongLabelsAfter === undefined ? '' : `, ${verify.wrongLabelsAfter} in the next`}`]);
  const refused = listOf(expand.refused);
  result.push(['expansions', `${expand.accepted} kept of ${expand.asked}${refused === '' ? '' : `; refused: ${refused}`}`]);
  for (const { gate, reasons } of expand.gates ?? []) result.push(['', `${gate}: ${reasons.slice(0, 3).map(({ reason, count }) => `${count} ${reason}`).join('; ')}`]);
  result.push(['next set', `${compose.size}: ${listOf(compose.byOrigin) || 'not composed yet'}`]);
  const ranked = compose.rankedBy === undefined ? '' : listOf({ perplexity: compose.rankedBy.ppl, 'pass rate': compose.rankedBy.passRate, 'a seeded order': compose.rankedBy.seed });
  if (ranked !== '') result.push(['matched ranked by', `${ranked}${compose.pplThreshold === undefined ? '' : `; perplexity from ${compose.pplThreshold.toFixed(4)} on`}`]);
  const ends = lostFlows(compose.flows ?? []);
  if (ends !== '') result.push(['not in the next set', ends]);
  return result;
}

/** How the judge's votes fell, and what was decided without it. */
function votesRows({ by = {}, votes = {}, thirdVotes = 0, standing = 0 }: RoundReport['verify']): readonly (readonly string[])[] {
  const { judge = 0, ...others } = by;
  const parts = [...(judge > 0 ? [`votes agreeing: ${listOf(votes)}`] : []), ...(thirdVotes > 0 ? [`third votes for ${thirdVotes}`] : []), ...(standing > 0 ? [`${standing} labels stand without a verdict`] : []), ...(listOf(others) === '' ? [] : [`without the judge: ${listOf({ 'by rule': others['preCheck'] ?? 0, 'by people': others['person'] ?? 0 })}`])];
  return parts.length === 0 ? [] : [['', parts.join('; ')]];
}

/** Where samples end that are in no next set. */
function lostFlows(flows: NonNullable<RoundReport['compose']['flows']>): string {
  const ends = new Set(['cut', 'left out', 'trained before', 'dropped by people']);
  return flows.filter(({ to }) => ends.has(to)).map(({ from, to, count }) => `${count} ${from} ${to}`).join(', ');
}

const shownTools = 5;

/** What is wrong with mismatches, by tool and argument, and what further answers say. */
function probeRows({ ppl, kinds = {}, tools = [], moreTools = 0, covers = {}, again, repeats }: RoundReport['probe']): readonly (readonly string[])[] {
  const result: (readonly string[])[] = [];
  if (listOf(kinds) !== '') result.push(['differences', listOf(kinds)]);
  const wrong = tools.filter(({ samples, matched }) => matched < samples);
  for (const [i, { tool, samples, matched, outcomes, arguments: byArgument }] of wrong.slice(0, shownTools).entries()) {
    const where = byArgument.slice(0, 3).map(({ argument, kinds: of }) => `${argument} (${listOf(of)})`).join(', ');
    result.push([i === 0 ? 'by tool' : '', `${tool}: ${matched} of ${samples} matched, ${listOf(outcomes)}${where === '' ? '' : `; ${where}`}`]);
  }
  if (wrong.length > shownTools) result.push(['', `and ${wrong.length - shownTools}${moreTools > 0 ? ' or more' : ''} tools with fewer (looptool status --json)`]);
  const why = listOf(ppl?.missing ?? {});
  if (ppl !== undefined && why !== '') result.push(['perplexity', `${ppl.samples === 0 ? 'of no sample' : `of ${ppl.samples} samples`}${ppl.over === 'all' ? '' : `, over the ${ppl.over}`}; missing: ${why}`]);
  if (listOf(covers) !== '') result.push(['log-probs cover', listOf(covers)]);
  if (again !== undefined) result.push(['asked again', `${again.flips} of ${again.samples} verdicts flipped, ${accuracy(again.share)}; ${again.changed} more answers changed`]);
  if (repeats !== undefined) {
    result.push(['repeats', `${repeats.right} of ${repeats.answers} answers to ${repeats.samples} samples right at temperature ${repeats.temperature}; ${repeats.flaky.samples} samples flaky, ${accuracy(repeats.flaky.share)}`]);
    const { deadGroups } = repeats;
    if (deadGroups !== undefined) result.push(['dead groups', `${accuracy(deadGroups.share)} of groups of ${deadGroups.group} expected: all right ${percent(deadGroups.right)}, all wrong ${percent(deadGroups.wrong)}`]);
  }
  return result;
}

function heldOutRows({ evaluate }: RoundReport): readonly (readonly string[])[] {
  return [
    ['held out', 'samples', 'before', 'after', 'difference'],
    ...evaluate.map((measured) => [
      `${measured.set}${unverifiedText(measured)}`,
      String(measured.samples),
      accuracy(measured.before),
      accuracy(measured.after),
      measured.difference === undefined ? '-' : points(measured.difference),
    ]),
  ];
}

/** How many of the right answers are text that nothing verifies, in each phase that has some. */
function unverifiedText({ after, unverified, unverifiedBefore = 0 }: RoundReport['evaluate'][number]): string {
  const phases = [...(unverifiedBefore > 0 ? [`${unverifiedBefore} before`] : []), ...(after !== undefined && unverified > 0 ? [`${unverified} after`] : [])];
  return phases.length === 0 ? '' : ` (unverified: ${phases.join(', ')})`;
}

function listOf(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
}

function accuracy(interval: Interval | undefined): string {
  return interval === undefined ? '-' : `${percent(interval.value)} [${percent(interval.low)}, ${percent(interval.high)}]`;
}

function points({ value, low, high }: Interval): string {
  const signed = (share: number) => `${share > 0 ? '+' : ''}${(share * 100).toFixed(1)}`;
  return `${signed(value)} points [${signed(low)}, ${signed(high)}]`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
