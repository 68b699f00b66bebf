import type { DatasetEntry, ProjectConfig } from '../core/config/projectConfig.ts';
import { noCompanions, type Companions } from '../core/dataset/companions.ts';
import { readDataset, readSample, type DatasetOptions, type ReadSample } from '../core/dataset/dataset.ts';
import type { Dialect, RecordSample } from '../core/dataset/dialect.ts';
import { labelHash } from '../core/dataset/identity.ts';
import { applyEdits, labelEdits } from '../core/dataset/labelEdit.ts';
import { dialectById } from '../core/dataset/registry.ts';
import type { Label, Sample } from '../core/dataset/sample.ts';
import type { TextEdit } from '../core/dataset/spans.ts';
import { isLoopToolError } from '../core/errors.ts';
import { sha256Hex } from '../core/hash.ts';
import { parseJson } from '../core/json/parse.ts';
import { containerOf, splitEntries } from '../core/jsonl/records.ts';
import { invertEdits } from '../core/text/invertEdits.ts';
import { trimEdit } from '../core/text/trimEdit.ts';
import { acceptedLabels } from '../core/review/acceptedLabels.ts';
import type { DecisionState } from '../core/review/decisionState.ts';
import { changesLabel } from '../core/review/foldDecisions.ts';
import { acceptsLabel, withAlternatives } from '../core/review/withAlternative.ts';
import { AnswerUses, correctAnswersIn, ownAnswerCorrection, type AnswerCorrection, type AnswerTexts, type AnswerWish } from './review/answerCorrections.ts';
import type { ChangeOrigin, Correction, LabelChange, RefusedCorrection } from './review/labelChange.ts';

/** What applying decisions to one file would do. Nothing is written: the editor shows it, or the command line writes it. */
export type FileCorrections = {
  readonly file: string;
  /** In the order of the file; their edits do not overlap. */
  readonly corrections: readonly Correction[];
  /** The label that the person decided on does not stand there any more. */
  readonly refused: readonly RefusedCorrection[];
  /** Samples that have the label already. */
  readonly applied: readonly string[];
  /** Other files that have to be edited: those with the answers, by their path relative to the dataset's folder. */
  readonly answers: readonly { readonly file: string; readonly corrections: readonly AnswerCorrection[] }[];
  /** Which samples are read with which answers, by the same paths. */
  readonly uses: AnswerUses;
};

/** The decisions in force that give a sample another label, or another answer beside it. */
export function labelChanges(decisions: Pick<DecisionState, 'inForce' | 'standingOf'>): ReadonlyMap<string, LabelChange> {
  const changes = new Map<string, LabelChange>();
  const accepted = acceptedLabels(decisions);
  for (const [sampleId, decision] of decisions.inForce) {
    const { labelHash: seen, id, by, round, note, source } = decision;
    const origin: ChangeOrigin = { decision: id, decidedBy: by, round, reason: note, source: source?.startsWith('rule') === true ? source : 'person' };
    if (changesLabel(decision) && decision.label) changes.set(sampleId, { sampleId, labelHash: seen, to: { label: decision.label }, origin });
    else if (decision.ruling === 'bothCorrect') {
      const labels = accepted({ id: sampleId, labelHash: seen });
      if (labels.length > 0) changes.set(sampleId, { sampleId, labelHash: seen, to: { accept: labels }, origin });
    }
  }
  return changes;
}

/** `configured` are the companion files that looptool.json names for it. */
export type CorrectableFile = DatasetOptions & { readonly configured?: Pick<DatasetEntry, 'companions'> };

/** The dataset files that decisions are applied to, the held-out sets too. A file that is named twice is one file: it is edited once. */
export function correctableFiles({ datasets }: ProjectConfig): readonly CorrectableFile[] {
  const files = new Map<string, CorrectableFile>();
  for (const { path, dialect, steps, companions } of [...datasets.seed, ...datasets.heldOut]) {
    const named = files.get(path);
    files.set(path, { file: path, dialect, steps: named === undefined || named.steps === steps ? steps : 'all', ...(companions === undefined ? {} : { configured: { companions } }) });
  }
  return [...files.values()];
}

