import { l10n } from 'vscode';
import type { RoundReport } from '../../core/rounds/roundReport.ts';
import { expansionOutcomes, type ExpansionOutcome } from '../../protocol/expansionView.ts';
import { bucketLabel, stageLabel } from '../l10nLabels.ts';
import { flowLines } from './flowLines.ts';
import type { PageLinks } from './pageLinks.ts';
import { bar, type Piece, type TextPage } from './textPage.ts';
import { askedLabel, gateLabel, percent } from './words.ts';

type Expand = RoundReport['expand'];
type Yields = NonNullable<Expand['kinds']>;

/** How many expansions are left behind each gate, and why the others were refused. */
export function expandChapter(page: TextPage, expand: Expand, links: PageLinks): void {
  page.heading(stageLabel('expand'), [{ title: l10n.t('$(list-flat) All Expansions'), command: 'looptool.showExpansions', argument: links.place }]);
  page.line(l10n.t('{0} of {1} accepted', expand.accepted, expand.asked));
  const gates = expand.gates ?? Object.entries(expand.refused).map(([gate, refused]) => ({ gate, refused, reasons: [] }));
  let left = expand.asked;
  const rows: (readonly Piece[])[] = [[l10n.t('asked for'), '', String(left), bar(left, expand.asked), '']];
  for (const { gate, refused, reasons } of gates) {
    left -= refused;
    rows.push([gateLabel(gate), linked(gate, refused, links), String(left), bar(left, expand.asked), reasonText(reasons[0])]);
    for (const reason of reasons.slice(1)) rows.push(['', '', '', '', reasonText(reason)]);
  }
  const open = left - expand.accepted;
  if (open > 0) rows.push([l10n.t('not judged yet'), links.expansions(open, 'open'), String(expand.accepted), bar(expand.accepted, expand.asked), '']);
  rows.push([l10n.t('accepted'), '', links.expansions(expand.accepted, 'accepted'), bar(expand.accepted, expand.asked), '']);
  page.table([{ title: l10n.t('gate') }, { title: l10n.t('refused'), right: true }, { title: l10n.t('left'), right: true }, { title: '' }, { title: l10n.t('why') }], rows);
  if (expand.kinds !== undefined) yieldTable(page, l10n.t('By kind'), expand.kinds);
  if (expand.variations !== undefined) yieldTable(page, l10n.t('By variation'), expand.variations);
}

function linked(gate: string, count: number, links: PageLinks): Piece {
  const outcome = expansionOutcomes.find((one): one is ExpansionOutcome => one === gate);
  return outcome === undefined ? String(count) : links.expansions(count, outcome);
}

function reasonText(reason: { readonly reason: string; readonly count: number } | undefined): string {
  return reason === undefined ? '' : `(${reason.count}) ${reason.reason}`;
}

function yieldTable(page: TextPage, title: string, yields: Yields): void {
  const merged = new Map<string, { asked: number; accepted: number }>();
  for (const [name, { asked, accepted }] of Object.entries(yields)) {
    const of = merged.get(askedLabel(name)) ?? { asked: 0, accepted: 0 };
    merged.set(askedLabel(name), { asked: of.asked + asked, accepted: of.accepted + accepted });
  }
  page.heading(title);
  page.table(
    [{ title: '' }, { title: l10n.t('asked for'), right: true }, { title: l10n.t('accepted'), right: true }, { title: '', right: true }, { title: '' }],
    [...merged].map(([name, { asked, accepted }]) => [name, String(asked), String(accepted), percent(asked === 0 ? 0 : accepted / asked), bar(accepted, asked, 12)]),
  );
}

export function nextSetChapter(page: TextPage, compose: RoundReport['compose'], links: PageLinks): void {
  page.heading(l10n.t('The next set: {0} rows', compose.size), [{ title: l10n.t('$(symbol-numeric) Dry Run of Today'), command: 'looptool.composeDryRun', argument: links.place }]);
  const origins = Object.entries(compose.byOrigin).sort(([, a], [, b]) => b - a);
  const most = Math.max(...origins.map(([, count]) => count), 1);
  page.table([{ title: l10n.t('origin') }, { title: l10n.t('samples'), right: true }, { title: '' }], origins.map(([origin, count]) => [bucketLabel(origin), links.bucket(count, 'compose', origin), bar(count, most)]));
  const { rankedBy, pplThreshold, flows } = compose;
  if (rankedBy !== undefined && rankedBy.ppl + rankedBy.passRate + rankedBy.seed > 0) page.line(l10n.t('Matched samples were ranked by perplexity: {0}, by pass rate: {1}, by a seeded order: {2}', rankedBy.ppl, rankedBy.passRate, rankedBy.seed));
  if (pplThreshold !== undefined) page.line(l10n.t('Lowest perplexity taken: {0}', pplThreshold.toFixed(3)));
  if (flows === undefined) return;
  page.heading(l10n.t('Where samples went'));
  flowLines(page, flows, links, true);
}
