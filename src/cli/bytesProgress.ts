import type { Progress } from '../node/datasetSource.ts';
import type { Writer } from './writers/writer.ts';

export type ProgressTerminal = { readonly isTTY?: boolean; write(text: string): unknown };

const everyMs = 200;

/** Runs what reads files with a live line on a terminal, which is gone when it ends; nothing is written anywhere else. */
export async function withBytesProgress<T>(terminal: ProgressTerminal, now: () => number, work: (onProgress: (progress: Progress) => void) => Promise<T>): Promise<T> {
  if (terminal.isTTY !== true) return work(() => undefined);
  let lastMs = now();
  let isOpen = false;
  try {
    return await work((progress) => {
      if (now() - lastMs < everyMs) return;
      lastMs = now();
      isOpen = true;
      terminal.write(`\r\u001b[2K${bytesText(progress)}`);
    });
  } finally {
    if (isOpen) terminal.write('\r\u001b[2K');
  }
}

/** The same as events for programs. */
export function readingEvents(writer: Writer, now: () => number): (progress: Progress) => void {
  let lastMs = now();
  return ({ bytesDone, bytesTotal }) => {
    if (now() - lastMs < everyMs) return;
    lastMs = now();
    writer.event({ at: new Date(lastMs).toISOString(), type: 'reading', done: bytesDone, ...(bytesTotal === undefined ? {} : { total: bytesTotal }) });
  };
}

/** `412 of 1000 MB (41 %)`, or `412 MB` of a stream. */
export function bytesText({ bytesDone, bytesTotal }: Progress): string {
  const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0);
  if (bytesTotal === undefined || bytesTotal === 0) return `${megabytes(bytesDone)} MB`;
  return `${megabytes(bytesDone)} of ${megabytes(bytesTotal)} MB (${Math.floor((100 * bytesDone) / bytesTotal)} %)`;
}
