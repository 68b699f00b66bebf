import { Rng } from '../../src/core/random/rng.ts';
import type { Decision } from '../../src/core/review/decision.ts';
import type { Measurement } from '../../src/core/review/measure/measurement.ts';
import type { DecisionLog } from '../../src/app/review/decisionLog.ts';
import type { ReviewPair, ReviewSource } from '../../src/app/review/reviewSource.ts';
import { ReviewSession } from '../../src/app/review/reviewSession.ts';
import type { SessionPorts } from '../../src/app/review/session/sessionPorts.ts';
import { reviewRequestSchema, type HostMessage, type ReviewRequest, type ReviewSnapshot } from '../../src/protocol/review/messages.ts';
import { MemoryLog, MemoryQueues, MemorySource, type MemoryLines } from '../fakes/memoryReview.ts';

/** A request as its page knows it. */
type WithoutId<T> = T extends { readonly requestId: number } ? Omit<T, 'requestId'> : never;

export type SessionUnderTest = {
  readonly session: ReviewSession;
  readonly log: MemoryLog;
  readonly source: MemorySource;
  readonly queues: MemoryQueues;
  /** What was pushed, oldest first. */
  readonly pushed: HostMessage[];
  /** What callbacks were asked to do. */
  readonly asked: string[];
  readonly applied: Decision[][];
  /** Milliseconds since the session began; add to it to let time pass. */
  readonly clock: { ms: number };
  readonly send: (request: WithoutId<ReviewRequest>) => Promise<HostMessage>;
  /** The same, and fails where the answer is no snapshot. */
  readonly ask: (request: WithoutId<ReviewRequest>) => Promise<ReviewSnapshot>;
  /** Rules on the sample that is shown. */
  readonly rule: (ruling: Extract<ReviewRequest, { type: 'decide' }>['ruling'], rest?: { readonly elapsedMs?: number; readonly note?: string; readonly confirmed?: boolean }) => Promise<ReviewSnapshot>;
};

export type SessionOptions = Partial<Omit<SessionPorts, 'log' | 'source' | 'queues'>> & { readonly lines?: MemoryLines; readonly source?: MemorySource; readonly queues?: MemoryQueues };

let sessions = 0;

/** A session over pairs and a log in memory. */
export function sessionOver(pairs: readonly ReviewPair[], options: SessionOptions = {}): SessionUnderTest {
  const { lines, ...given } = options;
  const log = new MemoryLog(lines);
  const source = options.source ?? new MemorySource(pairs);
  const queues = options.queues ?? new MemoryQueues();
  const pushed: HostMessage[] = [];
  const asked: string[] = [];
  const applied: Decision[][] = [];
  const clock = { ms: 0 };
  const ports = { ...memoryPorts({ source, log, asked, applied, clock }), post: (message: HostMessage) => void pushed.push(message), ...given, source, queues };
  const session = new ReviewSession(ports);
  let requestId = 0;
  const send = async (request: WithoutId<ReviewRequest>): Promise<HostMessage> => session.handle(reviewRequestSchema.parse({ ...request, requestId: ++requestId }));
  const ask = async (request: WithoutId<ReviewRequest>): Promise<ReviewSnapshot> => {
    const answer = await send(request);
    if (answer.type !== 'snapshot') throw new Error(`${request.type} was answered by ${JSON.stringify(answer)}`);
    return answer;
  };
  const rule: SessionUnderTest['rule'] = async (ruling, rest = {}) => {
    const { item } = await ask({ type: 'setBlind', blind: options.blind ?? false });
    if (item === undefined) throw new Error('no sample is shown');
    return ask({ type: 'decide', sampleId: item.sampleId, labelHash: item.labelHash, ruling, elapsedMs: 1000, ...rest });
  };
  return { session, log, source, queues, pushed, asked, applied, clock, send, ask, rule };
}

export type MemoryPortsInput = { readonly source: ReviewSource; readonly log: DecisionLog; readonly asked?: string[]; readonly applied?: Decision[][]; readonly clock?: { ms: number } };

/** Ports that do nothing but say what they were asked. Ids are unique among the sessions of a process. */
export function memoryPorts({ source, log, asked = [], applied = [], clock = { ms: 0 } }: MemoryPortsInput): SessionPorts {
  const number = ++sessions;
  let ids = 0;
  return {
    source,
    log,
    queues: new MemoryQueues(),
    user: 'tester',
    now: () => new Date(Date.UTC(2026, 0, 2, 3, 4, 5) + clock.ms),
    newId: () => `s${number}-${++ids}`,
    rng: new Rng(1, 'session under test'),
    post: () => undefined,
    openSource: async ({ sample }) => void asked.push(`open ${sample.id}`),
    askAgain: async ({ sample }, what) => {
      asked.push(`${what} ${sample.id}`);
      return what === 'judge' ? 'The judge was asked again.' : 'Probed again.';
    },
    apply: async (decisions) => {
      applied.push([...decisions]);
      return `${decisions.length} applied.`;
    },
    exportIssue: async ({ sample }) => {
      asked.push(`issue ${sample.id}`);
      return 'Copied as Markdown.';
    },
    measure: async () => emptyMeasurement,
  };
}

const emptyMeasurement: Measurement = { confusion: [], classes: [], kappas: [], orderFlips: [], people: { byReviewer: [], disagreements: 0, adjudicated: 0 }, drawable: [], notes: [] };
