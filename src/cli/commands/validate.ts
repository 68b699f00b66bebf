import type { ValidatedFile, ValidateOptions } from '../../app/validateDatasets.ts';
import { exitCodes, type Command } from '../context.ts';

export function validateCommand(options: ValidateOptions): Command {
  return async ({ app, writer }) => {
    const files = await app.validate(options);
    writer.result('validate', files, files.map(fileText).join('\n'));
    return files.some(({ findings }) => findings.length > 0) ? exitCodes.findings : exitCodes.ok;
  };
}

function fileText({ path, dialect, records, samples, findings }: ValidatedFile): string {
  const lines = findings.map(({ line, column, severity, rule, message }) => `${path}:${line}:${column} ${severity} ${rule}: ${message}`);
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  return [...lines, `${path}: ${dialect}, ${records} records, ${samples} samples, ${errors} errors, ${findings.length - errors} warnings`].join('\n');
}
