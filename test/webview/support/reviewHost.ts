import { randomUUID, createHash } from 'node:crypto';
import { createInterface } from 'node:readline';
import { DecisionsFile } from '../../../src/app/decisionsFile.ts';
import { QueuesFile } from '../../../src/app/review/queuesFile.ts';
import { appliedDecisions } from '../../../src/app/review/session/appliedDecisions.ts';
import { ReviewSession } from '../../../src/app/review/reviewSession.ts';
import { openRoundSource } from '../../../src/app/review/roundSource.ts';
import { useSha256 } from '../../../src/core/hash.ts';
import { Rng } from '../../../src/core/random/rng.ts';
import { ProjectFiles } from '../../../src/node/projectFiles.ts';
import { reviewRequestSchema } from '../../../src/protocol/review/messages.ts';
import { decodeMessage, encodeMessage } from '../../../src/protocol/wire.ts';

/**
 * The host of a review as a process of its own: `node reviewHost DIRECTORY ROUND USER`. A line of stdin is a message of the
 * page, a line of stdout one for the page; `{"type":"#memory"}` asks for the memory in use after a collection.
 */
const [, , directory = '.', round = '1', user = 'tester'] = process.argv;
useSha256((text) => createHash('sha256').update(text).digest('hex'));

const send = (message: object): void => void process.stdout.write(`${JSON.stringify(message)}\n`);

const files = new ProjectFiles(directory);
const session = new ReviewSession({
  source: openRoundSource(directory, Number(round)),
  log: new DecisionsFile(files.decisions()),
  queues: new QueuesFile(directory),
  user,
  now: () => new Date(),
  newId: () => randomUUID(),
  rng: new Rng('review host', round),
  post: (message) => send({ message: encodeMessage(message) }),
  openSource: async () => undefined,
  askAgain: async () => 'Asked again.',
  apply: async (decisions) => `${decisions.length} applied.`,
  applied: async () => appliedDecisions(files),
  exportIssue: async () => 'Exported.',
  measure: async () => ({ confusion: [], classes: [], kappas: [], orderFlips: [], people: { byReviewer: [], disagreements: 0, adjudicated: 0 }, drawable: [], notes: [] }),
});

createInterface({ input: process.stdin }).on('line', (line) => {
  const data: unknown = JSON.parse(line);
  if (typeof data === 'object' && data !== null && 'type' in data && data.type === '#memory') {
    globalThis.gc?.();
    send({ memory: process.memoryUsage() });
    return;
  }
  const request = reviewRequestSchema.parse(decodeMessage(data));
  const startedAt = performance.now();
  void session.handle(request).then((answer) => send({ message: encodeMessage(answer), tookMs: performance.now() - startedAt }));
});
process.stdin.on('end', () => {
  session.dispose();
  process.exit(0);
});
