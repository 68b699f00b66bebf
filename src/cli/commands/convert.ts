import type { ConvertOptions, ConvertResult, CountedLoss } from '../../app/datasets/convert.ts';
import { LoopToolError } from '../../core/errors.ts';
import { withBytesProgress } from '../bytesProgress.ts';
import { exitCodes, type Command } from '../context.ts';

export type ConvertCommandOptions = Omit<ConvertOptions, 'stdin' | 'stdout' | 'signal' | 'onProgress'> & {
  /** Whether anything that the rows do not hold makes the exit code 1. */
  readonly strict: boolean;
};

export function convertCommand({ strict, ...options }: ConvertCommandOptions): Command {
  return async ({ app, ports, writer, signal, json, remark }) => {
    if (json && options.output === '-') throw new LoopToolError('usage', '--json writes events to the standard output, where the rows would go. Name a file: -o FILE');
    const result = await withBytesProgress(process.stderr, () => ports.clock.now(), (onProgress) => app.convert({ ...options, stdin: process.stdin, stdout: process.stdout, signal, onProgress }));
    if (json) writer.result('convert', jsonResult(result), '');
    else remark(humanResult(result));
    return strict && isLossy(result) ? exitCodes.findings : exitCodes.ok;
  };
}

function isLossy({ copied, empty, unreadable, losses }: ConvertResult): boolean {
  return !copied && (empty > 0 || unreadable.count > 0 || losses.length > 0);
}

/** Places count from 1. */
function jsonResult({ unreadable, ...result }: ConvertResult): unknown {
  const first = unreadable.first.map((one) => ({ ...one, record: one.record + 1, line: one.line + 1, column: one.column + 1 }));
  return { ...result, unreadable: { ...unreadable, first } };
}

function humanResult(result: ConvertResult): string {
  const { inputs, output, copied, records, samples, rows, unreadable, empty, losses, notes } = result;
  const lines = inputs.flatMap((input) => input.notes.map((note) => `${input.path}: ${note}`));
  lines.push(...unreadable.first.map(({ path, line, column, message }) => `${path}:${line + 1}:${column + 1} cannot be read: ${message}`));
  if (unreadable.count > unreadable.first.length) lines.push(`${unreadable.count - unreadable.first.length} more records cannot be read`);
  const from = [...new Set(inputs.map(({ dialect }) => dialect))].join(', ');
  const to = output === '-' ? 'standard output' : output;
  lines.push(copied ? `${to}: ${records} records copied as they are; they are ${from} already` : `${to}: ${rows} rows of ${samples} samples of ${records} records (${from})`);
  if (!copied) lines.push(...lossLines(empty, unreadable.count, losses));
  return [...lines, ...notes].join('\n');
}

function lossLines(empty: number, unreadable: number, losses: readonly CountedLoss[]): readonly string[] {
  const lines = [
    ...(unreadable > 0 ? [`  ${unreadable} records that cannot be read, or parts of them`] : []),
    ...(empty > 0 ? [`  ${empty} records without a sample`] : []),
    ...losses.map((loss) => `  ${loss.count} x ${lossText(loss)}`),
  ];
  return lines.length === 0 ? ['Every sample reads back the same.'] : ['Not held by the new rows:', ...lines];
}

function lossText({ kind, name = '' }: CountedLoss): string {
  switch (kind) {
    case 'part':
      return name;
    case 'field':
      return `the field ${JSON.stringify(name)} of a record`;
    case 'tool extras':
      return 'what is said of tools beside their definitions';
    case 'prose':
      return 'text beside the calls of a label';
    case 'context':
      return 'tools or messages that read back otherwise';
    case 'label':
      return `a label (${name}) that reads back otherwise`;
    case 'family':
      return 'the dialogue that a sample belongs to';
    case 'added step':
      return 'an answer that is no sample of the record, and reads back as one';
  }
}
