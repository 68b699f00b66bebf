import { l10n, MarkdownString, ThemeColor, ThemeIcon, TreeItem, TreeItemCollapsibleState } from 'vscode';
import type { StageFigure } from '../../app/stageFigures.ts';
import { coversWords, overWords, percent, placeLabel, shareText } from '../report/words.ts';
import type { TreeNode } from './nodes.ts';

type FigureNode = Extract<TreeNode, { kind: 'figure' }>;
type Words = { readonly label: string; readonly description: string; readonly icon: string; readonly warns?: boolean; readonly tooltip?: string };

/** One line of what a stage found beside its samples; a click leads to what it is about. */
export function figureItem(node: FigureNode): TreeItem {
  const { label, description, icon, warns = false, tooltip } = figureWords(node.figure);
  const item = new TreeItem(label, TreeItemCollapsibleState.None);
  item.description = description;
  item.iconPath = new ThemeIcon(icon, warns ? new ThemeColor('problemsWarningIcon.foreground') : undefined);
  item.tooltip = new MarkdownString().appendText([label, description, tooltip ?? ''].filter(Boolean).join('\n\n'));
  item.contextValue = `figure;${node.figure.kind}`;
  item.accessibilityInformation = { label: `${label}, ${description}` };
  const command = commandOf(node);
  if (command !== undefined) item.command = command;
  return item;
}

function figureWords(figure: StageFigure): Words {
  switch (figure.kind) {
    case 'perplexity':
      return perplexityWords(figure);
    case 'covers':
      return { label: l10n.t('Log-probabilities'), description: l10n.t('{0} replies: {1}', figure.samples, coversWords(figure.part)), icon: 'symbol-ruler', warns: figure.part !== 'all' };
    case 'again': {
      const { flips, changed, samples, share } = figure;
      return { label: l10n.t('Asked again'), description: flips + changed === 0 ? l10n.t('{0} samples, the same answers', samples) : l10n.t('{0} of {1} verdicts flipped, {2} more answers changed', flips, samples, changed), icon: 'sync', warns: flips > 0, tooltip: l10n.t('Share of flipped verdicts: {0}. These samples are marked, and their answers replace no label.', shareText(share)) };
    }
    case 'repeats':
      return { label: l10n.t('Repeats'), description: l10n.t('{0} right, {1} of {2} samples right only sometimes', percent(figure.answers === 0 ? 0 : figure.right / figure.answers), figure.flaky, figure.samples), icon: 'layers' };
    case 'deadGroups':
      return deadGroupWords(figure);
    case 'gate':
      return { label: figure.open ? l10n.t('Gate for replacing labels: open') : l10n.t('Gate for replacing labels: closed'), description: figure.reason, icon: figure.open ? 'unlock' : 'lock', warns: !figure.open, tooltip: l10n.t('A click measures the judge: people rule on a blind sample of its verdicts, and the gate opens where it is right often enough.') };
    case 'decidedBy':
      return { label: l10n.t('Decided by'), description: l10n.t('judge {0}, rule {1}, people {2}', figure.judge, figure.rule, figure.person), icon: 'organization' };
    case 'thirdVotes':
      return { label: l10n.t('Third votes'), description: l10n.t('{0} asked for; labels that stand without a verdict: {1}', figure.samples, figure.standing), icon: 'symbol-numeric' };
    case 'ranked':
      return rankedWords(figure);
    case 'left':
      return { label: placeLabel(figure.from), description: `${figure.samples} ${placeLabel(figure.to)}`, icon: 'arrow-small-right' };
  }
}

function perplexityWords({ known, samples, over, instead }: Extract<StageFigure, { kind: 'perplexity' }>): Words {
  const label = l10n.t('Perplexity');
  if (instead === 'passRate') return { label, description: l10n.t('no log-probs: ranked by pass rate'), icon: 'symbol-ruler', warns: true };
  if (instead === 'seed') return { label, description: l10n.t('no log-probs: a seeded order'), icon: 'symbol-ruler', warns: true, tooltip: l10n.t('Sampled repeats (probe.repeats) rank matched samples by their pass rate.') };
  return { label, description: l10n.t('{0} of {1} samples, ranked over {2}', known, samples, overWords(over)), icon: 'symbol-ruler' };
}

function deadGroupWords({ value, low, high, group }: Extract<StageFigure, { kind: 'deadGroups' }>): Words {
  const share = low === undefined || high === undefined ? percent(value) : shareText({ value, low, high });
  return { label: l10n.t('Groups without a signal, forecast'), description: group === undefined ? share : l10n.t('{0} of groups of {1}', share, group), icon: 'graph', tooltip: l10n.t('Training groups whose rollouts are all right or all wrong teach nothing.') };
}

function rankedWords({ ppl, passRate, seed, threshold }: Extract<StageFigure, { kind: 'ranked' }>): Words {
  const parts = [...(ppl > 0 ? [l10n.t('{0} by perplexity', ppl)] : []), ...(passRate > 0 ? [l10n.t('{0} by pass rate', passRate)] : []), ...(seed > 0 ? [l10n.t('{0} in a seeded order', seed)] : [])];
  const from = threshold === undefined ? [] : [l10n.t('perplexity from {0} on', threshold.toFixed(3))];
  return { label: l10n.t('Matched, ranked'), description: [...parts, ...from].join(' · '), icon: 'list-ordered', warns: ppl === 0 };
}

function commandOf({ project, round, stage, figure }: FigureNode): TreeItem['command'] {
  const place = { directory: project.directory, round: round.round };
  const samples = (bucket: string): NonNullable<TreeItem['command']> => ({ command: 'looptool.showSamples', title: l10n.t('Show Samples'), arguments: [{ ...place, stage, bucket }] });
  switch (figure.kind) {
    case 'again':
      return figure.flips + figure.changed > 0 ? samples('unstable') : undefined;
    case 'repeats':
      return samples(figure.flaky > 0 ? 'repeated/flaky' : 'repeated');
    case 'gate':
      return { command: 'looptool.measureJudge', title: l10n.t('Measure the Judge'), arguments: [place] };
    case 'perplexity':
    case 'deadGroups':
    case 'covers':
    case 'decidedBy':
    case 'thirdVotes':
    case 'ranked':
    case 'left':
      return { command: 'looptool.showReport', title: l10n.t('Show Report'), arguments: [place] };
  }
}
