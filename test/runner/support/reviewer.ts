import { writeSync } from 'node:fs';
import { DecisionsFile } from '../../../src/app/decisionsFile.ts';
import { Rng } from '../../../src/core/random/rng.ts';
import { reviewRulings, type Decision, type DecisionOperation } from '../../../src/core/review/decision.ts';

/**
 * A reviewer who decides as fast as the disk allows, as a process to be killed: `reviewer.js FILE PERSON RUN`. What is about
 * to be written goes to standard output, a file, as a line of operations, and a line `stored` after it when it is on disk.
 */
const [file = '', by = '', run = ''] = process.argv.slice(2);
const rng = new Rng('reviewer', by, run);
const log = new DecisionsFile(file);
let made = 0;

const say = (line: string): void => void writeSync(1, `${line}\n`);
const stamp = () => ({ v: 1, id: `${by}-${run}-${made++}`, at: '2026-01-01T00:00:00.000Z', by }) as const;
const filler = 'long '.repeat(400);

function decide(group: string | undefined): Decision {
  const ruling = rng.pick([...reviewRulings, 'edit'] as const);
  const label = ruling === 'edit' || ruling === 'takePrediction' ? { label: { kind: 'text', text: rng.chance(0.2) ? filler : 'short' } as const } : {};
  return { ...stamp(), op: 'decide', sampleId: `smp_${rng.int(50)}`, labelHash: 'lbl', ruling, ...label, ...(group === undefined ? {} : { group, way: 'bulk' }) };
}

function next(): readonly DecisionOperation[] {
  const what = rng.next();
  const undo = what < 0.15 ? log.state.undoTargetOf(by) : what < 0.25 ? log.state.redoTargetOf(by) : undefined;
  if (undo !== undefined) return [{ ...stamp(), op: 'undo', target: undo.target }];
  if (what > 0.94) {
    const group = `${by}-${run}-group-${made}`;
    return Array.from({ length: 2 + rng.int(400) }, () => decide(group));
  }
  return [decide(undefined)];
}

await log.refresh();
for (;;) {
  const operations = next();
  say(JSON.stringify(operations));
  await log.append(operations);
  say('stored');
}
