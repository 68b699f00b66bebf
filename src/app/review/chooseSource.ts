import { LoopToolError } from '../../core/errors.ts';
import type { QueueItem } from '../../core/review/queue/queueItem.ts';
import { readText } from '../../node/projectFiles.ts';
import { openPredictionsSource } from './predictionsSource.ts';
import type { ReviewPair, ReviewSource } from './reviewSource.ts';
import { withFiles, type ReviewFolder } from './reviewFolder.ts';
import { openRoundSource } from './roundSource.ts';

/** Which pairs: those of a round, of a file of predictions, or of the newest round that was probed. */
export type SourceChoice = { readonly round?: number | undefined; readonly predictions?: string | undefined };

/** Undefined where nothing was named and no round was probed. Throws LoopToolError `round-missing`, `dataset-missing` or `dataset-unreadable`. */
export async function chooseSource({ files, config }: ReviewFolder, { round, predictions }: SourceChoice): Promise<ReviewSource | undefined> {
  if (predictions !== undefined) return await openPredictionsSource(predictions, { project: { directory: files.root, config } });
  const rounds = await files.listRounds();
  if (round !== undefined) {
    if (!rounds.includes(round)) throw new LoopToolError('round-missing', `There is no round ${round}. See the rounds with: looptool status`);
    return openRoundSource(files.root, round);
  }
  for (const number of [...rounds].reverse()) if ((await readText(files.round(number).journal('probe'))) !== undefined) return openRoundSource(files.root, number);
  return undefined;
}

export async function needSource(folder: ReviewFolder, choice: SourceChoice): Promise<ReviewSource> {
  const source = await chooseSource(folder, choice);
  if (source === undefined) throw new LoopToolError('round-missing', 'No round was probed yet. Run looptool run first, or name a file of predictions with --predictions.');
  return source;
}

/** Every pair of a source, with what the rules say of it: nothing here goes on while it is read. */
export async function allItems(source: ReviewSource): Promise<readonly QueueItem[]> {
  const first = await source.items();
  if (source.settled === undefined) return first;
  await source.settled();
  return await source.items();
}

type FoundPair = { readonly item: QueueItem; readonly pair: ReviewPair };

export async function findPair(source: ReviewSource, sampleId: string): Promise<FoundPair | undefined> {
  const item = (await allItems(source)).find((one) => one.sampleId === sampleId);
  const pair = item && (await source.pair(sampleId));
  return item && pair && { item, pair };
}

/** The folder with the files that the pairs of a source stand in. */
export async function withSourceFiles(folder: ReviewFolder, source: ReviewSource | undefined): Promise<ReviewFolder> {
  return source === undefined ? folder : withFiles(folder, (await source.items()).flatMap(({ file }) => file ?? []));
}
