import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { applyEdits } from '../../core/dataset/labelEdit.ts';
import type { TextEdit } from '../../core/dataset/spans.ts';
import { LoopToolError } from '../../core/errors.ts';
import { LineIndex } from '../../core/jsonl/lineIndex.ts';
import { describeSystemError, syncFolder } from '../../node/atomicFile.ts';
import type { FixedRecord } from './fileChecker.ts';

/** Edits of records as edits of the whole text, for a preview. */
export function fileEdits(text: string, fixed: readonly FixedRecord[]): readonly TextEdit[] {
  const lines = new LineIndex(text);
  return fixed.flatMap((record) => {
    const start = text.indexOf(record.text, lines.lineStart(record.line));
    return start < 0 ? [] : record.edits.map((edit) => ({ start: edit.start + start, end: edit.end + start, newText: edit.newText }));
  });
}

/**
 * Puts changed records in the place of the old ones, byte by byte, and nothing else: the new file is written beside the old
 * one and takes its name when all of it is on disk. Throws `label-changed` when the file is not the one that was checked.
 */
export async function rewriteRecords(path: string, fixed: readonly FixedRecord[]): Promise<void> {
  const temporary = join(dirname(path), `.${process.pid}.looptool-fix.tmp`);
  const sorted = [...fixed].sort((a, b) => a.byteOffset - b.byteOffset);
  try {
    const { mode } = await stat(path);
    await pipeline(rewritten(path, sorted), createWriteStream(temporary, { mode }));
    const handle = await open(temporary, 'r+');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
    await syncFolder(dirname(path));
  } catch (cause) {
    await rm(temporary, { force: true });
    if (cause instanceof LoopToolError) throw cause;
    throw new LoopToolError('write-failed', `${path} could not be written: ${describeSystemError(cause)}. Check free space and permissions, then run the command again.`, { cause });
  }
}

async function* rewritten(path: string, fixed: readonly FixedRecord[]): AsyncGenerator<Buffer> {
  let position = 0;
  for (const record of fixed) {
    yield* bytesOf(path, position, record.byteOffset);
    const old = Buffer.concat(await collect(bytesOf(path, record.byteOffset, record.byteOffset + record.byteLength)));
    if (old.toString('utf8') !== record.text) throw new LoopToolError('label-changed', `${path} changed while it was checked. Nothing was written; run the command again.`);
    yield Buffer.from(applyEdits(record.text, record.edits), 'utf8');
    position = record.byteOffset + record.byteLength;
  }
  yield* bytesOf(path, position, Infinity);
}

async function* bytesOf(path: string, start: number, end: number): AsyncGenerator<Buffer> {
  if (end <= start) return;
  for await (const chunk of createReadStream(path, { start, end: end - 1 })) yield chunk as Buffer; // Without an encoding a file stream gives buffers.
}

async function collect(chunks: AsyncGenerator<Buffer>): Promise<Buffer[]> {
  const all: Buffer[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return all;
}
