import { userInfo } from 'node:os';
import { basename } from 'node:path';
import { l10n, type WebviewPanel } from 'vscode';
import { DecisionsFile, readDecisions } from '../../app/decisionsFile.ts';
import { openPredictionsSource } from '../../app/review/predictionsSource.ts';
import { QueuesFile } from '../../app/review/queuesFile.ts';
import { ReviewSession } from '../../app/review/reviewSession.ts';
import type { ReviewSource } from '../../app/review/reviewSource.ts';
import { openRoundSource } from '../../app/review/roundSource.ts';
import type { QueueSpec, SavedQueue } from '../../core/review/queue/queueSpec.ts';
import { selectQueue } from '../../core/review/queue/selectQueue.ts';
import type { ReviewMode } from '../../protocol/review/messages.ts';
import { ProjectFiles, readText } from '../../node/projectFiles.ts';
import type { Services } from '../services.ts';
import { ReviewPanel } from './reviewPanel.ts';
import { placeKey, type ReviewPlace } from './reviewPlace.ts';
import { sessionPorts } from './sessionPorts.ts';

/** Panels that are open: one for each round and file. A bundle of its own (lazyBundles.ts): few sessions of the editor review. */
const open = new Map<string, OpenReview>();

type OpenReview = { readonly panel: ReviewPanel; readonly session: ReviewSession };

export type QueueCounts = { readonly count: number; readonly undecided: number };

export type OpenOptions = {
  /** Shows this sample, where it is in the queue. */
  readonly sampleId?: string;
  readonly spec?: QueueSpec;
  readonly mode?: ReviewMode;
  readonly view?: 'measure';
  /** A panel of the window before it was loaded again. */
  readonly panel?: WebviewPanel;
};

export async function openReview(services: Services, place: ReviewPlace, options: OpenOptions = {}): Promise<void> {
  const key = placeKey(place);
  let known = open.get(key);
  // A panel opens with one view and one queue: asked for another one, it is opened anew.
  if (known !== undefined && (options.view !== undefined || options.spec !== undefined)) {
    known.panel.dispose();
    known = undefined;
  }
  const { panel, session } = known ?? (await start(services, place, options));
  if (known !== undefined) panel.reveal();
  if (options.mode !== undefined) await session.setMode(options.mode);
  if (options.sampleId !== undefined) await session.goTo(options.sampleId);
}

async function start(services: Services, place: ReviewPlace, options: OpenOptions): Promise<OpenReview> {
  const key = placeKey(place);
  const source = await sourceOf(place);
  const title = place.of === 'round' ? l10n.t('Review: round {0}', place.round) : l10n.t('Review: {0}', basename(place.file));
  let following: { dispose(): void } | undefined;
  const panel = new ReviewPanel(services, { title, restore: place, panel: options.panel, view: options.view }, () => {
    following?.dispose();
    open.delete(key);
  });
  const queues = new QueuesFile(place.folder);
  const afterwards = <T>(saved: T): T => {
    services.tree.refresh();
    return saved;
  };
  const session = new ReviewSession({
    ...sessionPorts(services, place, async () => [...new Set((await source.items()).flatMap(({ file }) => file ?? []))]),
    source,
    log: new DecisionsFile(new ProjectFiles(place.folder).decisions()),
    queues: {
      read: () => queues.read(),
      save: async (name, spec) => afterwards(await queues.save(name, spec)),
      delete: async (name) => afterwards(await queues.delete(name)),
    },
    post: (message) => panel.post(message),
    ...(options.spec === undefined ? {} : { spec: options.spec }),
  });
  following = services.tree.onDidChangeTreeData(() => {
    if (panel.visible) void session.refresh();
  });
  const opened = { panel, session };
  open.set(key, opened);
  panel.start(session);
  return opened;
}

async function sourceOf(place: ReviewPlace): Promise<ReviewSource> {
  if (place.of === 'round') return openRoundSource(place.folder, place.round);
  const files = new ProjectFiles(place.folder);
  const config = (await readText(files.config())) === undefined ? undefined : await files.readConfig();
  return openPredictionsSource(place.file, config === undefined ? {} : { project: { directory: place.folder, config } });
}

const counted = new Map<string, ReviewSource>();

/** How many pairs each queue holds in the latest round that was probed, and how many of them wait for a decision. */
export async function countQueues(folder: string, round: number, queues: readonly SavedQueue[]): Promise<ReadonlyMap<string, QueueCounts>> {
  const key = placeKey({ of: 'round', folder, round });
  const source = counted.get(key) ?? openRoundSource(folder, round);
  counted.set(key, source);
  const items = await source.items();
  const { state } = await readDecisions(folder);
  const facts = { state, user: userInfo().username };
  return new Map(queues.map(({ name, spec: { filter, order } }) => {
    const inQueue = selectQueue(items, { filter, order }, facts);
    const undecided = inQueue.filter(({ sampleId, labelHash }) => state.inForce.get(sampleId)?.labelHash !== labelHash).length;
    return [name, { count: inQueue.length, undecided }];
  }));
}
