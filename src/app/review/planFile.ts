import { noCompanions, type Companions } from '../../core/dataset/companions.ts';
import { recogniseDialect } from '../../core/dataset/dataset.ts';
import type { RecordSample } from '../../core/dataset/dialect.ts';
import { RecordReader } from '../../core/dataset/recordReader.ts';
import { LoopToolError } from '../../core/errors.ts';
import type { RawRecord } from '../../core/jsonl/recordSplitter.ts';
import { loadCompanions } from '../../node/companionFiles.ts';
import { readDatasetText } from '../../node/datasetFiles.ts';
import { datasetParts, type DatasetPart } from '../../node/datasetParts.ts';
import { readRecordBatches } from '../../node/datasetSource.ts';
import type { ProjectFiles } from '../../node/projectFiles.ts';
import { correctRecord, planCorrections, type CorrectableFile, type RecordContext } from '../corrections.ts';
import type { LabelChange } from './labelChange.ts';
import { readHead } from '../datasets/datasetHead.ts';
import { AnswerUses, type AnswerWish } from './answerCorrections.ts';
import { answersPath, planAnswers, withoutShared } from './answersPlan.ts';
import type { DroppedRecord, FilePlan } from './filePlan.ts';
import { fileVersion } from './fileVersion.ts';
import { touchedLines } from './touchedLines.ts';

export type PlanOptions = {
  readonly files: ProjectFiles;
  readonly changes: ReadonlyMap<string, LabelChange>;
  /** Label hash by dropped sample. */
  readonly drops?: ReadonlyMap<string, string>;
  readonly firstStepFirst?: boolean;
  /** Told which samples are read with which answers, by absolute path. */
  readonly uses?: AnswerUses;
  readonly signal: AbortSignal;
};

type Draft = { -readonly [K in 'corrections' | 'refused' | 'applied' | 'changed' | 'dropped' | 'shared' | 'answers']: FilePlan[K][number][] } & { readonly wishes: AnswerWish[]; readonly uses: AnswerUses };

/**
 * Plans the changes of one dataset file, record by record: memory is that of the records that change. Throws LoopToolError
 * `dataset-missing` or `dataset-unreadable`.
 */
export async function planFile(dataset: CorrectableFile, options: PlanOptions): Promise<FilePlan> {
  const path = options.files.absolute(dataset.file);
  const [part, ...others] = await datasetParts(path);
  if (part === undefined || others.length > 0 || part.path !== path) throw new LoopToolError('dataset-unreadable', `${path} is a folder. Name its files one by one in looptool.json.`);
  const version = await fileVersion(path);
  const draft: Draft = { corrections: [], refused: [], applied: [], changed: [], dropped: [], shared: [], answers: [], wishes: [], uses: new AnswerUses() };
  if (options.changes.size > 0 || (options.drops?.size ?? 0) > 0) await planPart(part, dataset, options, draft);
  const { corrections, changed, dropped, shared, wishes, uses } = draft;
  const { plans: answers, refused, applied } = await planAnswers(path, wishes, options.signal);
  options.uses?.addAll(uses);
  const plan: FilePlan = { file: dataset.file, path, version, corrections, changed, dropped, shared, answers: answers.filter(({ changes }) => changes.length > 0), refused: [...draft.refused, ...refused], applied: [...draft.applied, ...applied] };
  return withoutShared([plan], uses)[0] ?? plan;
}

async function planPart(part: DatasetPart, dataset: CorrectableFile, options: PlanOptions, draft: Draft): Promise<void> {
  const dialect = dataset.dialect === undefined ? (await readHead(part, options.signal)).dialect : recogniseDialect('', dataset.dialect).dialect;
  if (dialect === undefined) return;
  const { companions } = await loadCompanions(part.path, dialect, options.files.companions(dataset.configured ?? {}));
  const context: RecordContext = { file: dataset.file, dialect, steps: dataset.steps, companions };
  if (dialect.unit === 'file') return planWhole(part, context, options, draft);
  const reader = new RecordReader(dialect, { steps: dataset.steps, companions, fixed: true });
  let previousEnd: number | undefined;
  let last: DroppedRecord | undefined;
  for await (const { records, container } of readRecordBatches([part], { signal: options.signal })) {
    for (const record of records) {
      if (last !== undefined && last.nextStart === undefined) last.nextStart = record.byteOffset;
      last = planRecord(record, { reader, context, path: part.path, parquet: container === 'parquet', previousEnd }, options, draft);
      previousEnd = record.byteOffset + record.byteLength;
    }
  }
}

type RecordPlanning = { readonly reader: RecordReader; readonly context: RecordContext; readonly path: string; readonly parquet: boolean; readonly previousEnd: number | undefined };

