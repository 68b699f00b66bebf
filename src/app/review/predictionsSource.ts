import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { setImmediate, setTimeout } from 'node:timers/promises';
import type { ProjectConfig } from '../../core/config/projectConfig.ts';
import { noCompanions } from '../../core/dataset/companions.ts';
import type { Dialect } from '../../core/dataset/dialect.ts';
import { recordsLookedAt } from '../../core/dataset/recordReader.ts';
import { dialectById } from '../../core/dataset/registry.ts';
import { LoopToolError } from '../../core/errors.ts';
import { stringifyJson } from '../../core/json/stringify.ts';
import type { JsonValue } from '../../core/json/value.ts';
import { describePair } from '../../core/review/pairs/describePair.ts';
import { ruleIdsOf } from '../../core/review/pairs/sideFindings.ts';
import { readPredictionRow, recogniseFormat, type PredictionFormat, type PredictionRow } from '../../core/review/predictions/predictionRow.ts';
import { answerProblem, answeredSample, type AnsweredSample } from '../../core/review/predictions/readPair.ts';
import type { QueueItem } from '../../core/review/queue/queueItem.ts';
import { rules } from '../../core/rules/rules.generated.ts';
import { activeRules, recommendedSettings } from '../../core/rules/settings.ts';
import { isMatch } from '../../core/toolcall/outcome.ts';
import { compileTextKinds, noTextKinds, type CompiledTextKinds } from '../../core/toolcall/textKinds.ts';
import { ProjectFiles } from '../../node/projectFiles.ts';
import { Turns } from '../../node/turns.ts';
import type { LinePlace } from '../followedBytes.ts';
import { HeldFiles } from '../history/linesOnDemand.ts';
import { placedRecords, recordAt, type PlacedRecord } from './placedRecords.ts';
import type { ReviewPair, ReviewSource } from './reviewSource.ts';
import { questionFiles, SampleFinder, type SampleAt } from './sampleFinder.ts';
import { SharedTexts } from './sharedTexts.ts';

export type PredictionsOptions = {
  /** The folder that decisions go to: paths are shown relative to it, and rows that name samples are joined with the datasets of its looptool.json. */
  readonly project?: { readonly directory: string; readonly config: ProjectConfig | undefined } | undefined;
  /** Files, or folders of BFCL questions, that hold the samples of the rows; by layout, or those of the project, when absent. */
  readonly questions?: readonly string[] | undefined;
  readonly signal?: AbortSignal;
};

/**
 * The mismatches of any file of predictions, recognised by its content: see docs/predictions.md. Of a pair its queue item is
 * kept and where its row stands; a file that changed is read anew. Throws LoopToolError `dataset-missing`, or
 * `dataset-unreadable` for a file of no known form.
 */
export async function openPredictionsSource(path: string, options: PredictionsOptions = {}): Promise<ReviewSource> {
  const file = resolve(path);
  const signal = options.signal ?? new AbortController().signal;
  const head: JsonValue[] = [];
  for await (const record of placedRecords(file, signal)) {
    if (record.ok) head.push(record.value);
    if (head.length >= recordsLookedAt) break;
  }
  const format = recogniseFormat(head);
  if (format === undefined) {
    throw new LoopToolError('dataset-unreadable', `${path} is no file of predictions that is known: rows of LoopTool's GCP or JGLV, BFCL results, records of a dataset with a "prediction" beside them, or {"sampleId", "prediction"}. docs/predictions.md shows each of them.`);
  }
  const source = new PredictionsSource(file, format, options, signal);
  await source.items();
  return source;
}

/** How long, in milliseconds, the items wait for what the rules say of them. */
const patience = 300;

type PairAt = { readonly place: LinePlace; readonly record: number };
type Reading = { readonly items: readonly QueueItem[]; readonly places: ReadonlyMap<string, PairAt>; readonly warnings: readonly string[]; readonly samples: SampleFinder };

class PredictionsSource implements ReviewSource {
  readonly round = undefined;
  readonly predictions: string;
  readonly title: string;
  readonly #dialect: Dialect | undefined;
  readonly #textKinds: CompiledTextKinds;
  #signature = '';
  #reading: Reading = { items: [], places: new Map(), warnings: [], samples: new SampleFinder('sampleId') };
  #pending: Promise<readonly QueueItem[]> | undefined;
  #work: Promise<void> | undefined;

  constructor(
    private readonly file: string,
    private readonly format: PredictionFormat,
    private readonly options: PredictionsOptions,
    private readonly signal: AbortSignal,
  ) {
    this.title = basename(file);
    this.predictions = this.#shown(file);
    this.#dialect = dialectById(format.kind === 'beside' ? format.dialect : 'looptool');
    this.#textKinds = options.project?.config === undefined ? noTextKinds : compileTextKinds(options.project.config.textKinds);
  }

