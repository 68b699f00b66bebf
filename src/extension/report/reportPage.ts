import { l10n } from 'vscode';
import type { RoundReport } from '../../core/rounds/roundReport.ts';
import { stageLabel } from '../l10nLabels.ts';
import { expandChapter, nextSetChapter } from './expandChapters.ts';
import { PageLinks } from './pageLinks.ts';
import { probeChapters } from './probeChapters.ts';
import { intervalBar, TextPage, type PageContent, type PageLink } from './textPage.ts';
import { percent, shareText } from './words.ts';
import { verifyChapter } from './verifyChapter.ts';

export type ReportedRound = { readonly round: number; readonly stages: readonly { readonly stage: string; readonly status: string }[]; readonly report: RoundReport };

export type ReportInput = {
  readonly project: { readonly name: string; readonly directory: string };
  readonly rounds: readonly ReportedRound[];
  readonly round: number;
};

/** What one round did, chapter by chapter, below a table of all rounds. */
export function reportPage({ project, rounds, round }: ReportInput): PageContent {
  const page = new TextPage();
  const place = { directory: project.directory, round };
  const shown = rounds.find((one) => one.round === round);
  page.heading(l10n.t('Round {0} of {1}', round, project.name), [
    { title: l10n.t('$(comment-discussion) Open Review'), command: 'looptool.openReview', argument: place },
    { title: l10n.t('$(refresh) Make Anew'), command: 'looptool.showReport', argument: place },
  ]);
  if (shown === undefined) return page.finish();
  const { report } = shown;
  const done = (stage: string): boolean => shown.stages.some((one) => one.stage === stage && (one.status === 'done' || one.status === 'running' || one.status === 'stopped'));
  if (report.simulated.length > 0) page.line(l10n.t('! Simulated models took part: {0}. Their verdicts and samples stand for those of real models.', report.simulated.join(', ')));
  if (rounds.length > 1) roundsTable(page, rounds, project.directory);
  trainChapter(page, report);
  const links = new PageLinks(place);
  if (done('probe')) probeChapters(page, report.probe, links);
  if (done('verify')) verifyChapter(page, report.verify, links);
  if (done('expand')) expandChapter(page, report.expand, links);
  if (done('compose')) nextSetChapter(page, report.compose, links);
  if (report.evaluate.some(({ before, after }) => before !== undefined || after !== undefined)) heldOutChapter(page, report.evaluate, links);
  notesChapter(page, report);
  return page.finish();
}

/** The round to begin with: the newest that was probed. */
export function roundToShow(rounds: readonly ReportedRound[], wanted: number | undefined): number | undefined {
  if (wanted !== undefined && rounds.some(({ round }) => round === wanted)) return wanted;
  return (rounds.findLast(({ report }) => report.probe.samples > 0) ?? rounds.at(-1))?.round;
}

function roundsTable(page: TextPage, rounds: readonly ReportedRound[], directory: string): void {
  page.heading(l10n.t('All rounds'));
  const link = (round: number): PageLink => ({ command: 'looptool.showReport', argument: { directory, round }, tooltip: l10n.t('Report of round {0}', round) });
  const sets = [...new Set(rounds.flatMap(({ report }) => report.evaluate.map(({ set }) => set)))].slice(0, 4);
  page.table(
    [{ title: l10n.t('round') }, ...[l10n.t('rows'), l10n.t('matched'), l10n.t('labels replaced'), l10n.t('expansions'), ...sets].map((title) => ({ title, right: true }))],
    rounds.map(({ round, report: { train, probe, verify, expand, evaluate } }) => [
      { text: l10n.t('Round {0}', round), link: link(round) },
      String(train.rows),
      probe.samples === 0 ? '-' : percent(matchedOf(probe) / probe.samples),
      verify.judged === 0 ? '-' : String(verify.replaced),
      expand.asked === 0 ? '-' : `${expand.accepted}/${expand.asked}`,
      ...sets.map((set) => heldOutShare(evaluate.find((one) => one.set === set))),
    ]),
  );
}

/** After the training, or before it where that alone was measured. */
function heldOutShare(set: RoundReport['evaluate'][number] | undefined): string {
  const share = set?.after ?? set?.before;
  return share === undefined ? '-' : percent(share.value);
}

function matchedOf({ outcomes }: RoundReport['probe']): number {
  return (outcomes['MATCH'] ?? 0) + (outcomes['MATCH_UNVERIFIED'] ?? 0);
}

function trainChapter(page: TextPage, { train }: RoundReport): void {
  page.heading(stageLabel('train'));
  page.line(l10n.t('{0} rows, {1} steps', train.rows, train.steps));
  if (train.reward !== undefined) page.line(l10n.t('Reward over the last steps: {0}', train.reward.toFixed(2)));
  if (train.deadGroups !== undefined) page.line(l10n.t('Groups without a signal over the last steps: {0}', percent(train.deadGroups)));
}

function heldOutChapter(page: TextPage, sets: RoundReport['evaluate'], links: PageLinks): void {
  page.heading(stageLabel('evaluate'));
  const phases = sets.flatMap(({ set, samples, before, after, difference }) => {
    const change = difference === undefined ? '' : l10n.t('{0} points [{1}, {2}]', signed(difference.value), signed(difference.low), signed(difference.high));
    const rows = [...(before === undefined ? [] : [{ words: l10n.t('before'), share: before, change: '' }]), ...(after === undefined ? [] : [{ words: l10n.t('after'), share: after, change }])];
    return rows.map(({ words, share, change: said }, i) => [i === 0 ? links.bucket(set, 'evaluate', set) : '', i === 0 ? String(samples) : '', words, intervalBar(share), shareText(share), said]);
  });
  page.table([{ title: l10n.t('held out') }, { title: l10n.t('samples'), right: true }, { title: '' }, { title: '0 % … 100 %' }, { title: l10n.t('right') }, { title: l10n.t('difference') }], phases);
}

function signed(share: number): string {
  return `${share > 0 ? '+' : ''}${(share * 100).toFixed(1)}`;
}

function notesChapter(page: TextPage, { train, compose }: RoundReport): void {
  const notes = [...train.notes, ...compose.notes];
  if (notes.length === 0) return;
  page.heading(l10n.t('Notes'));
  for (const note of notes) page.line(`! ${note}`);
}
