import { l10n } from 'vscode';
import * as z from 'zod';
import { flowSchema } from '../../core/loop/flow.ts';
import { bucketLabel } from '../l10nLabels.ts';
import { flowLines } from './flowLines.ts';
import { PageLinks } from './pageLinks.ts';
import { bar, TextPage, type PageContent } from './textPage.ts';

/** Data of the result of `looptool compose --dry-run --json`. */
export const composeDryRunSchema = z.object({
  round: z.number().int(),
  size: z.number().int(),
  byOrigin: z.record(z.string(), z.number().int()),
  pplThreshold: z.number().optional(),
  notes: z.array(z.string()),
  flows: z.array(flowSchema),
});
type DryRun = z.infer<typeof composeDryRunSchema>;

type Shown = {
  readonly directory: string;
  /** It was done before, and this may differ from it. */
  readonly composed: boolean;
  /** The stages before it are done. */
  readonly runnable: boolean;
};

/** What compose would make of a round as it stands. */
export function flowsPage({ round, size, byOrigin, pplThreshold, notes, flows }: DryRun, { directory, composed, runnable }: Shown): PageContent {
  const page = new TextPage();
  const place = { directory, round };
  page.heading(l10n.t('Compose, dry run: round {0}', round), [
    ...(!runnable ? [] : [{ title: l10n.t('$(play) Compose Now'), command: 'looptool.runStage', argument: { ...place, stage: 'compose' } }]),
    { title: l10n.t('$(settings-gear) Change the Settings'), command: 'looptool.openConfig', argument: { ...place, setting: 'compose' } },
  ]);
  page.line(l10n.t('Round {0} would train on {1} samples. Nothing was written.', round + 1, size));
  if (composed) page.line(l10n.t('! Round {0} is composed already. This is what would come out today, with the decisions made since.', round + 1));
  if (pplThreshold !== undefined) page.line(l10n.t('Lowest perplexity taken: {0}', pplThreshold.toFixed(3)));
  page.heading(l10n.t('The next set'));
  const origins = Object.entries(byOrigin).sort(([, a], [, b]) => b - a);
  const most = Math.max(...origins.map(([, count]) => count), 1);
  page.table([{ title: l10n.t('origin') }, { title: l10n.t('samples'), right: true }, { title: '' }], origins.map(([origin, count]) => [bucketLabel(origin), String(count), bar(count, most)]));
  page.heading(l10n.t('Where samples go'));
  flowLines(page, flows, new PageLinks(place), false);
  if (notes.length > 0) page.heading(l10n.t('Notes'));
  for (const note of notes) page.line(`! ${note}`);
  return page.finish();
}
