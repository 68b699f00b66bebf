import type { AppliedChange } from '../../core/review/applied.ts';
import type { AppPorts } from '../ports.ts';
import type { LabelChange } from './labelChange.ts';
import { allCorrections } from './answersPlan.ts';
import { appendApplied, readApplied } from './appliedLog.ts';
import { planFile } from './planFile.ts';
import type { ReviewFolder } from './reviewFolder.ts';

/**
 * Finds out what became of batches whose process was ended between the line that says what will be changed and the one that
 * says that it was: a file is replaced as a whole, so the labels that stand there tell. Gives warnings of the log.
 */
export async function settleApplied({ files, datasets }: ReviewFolder, ports: AppPorts, signal: AbortSignal): Promise<readonly string[]> {
  const { state, warnings } = await readApplied(files);
  const said: string[] = [];
  for (const { batch, file, answers, changes } of state.open) {
    const dataset = datasets.find((one) => one.file === file);
    const happened = dataset !== undefined && (await hasHappened(changes, async (wanted, drops) => {
      const plan = await planFile(dataset, { files, changes: wanted, drops, signal });
      return { changed: plan.applied.length, unchanged: allCorrections(plan).length, there: plan.dropped.length + plan.shared.length + plan.refused.length };
    }));
    const { by } = changes[0] ?? { by: '' };
    await appendApplied(files, [{ v: 1, op: happened ? 'done' : 'void', batch, at: new Date(ports.clock.now()).toISOString(), by, file, answers }]);
    said.push(`Writing ${answers ?? file} was interrupted: ${happened ? 'its changes are in the file' : 'it was left as it was'} (batch ${batch}).`);
  }
  return [...warnings, ...said];
}

type Look = (changes: ReadonlyMap<string, LabelChange>, drops: ReadonlyMap<string, string>) => Promise<{ readonly changed: number; readonly unchanged: number; readonly there: number }>;

async function hasHappened(changes: readonly AppliedChange[], look: Look): Promise<boolean> {
  const labels = new Map<string, LabelChange>();
  const removed = new Map<string, string>();
  for (const { sampleId, newSampleId, oldHash, new: label, source, removed: record } of changes) {
    if (record !== undefined) removed.set(sampleId, oldHash);
    if (label === undefined) continue;
    for (const id of [sampleId, newSampleId ?? sampleId]) labels.set(id, { sampleId: id, labelHash: oldHash, to: { label }, origin: { source } });
  }
  const { changed, unchanged, there } = await look(labels, removed);
  if (labels.size > 0) return changed > 0 && unchanged === 0;
  return removed.size > 0 && there === 0;
}
