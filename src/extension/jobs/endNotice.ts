import { commands, l10n, window } from 'vscode';
import type { JobFile } from '../../protocol/jobFile.ts';
import type { WatchedJob } from './jobMonitor.ts';
import { limitWords, nearestLimit } from './usedWords.ts';

/** Stages after which there is something to review. */
const reviewable: ReadonlySet<string> = new Set(['run', 'probe', 'verify', 'expand', 'compose']);

/** The one notification of a job: at its end, with what to do next. */
export async function showEndNotice({ project, view }: WatchedJob): Promise<void> {
  const { job } = view;
  const review = l10n.t('Open Review');
  const report = l10n.t('Show Report');
  const log = l10n.t('Show Log');
  const again = l10n.t('Resume');
  const goOn = l10n.t('Go On with as Much Again');
  const raise = l10n.t('Raise the Limit');
  const answer = await ask();
  const command = answer === review ? 'looptool.openReview' : answer === report ? 'looptool.showReport' : answer === log ? 'looptool.showLog' : answer === again || answer === goOn ? 'looptool.resume' : undefined;
  if (answer === raise) await commands.executeCommand('looptool.openConfig', { directory: project.directory, round: job.round ?? 1, setting: 'budgets' });
  if (command) await commands.executeCommand(command);

  async function ask(): Promise<string | undefined> {
    const { state } = view;
    switch (state) {
      case 'done':
        return window.showInformationMessage(job.command.startsWith('run') && job.round !== undefined ? l10n.t('LoopTool: round {0} is done in {1}.', job.round, project.label) : l10n.t('LoopTool: {0} is done in {1}.', job.command, project.label), ...(reviewable.has(job.command.split(' ')[0] ?? '') ? [review, report] : [report]));
      case 'stopped':
        if (job.code === 'budget-spent') return window.showWarningMessage(budgetWords(project.label, job), goOn, raise, log);
        return window.showInformationMessage(l10n.t('LoopTool: the job in {0} was stopped. What is finished is kept.', project.label), again, log);
      case 'interrupted':
        return window.showWarningMessage(l10n.t('LoopTool: the job in {0} was cut off. Nothing finished is lost.', project.label), again, log);
      default:
        return window.showErrorMessage(l10n.t('LoopTool: the job in {0} failed. {1}', project.label, job.message ?? ''), log);
    }
  }
}

/** Which limit, and that nothing is lost: what was paid for is kept. */
function budgetWords(project: string, job: JobFile): string {
  const nearest = nearestLimit(job);
  const limit = nearest === undefined ? '' : limitWords(nearest.limit, nearest.used, nearest.of);
  return l10n.t('LoopTool: the job in {0} stopped at its budget ({1}). What is finished is kept. It goes on where it stood, with a budget of the same size or a larger one.', project, limit);
}
