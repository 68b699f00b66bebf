import { answerEdits, besideReader, ownReader, says, type AnswerReader } from '../../core/dataset/answerEdit.ts';
import { noCompanions, type Companions } from '../../core/dataset/companions.ts';
import type { ReadSample } from '../../core/dataset/dataset.ts';
import type { Dialect, RecordSample, SamplePlaces } from '../../core/dataset/dialect.ts';
import { labelHash } from '../../core/dataset/identity.ts';
import { applyEdits } from '../../core/dataset/labelEdit.ts';
import { dialectById } from '../../core/dataset/registry.ts';
import type { Label, Sample } from '../../core/dataset/sample.ts';
import { isLoopToolError } from '../../core/errors.ts';
import { sha256Hex } from '../../core/hash.ts';
import { parseJson } from '../../core/json/parse.ts';
import { eachRecord } from '../../core/jsonl/records.ts';
import { acceptsLabel, withAlternative } from '../../core/review/withAlternative.ts';
import { invertEdits } from '../../core/text/invertEdits.ts';
import { possibleAlso } from '../../core/toolcall/mergePossible.ts';
import { comparePossible } from '../../core/toolcall/possible.ts';
import type { Correction, LabelChange, RefusedCorrection } from './labelChange.ts';

type Answers = NonNullable<SamplePlaces['answers']>;

/** A change of a label that stands beside its dataset. `record` and `question` are of the dataset. */
export type AnswerWish = {
  readonly sampleId: string;
  readonly sample: RecordSample;
  readonly record: number;
  readonly question: ReadSample['record'];
  readonly dialect: Dialect;
  readonly companions: Companions;
  readonly change: LabelChange;
  readonly answers: Answers;
};

/** Texts of files with answers, by their path relative to the dataset's folder. */
export type AnswerTexts = ReadonlyMap<string, string>;

/** Which samples are read with which answer: one that several are read with cannot be changed for one of them. */
export class AnswerUses {
  private readonly samples = new Map<string, string | null>();

  add(path: string, record: number, sampleId: string): void {
    const key = `${record} ${path}`;
    const known = this.samples.get(key);
    if (known === undefined) this.samples.set(key, sampleId);
    else if (known !== sampleId) this.samples.set(key, null);
  }

  /** `pathOf` gives the path here of one there. */
  addAll(other: AnswerUses, pathOf: (path: string) => string = (path) => path): void {
    for (const [there, sampleId] of other.samples) {
      const space = there.indexOf(' ');
      const key = `${there.slice(0, space)} ${pathOf(there.slice(space + 1))}`;
      const known = this.samples.get(key);
      this.samples.set(key, known === undefined || known === sampleId ? sampleId : null);
    }
  }

  isShared(path: string, record: number): boolean {
    return this.samples.get(`${record} ${path}`) === null;
  }
}

export type AnswerCorrection = Correction & { readonly answers: Answers };

/** What a change asks of an answer: `text` is that of its record. */
export function correctAnswer(text: string, wish: AnswerWish): AnswerCorrection | RefusedCorrection | 'applied' {
  const { sample, record, question, dialect, companions, answers, change } = wish;
  const read = besideReader(dialect, question, sample, companions);
  const outcome = corrected(text, 0, { dialect, sample, record, read, change });
  if (outcome === 'applied' || ('reason' in outcome && outcome.reason === 'stale')) return outcome;
  const correction = writtenBefore(text, wish, read) ?? outcome;
  if (!('edits' in correction)) return refusedAnswer(wish, correction.message);
  const { edits } = correction;
  return { ...correction, answers, back: { sha256: sha256Hex(applyEdits(text, edits)), edits: invertEdits(text, edits) } };
}

/** The answer as it was before the label was changed, where nothing else of its record changed since: also one that cannot be read. */
function writtenBefore(text: string, { sample: { sample, step }, record, change }: AnswerWish, read: AnswerReader): Correction | undefined {
  const { back, to } = change;
  if (!('label' in to) || back === undefined || back.sha256 !== sha256Hex(text)) return undefined;
  const parsed = parseJson(applyEdits(text, back.edits));
  const now = parsed.ok ? read(parsed.value)?.sample : undefined;
  if (now === undefined || now.labelHash !== labelHash(to.label)) return undefined;
  return { sampleId: sample.id, record, step, edits: back.edits, old: sample.label, oldHash: sample.labelHash, new: now.label, newHash: now.labelHash, change };
}

type RefusedWish = Pick<AnswerCorrection, 'sampleId' | 'record' | 'change' | 'answers'>;

/** The answer cannot be written where it stands. */
export function refusedAnswer({ sampleId, record, change, answers }: RefusedWish, why: string): RefusedCorrection {
  const at = `The label stands in ${answers.file}, record ${answers.record + 1}.`;
  if ('accept' in change.to) return { sampleId, record, reason: 'kept', message: `${at} ${why} The accepted answer stays in the decisions, and counts from there.` };
  return { sampleId, record, reason: 'unwritable', message: `${at} ${why} Correct it there by hand.` };
}

export function sharedAnswer(wish: RefusedWish): RefusedCorrection {
  return refusedAnswer(wish, 'Other questions are read with it, too, and their labels would change with it.');
}

