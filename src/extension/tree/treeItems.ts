import { l10n, MarkdownString, ThemeColor, ThemeIcon, TreeItem, TreeItemCollapsibleState } from 'vscode';
import type { JobState } from '../../app/jobView.ts';
import type { StageStatus, StageView } from '../../app/projectView.ts';
import { durationText, rateText } from '../jobs/jobStatusBar.ts';
import { nearestLimit, usedLines, usedShort } from '../jobs/usedWords.ts';
import { bucketLabel, stageLabel, stageMeaning, statusLabel } from '../l10nLabels.ts';
import { figureItem } from './figureItems.ts';
import type { SampleNode, TreeNode } from './nodes.ts';
import { allCounts, stageSummary } from './stageSummary.ts';

/** How a node looks and, through `contextValue`, which actions it has (package.json, view/item/context). */
export function treeItem(node: TreeNode): TreeItem {
  const item = itemOf(node);
  item.id = node.id;
  return item;
}

function itemOf(node: TreeNode): TreeItem {
  switch (node.kind) {
    case 'project':
      return projectItem(node);
    case 'hint':
      return hintItem(node);
    case 'mistake':
      return mistakeItem(node);
    case 'job':
      return jobItem(node);
    case 'round':
      return roundItem(node);
    case 'stage':
      return stageItem(node);
    case 'note':
      return noteItem(node);
    case 'figure':
      return figureItem(node);
    case 'bucket':
      return bucketItem(node);
    case 'sample':
      return sampleItem(node);
    case 'more':
      return moreItem(node);
    case 'queues':
      return queuesItem(node);
    case 'queue':
      return queueItem(node);
  }
}

type Of<K extends TreeNode['kind']> = Extract<TreeNode, { kind: K }>;

function projectItem({ project, view }: Of<'project'>): TreeItem {
  const item = new TreeItem(view.name, TreeItemCollapsibleState.Expanded);
  const running = view.jobs.some((j) => j.state === 'running');
  item.description = view.name === project.label ? (running ? statusLabel('running') : '') : project.label;
  item.iconPath = view.problem === undefined ? new ThemeIcon('project') : new ThemeIcon('error', new ThemeColor('errorForeground'));
  item.contextValue = `project;${running ? 'running' : 'idle'}`;
  item.tooltip = project.directory;
  return item;
}

function hintItem(node: Of<'hint'>): TreeItem {
  if (node.hint === 'problem') {
    const item = new TreeItem(l10n.t('looptool.json cannot be used'), TreeItemCollapsibleState.None);
    item.description = node.text;
    item.tooltip = plain(node.text);
    item.iconPath = new ThemeIcon('error', new ThemeColor('errorForeground'));
    item.command = { command: 'looptool.openConfig', title: l10n.t('Open looptool.json'), arguments: [node] };
    return item;
  }
  const item = new TreeItem(l10n.t('No rounds yet: start an iteration'), TreeItemCollapsibleState.None);
  item.iconPath = new ThemeIcon('play', new ThemeColor('charts.green'));
  item.command = { command: 'looptool.startIteration', title: l10n.t('Start Iteration'), arguments: [node] };
  return item;
}

function mistakeItem(node: Of<'mistake'>): TreeItem {
  const { path, message, line, column } = node.mistake;
  const item = new TreeItem(message, TreeItemCollapsibleState.None);
  item.description = `looptool.json:${line}:${column}`;
  item.tooltip = plain([l10n.t('looptool.json cannot be used'), [path, message].filter(Boolean).join(': '), item.description].join('\n\n'));
  item.iconPath = new ThemeIcon('error', new ThemeColor('errorForeground'));
  item.command = { command: 'looptool.openConfig', title: l10n.t('Open looptool.json'), arguments: [node] };
  return item;
}

function jobItem({ job: { job, state } }: Of<'job'>): TreeItem {
  const item = new TreeItem(jobWords(state), TreeItemCollapsibleState.None);
  const spent = job.code === 'budget-spent';
  const idle = spent ? l10n.t('its budget is spent: resume to go on with another one') : l10n.t('resume to go on');
  item.description = state === 'interrupted' || state === 'stopped' ? idle : state === 'failed' ? (job.message ?? job.command) : [job.command, usedShort(job)].filter(Boolean).join(' · ');
  item.tooltip = plain([job.command, job.message ?? '', ...usedLines(job), l10n.t('Process {0} on {1}, started {2}', job.pid, job.host, new Date(job.startedAt).toLocaleString())].filter(Boolean).join('\n\n'));
  const near = state === 'running' && (nearestLimit(job)?.share ?? 0) > 0.9;
  item.iconPath = state === 'running' ? new ThemeIcon('server-process', near ? new ThemeColor('problemsWarningIcon.foreground') : undefined) : statusIcon(state);
  item.contextValue = `job;${state}`;
  item.command = { command: 'looptool.jobMenu', title: l10n.t('Job Actions') };
  return item;
}

