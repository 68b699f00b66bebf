import { version } from '../../../package.json';
import type { ValidateOptions, ValidateResult } from '../../app/datasets/validate.ts';
import type { CheckedFile } from '../../app/datasets/checkDatasets.ts';
import { exitCodes, type Command } from '../context.ts';
import type { FindingFormat } from '../formats.ts';
import { githubFindings, humanFindings, jsonFindings, sarifFindings } from '../writers/findings.ts';

export type ValidateCommandOptions = Omit<ValidateOptions, 'stdin' | 'signal' | 'onProgress'> & {
  readonly format: FindingFormat;
  /** The weakest severity that makes the exit code 1. */
  readonly failOn: 'error' | 'warning' | 'information';
};

export function validateCommand({ format, failOn, ...options }: ValidateCommandOptions): Command {
  return async ({ app, writer, signal, json, print }) => {
    const result = await app.validate({ ...options, stdin: process.stdin, signal });
    if (json) writer.result('validate', jsonFindings(result.files), '');
    else print(shown(result, format, options.fix));
    // Findings that have just been put right, or written down as known, are none.
    const left = options.updateBaseline ? [] : result.files;
    return left.some((file) => isBad(file, failOn)) ? exitCodes.findings : exitCodes.ok;
  };
}

const order = ['error', 'warning', 'information'] as const;

function isBad({ findings }: CheckedFile, failOn: ValidateCommandOptions['failOn']): boolean {
  return findings.some(({ severity }) => order.indexOf(severity) <= order.indexOf(failOn));
}

function shown(result: ValidateResult, format: FindingFormat, fix: ValidateOptions['fix']): string {
  switch (format) {
    case 'json':
      return JSON.stringify(jsonFindings(result.files), undefined, 2);
    case 'github':
      return githubFindings(result.files);
    case 'sarif':
      return JSON.stringify(sarifFindings(result.files, version), undefined, 2);
    case 'human':
      return humanText(result, fix);
  }
}

function humanText({ files, diffs, written, baseline }: ValidateResult, fix: ValidateOptions['fix']): string {
  if (baseline !== undefined) return `${baseline.findings} findings are known from now on: ${baseline.path}`;
  if (fix === 'off') return humanFindings(files);
  const records = diffs.reduce((sum, diff) => sum + diff.records, 0);
  const lines = fix === 'preview' ? diffs.map(({ diff }) => diff.replace(/\n$/, '')) : [];
  lines.push(`${records} records ${written ? 'were changed' : 'would be changed'} by safe fixes in ${diffs.length} files.`);
  if (!written && records > 0) lines.push('Nothing was written. To write: the same command without --dry-run');
  return lines.join('\n');
}
