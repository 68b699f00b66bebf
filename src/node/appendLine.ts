import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Adds a line to a file that others may be adding to: one write of one line, which counts when it is on disk. Throws system errors. */
export async function appendLine(path: string, line: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const handle = await open(path, 'a+');
  try {
    const { size } = await handle.stat();
    const last = Buffer.alloc(1);
    const torn = size > 0 && (await handle.read(last, 0, 1, size - 1)).bytesRead === 1 && last[0] !== 0x0a;
    // A line that a crash cut off must not swallow this one.
    await handle.appendFile(`${torn ? '\n' : ''}${line}\n`);
    await handle.datasync();
  } finally {
    await handle.close();
  }
}
