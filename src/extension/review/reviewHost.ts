import { basename } from 'node:path';
import { l10n, type WebviewPanel } from 'vscode';
import type { ReviewSession } from '../../app/review/reviewSession.ts';
import type { QueueSpec } from '../../core/review/queue/queueSpec.ts';
import type { ReviewMode } from '../../protocol/review/messages.ts';
import { reviewEngine } from '../lazyBundles.ts';
import type { Services } from '../services.ts';
import { ReviewPanel } from './reviewPanel.ts';
import { placeKey, type ReviewPlace } from './reviewPlace.ts';
import { enginePorts } from './enginePorts.ts';

/** Panels that are open: one for each round and file. */
const open = new Map<string, OpenReview>();

type OpenReview = { readonly panel: ReviewPanel; readonly session: ReviewSession };

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
  const { startReview } = await reviewEngine();
  const title = place.of === 'round' ? l10n.t('Review: round {0}', place.round) : l10n.t('Review: {0}', basename(place.file));
  const shown: { panel?: ReviewPanel } = {};
  const session = await startReview(place, {
    ...enginePorts(services, place),
    post: (message) => shown.panel?.post(message),
    ...(options.spec === undefined ? {} : { spec: options.spec }),
  });
  const following = services.tree.onDidChangeTreeData(() => {
    if (shown.panel?.visible === true) void session.refresh();
  });
  const panel = new ReviewPanel(services, { title, restore: place, panel: options.panel, view: options.view }, () => {
    following.dispose();
    open.delete(key);
  });
  shown.panel = panel;
  const opened = { panel, session };
  open.set(key, opened);
  panel.start(session);
  return opened;
}