/** Gives the record where all of it is dropped. */
function planRecord(record: RawRecord, { reader, context, path, parquet, previousEnd }: RecordPlanning, options: PlanOptions, draft: Draft): DroppedRecord | undefined {
  const { changes, drops } = options;
  if (record.problem?.readable === false) return undefined;
  const read = reader.readText(record.text, record.index);
  if (!read.ok) return undefined;
  const { samples, problems } = read.reading;
  const { byteOffset, byteLength, text, line, index } = record;
  const beside = context.companions !== undefined && context.companions.answers.length > 0 && addWishes(read, record, path, context.companions, options, draft);
  const concerned = beside ? [] : samples.filter(({ sample }) => changes.has(sample.id));
  const refuse = (message: string): undefined => {
    for (const { sample } of concerned) draft.refused.push({ sampleId: sample.id, record: index, reason: 'unwritable', message });
  };
  if (parquet && concerned.length > 0) return refuse('Parquet files are not written. Convert it first: looptool convert FILE --to DIALECT -o FILE.jsonl');
  if (record.problem !== undefined && concerned.length > 0) return refuse('The record holds bytes that are not UTF-8. Put them right first.');
  if (concerned.length > 0) addCorrections(record, [...samples], context, options, draft);
  if (parquet || drops === undefined || drops.size === 0) return undefined;
  const dropped = samples.filter(({ sample }) => drops.get(sample.id) === sample.labelHash);
  for (const { sample } of samples) {
    if (drops.has(sample.id) && drops.get(sample.id) !== sample.labelHash) draft.refused.push({ sampleId: sample.id, record: index, reason: 'stale', message: 'The label changed after the sample was dropped.' });
  }
  if (dropped.length === 0) return undefined;
  if (dropped.length < samples.length || problems.length > 0 || record.problem !== undefined) {
    draft.shared.push(...dropped.map(({ sample }) => ({ sampleId: sample.id, record: index })));
    return undefined;
  }
  if (dropped.some(({ places }) => places().answers?.numbered === true)) {
    for (const { sample } of dropped) draft.refused.push({ sampleId: sample.id, record: index, reason: 'unwritable', message: 'Its answer is found by its number: without the record those behind it would have other answers.' });
    return undefined;
  }
  const whole: DroppedRecord = { record: index, line: line + 1, byteOffset, byteLength, text, samples: dropped.map(({ sample, step }) => ({ id: sample.id, step, label: sample.label, labelHash: sample.labelHash })), previousEnd, nextStart: undefined };
  draft.dropped.push(whole);
  return whole;
}

/** Whether the labels of a record stand beside the dataset. */
function addWishes({ value, dialect, reading }: Extract<ReturnType<RecordReader['readText']>, { readonly ok: true }>, { index }: RawRecord, path: string, companions: Companions, { changes }: PlanOptions, draft: Draft): boolean {
  let beside = false;
  for (const sample of reading.samples) {
    const { answers } = sample.places();
    if (answers === undefined) continue;
    beside = true;
    const { id } = sample.sample;
    draft.uses.add(answersPath(path, answers.file), answers.record, id);
    const change = changes.get(id);
    if (change !== undefined) draft.wishes.push({ sampleId: id, sample, record: index, question: value, dialect, companions, change, answers });
  }
  return beside;
}

function addCorrections(record: RawRecord, samples: RecordSample[], context: RecordContext, { changes, firstStepFirst }: PlanOptions, draft: Draft): void {
  const { text, index, line, byteOffset, byteLength } = record;
  const { corrections, refused, applied, edits } = correctRecord(text, index, samples, context, changes, firstStepFirst);
  draft.refused.push(...refused);
  draft.applied.push(...applied);
  for (const correction of corrections) draft.corrections.push({ ...correction, ...touchedLines(correction.before, correction.edits, line) });
  if (edits.length > 0) draft.changed.push({ byteOffset, byteLength, line, text, edits });
}

/** A file that is one record: read as a whole. */
async function planWhole(part: DatasetPart, { file, dialect, steps, companions }: RecordContext, { changes }: PlanOptions, draft: Draft): Promise<void> {
  const text = await readDatasetText(part.path);
  const plan = planCorrections(text, { file, dialect: dialect.id, steps, companions: companions ?? noCompanions }, changes);
  draft.refused.push(...plan.refused);
  draft.applied.push(...plan.applied);
  if (plan.corrections.length === 0) return;
  for (const correction of plan.corrections) draft.corrections.push({ ...correction, ...touchedLines(text, correction.edits, 0) });
  draft.changed.push({ byteOffset: 0, byteLength: part.sizeBytes, line: 0, text, edits: plan.corrections.flatMap(({ edits }) => edits) });
}
