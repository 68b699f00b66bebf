import { l10n, MarkdownString, StatusBarAlignment, ThemeColor, window, type Disposable, type StatusBarItem } from 'vscode';
import { stageLabel } from '../l10nLabels.ts';
import type { JobMonitor, WatchedJob } from './jobMonitor.ts';
import { nearestLimit, usedLines, usedShort } from './usedWords.ts';

/** One item: the job that runs, or the one that can be resumed; nothing otherwise. */
export class JobStatusBar implements Disposable {
  readonly #item: StatusBarItem = window.createStatusBarItem('looptool.job', StatusBarAlignment.Left, 10);
  readonly #subscription: Disposable;

  constructor(private readonly monitor: JobMonitor) {
    this.#item.name = l10n.t('LoopTool Job');
    this.#item.command = 'looptool.jobMenu';
    this.#subscription = monitor.onDidChange(() => this.#show());
  }

  #show(): void {
    const { running, resumable } = this.monitor;
    if (running) this.#showRunning(running);
    else if (resumable?.view.state === 'stopped') this.#showStopped(resumable);
    else if (resumable) this.#showInterrupted(resumable);
    else this.#item.hide();
  }

  #showRunning({ project, view: { job } }: WatchedJob): void {
    const place = job.stage ? `${job.round === undefined ? '' : l10n.t('R{0} ', job.round)}${stageLabel(job.stage)}` : l10n.t('starting');
    const share = job.total === undefined || job.total === 0 ? '' : ` ${job.done ?? 0}/${job.total}`;
    const used = usedShort(job);
    this.#item.text = `$(sync~spin) ${place}${share}${rateText(job.rate)}${used === '' ? '' : ` · ${used}`}`;
    const left = job.secondsLeft === undefined ? '' : `\n\n${l10n.t('About {0} left in this stage', durationText(job.secondsLeft))}`;
    this.#item.tooltip = plain(`${l10n.t('LoopTool runs in {0}', project.label)} (${job.command})${left}${usedLines(job).map((line) => `\n\n${line}`).join('')}\n\n${l10n.t('It goes on when this window is closed. Click for actions.')}`);
    this.#item.accessibilityInformation = { label: `${l10n.t('LoopTool job running: {0}{1}', place, share)} ${usedLines(job).join(', ')}`.trimEnd() };
    this.#item.backgroundColor = (nearestLimit(job)?.share ?? 0) > 0.9 ? new ThemeColor('statusBarItem.warningBackground') : undefined;
    this.#item.show();
  }

  #showInterrupted({ project, view: { job } }: WatchedJob): void {
    this.#item.text = `$(debug-disconnect) ${l10n.t('LoopTool interrupted')}`;
    this.#item.tooltip = plain(`${l10n.t('The job in {0} ended without a word: its process is gone.', project.label)} (${job.command})\n\n${l10n.t('Nothing finished is lost. Click to resume.')}`);
    this.#item.accessibilityInformation = { label: l10n.t('LoopTool job interrupted') };
    this.#item.backgroundColor = new ThemeColor('statusBarItem.warningBackground');
    this.#item.show();
  }

  #showStopped({ project, view: { job } }: WatchedJob): void {
    const spent = job.code === 'budget-spent';
    this.#item.text = spent ? `$(debug-pause) ${l10n.t('LoopTool: budget spent')}` : `$(debug-pause) ${l10n.t('LoopTool stopped')}`;
    this.#item.tooltip = plain(`${spent ? l10n.t('The job in {0} stopped at its budget.', project.label) : l10n.t('The job in {0} was stopped.', project.label)} (${job.command})${usedLines(job).map((line) => `\n\n${line}`).join('')}\n\n${l10n.t('Nothing finished is lost. Click to resume.')}`);
    this.#item.accessibilityInformation = { label: l10n.t('LoopTool job stopped') };
    this.#item.backgroundColor = undefined;
    this.#item.show();
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#item.dispose();
  }
}

/** Items a second, as people read it; empty where it is not known. */
export function rateText(rate: number | undefined): string {
  if (rate === undefined || rate <= 0) return '';
  return rate >= 10 ? ` · ${Math.round(rate)}/s` : rate >= 0.1 ? ` · ${rate.toFixed(1)}/s` : ` · ${(rate * 60).toFixed(1)}/min`;
}

/** Seconds as minutes and seconds, hours and minutes. */
export function durationText(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return l10n.t('{0} s', whole);
  if (whole < 3600) return l10n.t('{0} min {1} s', Math.floor(whole / 60), whole % 60);
  return l10n.t('{0} h {1} min', Math.floor(whole / 3600), Math.floor((whole % 3600) / 60));
}

/** Text from files is shown as text: no markdown, no links. */
function plain(text: string): MarkdownString {
  const markdown = new MarkdownString();
  for (const [i, part] of text.split('\n\n').entries()) {
    if (i > 0) markdown.appendMarkdown('\n\n');
    markdown.appendText(part);
  }
  return markdown;
}