/** A correction of possible answers that stand in the question itself; undefined where those are not what has to be changed. */
export function ownAnswerCorrection(text: string, read: ReadSample, change: LabelChange, companions: Companions = noCompanions): Correction | RefusedCorrection | 'applied' | undefined {
  const dialect = dialectById(read.dialect);
  if (dialect?.answerEdits === undefined || read.places().label[0] !== 'ground_truth') return undefined;
  const { record } = read.occurrence;
  const outcome = corrected(text, read.start, { dialect, sample: read, record, read: ownReader(dialect, read, companions, record), change });
  return outcome !== 'applied' && !('edits' in outcome) && outcome.reason === 'unwritable' ? undefined : outcome;
}

type Subject = { readonly dialect: Dialect; readonly sample: RecordSample; readonly record: number; readonly read: AnswerReader; readonly change: LabelChange };

function corrected(text: string, start: number, { dialect, sample: { sample, step }, record, read, change }: Subject): Correction | RefusedCorrection | 'applied' {
  const at = { sampleId: sample.id, record };
  const wanted = answerLabel(sample, change);
  if (wanted === 'applied') return wanted;
  if (wanted === 'stale') return { ...at, reason: 'stale', message: 'The label changed after the decision.' };
  if (wanted === undefined) return { ...at, reason: 'unwritable', message: 'More differs than values of arguments.' };
  try {
    const { edits, label } = answerEdits(text, start, dialect, sample, read, wanted);
    if (edits.length === 0) return 'applied';
    return { ...at, step, edits, old: sample.label, oldHash: sample.labelHash, new: label, newHash: labelHash(label), change };
  } catch (error) {
    if (isLoopToolError(error, 'label-changed')) return { ...at, reason: 'stale', message: error.userMessage };
    if (!isLoopToolError(error)) throw error;
    return { ...at, reason: 'unwritable', message: error.userMessage };
  }
}

/** What becomes of the label; undefined where it cannot accept the answer. */
function answerLabel(sample: Sample, { labelHash: seen, alsoSeen, to }: LabelChange): Label | 'applied' | 'stale' | undefined {
  const isSeen = sample.labelHash === seen || sample.labelHash === alsoSeen;
  if ('label' in to) return says(sample.label, to.label) ? 'applied' : isSeen ? to.label : 'stale';
  const open = to.accept.filter((label) => !accepts(sample.label, label));
  if (open.length === 0) return 'applied';
  if (!isSeen) return 'stale';
  let label: Label | undefined = sample.label;
  for (const other of open) label = label && withAccepted(label, other, sample);
  return label;
}

function accepts(label: Label, other: Label): boolean {
  if (label.kind === 'calls' && label.possible !== undefined && other.kind === 'calls') return comparePossible(label.possible, other.calls).equal;
  return acceptsLabel(label, other);
}

function withAccepted(label: Label, other: Label, { tools }: Sample): Label | undefined {
  if (label.kind !== 'calls' || label.possible === undefined || other.kind !== 'calls') return withAlternative(label, other);
  const possible = possibleAlso(label.possible, other.calls, tools);
  return possible && { ...label, possible };
}

export type AnswerOutcomes = {
  readonly files: readonly { readonly file: string; readonly corrections: readonly AnswerCorrection[] }[];
  readonly refused: readonly RefusedCorrection[];
  readonly applied: readonly string[];
};

/** The same for whole texts, as an editor has them. */
export function correctAnswersIn(wishes: readonly AnswerWish[], texts: AnswerTexts | undefined, uses: AnswerUses): AnswerOutcomes {
  const files: { readonly file: string; readonly corrections: readonly AnswerCorrection[] }[] = [];
  const refused: RefusedCorrection[] = [];
  const applied: string[] = [];
  for (const [file, own] of byFile(wishes)) {
    const text = texts?.get(file);
    const corrections: AnswerCorrection[] = [];
    const places = text === undefined ? new Map<number, Place>() : placesOf(text, new Set(own.map(({ answers }) => answers.record)));
    for (const wish of distinct(own)) {
      const place = places.get(wish.answers.record);
      if (text === undefined || place === undefined) refused.push(refusedAnswer(wish, 'It could not be read there.'));
      else if (uses.isShared(file, wish.answers.record)) refused.push(sharedAnswer(wish));
      else {
        const outcome = correctAnswer(text.slice(place.start, place.end), wish);
        if (outcome === 'applied') applied.push(wish.sampleId);
        else if (!('edits' in outcome)) refused.push(outcome);
        else corrections.push({ ...outcome, edits: outcome.edits.map((edit) => ({ ...edit, start: edit.start + place.start, end: edit.end + place.start })) });
      }
    }
    if (corrections.length > 0) files.push({ file, corrections: corrections.sort((a, b) => a.answers.record - b.answers.record) });
  }
  return { files, refused, applied };
}

type Place = { readonly start: number; readonly end: number };

function placesOf(text: string, records: ReadonlySet<number>): ReadonlyMap<number, Place> {
  const places = new Map<number, Place>();
  for (const entry of eachRecord(text)) if (entry.ok && records.has(entry.index)) places.set(entry.index, { start: entry.node.start, end: entry.node.end });
  return places;
}

export function byFile(wishes: readonly AnswerWish[]): ReadonlyMap<string, readonly AnswerWish[]> {
  const files = new Map<string, AnswerWish[]>();
  for (const wish of wishes) {
    const own = files.get(wish.answers.file);
    if (own === undefined) files.set(wish.answers.file, [wish]);
    else own.push(wish);
  }
  return files;
}

/** A sample that stands in several places may have one answer. */
export function distinct(wishes: readonly AnswerWish[]): readonly AnswerWish[] {
  const known = new Set<string>();
  return wishes.filter(({ answers, sample }) => {
    const key = `${answers.record} ${sample.sample.id}`;
    const first = !known.has(key);
    known.add(key);
    return first;
  });
}
