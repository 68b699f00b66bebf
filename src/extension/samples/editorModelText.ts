import { l10n } from 'vscode';
import type { EditorModelResult } from '../../app/samples/editorModelAsk.ts';
import { stringifyJson } from '../../core/json/stringify.ts';
import { visibleText } from '../../core/text/visibleText.ts';
import { outcomeText, verdictText } from './statusText.ts';

/** `mismatch: the argument "city" is "Rome" and not "Oslo"`, `the label is wrong (ANSWER…)` */
export function resultLine(result: EditorModelResult): string {
  if (result.task === 'judge') return verdictText(result.verdict);
  const [first] = result.differences;
  return visibleText(`${outcomeText(result.outcome)}${first === undefined ? '' : ` (${first})`}`);
}

/** The whole of it as plain text, with what it is worth said first. */
export function resultDocument(model: string, result: EditorModelResult): string {
  const lines = [l10n.t('{0}, a model of VS Code: {1}', model, resultLine(result)), l10n.t('Not recorded: no journal and no figure knows of it. Such a model is sampled as its provider likes, and may answer otherwise when it is asked again.'), ''];
  if (result.task === 'answer') {
    lines.push(l10n.t('Answer:'), ...(result.prediction.calls.length > 0 ? result.prediction.calls.map((call) => `  ${call.name} ${stringifyJson(call.arguments)}`) : [`  ${result.prediction.text}`]));
    if (result.differences.length > 0) lines.push('', l10n.t('Against the label:'), ...result.differences.map((difference) => `  ${difference}`));
  } else {
    lines.push(...result.votes.map(({ order, verdict, error }) => `${order === 'LP' ? l10n.t('label first') : l10n.t('prediction first')}: ${verdict}${error === undefined ? '' : ` (${error})`}`));
    if (result.analysis !== '') lines.push('', l10n.t('Error analysis:'), `  ${result.analysis}`);
    if (result.approach !== '') lines.push('', l10n.t('Correct approach:'), `  ${result.approach}`);
  }
  return `${visibleText(lines.join('\n'))}\n`;
}
