import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ZodType } from 'zod';
import { canonicalFold, isComplete, type JournalEntry } from '../../../src/core/rounds/fold.ts';
import { evaluateEntrySchema, expandEntrySchema, probeEntrySchema, verifyEntrySchema } from '../../../src/core/rounds/journalEntries.ts';
import { readJournal } from '../../../src/node/appendJournal.ts';

const journals: Readonly<Record<string, ZodType<JournalEntry>>> = { probe: probeEntrySchema, verify: verifyEntrySchema, expand: expandEntrySchema, evaluate: evaluateEntrySchema };

/** Files of a round whose stages are done, and of one that was only composed. */
const files = { finished: ['train.jsonl', 'train/checkpoint.gguf', 'train/metrics.jsonl', 'export/train.looptool.jsonl'], composed: ['train.jsonl'] } as const;

/**
 * Everything of a round that docs/on-disk.md promises to be the same however often the run was killed. Throws where a file
 * is missing, and where a question that was answered has been asked again.
 */
export async function roundSnapshot(project: string, round: number, state: keyof typeof files): Promise<Readonly<Record<string, string>>> {
  const directory = join(project, '.looptool', 'rounds', String(round).padStart(4, '0'));
  const snapshot: Record<string, string> = {};
  for (const name of files[state]) snapshot[name] = createHash('sha256').update(readFileSync(join(directory, name))).digest('hex');
  return state === 'composed' ? snapshot : { ...snapshot, ...(await journalFolds(directory)) };
}

/** The folds of a round's journals, by name. Throws where one is empty, and where a question that was answered has been asked again. */
export async function journalFolds(directory: string, names = Object.keys(journals)): Promise<Readonly<Record<string, string>>> {
  const folds: Record<string, string> = {};
  for (const name of names) {
    const schema = journals[name];
    if (schema === undefined) throw new Error(`there is no journal ${name}`);
    const { entries, warnings } = await readJournal(join(directory, `${name}.jsonl`), schema);
    if (warnings.length > 0) throw new Error(warnings.join('\n'));
    if (entries.length === 0) throw new Error(`${name}.jsonl of ${directory} is missing or empty`);
    const again = answeredTwice(entries);
    if (again.length > 0) throw new Error(`${name}.jsonl of ${directory} holds more than one answer to the same question: ${again.join(', ')}`);
    folds[name] = canonicalFold(entries);
  }
  return folds;
}

/** Questions with more than one complete entry: finished requests that were sent again. */
function answeredTwice(entries: readonly JournalEntry[]): readonly string[] {
  const seen = new Set<string>();
  const again: string[] = [];
  for (const entry of entries) {
    if (!isComplete(entry)) continue;
    const question = questionOf(entry);
    if (seen.has(question)) again.push(question);
    seen.add(question);
  }
  return again;
}

function questionOf(entry: JournalEntry): string {
  const { type, sampleId, requestKey } = entry;
  const place = entry.type === 'evaluation' ? [entry.set, entry.phase] : entry.type === 'vote' ? [entry.order] : entry.type === 'generation' ? [entry.k] : entry.type === 'repetition' ? [entry.seedId, entry.k] : [];
  return [type, sampleId, requestKey, ...place].join(' ');
}
