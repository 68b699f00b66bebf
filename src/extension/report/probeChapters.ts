import { l10n } from 'vscode';
import { errorKinds, type QueueFilter } from '../../core/review/queue/queueSpec.ts';
import { probeOutcomes, type ProbeOutcome } from '../../core/rounds/journalEntries.ts';
import type { RoundReport } from '../../core/rounds/roundReport.ts';
import { bucketLabel, stageLabel } from '../l10nLabels.ts';
import type { PageLinks } from './pageLinks.ts';
import { bar, intervalBar, type Piece, type TextPage } from './textPage.ts';
import { coversWords, differenceLabel, overWords, percent, shareText } from './words.ts';

type Probe = RoundReport['probe'];
type Tool = NonNullable<Probe['tools']>[number];
type ErrorKind = (typeof errorKinds)[number];

const inReview: readonly ProbeOutcome[] = ['MISMATCH', 'TRUNCATED', 'INVALID', 'EMPTY'];

export function probeChapters(page: TextPage, probe: Probe, links: PageLinks): void {
  page.heading(stageLabel('probe'), [
    { title: l10n.t('$(sync) Probe Again'), command: 'looptool.probeAgain', argument: links.place },
    { title: l10n.t('$(layers) Probe Repeats'), command: 'looptool.probeRepeats', argument: links.place },
  ]);
  outcomes(page, probe, links);
  differences(page, probe, links);
  tools(page, probe, links);
  perplexity(page, probe);
  repeats(page, probe, links);
}

function outcomes(page: TextPage, { outcomes: counts, samples }: Probe, links: PageLinks): void {
  const known = probeOutcomes.filter((outcome) => (counts[outcome] ?? 0) > 0);
  page.table(
    [{ title: l10n.t('outcome') }, { title: l10n.t('samples'), right: true }, { title: l10n.t('share'), right: true }, { title: '' }],
    known.map((outcome) => {
      const count = counts[outcome] ?? 0;
      return [bucketLabel(outcome), inReview.includes(outcome) ? links.review(count, { outcomes: [outcome] }) : links.bucket(count, 'probe', outcome), percent(count / samples), bar(count, samples)];
    }),
  );
}

function differences(page: TextPage, { kinds = {} }: Probe, links: PageLinks): void {
  const rows = Object.entries(kinds).sort(([, a], [, b]) => b - a);
  if (rows.length === 0) return;
  const most = rows[0]?.[1] ?? 0;
  page.heading(l10n.t('What is wrong with mismatches'));
  page.table(
    [{ title: l10n.t('difference') }, { title: l10n.t('samples'), right: true }, { title: '' }],
    rows.map(([kind, count]) => [differenceLabel(kind), linkedKind(kind, count, {}, links), bar(count, most)]),
  );
  page.line(l10n.t('A sample may differ in several ways.'));
}

function linkedKind(kind: string, count: number, filter: Partial<QueueFilter>, links: PageLinks): Piece {
  const known = errorKinds.find((one): one is ErrorKind => one === kind);
  return known === undefined ? String(count) : links.review(count, { ...filter, kinds: [known] });
}

/** Tools with the most errors first, each with the arguments that are wrong. */
function tools(page: TextPage, { tools: all = [], moreTools = 0 }: Probe, links: PageLinks): void {
  const wrong = all.filter(({ samples, matched }) => matched < samples);
  if (wrong.length === 0) return;
  const most = Math.max(...wrong.map(errorsOf));
  page.heading(l10n.t('By tool, most errors first'));
  page.table(
    [{ title: l10n.t('tool') }, { title: l10n.t('errors'), right: true }, { title: l10n.t('samples'), right: true }, { title: l10n.t('matched'), right: true }, { title: '' }, { title: l10n.t('outcomes') }],
    wrong.map((tool) => [tool.tool, links.review(errorsOf(tool), { tools: [tool.tool] }), String(tool.samples), percent(tool.matched / tool.samples), bar(errorsOf(tool), most, 12), listOf(tool.outcomes, bucketLabel)]),
  );
  if (moreTools > 0) page.line(l10n.t('and {0} more tools with fewer errors: looptool status --json', moreTools));
  argumentTable(page, wrong, links);
}

