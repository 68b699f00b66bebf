import { copyFile } from 'node:fs/promises';
import { applyEdits } from '../core/dataset/labelEdit.ts';
import type { TextEdit } from '../core/dataset/spans.ts';
import { LoopToolError } from '../core/errors.ts';
import { writeFileAtomic } from '../node/atomicFile.ts';
import { companionsOf, readDatasetText } from '../node/datasetFiles.ts';
import { readText } from '../node/projectFiles.ts';
import { correctableFiles, labelChanges, planCorrections, type Correction, type FileCorrections, type RefusedCorrection } from './corrections.ts';
import { readDecisions } from './decisionsFile.ts';
import type { AppPorts } from './ports.ts';
import { openProject } from './project.ts';

export type ApplyOptions = {
  readonly project: string;
  /** False: only says what would be changed. */
  readonly write: boolean;
};

/** One changed place: the lines that the edit touches, as they are and as they become. */
export type AppliedEdit = { readonly sampleId: string; readonly line: number; readonly before: string; readonly after: string };
export type AppliedFile = { readonly path: string; readonly edits: readonly AppliedEdit[]; readonly backup?: string };
export type ApplyResult = {
  readonly files: readonly AppliedFile[];
  /** Decisions that are not applied where their sample stands: the label changed since, or its record cannot hold the new one. */
  readonly refused: readonly (RefusedCorrection & { readonly path: string })[];
  /** Samples whose decided label stands in a dataset. */
  readonly alreadyApplied: number;
  /** Decisions on samples that stand in no dataset (expansions). */
  readonly notApplicable: number;
  readonly written: boolean;
  readonly warnings: readonly string[];
};

/** Carries the decisions that change a label into the datasets, as the editor would: all files are planned before the first is written. */
export async function applyDecisions(_ports: AppPorts, options: ApplyOptions): Promise<ApplyResult> {
  const { files, config } = await openProject(options.project);
  const { state, warnings } = await readDecisions(files.root);
  const changes = labelChanges(state);
  const plans: PlannedFile[] = [];
  for (const dataset of correctableFiles(config)) {
    const path = files.absolute(dataset.file);
    const text = await readDatasetText(path);
    const companions = await companionsOf(path, text, { dialect: dataset.dialect, companions: files.companions(dataset.configured ?? {}) });
    plans.push({ path, text, plan: planCorrections(text, { ...dataset, companions }, changes) });
  }
  const changed: AppliedFile[] = [];
  for (const { path, text, plan } of plans) {
    const { file, corrections } = plan;
    if (corrections.length === 0) continue;
    const edits = corrections.map((correction) => describe(text, correction));
    const backup = options.write ? await writeEdited(path, text, corrections.flatMap((correction) => correction.edits)) : undefined;
    changed.push({ path: file, edits, ...(backup === undefined ? {} : { backup }) });
  }
  const refused = plans.flatMap(({ plan }) => plan.refused.map((one) => ({ ...one, path: plan.file })));
  const applied = new Set(plans.flatMap(({ plan }) => plan.applied));
  const found = new Set([...applied, ...plans.flatMap(({ plan }) => [...plan.corrections, ...plan.refused].map(({ sampleId }) => sampleId))]);
  const notApplicable = [...changes.keys()].filter((id) => !found.has(id)).length;
  return { files: changed, refused, alreadyApplied: applied.size, notApplicable, written: options.write, warnings };
}

type PlannedFile = { readonly path: string; readonly text: string; readonly plan: FileCorrections };

function describe(text: string, { sampleId, edits }: Correction): AppliedEdit {
  const start = text.lastIndexOf('\n', Math.min(...edits.map((edit) => edit.start)) - 1) + 1;
  const lineEnd = text.indexOf('\n', Math.max(...edits.map((edit) => edit.end)));
  const end = lineEnd < 0 ? text.length : lineEnd;
  const before = text.slice(start, end);
  const after = applyEdits(before, edits.map((edit) => ({ ...edit, start: edit.start - start, end: edit.end - start })));
  return { sampleId, line: text.slice(0, start).split('\n').length, before, after };
}

/** The file as it was is kept beside it; an older copy is never overwritten. */
async function writeEdited(path: string, expected: string, edits: readonly TextEdit[]): Promise<string> {
  if ((await readText(path)) !== expected) throw new LoopToolError('label-changed', `${path} was changed by another program just now. Run the command again.`);
  let backup = `${path}.bak`;
  for (let number = 2; (await readText(backup)) !== undefined; number += 1) backup = `${path}.bak${number}`;
  await copyFile(path, backup);
  await writeFileAtomic(path, applyEdits(expected, edits));
  return backup;
}
