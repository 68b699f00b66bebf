import { open } from 'node:fs/promises';
import { runnerEventSchema, type RunnerEvent } from '../protocol/runnerEvents.ts';

const tailBytes = 64 * 1024;

/** What a job that failed said last: the message of its end, or the last line that it wrote. */
export async function lastMessage(logFile: string): Promise<string | undefined> {
  const lines = await tailLines(logFile);
  for (const line of lines.toReversed()) {
    const event = asEvent(line);
    if (event?.type === 'job-end' && event.message !== undefined) return event.message;
    if (event === undefined) return line;
  }
  return undefined;
}

function asEvent(line: string): RunnerEvent | undefined {
  try {
    const parsed = runnerEventSchema.safeParse(JSON.parse(line));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

async function tailLines(file: string): Promise<readonly string[]> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const start = Math.max(0, size - tailBytes);
    const bytes = Buffer.alloc(size - start);
    await handle.read(bytes, 0, bytes.length, start);
    const lines = bytes.toString('utf8').split('\n');
    // The first line of a tail is cut.
    return (start > 0 ? lines.slice(1) : lines).filter((line) => line.trim() !== '');
  } finally {
    await handle.close();
  }
}
