import { l10n } from 'vscode';
import * as z from 'zod';
import { stageNameSchema } from '../../core/rounds/manifest.ts';
import { durationText } from '../jobs/jobStatusBar.ts';
import { compact, limitName } from '../jobs/usedWords.ts';
import { stageLabel } from '../l10nLabels.ts';
import { TextPage, type PageContent } from './textPage.ts';

const sums = { requests: z.number(), promptTokens: z.number(), completionTokens: z.number(), money: z.number().optional(), seconds: z.number().optional() };

/** What is used of the result of `looptool run --estimate --json`. */
export const estimateSchema = z.object({
  parts: z.array(z.object({ ...sums, round: z.number().int(), stage: stageNameSchema, kind: z.string(), model: z.string(), done: z.number(), basis: z.string(), tokensBy: z.string() })),
  totals: z.object(sums),
  budgets: z.array(z.object({ budget: z.enum(['tokens', 'money', 'minutes']), limit: z.number(), needed: z.number(), enough: z.boolean() })),
  notes: z.array(z.string()),
});
type Estimate = z.infer<typeof estimateSchema>;

/** Requests, tokens, money and time by stage, and whether the budgets are enough. */
export function estimatePage({ parts, totals, budgets, notes }: Estimate, { directory, command }: { readonly directory: string; readonly command: string }): PageContent {
  const page = new TextPage();
  const place = { directory, round: parts[0]?.round ?? 1 };
  page.heading(l10n.t('What is still to be sent: looptool {0}', command), [
    { title: l10n.t('$(play) Start Iteration'), command: 'looptool.startIteration', argument: place },
    { title: l10n.t('$(settings-gear) Budgets'), command: 'looptool.openConfig', argument: { ...place, setting: 'budgets' } },
  ]);
  page.line(l10n.t('Nothing was sent or written.'));
  const about = (part: { readonly tokensBy: string }, tokens: number): string => `${part.tokensBy === 'characters' && tokens > 0 ? '~' : ''}${compact(tokens)}`;
  page.table(
    [{ title: l10n.t('stage') }, { title: l10n.t('what') }, { title: l10n.t('model') }, ...[l10n.t('requests'), l10n.t('done'), l10n.t('prompt tokens'), l10n.t('answer tokens'), l10n.t('money'), l10n.t('time')].map((title) => ({ title, right: true })), { title: '' }],
    [
      ...parts.map((part) => [stageLabel(part.stage), kindWords(part.kind), part.model, String(part.requests), String(part.done), about(part, part.promptTokens), about(part, part.completionTokens), moneyText(part.money), timeText(part.seconds), part.basis === 'assumed' ? l10n.t('assumed') : '']),
      [l10n.t('in all'), '', '', String(totals.requests), '', compact(totals.promptTokens), compact(totals.completionTokens), moneyText(totals.money), timeText(totals.seconds), ''],
    ],
  );
  if (budgets.length > 0) page.heading(l10n.t('Budgets'));
  for (const { budget, limit, needed, enough } of budgets) {
    const name = limitName(budget);
    page.line(enough ? l10n.t('{0}: {1} of {2} needed. It is enough.', name, rounded(needed), rounded(limit)) : l10n.t('! {0}: {1} needed, {2} allowed. The job will stop there, and go on when it is resumed.', name, rounded(needed), rounded(limit)));
  }
  if (notes.length > 0) page.heading(l10n.t('Notes'));
  for (const note of notes) page.line(`! ${note}`);
  return page.finish();
}

function kindWords(kind: string): string {
  switch (kind) {
    case 'answers':
      return l10n.t('answers');
    case 'repeats':
      return l10n.t('asked again');
    case 'votes':
      return l10n.t('votes');
    case 'thirdVotes':
      return l10n.t('third votes');
    case 'expansions':
      return l10n.t('new samples');
    case 'judging':
      return l10n.t('solver and critic');
    case 'difficulty':
      return l10n.t('answers to new samples');
    case 'heldOut':
      return l10n.t('held-out answers');
    default:
      return kind;
  }
}

function moneyText(money: number | undefined): string {
  return money === undefined ? '-' : rounded(money);
}

function timeText(seconds: number | undefined): string {
  return seconds === undefined ? '-' : durationText(seconds);
}

function rounded(value: number): string {
  return value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}
