import { readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { RecordReader, type ReadValue } from '../../src/core/dataset/recordReader.ts';
import { dialectById } from '../../src/core/dataset/registry.ts';
import { parseJson } from '../../src/core/json/parse.ts';
import type { JsonValue } from '../../src/core/json/value.ts';
import { recommendedSettings } from '../../src/core/rules/settings.ts';
import { unreadable } from '../../src/core/rules/recordChecker.ts';
import { checkDatasets, type CheckedFile } from '../../src/app/datasets/checkDatasets.ts';
import type { PlacedFinding } from '../../src/app/datasets/fileChecker.ts';
import { loadCompanions } from '../../src/node/companionFiles.ts';
import { datasetParts, type DatasetPart } from '../../src/node/datasetParts.ts';
import { readRecordBatches } from '../../src/node/datasetSource.ts';
import { SpillFile } from '../../src/node/spillFile.ts';

/** A record as it was read again, for what the findings do not say: its text, and what its samples leave out. */
export type SeenRecord = { readonly record: number; readonly text: string; readonly read: Pick<ReadValue, 'reading'> | undefined };

export type RunFile = Omit<CheckedFile, 'fixed' | 'findings'> & {
  readonly findings: readonly PlacedFinding[];
  readonly part: DatasetPart;
  /** Records with at least one finding that they cannot be read. */
  readonly unreadable: number;
  /** Of samples, by kind of the label. */
  readonly labels: Readonly<Record<string, number>>;
  /** What samples leave out of their records, by how many samples. */
  readonly unheld: Readonly<Record<string, number>>;
  /** Why the run fails at this file; undefined where it does not. */
  readonly failed: string | undefined;
};

export type RunDataset = { readonly name: string; readonly files: readonly RunFile[]; readonly milliseconds: number };

/** Every folder below `root` is one dataset: duplicates and drifting tools are looked for among all of its files. */
export async function runDatasets(root: string, wanted: (path: string) => boolean): Promise<readonly RunDataset[]> {
  const datasets: RunDataset[] = [];
  const folders = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name).toSorted();
  for (const name of folders) {
    const shown = (path: string): string => relative(join(root, name), path).split(sep).join('/');
    const parts = (await datasetParts(join(root, name))).filter(({ path }) => wanted(`${name}/${shown(path)}`));
    if (parts.length === 0) continue;
    const start = performance.now();
    const findings = new SpillFile();
    const checked = await checkDatasets(parts.map((part) => ({ part, path: shown(part.path), steps: 'all' })), { findings, settings: recommendedSettings, suppressions: [], fix: false, named: true, keepPrints: false, assetsDirectory: '', threads: 1, signal: new AbortController().signal });
    const milliseconds = performance.now() - start;
    const files: RunFile[] = [];
    for (const [index, file] of checked.entries()) {
      const part = parts[index];
      if (part !== undefined) files.push(await described(file, part));
    }
    datasets.push({ name, files, milliseconds });
  }
  return datasets;
}

async function described({ fixed: _, findings: list, ...file }: CheckedFile, part: DatasetPart): Promise<RunFile> {
  const labels = new Map<string, number>();
  const unheld = new Map<string, number>();
  for (const { read } of await seenRecords(file, part)) {
    for (const sample of read?.reading.samples ?? []) {
      count(labels, sample.sample.label.kind);
      for (const what of sample.unheld ?? []) count(unheld, what);
    }
  }
  const findings = [...list];
  const unread = new Set(findings.filter(({ rule, severity }) => rule === unreadable && severity === 'error').map(({ record }) => record)).size;
  return { ...file, findings, part, unreadable: unread, labels: Object.fromEntries(labels), unheld: Object.fromEntries(unheld), failed: failureOf(file) };
}

function failureOf({ path, dialect, records, samples }: Pick<CheckedFile, 'path' | 'dialect' | 'records' | 'samples'>): string | undefined {
  if (records === 0 || dialect === 'companion' || /(?:^|\/)(?:INDEX|README)\b/.test(path)) return undefined; // An index of a folder is no dataset.
  return dialect === 'unknown' ? 'no known dialect' : samples === 0 ? 'nothing of it can be read' : undefined;
}

/** The records of a file with their readings; of a dialogue that is a whole file, one. */
export async function seenRecords({ dialect: id }: Pick<CheckedFile, 'dialect'>, part: DatasetPart): Promise<readonly SeenRecord[]> {
  const dialect = dialectById(id);
  const { companions } = await loadCompanions(part.path, dialect);
  const reader = new RecordReader(dialect, { steps: 'all', companions });
  const records: { readonly index: number; readonly text: string }[] = [];
  for await (const batch of readRecordBatches([part], { signal: new AbortController().signal })) records.push(...batch.records);
  if (dialect?.unit === 'file') {
    const values = records.flatMap(({ text }): JsonValue[] => {
      const parsed = parseJson(text);
      return parsed.ok ? [parsed.value] : [];
    });
    return [{ record: 0, text: records.map(({ text }) => text).join('\n'), read: values.length === 0 ? undefined : reader.readValue(values, 0) }];
  }
  return records.map(({ index, text }) => {
    const read = reader.readText(text, index);
    return { record: index, text, read: read.ok ? read : undefined };
  });
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
