import type { DatasetEntry, ProjectConfig } from '../core/config/projectConfig.ts';
import type { Companions } from '../core/dataset/companions.ts';
import { readDataset, type DatasetOptions, type ReadSample } from '../core/dataset/dataset.ts';
import { labelHash } from '../core/dataset/identity.ts';
import { labelEdits } from '../core/dataset/labelEdit.ts';
import type { Label } from '../core/dataset/sample.ts';
import type { TextEdit } from '../core/dataset/spans.ts';
import { isLoopToolError } from '../core/errors.ts';
import type { Decision } from '../core/review/decision.ts';
import type { DecisionState } from '../core/review/decisionState.ts';
import { changesLabel } from '../core/review/foldDecisions.ts';

export type Correction = { readonly sampleId: string; readonly record: number; readonly edits: readonly TextEdit[] };

/** A decision that is not applied, with where its sample stands and why. */
export type RefusedCorrection = { readonly sampleId: string; readonly record: number; readonly reason: 'stale' | 'unwritable'; readonly message: string };

/** What applying decisions to one file would do. Nothing is written: the editor shows it, or the command line writes it. */
export type FileCorrections = {
  readonly file: string;
  /** In the order of the file; their edits do not overlap. */
  readonly corrections: readonly Correction[];
  /** The label that the person decided on does not stand there any more. */
  readonly refused: readonly RefusedCorrection[];
  /** Samples that have the label already. */
  readonly applied: readonly string[];
};

/** The decisions in force that give a sample another label. */
export function labelChanges(decisions: DecisionState): ReadonlyMap<string, Decision & { readonly label: Label }> {
  const changes = new Map<string, Decision & { readonly label: Label }>();
  for (const [sampleId, decision] of decisions.inForce) {
    if (changesLabel(decision) && decision.label) changes.set(sampleId, { ...decision, label: decision.label });
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
export function planCorrections(text: string, options: DatasetOptions, changes: ReadonlyMap<string, { readonly labelHash: string; readonly label: Label }>): FileCorrections {
  const corrections: Correction[] = [];
  const refused: RefusedCorrection[] = [];
  const applied: string[] = [];
  for (const read of changes.size === 0 ? [] : readDataset(text, options).samples) {
    const change = changes.get(read.sample.id);
    if (!change) continue;
    const at = { sampleId: read.sample.id, record: read.occurrence.record };
    if (read.sample.labelHash === labelHash(change.label)) applied.push(read.sample.id);
    else if (read.sample.labelHash !== change.labelHash) refused.push({ ...at, reason: 'stale', message: 'The label changed after the decision.' });
    else {
      const outcome = tryEdits(text, read, change.label, options.companions);
      if (outcome.ok && outcome.edits.length === 0) applied.push(read.sample.id);
      else if (outcome.ok) corrections.push({ ...at, edits: outcome.edits });
      else refused.push({ ...at, reason: 'unwritable', message: outcome.message });
    }
  }
  return { file: options.file, corrections, refused, applied };
}

function tryEdits(text: string, read: ReadSample, label: Label, companions: Companions | undefined): { readonly ok: true; readonly edits: readonly TextEdit[] } | { readonly ok: false; readonly message: string } {
  const { answers } = read.places();
  if (answers !== undefined) return { ok: false, message: `The label stands in ${answers.file}, record ${answers.record + 1}. Correct it there by hand.` };
  try {
    return { ok: true, edits: labelEdits(text, read, label, companions) };
  } catch (error) {
    if (!isLoopToolError(error)) throw error;
    return { ok: false, message: error.userMessage };
  }
}
