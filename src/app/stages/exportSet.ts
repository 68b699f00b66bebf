import { join } from 'node:path';
import { writeRow } from '../../core/dataset/registry.ts';
import type { TrainRow } from '../../core/dataset/sample.ts';
import { sha256Hex } from '../../core/hash.ts';
import type { Checkpoint } from '../../core/training/trainerPort.ts';
import { writeFileAtomic } from '../../node/atomicFile.ts';

/** Writes what a trainer takes: the set as LoopTool rows and as OpenAI chat rows, and a manifest that names and hashes them. */
export async function exportSet(directory: string, rows: readonly TrainRow[], about: { readonly round: number; readonly seed: number; readonly initial: Checkpoint }): Promise<void> {
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
