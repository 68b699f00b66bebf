import type { AppliedEdit, ApplyOptions, ApplyResult } from '../../app/applyDecisions.ts';
import { exitCodes, type Command } from '../context.ts';

export function reviewApplyCommand(options: ApplyOptions): Command {
  return async ({ app, writer }) => {
    const result = await app.applyDecisions(options);
    writer.result('review apply', result, resultText(result));
    return exitCodes.ok;
  };
}

function resultText({ files, refused, alreadyApplied, notApplicable, written, warnings }: ApplyResult): string {
  const lines: string[] = warnings.map((warning) => `Warning: ${warning}`);
  for (const { path, edits, backup } of files) {
    lines.push(`--- ${path}`, `+++ ${path}`, ...edits.flatMap(hunk));
    if (backup !== undefined) lines.push(`(the file as it was: ${backup})`);
  }
  lines.push(...refused.map(({ path, record, sampleId, message }) => `Not applied: ${path} record ${record + 1} (${sampleId}): ${message}`));
  const count = files.reduce((sum, { edits }) => sum + edits.length, 0);
  lines.push(`${count} labels ${written ? 'changed' : 'would be changed'}, ${alreadyApplied} stand already, ${notApplicable} decisions concern nothing that stands in a dataset.`);
  if (!written && count > 0) lines.push('Nothing was written. To write: looptool review apply --write');
  return lines.join('\n');
}

/** Records are long lines: what is equal at both ends is cut down to some context. */
function hunk({ line, before, after }: AppliedEdit): readonly string[] {
  const context = 60;
  let start = 0;
  while (start < before.length && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < before.length - start && end < after.length - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  const cut = (text: string) => {
    const from = Math.max(0, start - context);
    const to = Math.min(text.length, text.length - end + context);
    return `${from > 0 ? '…' : ''}${text.slice(from, to)}${to < text.length ? '…' : ''}`;
  };
  return [`@@ line ${line} @@`, `-${cut(before)}`, `+${cut(after)}`];
}
