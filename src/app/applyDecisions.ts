import type { AppliedChange } from '../core/review/applied.ts';
import type { DecisionState } from '../core/review/decisionState.ts';
import { labelChanges, type CorrectableFile } from './corrections.ts';
import type { LabelChange, RefusedCorrection } from './review/labelChange.ts';
import { readDecisions } from './decisionsFile.ts';
import type { AppPorts } from './ports.ts';
import { AnswerUses } from './review/answerCorrections.ts';
import { allCorrections, answersFiles, withoutShared } from './review/answersPlan.ts';
import { AppliedWriting, batchStamp, changeOf, lockApplied, readApplied, type BatchStamp } from './review/appliedLog.ts';
import { chooseSource, withSourceFiles } from './review/chooseSource.ts';
import { dropChange, removedBytes } from './review/dropRecords.ts';
import { readLoopLabels, replacingVotes, type LoopLabels } from './review/loopLabels.ts';
import { planFile } from './review/planFile.ts';
import type { FilePlan, PlannedCorrection } from './review/filePlan.ts';
import { openReviewFolder, type ReviewFolder } from './review/reviewFolder.ts';
import { settleApplied } from './review/settleApplied.ts';
import { writeAnswers, writeChanges, type OnStep } from './review/writeChanges.ts';

export type ApplyOptions = {
  readonly project: string;
  /** Decisions on the pairs of this file of predictions go into the files that its samples stand in, too. */
  readonly predictions?: string | undefined;
  /** False: only says what would be changed. */
  readonly write: boolean;
  /** Takes records out all of whose samples people dropped; they are only listed otherwise. */
  readonly drop?: boolean;
  /** Carries over what the loop replaced by the judge's word, too, where no person has decided on the sample. */
  readonly verdicts?: boolean;
  /** Who applies; the user of this machine when absent. */
  readonly by?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told before each step that a crash could fall behind. */
  readonly onStep?: OnStep;
};

/** One changed place: the lines that the edit touches, as they are and as they become. */
export type AppliedEdit = { readonly sampleId: string; readonly record: number; readonly line: number; readonly source: string; readonly before: string; readonly after: string };
export type AppliedFile = { readonly path: string; readonly edits: readonly AppliedEdit[]; readonly removed: readonly { readonly record: number; readonly line: number; readonly samples: readonly string[] }[]; readonly inserted?: number; readonly backup?: string };
export type ListedSample = { readonly path: string; readonly record: number; readonly sampleId: string };
export type ApplyResult = {
  readonly files: readonly AppliedFile[];
  /** Decisions that are not applied where their sample stands: the label changed since, or its record cannot hold the new one. */
  readonly refused: readonly (RefusedCorrection & { readonly path: string })[];
  /** Accepted answers that a file cannot hold: they stay in the decisions and count from there. */
  readonly kept: readonly (RefusedCorrection & { readonly path: string })[];
  /** Samples whose decided label stands in a dataset. */
  readonly alreadyApplied: number;
  /** Decisions on samples that stand in no dataset (expansions). */
  readonly notApplicable: number;
  /** Dropped samples whose records are still there: `whole` records go with `drop`, others hold samples that nobody dropped. */
  readonly dropped: { readonly whole: readonly ListedSample[]; readonly shared: readonly ListedSample[] };
  readonly written: boolean;
  /** Names what was written, to take it back: `looptool review revert --batch`. */
  readonly batch?: string;
  readonly warnings: readonly string[];
};

/** Carries the decisions that change a label into the datasets, as the editor would: all files are planned before the first is written. */
export async function applyDecisions(ports: AppPorts, options: ApplyOptions): Promise<ApplyResult> {
  const project = await folderOf(options);
  const signal = options.signal ?? new AbortController().signal;
  const lock = options.write ? await lockApplied(project.files, 'review apply', () => ports.clock.now()) : undefined;
  try {
    const settled = options.write ? await settleApplied(project, ports, signal) : (await readApplied(project.files)).warnings;
    const { state, warnings } = await readDecisions(project.files.root);
    const work = await planAll(project, state, options, signal);
    const stamp = batchStamp(() => ports.clock.now(), options.by);
    const files: AppliedFile[] = [];
    for (const plan of work.plans) {
      if (plan.corrections.length === 0 && (options.drop !== true || plan.dropped.length === 0)) continue;
      const edits = plan.corrections.map(editOf);
      const removed = options.drop === true ? plan.dropped.map(({ record, line, samples }) => ({ record, line, samples: samples.map(({ id }) => id) })) : [];
      const backup = options.write ? await writePlan(project, plan, state, stamp, options) : undefined;
      files.push({ path: plan.file, edits, removed, ...(backup === undefined ? {} : { backup }) });
    }
    files.push(...(await applyAnswers(project, work.plans, stamp, options)));
    const batch = options.write && files.length > 0 ? { batch: stamp.batch } : {};
    return { files, ...summary(work, options), written: options.write, ...batch, warnings: [...settled, ...warnings] };
  } finally {
    await lock?.release();
  }
}

async function folderOf({ project, predictions }: ApplyOptions): Promise<ReviewFolder> {
  const folder = await openReviewFolder(project, { predictions });
  const source = predictions === undefined ? undefined : await chooseSource(folder, { predictions });
  try {
    return await withSourceFiles(folder, source);
  } finally {
    source?.dispose();
  }
}

type Decided = Pick<DecisionState, 'inForce' | 'standing' | 'standingOf'>;
type Work = { readonly plans: readonly FilePlan[]; readonly changes: ReadonlyMap<string, LabelChange> };

