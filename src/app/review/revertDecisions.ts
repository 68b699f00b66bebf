import type { Label } from '../../core/dataset/sample.ts';
import { LoopToolError } from '../../core/errors.ts';
import type { AppliedChange } from '../../core/review/applied.ts';
import type { Decision, DecisionOperation } from '../../core/review/decision.ts';
import { selectReverts, type RevertSelection, type RevertWhich } from '../../core/review/revertSelection.ts';
import { editOf, type AppliedFile } from '../applyDecisions.ts';
import type { LabelChange, RefusedCorrection } from './labelChange.ts';
import { DecisionsFile } from '../decisionsFile.ts';
import type { AppPorts } from '../ports.ts';
import { allCorrections, answersFiles, type AnswersFile } from './answersPlan.ts';
import { AppliedWriting, batchStamp, changeOf, lockApplied, readApplied, type BatchStamp } from './appliedLog.ts';
import { dropChange, removedBytes } from './dropRecords.ts';
import { insertedBytes, insertChange, type Insertion } from './insertRecords.ts';
import { readLoopLabels, replacingVotes, type LoopLabel, type LoopLabels } from './loopLabels.ts';
import { openReviewFolder, type ReviewFolder } from './reviewFolder.ts';
import { planFile } from './planFile.ts';
import type { ChangedBytes, FilePlan } from './filePlan.ts';
import { settleApplied } from './settleApplied.ts';
import { writeAnswers, writeChanges, type OnStep } from './writeChanges.ts';

export type RevertOptions = {
  readonly project: string;
  readonly which: RevertWhich;
  /** False: only says what would be taken back. */
  readonly write: boolean;
  readonly by?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onStep?: OnStep;
};

/** What becomes of the decisions: taken back, put back, or a new one that keeps the loop from using the label. */
export type RevertedDecision = { readonly sampleId: string; readonly does: 'undo' | 'redo' | 'keepLabel' | 'edit'; readonly decision?: string; readonly by?: string };

export type RevertResult = {
  readonly files: readonly AppliedFile[];
  /** Labels that are not put back: another one stands there by now, or the sample is gone. Nothing of theirs is taken back. */
  readonly refused: readonly (RefusedCorrection & { readonly path: string })[];
  readonly decisions: readonly RevertedDecision[];
  readonly written: boolean;
  readonly batch?: string;
  readonly warnings: readonly string[];
};

type Step = { readonly operation: DecisionOperation; readonly shown: RevertedDecision };

/** Takes decisions and applied changes back: in the files where the label that they put there still stands, and in the loop. */
export async function revertDecisions(ports: AppPorts, options: RevertOptions): Promise<RevertResult> {
  if (Object.values(options.which).every((condition) => condition === undefined)) throw new LoopToolError('usage', 'Say what to take back: ids, or one of --judge, --prompt-version, --rule, --day, --person.');
  const project = await openReviewFolder(options.project);
  const signal = options.signal ?? new AbortController().signal;
  const lock = options.write ? await lockApplied(project.files, 'review revert', () => ports.clock.now()) : undefined;
  try {
    const settled = options.write ? await settleApplied(project, ports, signal) : [];
    const applied = await readApplied(project.files);
    const log = new DecisionsFile(project.files.decisions());
    await log.refresh();
    const stamp = batchStamp(() => ports.clock.now(), options.by);
    const selection = selectReverts(options.which, applied.state, log.state);
    const loop = await readLoopLabels(project.files);
    const loopOnly = await unappliedReplacements(project, options.which, loop, selection);
    const steps = stepsOf(selection, loopOnly, loop, log, stamp);
    const work = await planFiles(project, selection, applied.state.changes, signal);
    const refusedIds = new Set(work.refused.map(({ sampleId }) => sampleId));
    const kept = steps.filter(({ shown }) => !refusedIds.has(shown.sampleId));
    const files = options.write ? await write(project, work.plans, selection, kept, log, stamp, options) : [...work.plans.filter(changesDataset).map(shownFile), ...answersFiles(work.plans).map((file) => shownAnswers(project, file))];
    const anything = files.length > 0 || kept.length > 0;
    const warnings = [...new Set([...settled, ...applied.warnings, ...log.warnings])];
    return { files, refused: work.refused, decisions: kept.map(({ shown }) => shown), written: options.write, ...(options.write && anything ? { batch: stamp.batch } : {}), warnings };
  } finally {
    await lock?.release();
  }
}