function jobWords(state: JobState): string {
  switch (state) {
    case 'running':
      return l10n.t('Job running');
    case 'interrupted':
      return l10n.t('Job interrupted');
    case 'stopped':
      return l10n.t('Job stopped');
    case 'failed':
      return l10n.t('Job failed');
    case 'done':
      return l10n.t('Job done');
  }
}

function roundItem({ round, open }: Of<'round'>): TreeItem {
  const item = new TreeItem(l10n.t('Round {0}', round.round), open ? TreeItemCollapsibleState.Expanded : TreeItemCollapsibleState.Collapsed);
  const done = round.stages.filter((s) => s.status === 'done').length;
  // A stage may wait half done while another runs: held-out samples are measured before the training and after it.
  const at = round.stages.find((s) => s.status === 'running') ?? round.stages.find((s) => s.status !== 'done' && s.status !== 'pending');
  const state = at ? `${stageLabel(at.stage)}: ${statusLabel(at.status)}` : done === round.stages.length ? statusLabel('done') : done === 0 ? statusLabel('pending') : l10n.t('{0} of {1} stages done', done, round.stages.length);
  item.description = round.simulated.length > 0 ? `${state} · ${l10n.t('simulated')}` : state;
  item.iconPath = at ? statusIcon(at.status) : done === round.stages.length ? statusIcon('done') : new ThemeIcon('circle-large-outline');
  item.contextValue = `round;${at?.status ?? (done === round.stages.length ? 'done' : 'pending')}`;
  const models = [l10n.t('Policy: {0}', round.models.policy), l10n.t('Judge: {0}', round.models.judge), l10n.t('Generator: {0}', round.models.generator)];
  if (round.simulated.length > 0) models.push(l10n.t('Simulated, for demonstration: {0}', round.simulated.join(', ')));
  item.tooltip = plain([l10n.t('Round {0}, made {1}', round.round, new Date(round.createdAt).toLocaleString()), ...models].join('\n\n'));
  return item;
}

function stageItem({ stage }: Of<'stage'>): TreeItem {
  const started = stage.status !== 'pending';
  const item = new TreeItem(stageLabel(stage.stage), started ? TreeItemCollapsibleState.Collapsed : TreeItemCollapsibleState.None);
  item.description = stageDescription(stage);
  item.iconPath = statusIcon(stage.status);
  item.contextValue = ['stage', stage.stage, stage.status, ...(stage.runnable ? ['runnable'] : []), ...(started ? ['journal'] : []), ...(started && (stage.stage === 'probe' || stage.stage === 'verify') ? ['review'] : [])].join(';');
  item.tooltip = plain([stageMeaning(stage.stage), statusLabel(stage.status), allCounts(stage), stage.error ?? '', ...stage.notes].filter(Boolean).join('\n\n'));
  item.accessibilityInformation = { label: `${stageLabel(stage.stage)}, ${statusLabel(stage.status)}, ${stageDescription(stage)}` };
  return item;
}

function stageDescription(stage: StageView): string {
  if (stage.progress && stage.status === 'running') {
    const { done, total, rate, secondsLeft } = stage.progress;
    if (total === 0) return statusLabel('running');
    return `${done}/${total}${rateText(rate)}${secondsLeft === undefined ? '' : ` · ${l10n.t('{0} left', durationText(secondsLeft))}`}`;
  }
  const summary = stageSummary(stage);
  if (stage.status === 'done' || stage.status === 'pending') return summary;
  return [statusLabel(stage.status), summary].filter(Boolean).join(' · ');
}

function noteItem(node: Of<'note'>): TreeItem {
  const item = new TreeItem(node.text, TreeItemCollapsibleState.None);
  item.iconPath = node.severity === 'error' ? new ThemeIcon('error', new ThemeColor('errorForeground')) : new ThemeIcon('info');
  item.tooltip = plain(node.text);
  return item;
}

