import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ZodType } from 'zod';
import { canonicalFold, type JournalEntry } from '../../../src/core/rounds/fold.ts';
import { evaluateEntrySchema, expandEntrySchema, probeEntrySchema, verifyEntrySchema } from '../../../src/core/rounds/journalEntries.ts';
import { readJournal } from '../../../src/node/appendJournal.ts';

const journals: Readonly<Record<string, ZodType<JournalEntry>>> = { probe: probeEntrySchema, verify: verifyEntrySchema, expand: expandEntrySchema, evaluate: evaluateEntrySchema };

/** Everything of a round that docs/on-disk.md promises to be the same however often the run was killed. */
export async function roundSnapshot(project: string, round: number): Promise<Readonly<Record<string, string>>> {
  const directory = join(project, '.looptool', 'rounds', String(round).padStart(4, '0'));
  const snapshot: Record<string, string> = {};
  for (const name of ['train.jsonl', 'train/checkpoint.gguf', 'train/metrics.jsonl', 'export/train.looptool.jsonl']) {
    const path = join(directory, name);
    if (existsSync(path)) snapshot[name] = createHash('sha256').update(readFileSync(path)).digest('hex');
  }
  for (const [name, schema] of Object.entries(journals)) {
    const { entries, warnings } = await readJournal(join(directory, `${name}.jsonl`), schema);
    if (warnings.length > 0) throw new Error(warnings.join('\n'));
    snapshot[name] = canonicalFold(entries);
  }
  return snapshot;
}