/** Labels that the judge's word replaced in the sets, and that stand in no dataset. */
async function unappliedReplacements({ files }: ReviewFolder, { ids, judge, promptVersion, rule, day, person }: RevertWhich, { newest }: LoopLabels, { changes }: RevertSelection): Promise<readonly LoopLabel[]> {
  if (ids !== undefined || rule !== undefined || day !== undefined || person !== undefined || (judge === undefined && promptVersion === undefined)) return [];
  const known = new Set(changes.map(({ sampleId }) => sampleId));
  const labels = [...newest.values()].filter(({ sampleId, replaced }) => replaced.by === 'judge' && !known.has(sampleId) && (judge === undefined || replaced.source.split(', ').includes(judge)));
  if (promptVersion === undefined) return labels;
  const votes = await replacingVotes(files, labels);
  return labels.filter(({ sampleId }) => votes.get(sampleId)?.promptVersion === promptVersion);
}

function stepsOf({ changes, decisions }: RevertSelection, loopOnly: readonly LoopLabel[], { newest }: LoopLabels, { state }: DecisionsFile, { batch, by, at, newId }: BatchStamp): readonly Step[] {
  const steps: Step[] = [];
  const undo = (target: string, sampleId: string, does: 'undo' | 'redo', who?: string): void => {
    steps.push({ operation: { v: 1, op: 'undo', id: newId(), at: at(), by, target }, shown: { sampleId, does, decision: target, ...(who === undefined ? {} : { by: who }) } });
  };
  /** Where the newest set has the label that goes, only another label brings the old one back there; else keeping the old one is enough. */
  const keep = (sampleId: string, gone: { readonly hash: string; readonly label: Label } | undefined, old: { readonly hash: string; readonly label: Label }, always: boolean): void => {
    const inSet = gone !== undefined && newest.get(sampleId)?.labelHash === gone.hash;
    if (!inSet && !always) return;
    const common = { v: 1 as const, op: 'decide' as const, id: newId(), at: at(), by, sampleId, way: 'revert' as const, group: batch };
    const operation: Decision = inSet ? { ...common, ruling: 'edit', labelHash: gone.hash, label: old.label, replaced: gone.label } : { ...common, ruling: 'keepLabel', labelHash: old.hash };
    steps.push({ operation, shown: { sampleId, does: inSet ? 'edit' : 'keepLabel' } });
  };
  for (const decision of decisions) {
    undo(decision.id, decision.sampleId, 'undo', decision.by);
    const { label, labelHash } = decision;
    const row = newest.get(decision.sampleId);
    // The loop has taken it already.
    if (label !== undefined && row?.replaced.by === 'person' && state.inForce.get(decision.sampleId)?.id === decision.id) keep(decision.sampleId, { hash: row.labelHash, label: row.label }, { hash: labelHash, label: decision.replaced ?? row.replaced.label }, false);
  }
  const done = new Set<string>();
  for (const { id, sampleId, source, reverts, operations, old, oldHash, new: label, newHash } of changes) {
    if (reverts !== undefined) for (const operation of operations ?? []) if (!done.has(operation)) undo(operation, sampleId, 'redo');
    for (const operation of operations ?? []) done.add(operation);
    if (source !== 'judge' || reverts !== undefined || done.has(`${sampleId} kept`)) continue;
    done.add(`${sampleId} kept`).add(id);
    keep(sampleId, label === undefined || newHash === undefined ? undefined : { hash: newHash, label }, { hash: oldHash, label: old }, true);
  }
  for (const { sampleId, label, labelHash, replaced } of loopOnly) keep(sampleId, { hash: labelHash, label }, { hash: replaced.labelHash, label: replaced.label }, true);
  return steps;
}

type Plan = FilePlan & { readonly insertions: readonly Insertion[]; readonly takenOut: ReadonlyMap<number, readonly string[]> };
type Planned = { readonly plans: readonly Plan[]; readonly refused: readonly (RefusedCorrection & { readonly path: string })[] };

