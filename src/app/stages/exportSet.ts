import { join } from 'node:path';
import { labelHash } from '../../core/dataset/identity.ts';
import { writeRow } from '../../core/dataset/registry.ts';
import type { TrainRow } from '../../core/dataset/sample.ts';
import { sha256Hex } from '../../core/hash.ts';
import { withAccepted, type AcceptedLabels } from '../../core/review/acceptedLabels.ts';
import type { Checkpoint } from '../../core/training/trainerPort.ts';
import { writeFileAtomic } from '../../node/atomicFile.ts';

type About = { readonly round: number; readonly seed: number; readonly initial: Checkpoint };

/**
 * Writes what a trainer takes: the set as LoopTool rows and as OpenAI chat rows, and a manifest that names and hashes them.
 * Answers that people called right beside a label are alternatives of it, so that a reward can count them.
 */
export async function exportSet(directory: string, set: readonly TrainRow[], about: About, accepted: AcceptedLabels): Promise<void> {
  const rows = set.map((row) => exported(row, accepted));
  const files = [];
  for (const [dialect, name] of [
    ['looptool', 'train.looptool.jsonl'],
    ['openai-chat', 'train.openai.jsonl'],
  ] as const) {
    const text = rows.map((row) => `${writeRow(dialect, row)}\n`).join('');
    await writeFileAtomic(join(directory, name), text);
    files.push({ path: name, dialect, rows: rows.length, sha256: sha256Hex(text) });
  }
  await writeFileAtomic(join(directory, 'manifest.json'), `${JSON.stringify({ v: 1, ...about, files }, undefined, 2)}\n`);
}

function exported(row: TrainRow, accepted: AcceptedLabels): TrainRow {
  const label = withAccepted(row.label, accepted(row));
  return label === row.label ? row : { ...row, label, labelHash: labelHash(label) };
}