  get warnings(): readonly string[] {
    return this.#reading.warnings;
  }

  items(): Promise<readonly QueueItem[]> {
    this.#pending ??= this.#refresh().finally(() => {
      this.#pending = undefined;
    });
    return this.#pending;
  }

  pair(sampleId: string): Promise<ReviewPair | undefined> {
    const at = this.#reading.places.get(sampleId);
    const files = new HeldFiles();
    try {
      const value = at && recordAt(files, this.file, at.place);
      const read = at === undefined || value === undefined ? undefined : this.#pairOf(value, at.record, this.#reading.samples, files);
      return Promise.resolve(read === undefined || 'problem' in read || read.sample.id !== sampleId ? undefined : read);
    } finally {
      files.close();
    }
  }

  dispose(): void {
    this.#reading = { ...this.#reading, items: [], places: new Map() };
  }

  async #refresh(): Promise<readonly QueueItem[]> {
    const signature = await signatureOf(this.file);
    if (signature !== this.#signature) {
      this.#reading = await this.#readAll();
      this.#signature = signature;
      this.#work = this.#findRules(this.#reading);
      await Promise.race([this.#work, setTimeout(patience, undefined, { ref: false })]);
    }
    return this.#reading.items;
  }

  async settled(): Promise<void> {
    await this.items();
    await this.#work;
  }

  /** What the rules say of the pairs: behind whoever looks at them, since it takes longer than all else. */
  async #findRules(reading: Reading): Promise<void> {
    const active = activeRules(rules, recommendedSettings);
    const texts = new SharedTexts();
    const turns = new Turns(() => setTimeout(1));
    const files = new HeldFiles();
    const items: QueueItem[] = [];
    try {
      for (const item of reading.items) {
        const at = reading.places.get(item.sampleId);
        const value = at && recordAt(files, this.file, at.place);
        const read = at === undefined || value === undefined ? undefined : this.#pairOf(value, at.record, reading.samples, files);
        items.push(read === undefined || 'problem' in read ? item : texts.shared({ ...item, rules: ruleIdsOf(read, active) }));
        if (turns.isOver) await turns.next();
        if (this.#reading !== reading) return;
      }
    } finally {
      files.close();
    }
    this.#reading = { ...reading, items };
  }

  async #readAll(): Promise<Reading> {
    const notes = new Notes(this.file);
    const samples = await this.#openSamples(notes);
    const pairs = new Map<string, { readonly item: QueueItem | undefined; readonly at: PairAt }>();
    const texts = new SharedTexts();
    const turns = new Turns(() => setImmediate());
    const files = new HeldFiles();
    try {
      for await (const record of placedRecords(this.file, this.signal)) {
        const read = record.ok ? this.#pairOf(record.value, record.index, samples, files) : { problem: record.message };
        if ('problem' in read) notes.add(record, read.problem);
        else {
          const item = isMatch(read.outcome) ? undefined : texts.shared(describePair(read));
          if (pairs.delete(read.sample.id)) notes.repeated += 1;
          pairs.set(read.sample.id, { item, at: { place: record.place, record: record.index } });
        }
        if (turns.isOver) await turns.next();
      }
    } finally {
      files.close();
    }
    const missed = [...pairs].filter(([, { item }]) => item !== undefined);
    return { items: missed.flatMap(([, { item }]) => item ?? []), places: new Map(missed.map(([id, { at }]) => [id, at])), warnings: notes.list(pairs.size, missed.length), samples };
  }

  /** The datasets that the rows are joined with; none where each row holds its sample. */
  async #openSamples(notes: Notes): Promise<SampleFinder> {
    const { format, options } = this;
    const finder = new SampleFinder(format.kind === 'bfcl' ? 'questionId' : 'sampleId');
    if (format.kind !== 'bfcl' && format.kind !== 'joined') return finder;
    const named = options.questions ?? [];
    if (format.kind === 'bfcl') {
      const { files, missing } = await questionFiles(this.file, await this.#ids(), named);
      for (const file of files) await finder.add({ file, shown: this.#shown(file) }, this.signal);
      if (missing.length > 0) notes.say(`${this.file}: there is no file with the questions of ${missing.join(', ')} beside it or in the folders above it. Name the file, or the folder with BFCL_v3_<category>.json and possible_answer/.`);
    } else if (named.length > 0) {
      for (const file of named.map((one) => resolve(one))) await finder.add({ file, shown: this.#shown(file) }, this.signal);
    } else {
      await this.#addDatasets(finder);
      if (options.project?.config === undefined) notes.say(`${this.file}: its rows name samples of a dataset, and there is no project. Name the dataset that they belong to.`);
    }
    finder.notes.forEach((note) => notes.say(note));
    return finder;
  }

  async #addDatasets(finder: SampleFinder): Promise<void> {
    const { project } = this.options;
    if (project?.config === undefined) return;
    const files = new ProjectFiles(project.directory);
    for (const entry of [...project.config.datasets.seed, ...project.config.datasets.heldOut]) {
      await finder.add({ file: files.absolute(entry.path), shown: entry.path, dialect: entry.dialect, companions: files.companions(entry) }, this.signal);
    }
  }

  /** Of the questions that rows with a usable answer are about. */
  async #ids(): Promise<ReadonlySet<string>> {
    const ids = new Set<string>();
    for await (const record of placedRecords(this.file, this.signal)) {
      const row = record.ok ? readPredictionRow(record.value, this.format) : undefined;
      if (row !== undefined && 'sample' in row && 'questionId' in row.sample && answerProblem(row.answer) === undefined) ids.add(row.sample.questionId);
    }
    return ids;
  }

  #pairOf(value: JsonValue, index: number, samples: SampleFinder, files: HeldFiles): ReviewPair | { readonly problem: string } {
    const row = readPredictionRow(value, this.format);
    if ('problem' in row) return row;
    const isBfcl = this.format.kind === 'bfcl';
    const problem = isBfcl ? answerProblem(row.answer) : undefined;
    if (problem !== undefined) return { problem };
    const found = this.#sampleOf(row, index, samples, files);
    if ('problem' in found) return found;
    const answered = answeredSample(found.sample, row, { textKinds: this.#textKinds, isBfcl });
    return 'problem' in answered ? answered : pairOf(found, row, answered, value);
  }

  #sampleOf({ sample: from }: PredictionRow, index: number, samples: SampleFinder, files: HeldFiles): SampleAt | { readonly problem: string } {
    if ('sampleId' in from) return samples.has(from.sampleId) ? samples.find(from.sampleId, files) : { problem: `the sample ${from.sampleId} stands in no dataset that was read: it may have changed since` };
    if ('questionId' in from) return samples.has(from.questionId) ? samples.find(from.questionId, files) : { problem: `there is no question ${JSON.stringify(from.questionId)} in the files that were read` };
    const reading = this.#dialect?.read(from.record, { steps: 'all', companions: noCompanions, index });
    const found = from.step === undefined ? reading?.samples.at(-1) : reading?.samples.find(({ step }) => step === from.step);
    if (found === undefined) return { problem: reading?.problems[0]?.message ?? 'it has no label to hold the prediction against' };
    return { sample: found.sample, occurrence: { file: this.predictions, record: index, step: found.step } };
  }

  #shown(file: string): string {
    const { project } = this.options;
    return project === undefined ? file : new ProjectFiles(resolve(project.directory)).relative(file);
  }
}

