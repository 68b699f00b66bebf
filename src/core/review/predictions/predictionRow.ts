import type { Dialect } from '../../dataset/dialect.ts';
import { recogniseValues } from '../../dataset/recordReader.ts';
import { loopToolStage } from '../../dataset/reading/loopToolStage.ts';
import { noCompanions } from '../../dataset/companions.ts';
import { member, textMember } from '../../json/member.ts';
import { objectOf } from '../../json/parse.ts';
import { isJsonObject, JsonNumber, type JsonObject, type JsonValue } from '../../json/value.ts';
import { storedJudgement, type StoredJudgement } from './storedJudgement.ts';

/** What a file of predictions is, by its content. See docs/predictions.md. */
export type PredictionFormat =
  /** Rows of the published code after GCP or JGLV: the sample, its label and the answer in one. */
  | { readonly kind: 'looptool' }
  /** `{id, result}`: questions and answers stand in the benchmark's own files. */
  | { readonly kind: 'bfcl' }
  /** `{sampleId, <key>}`: the sample stands in a dataset. */
  | { readonly kind: 'joined'; readonly key: string }
  /** A record of a dataset with the answer beside it, under `key`. */
  | { readonly kind: 'beside'; readonly key: string; readonly dialect: string };

/** Keys that an answer may stand under, the plainest first. */
export const answerKeys = ['prediction', 'predicted', 'model_prediction', 'model_output', 'model_response', 'model_answer', 'completion', 'generation', 'generated', 'generated_text', 'response', 'output', 'result', 'answer'] as const;
const idKeys = ['sampleId', 'sample_id'] as const;

/** Undefined where the first records of a file are no predictions that are known. */
export function recogniseFormat(values: readonly JsonValue[]): PredictionFormat | undefined {
  const rows = values.filter(isJsonObject);
  if (rows.length === 0) return undefined;
  const most = (holds: (row: JsonObject) => boolean): boolean => 2 * rows.filter(holds).length > rows.length;
  if (most((row) => ['instruction', 'input', 'output'].every((key) => textMember(row, key) !== undefined) && textMember(row, 'response') !== undefined)) return { kind: 'looptool' };
  if (most((row) => sampleIdOf(row) !== undefined)) {
    const key = answerKeys.find((one) => most((row) => Object.hasOwn(row, one)));
    if (key !== undefined) return { kind: 'joined', key };
  }
  if (most((row) => textMember(row, 'id') !== undefined && Object.hasOwn(row, 'result') && member(row, 'question') === undefined && member(row, 'messages') === undefined)) return { kind: 'bfcl' };
  return besideRecords(rows, most);
}

/** An answer's key is one without which the record is still one of a dialect, and has a sample. */
function besideRecords(rows: readonly JsonObject[], most: (holds: (row: JsonObject) => boolean) => boolean): PredictionFormat | undefined {
  for (const key of answerKeys) {
    if (!most((row) => Object.hasOwn(row, key))) continue;
    const records = rows.map((row) => without(row, key));
    const { dialect } = recogniseValues(records);
    if (dialect !== undefined && dialect.unit !== 'file' && records.some((record) => hasSample(dialect, record))) return { kind: 'beside', key, dialect: dialect.id };
  }
  return undefined;
}

function hasSample(dialect: Dialect, record: JsonObject): boolean {
  return dialect.read(record, { steps: 'all', companions: noCompanions }).samples.length > 0;
}

/** One row, with what is to be read as its sample: a record, or the name of one that stands elsewhere. */
export type PredictionRow = {
  readonly sample: { readonly record: JsonObject; readonly step: number | undefined } | { readonly sampleId: string } | { readonly questionId: string };
  readonly answer: JsonValue | undefined;
  /** The reasoning that a row keeps apart from the answer. */
  readonly think: string | undefined;
  readonly finishReason: string | undefined;
  readonly ppl: number | undefined;
  readonly judgement: StoredJudgement | undefined;
};

/** A row by the format of its file, or why it is none. */
export function readPredictionRow(value: JsonValue, format: PredictionFormat): PredictionRow | { readonly problem: string } {
  if (!isJsonObject(value)) return { problem: 'the row is no JSON object' };
  const base = { think: undefined, finishReason: textMember(value, 'finish_reason') ?? textMember(value, 'finishReason'), ppl: numberOf(value, 'perplexity') ?? numberOf(value, 'ppl'), judgement: undefined };
  switch (format.kind) {
    case 'looptool': {
      const stage = loopToolStage(value);
      if (stage?.prediction === undefined) return { problem: 'the row has no "response": it comes from before the probe (GCP)' };
      return { ...base, sample: { record: value, step: undefined }, answer: stage.prediction, think: stage.think, ppl: stage.perplexity, judgement: storedJudgement(stage) };
    }
    case 'bfcl': {
      const questionId = textMember(value, 'id');
      if (questionId === undefined) return { problem: 'the row has no "id"' };
      return { ...base, sample: { questionId }, answer: member(value, 'result') };
    }
    case 'joined': {
      const sampleId = sampleIdOf(value);
      if (sampleId === undefined) return { problem: `the row names no sample (${idKeys.map((key) => `"${key}"`).join(' or ')})` };
      return { ...base, sample: { sampleId }, answer: member(value, format.key) };
    }
    case 'beside': {
      if (!Object.hasOwn(value, format.key)) return { problem: `the row has no ${JSON.stringify(format.key)}, where the other rows have the prediction` };
      return { ...base, sample: { record: without(value, format.key), step: numberOf(value, 'step') }, answer: member(value, format.key) };
    }
  }
}

function sampleIdOf(row: JsonObject): string | undefined {
  const id = idKeys.map((key) => textMember(row, key)).find((one) => one !== undefined);
  return id?.startsWith('smp_') === true ? id : undefined;
}

function without(row: JsonObject, key: string): JsonObject {
  return objectOf(Object.entries(row).filter(([name]) => name !== key));
}

function numberOf(row: JsonObject, key: string): number | undefined {
  const value = member(row, key);
  const number = typeof value === 'number' ? value : value instanceof JsonNumber ? Number(value.raw) : undefined;
  return number === undefined || !Number.isFinite(number) ? undefined : number;
}
