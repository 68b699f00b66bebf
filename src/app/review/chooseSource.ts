import { LoopToolError } from '../../core/errors.ts';
import type { Label } from '../../core/dataset/sample.ts';
import type { QueueItem } from '../../core/review/queue/queueItem.ts';
import type { ProjectFiles } from '../../node/projectFiles.ts';
import { readText } from '../../node/projectFiles.ts';
import type { ReviewPair, ReviewSource } from './reviewSource.ts';
import { openRoundSource } from './roundSource.ts';

/** Which pairs: those of a round, of a file of predictions, or of the newest round that was probed. */
export type SourceChoice = { readonly round?: number | undefined; readonly predictions?: string | undefined };

/** Undefined where nothing was named and no round was probed. Throws LoopToolError `round-missing`. */
export async function chooseSource(files: ProjectFiles, { round, predictions }: SourceChoice): Promise<ReviewSource | undefined> {
  if (predictions !== undefined) throw new LoopToolError('usage', 'Files of predictions are not read here yet. Use --round.');
  const rounds = await files.listRounds();
  if (round !== undefined) {
    if (!rounds.includes(round)) throw new LoopToolError('round-missing', `There is no round ${round}. See the rounds with: looptool status`);
    return openRoundSource(files.root, round);
  }
  for (const number of [...rounds].reverse()) if ((await readText(files.round(number).journal('probe'))) !== undefined) return openRoundSource(files.root, number);
  return undefined;
}

export async function needSource(files: ProjectFiles, choice: SourceChoice): Promise<ReviewSource> {
  const source = await chooseSource(files, choice);
  if (source === undefined) throw new LoopToolError('round-missing', 'No round was probed yet. Run looptool run first, or name a file of predictions with --predictions.');
  return source;
}

export type FoundPair = { readonly item: QueueItem; readonly pair: ReviewPair };

export async function findPair(source: ReviewSource, sampleId: string): Promise<FoundPair | undefined> {
  const item = (await source.items()).find((one) => one.sampleId === sampleId);
  const pair = item && (await source.pair(sampleId));
  return item && pair && { item, pair };
}

/** One line for a label. */
export function labelLine(label: Label): string {
  switch (label.kind) {
    case 'calls':
      return label.calls.map(({ name, arguments: args }) => `${name}(${Object.keys(args).map((key) => `${key}=${JSON.stringify(args[key])}`).join(', ')})`).join(' ');
    case 'text':
      return label.text;
    case 'noCall':
      return '(no call)';
    case 'anyCall':
      return '(any call)';
    case 'trace':
      return '(trace)';
    case 'invalid':
      return `(unreadable) ${label.raw}`;
  }
}
