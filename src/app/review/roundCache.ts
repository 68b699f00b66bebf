import { createHash } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import type { QueueItem } from '../../core/review/queue/queueItem.ts';
import { isLoopToolError } from '../../core/errors.ts';
import { OutputFile } from '../../node/outputFile.ts';
import { ItemReader, ItemWriter, type SavedItem } from './itemRows.ts';
import type { IndexSnapshot } from './roundIndex.ts';

/**
 * What opening a round's review found out, kept under `.looptool/cache`: derived, and deletable at any time. It holds for
 * files that begin as they did then; what was added to them since is read.
 */

/** To be raised whenever the same files would lead to other items or another snapshot. */
const version = 1;
const printedBytes = 4096;
const itemsPerLine = 500;

/** `basis`: whatever else the items depend on, such as the rules in force. */
export type SavedRound = { readonly snapshot: IndexSnapshot; readonly items: readonly QueueItem[] };

type Head = { readonly version: number; readonly basis: string; readonly prints: readonly string[]; readonly snapshot: IndexSnapshot; readonly items: number };

/** Undefined where there is none, or it is of other files. */
export async function readRoundCache(file: string, basis: string): Promise<SavedRound | undefined> {
  try {
    const bytes = await readFile(file);
    let from = 0;
    const next = (): unknown => {
      const end = bytes.indexOf(0x0a, from);
      const line: unknown = JSON.parse(bytes.toString('utf8', from, end));
      from = end + 1;
      return line;
    };
    const head = next() as Head;
    if (head.version !== version || head.basis !== basis || !(await beginAlike(head))) return undefined;
    const reader = new ItemReader();
    const items: QueueItem[] = [];
    while (from < bytes.length) {
      const { texts, rows } = next() as { readonly texts: readonly string[]; readonly rows: readonly SavedItem[] };
      reader.addTexts(texts);
      for (const row of rows) items.push(reader.item(row));
    }
    return items.length === head.items ? { snapshot: head.snapshot, items } : undefined;
  } catch {
    // Torn, of another make, or not there: all the same, it is made anew.
    return undefined;
  }
}

/** A cache that cannot be written is done without. */
export async function writeRoundCache(file: string, basis: string, { snapshot, items }: SavedRound): Promise<void> {
  try {
    const prints = await Promise.all(snapshot.files.map(({ file: one, state }) => printOf(one, state.end)));
    const output = await OutputFile.create(file);
    const head: Head = { version, basis, prints, snapshot, items: items.length };
    await output.write(`${JSON.stringify(head)}\n`);
    const writer = new ItemWriter();
    for (let at = 0; at < items.length; at += itemsPerLine) {
      const rows = items.slice(at, at + itemsPerLine).map((item) => writer.row(item));
      await output.write(`${JSON.stringify({ texts: writer.newTexts(), rows })}\n`);
      await setImmediate();
    }
    await output.commit();
  } catch (error) {
    if (!isLoopToolError(error)) throw error;
  }
}

async function beginAlike({ prints, snapshot }: Head): Promise<boolean> {
  const now = await Promise.all(snapshot.files.map(({ file, state }) => printOf(file, state.end)));
  return now.every((print, index) => print === prints[index]);
}

/** Of the first and the last bytes before `end`; a file that is shorter has another one. */
async function printOf(file: string, end: number): Promise<string> {
  if (end === 0) return '0';
  const hash = createHash('sha256');
  try {
    const handle = await open(file, 'r');
    try {
      const bytes = Buffer.alloc(Math.min(printedBytes, end));
      for (const start of [0, Math.max(0, end - printedBytes)]) {
        const { bytesRead } = await handle.read(bytes, 0, bytes.length, start);
        hash.update(bytes.subarray(0, bytesRead));
      }
      return `${end} ${hash.digest('hex')}`;
    } finally {
      await handle.close();
    }
  } catch {
    return 'gone';
  }
}
