import { findingsWith, labelFindings } from '../../core/review/pairs/sideFindings.ts';
import { SourceFinder, type CallSource } from '../../core/review/pairs/sourceLinks.ts';
import type { Decision } from '../../core/review/decision.ts';
import type { DecisionState } from '../../core/review/decisionState.ts';
import type { QueueItem } from '../../core/review/queue/queueItem.ts';
import { rules } from '../../core/rules/rules.generated.ts';
import { activeRules, recommendedSettings, type ActiveRule } from '../../core/rules/settings.ts';
import { clippedText } from '../../core/text/visibleText.ts';
import { predictionToLabel } from '../../core/toolcall/extract.ts';
import type { PastDecision, ReviewItem, SourceLink } from '../../protocol/review/item.ts';
import type { ReviewJudgement, ReviewPair } from './reviewSource.ts';

export type ReviewItemContext = {
  readonly state: Pick<DecisionState, 'standingOf' | 'inForce'>;
  /** Chance, weight and reason of the queue's order; undefined where the queue does not go by it. */
  readonly value?: ReviewItem['value'];
  /** Undecided others of the queue with the same shape of difference. */
  readonly similar: number;
  /** Rules in force; the recommended ones when absent. */
  readonly active?: readonly ActiveRule[];
};

/** Longer texts are cut, and say so: nobody reads them on, and the page stays fast. */
export const longestShown = 200_000;

/** One pair as the page shows it. */
export function reviewItem(pair: ReviewPair, item: QueueItem, context: ReviewItemContext): ReviewItem {
  const { sample, occurrence, prediction, comparison, judgement, reply } = pair;
  const active = context.active ?? recommended();
  const taken = predictionToLabel(prediction);
  const sources = new SourceFinder(sample);
  return {
    sampleId: sample.id,
    labelHash: sample.labelHash,
    ...(occurrence === undefined ? {} : { occurrence }),
    origin: pair.origin,
    parents: pair.parents,
    tools: sample.tools,
    messages: sample.messages,
    label: sample.label,
    prediction,
    ...(taken === undefined ? {} : { predictionLabel: taken }),
    ...(comparison === undefined ? {} : { comparison }),
    outcome: item.outcome,
    ...(item.ppl === undefined ? {} : { ppl: item.ppl }),
    ...(reply === undefined ? {} : { reply: cut(reply) }),
    raw: cut(pair.raw),
    labelFindings: labelFindings(sample, active),
    predictionFindings: taken === undefined ? [] : findingsWith(sample, taken, active),
    sources: [
      ...links('label', sources.sourcesOf(sample.label.kind === 'calls' ? sample.label.calls : [])),
      ...links('prediction', sources.sourcesOf(prediction.calls)),
    ],
    ...(judgement === undefined ? {} : { judgement: shownJudgement(judgement) }),
    ...(context.value === undefined ? {} : { value: context.value }),
    decisions: context.state.standingOf(sample.id).map((decision) => pastDecision(decision, context.state.inForce.get(sample.id)?.id)),
    similar: context.similar,
  };
}

let madeOnce: readonly ActiveRule[] | undefined;
function recommended(): readonly ActiveRule[] {
  return (madeOnce ??= activeRules(rules, recommendedSettings));
}

function links(side: SourceLink['side'], found: readonly CallSource[]): readonly SourceLink[] {
  return found.map((source) => ({ side, ...source }));
}

function cut(text: string): string {
  const clipped = clippedText(text, longestShown);
  return clipped.hidden === 0 ? text : `${clipped.text}\n… (${clipped.hidden.toLocaleString('en')} more characters are not shown)`;
}

function shownJudgement({ votes, ...judgement }: ReviewJudgement): ReviewItem['judgement'] {
  return { ...judgement, votes: votes.map((vote) => ({ ...vote, analysis: cut(vote.analysis), approach: cut(vote.approach) })) };
}

function pastDecision({ id, at, by, ruling, pass, note }: Decision, inForce: string | undefined): PastDecision {
  return { id, at, by, ruling, pass: pass ?? 'first', inForce: id === inForce, ...(note === undefined ? {} : { note }) };
}
