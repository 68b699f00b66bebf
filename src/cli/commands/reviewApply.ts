import type { AppliedEdit, AppliedFile, ApplyOptions, ApplyResult } from '../../app/applyDecisions.ts';
import type { RevertOptions, RevertResult } from '../../app/review/revertDecisions.ts';
import { visibleText } from '../../core/text/visibleText.ts';
import { exitCodes, type Command } from '../context.ts';

export function reviewApplyCommand(options: Omit<ApplyOptions, 'signal' | 'onStep'>): Command {
  return async ({ app, writer, signal }) => {
    const result = await app.applyDecisions({ ...options, signal });
    writer.result('review apply', result, applyText(result));
    return result.refused.length > 0 ? exitCodes.findings : exitCodes.ok;
  };
}

export function reviewRevertCommand(options: Omit<RevertOptions, 'signal' | 'onStep'>): Command {
  return async ({ app, writer, signal }) => {
    const result = await app.revertDecisions({ ...options, signal });
    writer.result('review revert', result, revertText(result));
    return result.refused.length > 0 ? exitCodes.findings : exitCodes.ok;
  };
}

function applyText({ files, refused, kept, alreadyApplied, notApplicable, dropped, written, batch, warnings }: ApplyResult): string {
  const lines: string[] = [...warnings.map((warning) => `Warning: ${warning}`), ...files.flatMap(fileLines)];
  lines.push(...refused.map(refusedLine));
  lines.push(...kept.map(({ path, record, sampleId, message }) => `Only in the decisions: ${path} record ${record + 1} (${sampleId}): ${message}`));
  lines.push(...dropped.whole.map(({ path, record, sampleId }) => `Dropped, and still there: ${path} record ${record + 1} (${sampleId}). To take it out: --drop`));
  lines.push(...dropped.shared.map(({ path, record, sampleId }) => `Dropped, and still there: ${path} record ${record + 1} (${sampleId}): the record holds other samples.`));
  const count = files.reduce((sum, { edits }) => sum + edits.length, 0);
  const removed = files.reduce((sum, file) => sum + file.removed.length, 0);
  const would = written ? '' : 'would be ';
  if (removed > 0) lines.push(`${removed} records ${would}taken out.`);
  lines.push(`${count} labels ${would}changed, ${alreadyApplied} stand already, ${notApplicable} decisions concern nothing that stands in a dataset.`);
  if (!written && count + removed > 0) lines.push('Nothing was written. To write: looptool review apply --write');
  if (batch !== undefined) lines.push(`To take all of it back: looptool review revert ${batch} --write`);
  return lines.join('\n');
}

function revertText({ files, refused, decisions, written, batch, warnings }: RevertResult): string {
  const lines: string[] = [...warnings.map((warning) => `Warning: ${warning}`), ...files.flatMap(fileLines), ...refused.map(refusedLine)];
  for (const { sampleId, does, by } of decisions.slice(0, mostShown)) lines.push(`${sampleId}: ${doing[does]}${by === undefined ? '' : ` (${visibleText(by)})`}`);
  if (decisions.length > mostShown) lines.push(`… and ${decisions.length - mostShown} more decisions (--json has all of them)`);
  const count = files.reduce((sum, { edits }) => sum + edits.length, 0);
  const would = written ? '' : 'would be ';
  lines.push(`${count} labels ${would}put back, ${decisions.length} decisions ${would}written.`);
  if (!written && count + decisions.length > 0) lines.push('Nothing was written. To write: the same command with --write');
  if (batch !== undefined) lines.push(`To take this back in turn: looptool review revert ${batch} --write`);
  return lines.join('\n');
}

/** Decisions that are named to people. */
const mostShown = 50;

const doing = { undo: 'decision taken back', redo: 'put back as it was before the revert', keepLabel: 'the old label is kept from now on', edit: 'the loop gets the old label back' } as const;

function refusedLine({ path, record, sampleId, message }: ApplyResult['refused'][number]): string {
  return `Not applied: ${path} record ${record + 1} (${sampleId}): ${visibleText(message)}`;
}

function fileLines({ path, edits, removed, inserted, backup }: AppliedFile): readonly string[] {
  return [
    `--- ${path}`,
    `+++ ${path}`,
    ...edits.flatMap(hunk),
    ...removed.map(({ line, samples }) => `@@ line ${line} @@\n-(the record of ${samples.join(', ')})`),
    ...(inserted === undefined ? [] : [`(${inserted} records put back)`]),
    ...(backup === undefined ? [] : [`(the file as it was: ${backup})`]),
  ];
}

/** Records are long lines: what is equal at both ends is cut down to some context. */
function hunk({ line, before, after, source }: AppliedEdit): readonly string[] {
  const context = 60;
  let start = 0;
  while (start < before.length && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < before.length - start && end < after.length - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  const cut = (text: string) => {
    const from = Math.max(0, start - context);
    const to = Math.min(text.length, text.length - end + context);
    return visibleText(`${from > 0 ? '…' : ''}${text.slice(from, to)}${to < text.length ? '…' : ''}`);
  };
  return [`@@ line ${line} @@${source === 'person' ? '' : ` ${source}`}`, `-${cut(before)}`, `+${cut(after)}`];
}