async function planAll({ files, datasets }: ReviewFolder, state: Decided, options: ApplyOptions, signal: AbortSignal): Promise<Work> {
  let changes = labelChanges(state);
  let loop: LoopLabels | undefined;
  if (options.verdicts === true) {
    loop = await readLoopLabels(files);
    changes = new Map([...changes, ...(await judgeChanges(files, loop, state))]);
  }
  const drops = new Map([...state.inForce.values()].filter(({ ruling }) => ruling === 'drop').map(({ sampleId, labelHash }) => [sampleId, labelHash]));
  const uses = new AnswerUses();
  const plan = async (dataset: CorrectableFile): Promise<FilePlan> => planFile(dataset, { files, changes, drops, signal, uses });
  const plans: FilePlan[] = [];
  for (const dataset of datasets) plans.push(await plan(dataset));
  const stale = new Set(plans.flatMap(({ refused }) => refused.filter(({ reason }) => reason === 'stale').map(({ sampleId }) => sampleId)));
  if (stale.size === 0) return { plans: withoutShared(plans, uses), changes };
  // The person may have seen the label that the loop has in the place of the dataset's.
  loop ??= await readLoopLabels(files);
  const found = new Map<string, LabelChange>();
  for (const id of stale) {
    const change = changes.get(id);
    const alsoSeen = change && loop.ownHash(id, change.labelHash);
    if (change !== undefined && alsoSeen !== undefined) found.set(id, { ...change, alsoSeen });
  }
  if (found.size === 0) return { plans: withoutShared(plans, uses), changes };
  changes = new Map([...changes, ...found]);
  for (const [index, dataset] of datasets.entries()) {
    if (plans[index]?.refused.some(({ sampleId }) => found.has(sampleId)) === true) plans[index] = await plan(dataset);
  }
  return { plans: withoutShared(plans, uses), changes };
}

/** What the loop replaced by the judge's word, as far as no person decided on the sample. */
async function judgeChanges(files: ReviewFolder['files'], { newest }: LoopLabels, state: Decided): Promise<ReadonlyMap<string, LabelChange>> {
  const labels = [...newest.values()].filter(({ sampleId, replaced }) => replaced.by === 'judge' && !state.inForce.has(sampleId));
  const votes = await replacingVotes(files, labels);
  return new Map(
    labels.map(({ sampleId, label, replaced }) => {
      const vote = votes.get(sampleId);
      return [sampleId, { sampleId, labelHash: replaced.labelHash, to: { label }, origin: { round: replaced.round, source: 'judge', judge: replaced.source, promptVersion: vote?.promptVersion, reason: vote?.analysis } }];
    }),
  );
}

export function editOf({ sampleId, record, line, before, after, change }: PlannedCorrection): AppliedEdit {
  return { sampleId, record, line, source: change.origin.source, before, after };
}

/** Gives the path of the copy. */
async function writePlan({ files }: ReviewFolder, plan: FilePlan, state: Decided, stamp: BatchStamp, options: ApplyOptions): Promise<string> {
  const { file, path, corrections } = plan;
  const writing = new AppliedWriting(files, stamp);
  const removals = options.drop === true ? await removedBytes(path, plan.dropped) : [];
  const gone = new Set(removals.flatMap(({ records }) => records.map(({ dropped }) => dropped.byteOffset)));
  const changed = plan.changed.filter(({ byteOffset }) => !gone.has(byteOffset));
  const changes: AppliedChange[] = corrections.map((correction) => changeOf(file, correction, stamp));
  for (const { dropped, removed } of removals.flatMap(({ records }) => records)) changes.push(dropChange(file, dropped, removed, state, stamp));
  await options.onStep?.('intend', file);
  await writing.intend(changes);
  return await writeChanges(plan, [...changed, ...removals], writing, options.onStep);
}

/** Labels that stand beside their datasets: each file with answers is written once. */
async function applyAnswers({ files }: ReviewFolder, plans: readonly FilePlan[], stamp: BatchStamp, options: ApplyOptions): Promise<readonly AppliedFile[]> {
  const writing = new AppliedWriting(files, stamp);
  const applied: AppliedFile[] = [];
  for (const file of answersFiles(plans)) {
    const path = files.relative(file.path);
    let backup: string | undefined;
    if (options.write) {
      const changes = plans.flatMap((plan) => plan.answers.flatMap((one) => (one.path === file.path ? one.changes.map(({ correction }) => changeOf(plan.file, correction, stamp)) : [])));
      await options.onStep?.('intend', path);
      await writing.intend(changes);
      backup = await writeAnswers(file, path, writing, options.onStep);
    }
    applied.push({ path, edits: file.corrections.map(editOf), removed: [], ...(backup === undefined ? {} : { backup }) });
  }
  return applied;
}

function summary({ plans, changes }: Work, { drop }: ApplyOptions): Pick<ApplyResult, 'refused' | 'kept' | 'alreadyApplied' | 'notApplicable' | 'dropped'> {
  const listed = plans.flatMap(({ file, refused }) => refused.map((one) => ({ ...one, path: file })));
  const applied = new Set(plans.flatMap((plan) => plan.applied));
  const found = new Set([...applied, ...plans.flatMap((plan) => [...allCorrections(plan), ...plan.refused].map(({ sampleId }) => sampleId))]);
  const whole = drop === true ? [] : plans.flatMap(({ file, dropped }) => dropped.flatMap(({ record, samples }) => samples.map(({ id }) => ({ path: file, record, sampleId: id }))));
  return {
    refused: listed.filter(({ reason }) => reason !== 'kept'),
    kept: listed.filter(({ reason }) => reason === 'kept'),
    alreadyApplied: applied.size,
    notApplicable: [...changes.keys()].filter((id) => !found.has(id)).length,
    dropped: { whole, shared: plans.flatMap(({ file, shared }) => shared.map((one) => ({ path: file, ...one }))) },
  };
}