function pairOf({ sample, occurrence }: SampleAt, row: PredictionRow, answered: AnsweredSample, value: JsonValue): ReviewPair {
  const { prediction, reply, outcome, comparison } = answered;
  return { sample, origin: 'file', parents: [], occurrence, prediction, reply, outcome, comparison, ppl: row.ppl, judgement: row.judgement, raw: stringifyJson(value) };
}

async function signatureOf(file: string): Promise<string> {
  try {
    const { ino, size, mtimeMs } = await stat(file);
    return `${ino} ${size} ${mtimeMs}`;
  } catch (cause) {
    throw new LoopToolError('dataset-missing', `${file} is no longer there. Open the review on the file's new place.`, { cause });
  }
}

const mostNotes = 50;

/** What is to be said of a file: how many rows match, and which could not be read. */
class Notes {
  readonly #said: string[] = [];
  readonly #rows: string[] = [];
  #left = 0;
  repeated = 0;

  constructor(private readonly file: string) {}

  say(note: string): void {
    this.#said.push(note);
  }

  add({ line }: PlacedRecord, problem: string): void {
    if (this.#rows.length < mostNotes) this.#rows.push(`${this.file}:${line}: ${problem}. The row is left out.`);
    this.#left += 1;
  }

  list(predictions: number, mismatches: number): readonly string[] {
    const count = (number: number): string => number.toLocaleString('en');
    const more = this.#left - this.#rows.length;
    return [
      ...(predictions === 0 ? [] : [`${count(predictions - mismatches)} of ${count(predictions)} predictions match their label.`]),
      ...(this.repeated === 0 ? [] : [`${count(this.repeated)} rows answer a sample that a later row answers too: the last answer of each counts.`]),
      ...this.#said,
      ...this.#rows,
      ...(more === 0 ? [] : [`${this.file}: ${count(more)} more rows are left out for such reasons.`]),
    ];
  }
}