async function planFiles({ files, datasets: known }: ReviewFolder, { changes }: RevertSelection, all: readonly AppliedChange[], signal: AbortSignal): Promise<Planned> {
  const plans: Plan[] = [];
  const refused: (RefusedCorrection & { path: string })[] = [];
  const datasets = new Map(known.map((dataset) => [dataset.file, dataset]));
  for (const file of new Set(changes.flatMap((change) => change.file ?? []))) {
    const own = changes.filter((change) => change.file === file);
    const dataset = datasets.get(file);
    if (dataset === undefined) {
      refused.push(...own.map(({ sampleId, record = 0 }) => ({ path: file, sampleId, record, reason: 'stale' as const, message: 'The file is no dataset of looptool.json any more.' })));
      continue;
    }
    const labels = labelsBack(own.filter(({ removed, inserted }) => removed === undefined && inserted !== true));
    const drops = new Map(own.filter(({ inserted }) => inserted === true).flatMap(({ sampleId, others, oldHash }) => [sampleId, ...(others ?? [])].map((id) => [id, oldHash] as const)));
    const plan = await planFile(dataset, { files, changes: labels, drops, firstStepFirst: true, signal });
    const back = await insertedBytes(plan.path, own.filter(({ removed }) => removed !== undefined), all, signal);
    const met = new Set([...plan.applied, ...allCorrections(plan).map(({ sampleId }) => sampleId), ...plan.refused.map(({ sampleId }) => sampleId)]);
    for (const change of new Set(labels.values())) {
      const ids = [...labels].filter(([, one]) => one === change).map(([id]) => id);
      if (!ids.some((id) => met.has(id))) refused.push({ path: file, sampleId: change.sampleId, record: own.find(({ sampleId }) => sampleId === change.sampleId)?.record ?? 0, reason: 'stale', message: 'The sample does not stand in the file any more.' });
    }
    refused.push(...plan.refused.map((one) => ({ ...one, path: file, message: one.reason === 'stale' ? 'The label was changed again since.' : one.message })), ...back.refused.map((one) => ({ ...one, path: file })));
    const takenOut = new Map(plan.dropped.map(({ record, samples }) => [record, own.filter(({ sampleId }) => samples.some(({ id }) => id === sampleId)).map(({ id }) => id)]));
    if (allCorrections(plan).length > 0 || plan.dropped.length > 0 || back.insertions.length > 0) plans.push({ ...plan, insertions: back.insertions, takenOut });
  }
  return { plans, refused };
}

/** Of several changes of one sample, one after the other, the label before the first of them. */
function labelsBack(changes: readonly AppliedChange[]): ReadonlyMap<string, LabelChange> {
  const back = new Map<string, LabelChange>();
  for (const { id, sampleId, newSampleId, oldHash, old, newHash, source, decision, decidedBy, round, judge, promptVersion, reason, back: written } of changes) {
    if (newHash === undefined) continue;
    const earlier = back.get(sampleId);
    const follows = earlier !== undefined && earlier.labelHash === oldHash;
    const same = earlier !== undefined && earlier.labelHash === newHash;
    const reverts = [...(follows || same ? (earlier.origin.reverts ?? []) : []), id];
    const to = follows || same ? earlier.to : { label: old };
    const change: LabelChange = { sampleId, labelHash: newHash, to, ...(follows || same ? {} : { back: written }), origin: { source, decision, decidedBy, round, judge, promptVersion, reason, reverts } };
    for (const one of [sampleId, newSampleId ?? sampleId]) back.set(one, change);
  }
  return back;
}

function shownFile({ file, corrections, dropped, insertions }: Plan): AppliedFile {
  return { path: file, edits: corrections.map(editOf), removed: dropped.map(({ record, line, samples }) => ({ record, line, samples: samples.map(({ id }) => id) })), ...(insertions.length === 0 ? {} : { inserted: insertions.length }) };
}

function shownAnswers({ files }: Pick<ReviewFolder, 'files'>, { path, corrections }: AnswersFile): AppliedFile {
  return { path: files.relative(path), edits: corrections.map(editOf), removed: [] };
}

/** Whether the dataset itself is written: labels may stand beside it. */
function changesDataset({ corrections, dropped, insertions }: Plan): boolean {
  return corrections.length > 0 || dropped.length > 0 || insertions.length > 0;
}

