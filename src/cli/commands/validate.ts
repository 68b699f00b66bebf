import { version } from '../../../package.json';
import type { ValidateOptions, ValidateResult } from '../../app/datasets/validate.ts';
import type { CheckedFile } from '../../app/datasets/checkDatasets.ts';
import type { Progress } from '../../node/datasetSource.ts';
import { readingEvents, withBytesProgress } from '../bytesProgress.ts';
import { exitCodes, type Command } from '../context.ts';
import type { FindingFormat } from '../writers/findingFormat.ts';
import type * as FindingWriters from '../writers/findings.ts';
import { jsonPieces } from '../writers/jsonPieces.ts';

export type ValidateCommandOptions = Omit<ValidateOptions, 'stdin' | 'signal' | 'onProgress' | 'named'> & {
  readonly format: FindingFormat;
  /** The weakest severity that makes the exit code 1. */
  readonly failOn: 'error' | 'warning' | 'information';
};

export function validateCommand({ format, failOn, ...options }: ValidateCommandOptions): Command {
  return async ({ app, ports, writer, signal, json, print }) => {
    const now = (): number => ports.clock.now();
    const named = json || format === 'json' || format === 'sarif';
    const work = (onProgress: (progress: Progress) => void): Promise<ValidateResult> => app.validate({ ...options, named, stdin: process.stdin, signal, onProgress });
    const result = await (json ? work(readingEvents(writer, now)) : withBytesProgress(process.stderr, now, work));
    try {
      // With the rules and their documentation, which other commands do without.
      const writers = await import('../writers/findings.ts');
      if (json) writer.result('validate', writers.jsonFindings(result.files), '');
      else print(shown(writers, result, format, options.fix));
    } finally {
      result.close();
    }
    // Findings that have just been put right, or written down as known, are none.
    const left = options.updateBaseline ? [] : result.files;
    return left.some((file) => isBad(file, failOn)) ? exitCodes.findings : exitCodes.ok;
  };
}

const order = ['error', 'warning', 'information'] as const;

function isBad({ severities }: CheckedFile, failOn: ValidateCommandOptions['failOn']): boolean {
  return order.slice(0, order.indexOf(failOn) + 1).some((severity) => severities.has(severity));
}

type Writers = typeof FindingWriters;

function shown(writers: Writers, result: ValidateResult, format: FindingFormat, fix: ValidateOptions['fix']): Iterable<string> {
  switch (format) {
    case 'json':
      return jsonPieces(writers.jsonFindings(result.files), 2);
    case 'github':
      return writers.githubFindings(result.files);
    case 'sarif':
      return jsonPieces(writers.sarifFindings(result.files, version), 2);
    case 'human':
      return humanText(writers, result, fix);
  }
}

function humanText(writers: Writers, { files, diffs, written, baseline }: ValidateResult, fix: ValidateOptions['fix']): Iterable<string> {
  if (baseline !== undefined) return [`${baseline.findings} findings are known from now on: ${baseline.path}`];
  if (fix === 'off') return writers.humanFindings(files);
  const records = diffs.reduce((sum, diff) => sum + diff.records, 0);
  const lines = fix === 'preview' ? diffs.map(({ diff }) => diff.replace(/\n$/, '')) : [];
  lines.push(`${records} records ${written ? 'were changed' : 'would be changed'} by safe fixes in ${diffs.length} files.`);
  if (!written && records > 0) lines.push('Nothing was written. To write: the same command without --dry-run');
  return [lines.join('\n')];
}
