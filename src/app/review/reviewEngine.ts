import { userInfo } from 'node:os';
import type { QueueSpec, SavedQueue } from '../../core/review/queue/queueSpec.ts';
import { countQueue } from '../../core/review/queue/selectQueue.ts';
import { ProjectFiles } from '../../node/projectFiles.ts';
import { DecisionsFile, readDecisions } from '../decisionsFile.ts';
import { measureItems } from './measureItems.ts';
import { openPredictionsSource } from './predictionsSource.ts';
import { QueuesFile } from './queuesFile.ts';
import { openReviewFolder } from './reviewFolder.ts';
import { ReviewSession } from './reviewSession.ts';
import type { ReviewSource } from './reviewSource.ts';
import { openRoundSource } from './roundSource.ts';
import { appliedDecisions } from './session/appliedDecisions.ts';
import type { SessionPorts } from './session/sessionPorts.ts';

/**
 * The review as a host of another bundle loads it: with it come rules, dialects and readers, which the command line has too.
 * What a review is about: a round, or a file of predictions. The folder is where its decisions are kept.
 */
export type ReviewSubject = { readonly of: 'round'; readonly folder: string; readonly round: number } | { readonly of: 'predictions'; readonly folder: string; readonly file: string };

export type EnginePorts = Omit<SessionPorts, 'source' | 'log' | 'queues' | 'applied' | 'measure' | 'apply'> & {
  /** Whether the folder has a looptool.json that can be used. */
  readonly hasProject: boolean;
  /** Shows the pending corrections of these files; see `SessionPorts`. */
  readonly applyTo: (datasets: readonly string[]) => Promise<string>;
  readonly queuesChanged: () => void;
  readonly spec?: QueueSpec;
};

/** Opens the source and the session over it. Throws LoopToolError where the source cannot be read. */
export async function startReview(subject: ReviewSubject, { hasProject, applyTo, queuesChanged, ...ports }: EnginePorts): Promise<ReviewSession> {
  const files = new ProjectFiles(subject.folder);
  const source = await sourceOf(subject);
  const saved = new QueuesFile(subject.folder);
  const afterwards = <T>(queues: T): T => {
    queuesChanged();
    return queues;
  };
  return new ReviewSession({
    ...ports,
    source,
    log: new DecisionsFile(files.decisions()),
    queues: {
      read: () => saved.read(),
      save: async (name, spec) => afterwards(await saved.save(name, spec)),
      delete: async (name) => afterwards(await saved.delete(name)),
    },
    applied: () => appliedDecisions(files),
    apply: async () => applyTo([...new Set((await source.items()).flatMap(({ file }) => file ?? []))]),
    measure: async ({ items, state }) => measureItems(files, hasProject ? await files.readConfig() : undefined, { items, round: source.round, state }),
  });
}

async function sourceOf(subject: ReviewSubject): Promise<ReviewSource> {
  if (subject.of === 'round') return openRoundSource(subject.folder, subject.round);
  const { config } = await openReviewFolder(subject.folder, { predictions: subject.file });
  return openPredictionsSource(subject.file, { project: { directory: subject.folder, config } });
}

export type QueueCounts = { readonly count: number; readonly undecided: number };

const counted = new Map<string, ReviewSource>();

/** How many pairs of a round each queue holds, and how many of them wait for a decision. */
export async function countQueues(folder: string, round: number, queues: readonly SavedQueue[]): Promise<ReadonlyMap<string, QueueCounts>> {
  const key = `${folder}|${round}`;
  const source = counted.get(key) ?? openRoundSource(folder, round);
  counted.set(key, source);
  const items = await source.items();
  const { state } = await readDecisions(folder);
  const facts = { state, user: userInfo().username };
  return new Map(queues.map(({ name, spec }) => [name, countQueue(items, spec.filter, facts)]));
}