/** First the log says what will be done, then the decisions go, then the files: a process that ends in between is finished by the same command. */
async function write({ files }: ReviewFolder, plans: readonly Plan[], { changes, decisions }: RevertSelection, steps: readonly Step[], log: DecisionsFile, stamp: BatchStamp, { onStep }: RevertOptions): Promise<readonly AppliedFile[]> {
  const writing = new AppliedWriting(files, stamp);
  const operationsOf = (sampleId: string): readonly string[] => steps.filter(({ shown }) => shown.sampleId === sampleId).map(({ operation }) => operation.id);
  const inFiles = new Set<string>();
  const bytes = new Map<string, readonly ChangedBytes[]>();
  const lines: AppliedChange[] = [];
  for (const plan of plans) {
    const removals = await removedBytes(plan.path, plan.dropped);
    bytes.set(plan.file, merged([...plan.changed, ...removals, ...plan.insertions.map(({ changed }) => changed)]));
    for (const correction of allCorrections(plan)) {
      const { change } = correction;
      inFiles.add(change.sampleId);
      lines.push(changeOf(plan.file, { ...correction, change: { ...change, origin: { ...change.origin, operations: operationsOf(change.sampleId) } } }, stamp));
    }
    for (const { change } of plan.insertions) lines.push(insertChange(plan.file, change, operationsOf(change.sampleId), stamp));
    for (const { dropped, removed } of removals.flatMap(({ records }) => records)) {
      lines.push({ ...dropChange(plan.file, dropped, removed, log.state, stamp), reverts: plan.takenOut.get(dropped.record), operations: dropped.samples.flatMap(({ id }) => operationsOf(id)) });
    }
    for (const { sampleId, others } of lines) for (const id of [sampleId, ...(others ?? [])]) inFiles.add(id);
  }
  lines.push(...withoutFile(changes, decisions, steps, inFiles, stamp));
  await onStep?.('intend', '');
  await writing.intend(lines);
  await onStep?.('decide', '');
  if (steps.length > 0) await log.append(steps.map(({ operation }) => operation));
  const written: AppliedFile[] = [];
  for (const plan of plans.filter(changesDataset)) written.push({ ...shownFile(plan), backup: await writeChanges(plan, bytes.get(plan.file) ?? [], writing, onStep) });
  for (const file of answersFiles(plans)) {
    const shown = shownAnswers({ files }, file);
    written.push({ ...shown, backup: await writeAnswers(file, shown.path, writing, onStep) });
  }
  return written;
}

/** Decisions that are taken back while nothing of theirs stands in a file. */
function withoutFile(changes: readonly AppliedChange[], decisions: readonly Decision[], steps: readonly Step[], inFiles: ReadonlySet<string>, { batch, by, at, newId }: BatchStamp): readonly AppliedChange[] {
  const lines: AppliedChange[] = [];
  const samples = new Set(steps.map(({ shown }) => shown.sampleId).filter((id) => !inFiles.has(id)));
  for (const sampleId of samples) {
    const own = steps.filter(({ shown }) => shown.sampleId === sampleId);
    const decision = decisions.find((one) => one.sampleId === sampleId);
    const former = changes.filter((one) => one.sampleId === sampleId && one.file === undefined);
    const made = own.map(({ operation }) => operation).find((operation) => operation.op === 'decide');
    const old = decision?.label ?? former[0]?.old ?? made?.replaced ?? made?.label;
    const oldHash = decision?.labelHash ?? former[0]?.oldHash ?? made?.labelHash;
    lines.push({
      v: 1, op: 'change', id: newId(), batch, at: at(), by, sampleId, decision: decision?.id, decidedBy: decision?.by, round: decision?.round, source: decision === undefined && made !== undefined ? 'judge' : 'person',
      oldHash: oldHash ?? '', old: old ?? { kind: 'invalid', raw: '', reason: 'the decision names no label' }, reason: decision?.note, reverts: former.map(({ id }) => id), operations: own.map(({ operation }) => operation.id),
    });
  }
  return lines;
}

/** Changes of the same record become one. */
function merged(changed: readonly ChangedBytes[]): readonly ChangedBytes[] {
  const byOffset = new Map<number, ChangedBytes>();
  for (const one of changed) {
    const other = byOffset.get(one.byteOffset);
    byOffset.set(one.byteOffset, other === undefined ? one : { ...other, edits: [...other.edits, ...one.edits] });
  }
  return [...byOffset.values()];
}