/**
 * Plans the edits of one dataset file. A decision was made on a label that the person saw: where another one stands now, it
 * is stale and refused. Every occurrence of a sample is corrected.
 */
export function planCorrections(text: string, options: DatasetOptions & { readonly answerTexts?: AnswerTexts | undefined }, changes: ReadonlyMap<string, LabelChange>): FileCorrections {
  const corrections: { readonly correction: Correction; readonly read: ReadSample }[] = [];
  const refused: RefusedCorrection[] = [];
  const applied: string[] = [];
  const uses = new AnswerUses();
  const wishes: AnswerWish[] = [];
  for (const read of changes.size === 0 ? [] : readDataset(text, options).samples) {
    const change = changes.get(read.sample.id);
    const answers = options.companions === undefined || options.companions.answers.length === 0 ? undefined : read.places().answers;
    if (answers !== undefined) uses.add(answers.file, answers.record, read.sample.id);
    if (change === undefined) continue;
    const dialect = dialectById(read.dialect);
    if (answers !== undefined && dialect !== undefined) {
      wishes.push({ sampleId: read.sample.id, sample: read, record: read.occurrence.record, question: read.record, dialect, companions: options.companions ?? noCompanions, change, answers });
      continue;
    }
    const outcome = correctionOf(text, read, change, options.companions);
    if (outcome === 'applied') applied.push(read.sample.id);
    else if ('edits' in outcome) corrections.push({ correction: outcome, read });
    else refused.push(outcome);
  }
  const beside = correctAnswersIn(wishes, options.answerTexts, uses);
  return { file: options.file, corrections: withWaysBack(text, corrections), refused: [...refused, ...beside.refused], applied: [...applied, ...beside.applied], answers: beside.files, uses };
}

/** What gives each record back as it is now. Records in which several labels change, and files that are one record, are put back by their labels. */
function withWaysBack(text: string, planned: readonly { readonly correction: Correction; readonly read: ReadSample }[]): readonly Correction[] {
  const perRecord = new Map<number, number>();
  for (const { correction } of planned) perRecord.set(correction.record, (perRecord.get(correction.record) ?? 0) + 1);
  const container = containerOf(text);
  return planned.map(({ correction, read: { start, starts } }) => {
    if (starts !== undefined || correction.back !== undefined || perRecord.get(correction.record) !== 1) return correction;
    const next = splitEntries(text, container, start).next();
    const entry = next.done === true ? undefined : next.value;
    if (entry === undefined || !entry.ok || entry.start !== start) return correction;
    const before = text.slice(start, entry.end);
    const edits = correction.edits.map((edit) => ({ ...edit, start: edit.start - start, end: edit.end - start }));
    return { ...correction, back: { sha256: sha256Hex(applyEdits(before, edits)), edits: invertEdits(before, edits) } };
  });
}

/** What a change asks of one place where its sample stands. */
export function correctionOf(text: string, read: ReadSample, change: LabelChange, companions: Companions | undefined): Correction | RefusedCorrection | 'applied' {
  const { sample, occurrence, step } = read;
  const at = { sampleId: sample.id, record: occurrence.record };
  const own = ownAnswerCorrection(text, read, change, companions);
  if (own !== undefined) return own;
  const wanted = wantedLabel(sample, change);
  if (wanted === 'applied') return wanted;
  if (wanted === 'stale') return { ...at, reason: 'stale', message: 'The label changed after the decision.' };
  const kept = 'accept' in change.to ? { reason: 'kept' as const, end: ' The accepted answer stays in the decisions, and counts from there.' } : { reason: 'unwritable' as const, end: '' };
  if (wanted === 'no alternatives') return { ...at, reason: 'kept', message: `A label of this kind has no further answers.${kept.end}` };
  try {
    const edits = labelEdits(text, read, wanted, companions);
    if (edits.length === 0) return 'applied';
    return { ...at, step, edits, old: sample.label, oldHash: sample.labelHash, new: wanted, newHash: labelHash(wanted), change };
  } catch (error) {
    if (!isLoopToolError(error)) throw error;
    return { ...at, reason: kept.reason, message: kept.reason === 'kept' ? `The record cannot hold a further answer.${kept.end}` : error.userMessage };
  }
}

