import { resolve } from 'node:path';
import { LineIndex } from '../core/jsonl/lineIndex.ts';
import { checkDataset } from '../core/rules/checkDataset.ts';
import type { Severity } from '../core/rules/finding.ts';
import { readDatasetFile, type DatasetFile } from '../node/datasetFiles.ts';
import { openProject } from './project.ts';

export type ValidateOptions = {
  /** Files to check; those of the project when there are none. */
  readonly files: readonly string[];
  readonly project: string;
  readonly dialect?: string | undefined;
};

export type FileFinding = { readonly line: number; readonly column: number; readonly rule: string; readonly severity: Severity; readonly message: string };
export type ValidatedFile = { readonly path: string; readonly dialect: string; readonly records: number; readonly samples: number; readonly findings: readonly FileFinding[] };

/** Checks datasets by every rule that the editor knows: unreadable records, labels that break their tools' definitions. */
export async function validateDatasets(options: ValidateOptions): Promise<readonly ValidatedFile[]> {
  const validated: ValidatedFile[] = [];
  for (const { absolute, ...entry } of await toCheck(options)) validated.push(validate(await readDatasetFile(absolute, entry)));
  return validated;
}

async function toCheck({ files, project, dialect }: ValidateOptions) {
  if (files.length > 0) return files.map((path) => ({ absolute: resolve(path), path, dialect, steps: 'all' as const }));
  const opened = await openProject(project);
  const { seed, heldOut } = opened.config.datasets;
  return [...seed, ...heldOut].map((entry) => ({ absolute: opened.files.absolute(entry.path), path: entry.path, dialect: dialect ?? entry.dialect, steps: entry.steps, companions: opened.files.companions(entry) }));
}

function validate({ path, text, reading }: DatasetFile): ValidatedFile {
  const lines = new LineIndex(text);
  const findings = checkDataset(text, reading).map(({ rule, severity, message, range }): FileFinding => {
    const { line, column } = lines.positionAt(range.start);
    return { line: line + 1, column: column + 1, rule, severity, message };
  });
  findings.sort((a, b) => a.line - b.line || a.column - b.column);
  return { path, dialect: reading.dialect, records: reading.records, samples: reading.samples.length, findings };
}
