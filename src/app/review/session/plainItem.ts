import { predictionToLabel } from '../../../core/toolcall/extract.ts';
import type { ReviewItem } from '../../../protocol/review/item.ts';
import type { ReviewPair } from '../reviewSource.ts';

/** Stands in for reviewItem until it lands: the parts of an item that do not depend on who looks at it. */
export function plainItem(pair: ReviewPair): Omit<ReviewItem, 'decisions' | 'similar' | 'value'> {
  const { sample, prediction, judgement } = pair;
  const predictionLabel = predictionToLabel(prediction);
  return {
    sampleId: sample.id,
    labelHash: sample.labelHash,
    ...(pair.occurrence === undefined ? {} : { occurrence: pair.occurrence }),
    origin: pair.origin,
    parents: pair.parents,
    tools: sample.tools,
    messages: sample.messages,
    label: sample.label,
    prediction,
    ...(predictionLabel === undefined ? {} : { predictionLabel }),
    ...(pair.comparison === undefined ? {} : { comparison: pair.comparison }),
    outcome: pair.outcome,
    ...(pair.ppl === undefined ? {} : { ppl: pair.ppl }),
    ...(pair.reply === undefined ? {} : { reply: pair.reply }),
    raw: pair.raw,
    labelFindings: [],
    predictionFindings: [],
    sources: [],
    ...(judgement === undefined ? {} : { judgement }),
  };
}
