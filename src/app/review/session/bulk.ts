import { setImmediate } from 'node:timers/promises';
import type { Decision, DecisionWay, ReviewRuling } from '../../../core/review/decision.ts';
import type { QueueItem } from '../../../core/review/queue/queueItem.ts';
import type { BulkPreview } from '../../../protocol/review/messages.ts';
import { Turns } from '../../../node/turns.ts';
import type { ReviewPair, ReviewSource } from '../reviewSource.ts';
import { noAnswerText, ReviewRefusal } from './reviewTexts.ts';
import { decisionOf, labelProblems, needsPrediction, ruled, type DecisionParts } from './ruledLabel.ts';
import type { Say } from './sessionPorts.ts';

/** Pairs of a preview that are shown as diffs. */
const mostShown = 50;
const longestRequest = 300;

export type Preview = {
  readonly id: string;
  readonly ruling: ReviewRuling;
  readonly way: Extract<DecisionWay, 'bulk' | 'similar'>;
  /** What the ruling would be given to, as it was then. */
  readonly items: readonly QueueItem[];
  readonly shown: Omit<BulkPreview, 'type' | 'requestId'>;
};

/** Looks at each pair that needs it: what is no complete answer or breaks its schema is left out, and counted with its reason. */
export async function previewOf(id: string, ruling: ReviewRuling, way: Preview['way'], candidates: readonly QueueItem[], source: ReviewSource, say: Say): Promise<Preview> {
  const left = new Map<string, number>();
  const leave = (reason: string): void => void left.set(reason, (left.get(reason) ?? 0) + 1);
  const items: QueueItem[] = [];
  const pairs: BulkPreview['pairs'][number][] = [];
  const reads = needsPrediction(ruling);
  const turns = new Turns(() => setImmediate());
  for (const item of candidates) {
    if (turns.isOver) await turns.next();
    if (reads && item.predictionHash === undefined) {
      leave(say('the prediction is no complete answer'));
      continue;
    }
    const pair = reads || pairs.length < mostShown ? await source.pair(item.sampleId) : undefined;
    if (pair === undefined ? reads || pairs.length < mostShown : pair.sample.labelHash !== item.labelHash) {
      leave(say('the sample has changed in the meantime'));
      continue;
    }
    if (pair !== undefined) {
      const result = ruled(pair, ruling);
      if (result.kind === 'none') {
        leave(say('the prediction is no complete answer'));
        continue;
      }
      if (labelProblems(result.label, pair.sample.tools).length > 0) {
        leave(say('the prediction breaks the definition of its tool'));
        continue;
      }
      if (pairs.length < mostShown) pairs.push(shownPair(item, pair));
    }
    items.push(item);
  }
  return { id, ruling, way, items, shown: { previewId: id, ruling, count: items.length, left: [...left].map(([reason, count]) => ({ reason, count })), pairs } };
}

function shownPair({ sampleId }: QueueItem, { sample, prediction, comparison }: ReviewPair): BulkPreview['pairs'][number] {
  const request = sample.messages.findLast(({ role }) => role === 'user')?.content ?? '';
  return { sampleId, request: request.length > longestRequest ? `${request.slice(0, longestRequest)}…` : request, label: sample.label, prediction, ...(comparison === undefined ? {} : { comparison }) };
}

/** The decisions of a preview, all of one group. Throws a refusal where a pair is no longer what the preview showed. */
export async function bulkDecisions(preview: Preview, group: string, parts: Omit<DecisionParts, 'item' | 'label' | 'replaced' | 'ruling' | 'way' | 'stamp'>, stamp: () => DecisionParts['stamp'], source: ReviewSource, say: Say): Promise<readonly Decision[]> {
  const { ruling, way, items } = preview;
  const decisions: Decision[] = [];
  const turns = new Turns(() => setImmediate());
  for (const item of items) {
    if (turns.isOver) await turns.next();
    let label, replaced;
    if (needsPrediction(ruling)) {
      const pair = await source.pair(item.sampleId);
      if (pair?.sample.labelHash !== item.labelHash) throw new ReviewRefusal(say('Pairs have changed since the preview. Look at it again, then decide.'), true);
      const result = ruled(pair, ruling);
      if (result.kind === 'none') throw new ReviewRefusal(noAnswerText(say), true);
      ({ label } = result);
      replaced = pair.sample.label;
    }
    decisions.push(decisionOf({ ...parts, stamp: stamp(), item, ruling, way, label, replaced, rest: { ...parts.rest, group } }));
  }
  return decisions;
}
