import { copyFile } from 'node:fs/promises';
import type { ReadSample } from '../core/dataset/dataset.ts';
import { labelHash } from '../core/dataset/identity.ts';
import { applyEdits, labelEdits } from '../core/dataset/labelEdit.ts';
import type { TextEdit } from '../core/dataset/spans.ts';
import { LoopToolError, isLoopToolError } from '../core/errors.ts';
import type { Decision } from '../core/review/decision.ts';
import { changesLabel } from '../core/review/foldDecisions.ts';
import { writeFileAtomic } from '../node/atomicFile.ts';
import { readDatasetFile } from '../node/datasetFiles.ts';
import { readText } from '../node/projectFiles.ts';
import { readDecisions } from './decisionsLog.ts';
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
  readonly alreadyApplied: number;
  /** Decisions on a label that is not in the dataset any more, or on samples that are not in it (expansions). */
  readonly notApplicable: number;
  readonly written: boolean;
  readonly warnings: readonly string[];
};

/** Carries the decisions that change a label into the datasets, each as the smallest edit. */
export async function applyDecisions(_ports: AppPorts, options: ApplyOptions): Promise<ApplyResult> {
  const { files, config } = await openProject(options.project);
  const { state, warnings } = await readDecisions(files);
  const wanted = new Map([...state.inForce.values()].filter(changesLabel).map((decision) => [decision.sampleId, decision]));
  const applied = new Set<string>();
  const changed: AppliedFile[] = [];
  const already = new Set<string>();
  const problems = [...warnings];
  for (const entry of config.datasets.seed) {
    const path = files.absolute(entry.path);
    const file = await readDatasetFile(path, entry);
    const edits = file.reading.samples.flatMap((one) => editsFor(file.text, one, wanted.get(one.sample.id), already, problems));
    edits.forEach(({ sampleId }) => applied.add(sampleId));
    if (edits.length === 0) continue;
    const shown = edits.map(({ sampleId, texts }) => describe(file.text, sampleId, texts));
    const backup = options.write ? await writeEdited(path, file.text, edits.flatMap(({ texts }) => texts)) : undefined;
    changed.push({ path: entry.path, edits: shown, ...(backup === undefined ? {} : { backup }) });
  }
  const notApplicable = [...wanted.keys()].filter((id) => !applied.has(id) && !already.has(id)).length;
  return { files: changed, alreadyApplied: already.size, notApplicable, written: options.write, warnings: problems };
}

type SampleEdits = { readonly sampleId: string; readonly texts: readonly TextEdit[] };

/** A sample may stand in several places; each whose label the person saw is changed. */
function editsFor(text: string, one: ReadSample, decision: Decision | undefined, already: Set<string>, problems: string[]): readonly SampleEdits[] {
  if (decision?.label === undefined) return [];
  const { sample } = one;
  if (sample.labelHash === labelHash(decision.label)) already.add(sample.id);
  if (sample.labelHash !== decision.labelHash) return [];
  try {
    const texts = labelEdits(text, one, decision.label);
    return texts.length === 0 ? [] : [{ sampleId: sample.id, texts }];
  } catch (error) {
    // A record that cannot hold the new label is left for a person; the others are changed all the same.
    if (!isLoopToolError(error, 'write-failed')) throw error;
    problems.push(`${one.occurrence.file}, record ${one.occurrence.record + 1}: ${error.userMessage}`);
    return [];
  }
}

function describe(text: string, sampleId: string, edits: readonly TextEdit[]): AppliedEdit {
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