function wantedLabel(sample: Sample, { labelHash: seen, alsoSeen, to }: LabelChange): Label | 'applied' | 'stale' | 'no alternatives' {
  const isSeen = sample.labelHash === seen || sample.labelHash === alsoSeen;
  if ('label' in to) return sample.labelHash === labelHash(to.label) ? 'applied' : isSeen ? to.label : 'stale';
  const open = to.accept.filter((label) => !acceptsLabel(sample.label, label));
  if (open.length === 0) return 'applied';
  if (!isSeen) return 'stale';
  return withAlternatives(sample.label, open) ?? 'no alternatives';
}

export type RecordContext = { readonly file: string; readonly dialect: Dialect; readonly steps: DatasetOptions['steps']; readonly companions?: Companions | undefined };

/** What the changes do to one record. `edits` are of the record's own text, ascending. */
export type RecordCorrections = {
  readonly corrections: readonly (Correction & { readonly before: string; readonly newSampleId?: string })[];
  readonly refused: readonly RefusedCorrection[];
  readonly applied: readonly string[];
  readonly edits: readonly TextEdit[];
};

/**
 * The changes of one record, one after the other. The label of a step is context of the steps behind it, and changes their
 * ids: the last step is corrected first, and `firstStepFirst` where labels are put back, so that each sample is met under its id.
 */
export function correctRecord(text: string, record: number, value: RecordSample[], context: RecordContext, changes: ReadonlyMap<string, LabelChange>, firstStepFirst = false): RecordCorrections {
  const corrections: (Correction & { before: string; newSampleId?: string })[] = [];
  const refused: RefusedCorrection[] = [];
  const applied: string[] = [];
  const handled = new Set<number>();
  let samples: readonly ReadSample[] = inText(text, record, value, context);
  let current = text;
  for (;;) {
    const waiting = samples.filter(({ sample, step }) => !handled.has(step) && changes.has(sample.id));
    const read = firstStepFirst ? waiting[0] : waiting.at(-1);
    const change = read && changes.get(read.sample.id);
    if (read === undefined || change === undefined) break;
    handled.add(read.step);
    const outcome = correctionOf(current, read, change, context.companions);
    if (outcome === 'applied') applied.push(read.sample.id);
    else if (!('edits' in outcome)) refused.push(outcome);
    else {
      const edits = writtenBefore(current, record, outcome, context) ?? outcome.edits;
      const after = applyEdits(current, edits);
      corrections.push({ ...outcome, edits, before: current, back: { sha256: sha256Hex(after), edits: invertEdits(current, edits) } });
      current = after;
      samples = inText(current, record, readAgain(current, record, context), context);
    }
  }
  for (const correction of corrections) {
    const now = samples.find(({ step }) => step === correction.step)?.sample.id;
    if (now !== undefined && now !== correction.sampleId) correction.newSampleId = now;
  }
  const edits = corrections.length === 1 ? (corrections[0]?.edits ?? []) : corrections.length === 0 ? [] : [trimEdit(text, { start: 0, end: text.length, newText: current })];
  return { corrections, refused, applied, edits };
}

/** The record as it was before the label was changed, where nothing else of it changed since. */
function writtenBefore(text: string, record: number, { step, newHash, change }: Correction, context: RecordContext): readonly TextEdit[] | undefined {
  const { back } = change;
  if (back === undefined || back.sha256 !== sha256Hex(text)) return undefined;
  const label = readAgain(applyEdits(text, back.edits), record, context).find((sample) => sample.step === step)?.sample.labelHash;
  return label === newHash ? back.edits : undefined;
}

function readAgain(text: string, index: number, { dialect, steps, companions = noCompanions }: RecordContext): readonly RecordSample[] {
  const parsed = parseJson(text);
  return parsed.ok ? dialect.read(parsed.value, { steps, companions, index }).samples : [];
}

function inText(text: string, record: number, samples: readonly RecordSample[], { file, dialect }: RecordContext): readonly ReadSample[] {
  // The record's value is for those who show it.
  return samples.map((sample) => readSample(text, { start: 0, record: null, dialect }, sample, { file, record, step: sample.step }));
}
