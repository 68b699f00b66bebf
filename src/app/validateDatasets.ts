import { resolve } from 'node:path';
import { checkCalls } from '../core/schema/checkCalls.ts';
import { LineIndex } from '../core/jsonl/lineIndex.ts';
import { readDatasetFile, type DatasetFile } from '../node/datasetFiles.ts';
import { openProject } from './project.ts';

export type ValidateOptions = {
  /** Files to check; those of the project when there are none. */
  readonly files: readonly string[];
  readonly project: string;
  readonly dialect?: string | undefined;
};

export type FileFinding = { readonly line: number; readonly column: number; readonly rule: string; readonly severity: 'error' | 'warning'; readonly message: string };
export type ValidatedFile = { readonly path: string; readonly dialect: string; readonly records: number; readonly samples: number; readonly findings: readonly FileFinding[] };

/** Checks datasets: records that cannot be read, and labels that break their tools' definitions. */
export async function validateDatasets(options: ValidateOptions): Promise<readonly ValidatedFile[]> {
  const validated: ValidatedFile[] = [];
  for (const { absolute, ...entry } of await toCheck(options)) validated.push(validate(await readDatasetFile(absolute, entry)));
  return validated;
}

async function toCheck({ files, project, dialect }: ValidateOptions) {
  if (files.length > 0) return files.map((path) => ({ absolute: resolve(path), path, dialect, steps: 'all' as const }));
  const opened = await openProject(project);
  const { seed, heldOut } = opened.config.datasets;
  return [...seed, ...heldOut].map(({ path, dialect: configured, steps }) => ({ absolute: opened.files.absolute(path), path, dialect: dialect ?? configured, steps }));
}

function validate({ path, text, reading }: DatasetFile): ValidatedFile {
  const lines = new LineIndex(text);
  const findings: FileFinding[] = reading.problems.map(({ line, column, message }) => ({ line, column, rule: 'unreadable', severity: 'error', message }));
  for (const { sample, spans } of reading.samples) {
    if (sample.label.kind !== 'calls') continue;
    for (const { message } of checkCalls(sample.label.calls, sample.tools)) {
      const { line, column } = lines.positionAt(spans.label.start);
      findings.push({ line: line + 1, column: column + 1, rule: 'schema', severity: 'error', message });
    }
  }
  findings.sort((a, b) => a.line - b.line || a.column - b.column);
  return { path, dialect: reading.dialect, records: reading.records, samples: reading.samples.length, findings };
}
