import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { stringifyJson } from '../core/json/stringify.ts';
import { plainJson } from './plainJson.ts';

/**
 * Appends one object to a JSONL file that several processes write to: one write to a file opened for appending. Resolves when
 * the line is on disk; throws system errors. The folder is made where it is missing.
 */
export async function appendLine(file: string, value: object): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const handle = await open(file, 'a+');
  try {
    const { size } = await handle.stat();
    const last = Buffer.alloc(1);
    const torn = size > 0 && (await handle.read(last, 0, 1, size - 1)).bytesRead === 1 && last[0] !== 0x0a;
    // A line that a crash cut off must not swallow this one.
    await handle.appendFile(`${torn ? '\n' : ''}${stringifyJson(plainJson(value))}\n`);
    await handle.datasync();
  } finally {
    await handle.close();
  }
}
