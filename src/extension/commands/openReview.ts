import { commands, l10n, Uri, window, workspace, type WebviewPanel } from 'vscode';
import * as z from 'zod';
import { LoopToolError } from '../../core/errors.ts';
import { queueSpecSchema, type QueueSpec } from '../../core/review/queue/queueSpec.ts';
import type { Project } from '../projects.ts';
import { openReview as openPanel } from '../review/reviewHost.ts';
import { predictionsPlace, reviewPlaceSchema, type ReviewPlace } from '../review/reviewPlace.ts';
import type { Services } from '../services.ts';
import { newestRoundWith, targetOf } from '../roundTarget.ts';
import { isTreeNode } from '../tree/nodes.ts';

/** Opens the review of a round: that of the tree item, else the latest one that was probed. */
export async function openReview(services: Services, argument: unknown): Promise<void> {
  const place = await roundPlace(services, argument);
  if (place === undefined) return;
  const sample = isTreeNode(argument) && argument.kind === 'sample' ? { sampleId: argument.sample.sampleId } : {};
  await openPanel(services, place, { ...sample, ...filterOfNode(argument) });
}

/** The review of one round, by default the latest that was probed, at this sample where it is in the queue. */
export async function reviewOf(services: Services, project: Project, round: number | undefined, sampleId: string): Promise<void> {
  const number = round ?? (await latestProbed(project));
  if (number !== undefined) await openPanel(services, { of: 'round', folder: project.directory, round: number }, { sampleId });
}

/** A saved queue of the tree, over the latest round that was probed. */
export async function openQueue(services: Services, argument: unknown): Promise<void> {
  if (!isTreeNode(argument) || argument.kind !== 'queue') return;
  const place = await roundPlace(services, argument);
  if (place !== undefined) await openPanel(services, place, { spec: argument.queue.spec });
}

/** What people's decisions say of the judge, in the review's page. */
export async function measureJudge(services: Services, argument: unknown): Promise<void> {
  const place = await roundPlace(services, argument);
  if (place !== undefined) await openPanel(services, place, { view: 'measure' });
}

/** Any file of predictions, without a round: what a menu names, else what is open, else what the person picks. */
export async function reviewPredictions(services: Services, argument: unknown): Promise<void> {
  const uri = argument instanceof Uri ? argument : await pickFile();
  if (uri === undefined) return;
  if (uri.scheme !== 'file') throw new LoopToolError('usage', l10n.t('Predictions are read from files on the disk: save this one first.'));
  await openPanel(services, predictionsPlace(services, uri));
}

/** A review that was open when the window was loaded again. */
export async function restoreReview(services: Services, panel: WebviewPanel, state: unknown): Promise<void> {
  const place = reviewPlaceSchema.safeParse(typeof state === 'object' && state !== null && 'place' in state ? state.place : undefined);
  if (!place.success || !workspace.isTrusted) panel.dispose();
  else await openPanel(services, place.data, { panel });
}

async function pickFile(): Promise<Uri | undefined> {
  const picked = await window.showOpenDialog({ canSelectMany: false, openLabel: l10n.t('Review'), title: l10n.t('LoopTool: a file of predictions'), filters: { [l10n.t('Predictions')]: ['jsonl', 'json', 'ndjson'] } });
  return picked?.[0];
}

async function roundPlace(services: Services, argument: unknown): Promise<ReviewPlace | undefined> {
  const target = await targetOf(services, argument);
  if (target === undefined) return undefined;
  const { project } = target;
  const round = target.round ?? (await latestProbed(project));
  if (round !== undefined) return { of: 'round', folder: project.directory, round };
  const start = l10n.t('Start Iteration');
  const file = l10n.t('Review a File...');
  const answer = await window.showInformationMessage(l10n.t('There is nothing to review yet: mismatches are found by the probe of a round, or stand in a file of predictions.'), start, file);
  if (answer === start) await commands.executeCommand('looptool.startIteration');
  if (answer === file) await commands.executeCommand('looptool.reviewPredictions');
  return undefined;
}

const linkSchema = z.object({ filter: queueSpecSchema.shape.filter });

/** From a bucket of the tree, or a figure of a report, the review shows what is in it. */
function filterOfNode(argument: unknown): { readonly spec?: QueueSpec } {
  if (!isTreeNode(argument)) {
    const filter = linkSchema.safeParse(argument).data?.filter;
    return filter === undefined ? {} : { spec: { filter, order: 'value' } };
  }
  if (argument.kind !== 'bucket') return {};
  const { stage, bucket } = argument;
  const filter = stage === 'verify' ? { verdicts: [bucket.key] } : { outcomes: [bucket.key] };
  const { data: spec } = queueSpecSchema.safeParse({ filter });
  return spec === undefined ? {} : { spec };
}

async function latestProbed(project: Project): Promise<number | undefined> {
  return (await newestRoundWith(project, 'probe', ({ status }) => status !== 'pending'))?.round;
}
