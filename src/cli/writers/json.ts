import { jsonPieces } from './jsonPieces.ts';
import { writeBlocks } from './writeBlocks.ts';
import type { Writer } from './writer.ts';

/** NDJSON on standard output: the events of protocol/runnerEvents.ts and nothing else. */
export function jsonWriter(out: { write(text: string): unknown }, now: () => number): Writer {
  const at = () => new Date(now()).toISOString();
  const line = (value: object) => void out.write(`${JSON.stringify(value)}\n`);
  return {
    event: (event) => line(event),
    result(command, data) {
      writeBlocks(out, jsonPieces({ at: at(), type: 'result', command, data }));
      out.write('\n');
    },
    error: (code, message) => line({ at: at(), type: 'job-end', status: 'failed', code, message }),
  };
}
