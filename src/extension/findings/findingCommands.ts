import { l10n, Range, Uri, window, workspace, type QuickPickItem } from 'vscode';
import { severities, type Severity } from '../../core/rules/finding.ts';
import { LoopToolError } from '../../core/errors.ts';
import { shownRecordSchema } from '../../protocol/checkedFiles.ts';
import { runCommandLine } from '../commandLine.ts';
import { showRule } from '../language/rulePages.ts';
import type { Services } from '../services.ts';
import { nameOf, noFilter, type ListedFinding } from './findingsModel.ts';
import type { FindingNode } from './findingsTree.ts';

/** Opens the place of a finding; a row of a file without text as JSON. */
export async function openFinding(services: Services, argument: unknown): Promise<void> {
  if (!isNode(argument) || argument.kind !== 'finding') return;
  const { finding } = argument;
  const { place } = finding;
  if (place === undefined) return showRow(services, finding);
  const selection = new Range(place.line, place.character, place.endLine, place.endCharacter);
  try {
    await window.showTextDocument(Uri.parse(finding.file), { preview: true, selection });
  } catch {
    // Too large for the editor, or gone; the record alone can still be shown.
    await showRow(services, finding);
  }
}

async function showRow({ context, documents }: Services, { file, record }: ListedFinding): Promise<void> {
  const { fsPath } = Uri.parse(file);
  let output = '';
  const argv = ['show', '--json', '--record', String(record + 1), '--', fsPath];
  const { errors } = await runCommandLine(context.asAbsolutePath('dist/cli.js'), argv, context.extensionPath, { onLine: (line) => (output = line) });
  const event = JSON.parse(output === '' ? '{}' : output) as { readonly data?: unknown; readonly message?: string }; // Our own process; `data` is parsed below.
  const shown = shownRecordSchema.safeParse(event.data);
  if (!shown.success) throw new LoopToolError('dataset-unreadable', event.message ?? errors.trim());
  const uri = documents.put(`${nameOf(file)} ${l10n.t('row {0}', record + 1)}.json`, `${shown.data.text}\n`);
  await window.showTextDocument(await workspace.openTextDocument(uri), { preview: true });
}

export async function showFindings({ findings }: Services, argument: unknown): Promise<void> {
  await findings.showDocument(argument instanceof Uri ? argument : undefined);
}

export async function moreFindings({ findings }: Services, argument: unknown): Promise<void> {
  if (isNode(argument) && argument.kind === 'more') findings.tree.showMore(argument.group);
}

type SeverityItem = QuickPickItem & { readonly severity: Severity };

/** Asks for severities, then for words. */
export async function filterFindings({ findings }: Services): Promise<void> {
  const { filter } = findings.tree;
  const labels: Readonly<Record<Severity, string>> = { error: l10n.t('Errors'), warning: l10n.t('Warnings'), information: l10n.t('Notes') };
  const items = severities.map((severity): SeverityItem => ({ label: labels[severity], severity, picked: filter.severities.includes(severity) }));
  const picked = await window.showQuickPick(items, { canPickMany: true, title: l10n.t('Filter Findings (1 of 2)'), placeHolder: l10n.t('Severities to show') });
  if (picked === undefined) return;
  const text = await window.showInputBox({ title: l10n.t('Filter Findings (2 of 2)'), prompt: l10n.t('Words in message, rule, tool or file; empty for all'), value: filter.text });
  if (text === undefined) return;
  await findings.setFilter({ severities: picked.length === 0 ? severities : picked.map(({ severity }) => severity), text: text.trim() });
}

export async function clearFilter({ findings }: Services): Promise<void> {
  await findings.setFilter(noFilter);
}

/** The page of a rule: of a group in the view, of a finding, or by id. */
export async function showRulePage(_services: Services, argument: unknown): Promise<void> {
  const rule = typeof argument === 'string' ? argument : !isNode(argument) ? undefined : argument.kind === 'group' ? argument.group.key : argument.kind === 'finding' ? argument.finding.rule : undefined;
  if (rule !== undefined) await showRule(rule);
}

function isNode(argument: unknown): argument is FindingNode {
  return typeof argument === 'object' && argument !== null && 'kind' in argument;
}
