import { l10n } from 'vscode';
import type { RoundReport } from '../../core/rounds/roundReport.ts';
import { finalVerdicts } from '../../core/rounds/verdict.ts';
import { bucketLabel, stageLabel } from '../l10nLabels.ts';
import type { PageLinks } from './pageLinks.ts';
import { bar, type TextPage } from './textPage.ts';

type Verify = RoundReport['verify'];

export function verifyChapter(page: TextPage, verify: Verify, links: PageLinks): void {
  page.heading(stageLabel('verify'), [
    { title: l10n.t('$(question) Review Without Consensus'), command: 'looptool.openReview', argument: { ...links.place, filter: { verdicts: ['NO_CONSENSUS'] } } },
    { title: l10n.t('$(law) Measure the Judge'), command: 'looptool.measureJudge', argument: links.place },
  ]);
  const most = Math.max(...Object.values(verify.verdicts), 1);
  page.table(
    [{ title: l10n.t('verdict') }, { title: l10n.t('samples'), right: true }, { title: '' }],
    finalVerdicts.flatMap((verdict) => {
      const count = verify.verdicts[verdict] ?? 0;
      return count === 0 ? [] : [[bucketLabel(verdict), links.review(count, { verdicts: [verdict] }), bar(count, most)]];
    }),
  );
  votes(page, verify);
  replaced(page, verify);
}

function votes(page: TextPage, { by = {}, votes: agreeing = {}, thirdVotes = 0, standing = 0 }: Verify): void {
  const { judge = 0, preCheck = 0, person = 0 } = by;
  if (judge + preCheck + person > 0) page.line(l10n.t('Decided by the judge: {0}, by rule: {1}, by people: {2}', judge, preCheck, person));
  const fell = Object.entries(agreeing).map(([votes, count]) => `${votes}: ${count}`).join(' · ');
  if (fell !== '') page.line(l10n.t('Votes that agree: {0}', fell));
  if (thirdVotes > 0) page.line(l10n.t('Samples with a third vote: {0}', thirdVotes));
  if (standing > 0) page.line(l10n.t('Labels that stand without a verdict: {0}. The votes hold them right, and differ over the prediction.', standing));
}

function replaced(page: TextPage, { replaced: count, held, gate, rightly, wrongLabelsBefore, wrongLabelsAfter }: Verify): void {
  page.line(rightly === undefined ? l10n.t('Labels replaced: {0}', count) : l10n.t('Labels replaced: {0}, {1} of them rightly (by the truth file)', count, rightly));
  if (held > 0) page.line(l10n.t('Held back for the review: {0}', held));
  if (gate !== undefined) page.line(gate.open ? l10n.t('The gate for replacing labels is open: {0}', gate.reason) : l10n.t('! The gate for replacing labels is closed: {0}', gate.reason));
  if (wrongLabelsBefore === undefined) return;
  page.line(wrongLabelsAfter === undefined ? l10n.t('Wrong labels in this set: {0}', wrongLabelsBefore) : l10n.t('Wrong labels: {0} in this set, {1} in the next', wrongLabelsBefore, wrongLabelsAfter));
}
