import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { recogniseValues, recordsLookedAt } from '../../core/dataset/recordReader.ts';
import type { Companions } from '../../core/dataset/companions.ts';
import type { Dialect, RecordSample } from '../../core/dataset/dialect.ts';
import { dialectById } from '../../core/dataset/registry.ts';
import type { Occurrence, Sample } from '../../core/dataset/sample.ts';
import { textMember } from '../../core/json/member.ts';
import type { JsonValue } from '../../core/json/value.ts';
import { bfclCategory, questionFolders, questionNames } from '../../core/review/predictions/bfclResult.ts';
import { loadCompanions, type ConfiguredCompanions } from '../../node/companionFiles.ts';
import type { LinePlace } from '../followedBytes.ts';
import type { HeldFiles } from '../history/linesOnDemand.ts';
import { placedRecords, recordAt } from './placedRecords.ts';

/** A dataset that predictions are joined with; `shown` is what occurrences call it. */
export type JoinedDataset = { readonly file: string; readonly shown: string; readonly dialect?: string | undefined; readonly companions?: ConfiguredCompanions | undefined };

export type SampleAt = { readonly sample: Sample; readonly occurrence: Occurrence };

type Known = { readonly dataset: number; readonly place: LinePlace; readonly record: number; readonly step: number };
type OpenDataset = { readonly dataset: JoinedDataset; readonly dialect: Dialect; readonly companions: Companions };

/** Finds the samples of datasets by id: only where they stand is kept. */
export class SampleFinder {
  readonly #open: OpenDataset[] = [];
  readonly #places = new Map<string, Known>();
  /** What could not be read. */
  readonly notes: string[] = [];

  /** `by`: sample ids, or the ids that the records of a benchmark give themselves. Throws LoopToolError where a file cannot be read. */
  constructor(private readonly by: 'sampleId' | 'questionId') {}

  async add(dataset: JoinedDataset, signal: AbortSignal): Promise<void> {
    const head: JsonValue[] = [];
    for await (const record of placedRecords(dataset.file, signal)) {
      if (record.ok) head.push(record.value);
      if (head.length >= recordsLookedAt) break;
    }
    const dialect = (dataset.dialect === undefined ? undefined : dialectById(dataset.dialect)) ?? recogniseValues(head).dialect;
    if (dialect === undefined || dialect.unit === 'file') {
      this.notes.push(`${dataset.file}: the file looks like no dataset that predictions can be joined with. Check it with: looptool validate ${dataset.file}`);
      return;
    }
    const { companions, problems } = await loadCompanions(dataset.file, dialect, dataset.companions);
    this.notes.push(...problems.map((problem) => `${dataset.file}: ${problem}`));
    const number = this.#open.push({ dataset, dialect, companions }) - 1;
    for await (const { index, place, ...record } of placedRecords(dataset.file, signal)) {
      if (!record.ok) continue;
      if (this.by === 'questionId') {
        const id = textMember(record.value, 'id');
        if (id !== undefined && !this.#places.has(id)) this.#places.set(id, { dataset: number, place, record: index, step: 0 });
        continue;
      }
      for (const { sample, step } of dialect.read(record.value, { steps: 'all', companions, index }).samples) {
        if (!this.#places.has(sample.id)) this.#places.set(sample.id, { dataset: number, place, record: index, step });
      }
    }
  }

  has(id: string): boolean {
    return this.#places.has(id);
  }

  /** Or why it cannot be read, in words. */
  find(id: string, files: HeldFiles): SampleAt | { readonly problem: string } {
    const known = this.#places.get(id);
    const open = known && this.#open[known.dataset];
    if (known === undefined || open === undefined) return { problem: 'its sample was not found' };
    const { dataset, dialect, companions } = open;
    const value = recordAt(files, dataset.file, known.place);
    if (value === undefined) return { problem: `its record of ${dataset.file} changed while it was read` };
    const { samples, problems } = dialect.read(value, { steps: 'all', companions, index: known.record });
    const found: RecordSample | undefined = samples.find(({ step }) => step === known.step);
    if (found === undefined) return { problem: problems[0]?.message ?? 'its record has no sample' };
    return { sample: found.sample, occurrence: { file: dataset.shown, record: known.record, step: known.step } };
  }
}

/** How far up from a file of results the questions are looked for. */
const mostParents = 6;

/**
 * The files with the questions of a BFCL result file: those that are named (a file, or a folder of them), else by the names
 * of the categories in the usual places beside the file and above it. `missing` are categories without any.
 */
export async function questionFiles(resultFile: string, ids: Iterable<string>, named: readonly string[]): Promise<{ readonly files: readonly string[]; readonly missing: readonly string[] }> {
  const categories = new Set([...ids].flatMap((id) => bfclCategory(id) ?? []));
  const files = new Set<string>();
  const folders: string[] = [];
  for (const path of named.map((one) => resolve(one))) {
    if ((await stat(path).catch(() => undefined))?.isDirectory() === true) folders.push(path);
    else files.add(path);
  }
  if (files.size > 0 && folders.length === 0) return { files: [...files], missing: [] };
  if (named.length === 0) {
    for (let at = dirname(resultFile), up = 0; up <= mostParents; up += 1, at = dirname(at)) folders.push(...questionFolders.map((folder) => join(at, folder)));
  }
  const missing: string[] = [];
  const listed = new Map<string, ReadonlySet<string>>();
  for (const category of categories) {
    const found = await firstIn(folders, questionNames(category, basename(resultFile)), listed);
    if (found === undefined) missing.push(category);
    else files.add(found);
  }
  return { files: [...files], missing };
}

async function firstIn(folders: readonly string[], names: readonly string[], listed: Map<string, ReadonlySet<string>>): Promise<string | undefined> {
  for (const folder of folders) {
    let entries = listed.get(folder);
    if (entries === undefined) listed.set(folder, (entries = new Set(await readdir(folder).catch(() => []))));
    const name = names.find((one) => entries.has(one));
    if (name !== undefined) return join(folder, name);
  }
  return undefined;
}