function errorsOf({ samples, matched }: Tool): number {
  return samples - matched;
}

const mostArguments = 30;

function argumentTable(page: TextPage, wrong: readonly Tool[], links: PageLinks): void {
  const rows = wrong.flatMap(({ tool, arguments: byArgument }) => byArgument.map(({ argument, kinds }) => ({ tool, argument, kinds, sum: Object.values(kinds).reduce((a, b) => a + b, 0) })));
  rows.sort((a, b) => b.sum - a.sum);
  if (rows.length === 0) return;
  const most = rows[0]?.sum ?? 0;
  page.heading(l10n.t('By argument, most errors first'));
  page.table(
    [{ title: l10n.t('tool') }, { title: l10n.t('argument') }, { title: l10n.t('errors'), right: true }, { title: '' }, { title: l10n.t('difference') }],
    rows.slice(0, mostArguments).map(({ tool, argument, kinds, sum }) => [tool, argument, links.review(sum, { tools: [tool], kinds: errorKinds.filter((kind) => Object.hasOwn(kinds, kind)) }), bar(sum, most, 12), listOf(kinds, differenceLabel)]),
  );
  if (rows.length > mostArguments) page.line(l10n.t('and {0} more with fewer errors', rows.length - mostArguments));
}

function perplexity(page: TextPage, { ppl, covers = {}, repeats: repeated }: Probe): void {
  if (ppl === undefined) return;
  page.heading(l10n.t('Perplexity'));
  if (ppl.samples > 0) page.line(l10n.t('{0} samples have one; matched samples are ranked by that over {1}.', ppl.samples, overWords(ppl.over)));
  else page.line(repeated === undefined ? l10n.t('! No log-probabilities: matched samples are taken in a seeded order. Repeats (probe.repeats) would rank them by pass rate.') : l10n.t('! No log-probabilities: matched samples are ranked by the pass rate of their repeats.'));
  for (const [reason, count] of Object.entries(ppl.missing)) page.below(l10n.t('{0} without: {1}', count, reason));
  for (const [part, count] of Object.entries(covers)) page.below(l10n.t('{0} replies: {1}', count, coversWords(part)));
}

function repeats(page: TextPage, { again, repeats: sampled }: Probe, links: PageLinks): void {
  if (again !== undefined) {
    page.heading(l10n.t('Determinism'));
    page.line(l10n.t('The same question a second time, to {0} samples: {1} verdicts flipped, {2} more answers changed.', again.samples, again.flips, again.changed));
    page.line(`${intervalBar(again.share)}  ${shareText(again.share)}`);
    if (again.flips + again.changed > 0) page.line(links.bucket(l10n.t('Show the {0} samples. Their answers replace no label.', again.flips + again.changed), 'probe', 'unstable'));
  }
  if (sampled === undefined) return;
  page.heading(l10n.t('Repeats'));
  page.line(l10n.t('{0} of {1} sampled answers to {2} samples are right, at temperature {3}.', sampled.right, sampled.answers, sampled.samples, sampled.temperature));
  page.line(l10n.t('Right only sometimes: '), links.bucket(sampled.flaky.samples, 'probe', 'repeated/flaky'), `  ${intervalBar(sampled.flaky.share)}  ${shareText(sampled.flaky.share)}`);
  const { deadGroups } = sampled;
  if (deadGroups === undefined) return;
  page.line(l10n.t('Forecast of groups of {0} rollouts without a signal: all right {1}, all wrong {2}', deadGroups.group, percent(deadGroups.right), percent(deadGroups.wrong)));
  page.line(`${intervalBar(deadGroups.share)}  ${shareText(deadGroups.share)}`);
}

function listOf(counts: Readonly<Record<string, number>>, label: (key: string) => string): string {
  return Object.entries(counts).sort(([, a], [, b]) => b - a).map(([key, count]) => `${label(key)} ${count}`).join(', ');
}
