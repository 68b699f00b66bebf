import type { Decision } from '../../core/review/decision.ts';
import { expectedValue } from '../../core/review/queue/expectedValue.ts';
import { decisionOn } from '../../core/review/queue/queueFacts.ts';
import type { QueueItem } from '../../core/review/queue/queueItem.ts';
import type { QueueSpec } from '../../core/review/queue/queueSpec.ts';
import { selectQueue } from '../../core/review/queue/selectQueue.ts';
import { readDecisions } from '../decisionsFile.ts';
import { userName } from '../userName.ts';
import { allItems, needSource, type SourceChoice } from './chooseSource.ts';
import { openReviewFolder } from './reviewFolder.ts';

export type ListOptions = SourceChoice & {
  readonly project: string;
  readonly spec: QueueSpec;
  /** How many pairs are given; all are counted. */
  readonly limit: number;
  readonly by?: string | undefined;
};

/** A pair of the queue, with why it stands where it does and what was decided on it. */
export type ListedPair = Omit<QueueItem, 'text' | 'shape' | 'family'> & {
  readonly chance: number;
  readonly reason: string;
  readonly decided?: Pick<Decision, 'id' | 'ruling' | 'by' | 'at'>;
};

export type ListResult = {
  readonly title: string;
  /** Pairs of the source, of the queue, and of the queue without a decision. */
  readonly sourceTotal: number;
  readonly total: number;
  readonly undecided: number;
  readonly pairs: readonly ListedPair[];
  readonly warnings: readonly string[];
};

/** The review's queue. */
export async function listPairs(options: ListOptions): Promise<ListResult> {
  const folder = await openReviewFolder(options.project, options);
  const source = await needSource(folder, options);
  try {
    const items = await allItems(source);
    const { state, warnings } = await readDecisions(folder.files.root);
    const facts = { state, user: options.by ?? userName() };
    const queue = selectQueue(items, options.spec, facts);
    const valueOf = expectedValue(items, facts);
    const pairs = queue.slice(0, options.limit).map((item): ListedPair => {
      const { text: _text, shape: _shape, family: _family, ...shown } = item;
      const { chance, reason } = valueOf(item);
      const decision = decisionOn(item, facts);
      return { ...shown, chance, reason, ...(decision === undefined ? {} : { decided: { id: decision.id, ruling: decision.ruling, by: decision.by, at: decision.at } }) };
    });
    return { title: source.title, sourceTotal: items.length, total: queue.length, undecided: queue.filter((item) => decisionOn(item, facts) === undefined).length, pairs, warnings: [...source.warnings, ...warnings] };
  } finally {
    source.dispose();
  }
}