function bucketItem({ stage, bucket }: Of<'bucket'>): TreeItem {
  const item = new TreeItem(bucketLabel(bucket.key), TreeItemCollapsibleState.Collapsed);
  item.description = [bucket.count, bucket.detail].filter((part) => part !== undefined).join(' · ');
  item.tooltip = plain([bucketLabel(bucket.key), item.description].join('\n\n'));
  item.iconPath = bucketIcon(bucket.key);
  item.contextValue = ['bucket', stage, bucket.key, ...(stage === 'verify' || (stage === 'probe' && ['MISMATCH', 'TRUNCATED', 'INVALID', 'EMPTY'].includes(bucket.key)) ? ['review'] : [])].join(';');
  return item;
}

function sampleItem(node: SampleNode): TreeItem {
  const { sample } = node;
  const item = new TreeItem(sample.title === '' ? sample.sampleId : sample.title, TreeItemCollapsibleState.None);
  item.description = sample.detail;
  item.tooltip = plain([sample.title, sample.detail, sample.sampleId, sample.occurrence ? l10n.t('{0}, record {1}', sample.occurrence.file, sample.occurrence.record + 1) : ''].filter(Boolean).join('\n\n'));
  item.iconPath = node.decided ? new ThemeIcon('account') : new ThemeIcon('comment');
  item.contextValue = ['sample', ...(sample.occurrence ? ['file'] : []), ...(sample.reviewable ? ['reviewable'] : [])].join(';');
  item.command = { command: sample.occurrence ? 'looptool.openSample' : 'looptool.showSample', title: l10n.t('Open'), arguments: [node] };
  return item;
}

function moreItem(node: Of<'more'>): TreeItem {
  const item = new TreeItem(l10n.t('Show more'), TreeItemCollapsibleState.None);
  item.description = l10n.t('{0} of {1} shown', node.shown, node.total);
  item.iconPath = new ThemeIcon('ellipsis');
  item.command = { command: 'looptool.showMore', title: l10n.t('Show more'), arguments: [node] };
  return item;
}

function queuesItem({ queues }: Of<'queues'>): TreeItem {
  const item = new TreeItem(l10n.t('Review Queues'), TreeItemCollapsibleState.Collapsed);
  item.description = String(queues.length);
  item.iconPath = new ThemeIcon('checklist');
  item.contextValue = 'queues';
  return item;
}

function queueItem(node: Of<'queue'>): TreeItem {
  const { queue, counts } = node;
  const item = new TreeItem(queue.name, TreeItemCollapsibleState.None);
  item.description = counts === undefined ? '' : l10n.t('{0} of {1} undecided', counts.undecided, counts.count);
  item.tooltip = plain(queue.name);
  item.iconPath = new ThemeIcon(counts?.undecided === 0 ? 'pass' : 'list-filter');
  item.contextValue = 'queue';
  item.command = { command: 'looptool.openQueue', title: l10n.t('Open'), arguments: [node] };
  return item;
}

function statusIcon(status: StageStatus): ThemeIcon {
  switch (status) {
    case 'pending':
      return new ThemeIcon('circle-large-outline');
    case 'running':
      return new ThemeIcon('sync~spin');
    case 'done':
      return new ThemeIcon('pass', new ThemeColor('testing.iconPassed'));
    case 'failed':
      return new ThemeIcon('error', new ThemeColor('testing.iconFailed'));
    case 'stopped':
      return new ThemeIcon('debug-pause');
    case 'interrupted':
      return new ThemeIcon('debug-disconnect', new ThemeColor('problemsWarningIcon.foreground'));
  }
}

function bucketIcon(key: string): ThemeIcon {
  if (['MATCH', 'MATCH_UNVERIFIED', 'accepted', 'fixed', 'stillRight', 'right', 'BOTH_CORRECT', 'alwaysRight'].includes(key)) return new ThemeIcon('check');
  if (['MISMATCH', 'broken', 'stillWrong', 'wrong', 'PRED_WRONG', 'BOTH_WRONG', 'neverRight'].includes(key)) return new ThemeIcon('diff');
  if (key === 'unstable') return new ThemeIcon('sync');
  if (key === 'flaky') return new ThemeIcon('pulse');
  if (key === 'repeated') return new ThemeIcon('layers');
  if (key === 'LABEL_WRONG' || key === 'labelRefined') return new ThemeIcon('edit');
  if (key === 'NO_CONSENSUS') return new ThemeIcon('question');
  if (['TRUNCATED', 'INVALID', 'EMPTY', 'ERROR', 'api', 'parse', 'shape', 'schema', 'grounding', 'duplicate', 'nearDuplicate', 'solver', 'judge', 'difficulty'].includes(key)) return new ThemeIcon('circle-slash');
  return new ThemeIcon('list-unordered');
}

/** Text of files and models is shown as text: no markdown, no links. */
function plain(text: string): MarkdownString {
  return new MarkdownString().appendText(text);
}
