import { dirname, resolve } from 'node:path';
import type { RefusedCorrection } from './labelChange.ts';
import { isLoopToolError } from '../../core/errors.ts';
import type { RawRecord } from '../../core/jsonl/recordSplitter.ts';
import { datasetParts } from '../../node/datasetParts.ts';
import { readRecordBatches } from '../../node/datasetSource.ts';
import { byFile, correctAnswer, distinct, refusedAnswer, sharedAnswer, type AnswerUses, type AnswerWish } from './answerCorrections.ts';
import { fileVersion } from './fileVersion.ts';
import type { ChangedBytes, FilePlan, PlannedCorrection } from './filePlan.ts';
import { touchedLines } from './touchedLines.ts';

/** What has to be written into a file with answers for the labels of one dataset. `answers` is relative to the dataset's folder. */
export type AnswersPlan = {
  readonly answers: string;
  readonly path: string;
  /** Of the file when it was read. */
  readonly version: string;
  readonly changes: readonly { readonly wish: AnswerWish; readonly correction: PlannedCorrection; readonly changed: ChangedBytes }[];
};

export type PlannedAnswers = { readonly plans: readonly AnswersPlan[]; readonly refused: readonly RefusedCorrection[]; readonly applied: readonly string[] };

export function answersPath(datasetPath: string, file: string): string {
  return resolve(dirname(datasetPath), file);
}

/** Reads the files with the answers record by record: memory is that of the records that change. */
export async function planAnswers(datasetPath: string, wishes: readonly AnswerWish[], signal: AbortSignal): Promise<PlannedAnswers> {
  const plans: AnswersPlan[] = [];
  const refused: RefusedCorrection[] = [];
  const applied: string[] = [];
  for (const [answers, own] of byFile(wishes)) {
    const path = answersPath(datasetPath, answers);
    const open = new Set(distinct(own));
    const changes: AnswersPlan['changes'][number][] = [];
    try {
      const version = await fileVersion(path);
      const wanted = new Map<number, AnswerWish[]>();
      for (const wish of open) wanted.set(wish.answers.record, [...(wanted.get(wish.answers.record) ?? []), wish]);
      for await (const { records } of readRecordBatches(await datasetParts(path), { signal })) {
        for (const record of records) {
          for (const wish of wanted.get(record.index) ?? []) {
            open.delete(wish);
            const outcome = planAnswer(record, wish);
            if (outcome === 'applied') applied.push(wish.sampleId);
            else if ('reason' in outcome) refused.push(outcome);
            else changes.push(outcome);
          }
        }
      }
      plans.push({ answers, path, version, changes });
    } catch (error) {
      if (!isLoopToolError(error)) throw error;
      for (const wish of changes.map(({ wish: one }) => one)) open.add(wish);
    }
    for (const wish of open) refused.push(refusedAnswer(wish, 'It could not be read there.'));
  }
  return { plans, refused, applied };
}

function planAnswer(record: RawRecord, wish: AnswerWish): AnswersPlan['changes'][number] | RefusedCorrection | 'applied' {
  const { text, byteOffset, byteLength, line, problem } = record;
  if (problem !== undefined) return refusedAnswer(wish, 'It could not be read there.');
  const outcome = correctAnswer(text, wish);
  if (outcome === 'applied' || !('edits' in outcome)) return outcome;
  return { wish, correction: { ...outcome, ...touchedLines(text, outcome.edits, line) }, changed: { byteOffset, byteLength, line, text, edits: outcome.edits } };
}

/** The plans without changes of answers that other samples of these datasets are read with, too. */
export function withoutShared<P extends FilePlan>(plans: readonly P[], uses: AnswerUses): readonly P[] {
  return plans.map((plan) => {
    const refused: RefusedCorrection[] = [];
    const answers = plan.answers.map((one) => {
      const changes = one.changes.filter(({ wish }) => !uses.isShared(one.path, wish.answers.record));
      refused.push(...one.changes.flatMap(({ wish }) => (uses.isShared(one.path, wish.answers.record) ? [sharedAnswer(wish)] : [])));
      return { ...one, changes };
    });
    return refused.length === 0 ? plan : { ...plan, answers: answers.filter(({ changes }) => changes.length > 0), refused: [...plan.refused, ...refused] };
  });
}

/** Corrections of all files that a plan is about. */
export function allCorrections({ corrections, answers }: Pick<FilePlan, 'corrections' | 'answers'>): readonly PlannedCorrection[] {
  return answers.length === 0 ? corrections : [...corrections, ...answerCorrections({ answers })];
}

export function answerCorrections({ answers }: Pick<FilePlan, 'answers'>): readonly PlannedCorrection[] {
  return answers.flatMap(({ changes }) => changes.map(({ correction }) => correction));
}

/** A file with answers that is written: for one or several datasets. */
export type AnswersFile = {
  readonly path: string;
  readonly version: string;
  /** The datasets, and how the file is called from each. */
  readonly owners: readonly { readonly file: string; readonly answers: string }[];
  readonly corrections: readonly PlannedCorrection[];
  readonly changed: readonly ChangedBytes[];
};

/** Each file once, whatever datasets are read with it. */
export function answersFiles(plans: readonly Pick<FilePlan, 'file' | 'answers'>[]): readonly AnswersFile[] {
  const files = new Map<string, AnswersFile>();
  for (const { file, answers } of plans) {
    for (const { path, version, answers: called, changes } of answers) {
      const known = files.get(path) ?? { path, version, owners: [], corrections: [], changed: [] };
      // The same sample in two datasets has the one answer.
      const taken = new Set(known.changed.map(({ byteOffset }) => byteOffset));
      const open = changes.filter(({ changed }) => !taken.has(changed.byteOffset));
      files.set(path, {
        ...known,
        owners: [...known.owners, { file, answers: called }],
        corrections: [...known.corrections, ...open.map(({ correction }) => correction)],
        changed: [...known.changed, ...open.map(({ changed }) => changed)],
      });
    }
  }
  return [...files.values()];
}
