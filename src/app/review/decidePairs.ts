import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { labelSchema, toolCallSchema, type Label, type Sample } from '../../core/dataset/sample.ts';
import type { Decision, DecisionOperation, Ruling } from '../../core/review/decision.ts';
import { rulings } from '../../core/review/decision.ts';
import type { QueueItem } from '../../core/review/queue/queueItem.ts';
import { DecisionsFile } from '../decisionsFile.ts';
import type { AppPorts } from '../ports.ts';
import { userName } from '../userName.ts';
import { chooseSource, findPair, type SourceChoice } from './chooseSource.ts';
import { findSamples } from './findSamples.ts';
import { openReviewFolder, type ReviewFolder } from './reviewFolder.ts';
import type { ReviewSource } from './reviewSource.ts';
import { decisionOf, labelProblems, needsPrediction, ruled, ruledByLabel, type DecisionParts } from './session/ruledLabel.ts';

/** A label as people type it: an object with its kind, a list of calls, or the text of an answer. */
const writtenLabelSchema = z.union([labelSchema, z.array(toolCallSchema).min(1).transform((calls): Label => ({ kind: 'calls', calls })), z.string().min(1).transform((text): Label => ({ kind: 'text', text }))]);

/** One line of the standard input of `looptool review decide -`. */
export const decideRequestSchema = z.object({
  sampleId: z.string(),
  ruling: z.enum(rulings),
  /** For `edit`. */
  label: writtenLabelSchema.optional(),
  /** Refused where another label stands there now. */
  labelHash: z.string().optional(),
  note: z.string().max(10_000).optional(),
  /** The label breaks its tool's schema, and is meant all the same. */
  confirmed: z.boolean().optional(),
});
export type DecideRequest = Readonly<z.infer<typeof decideRequestSchema>>;

export type DecideOptions = SourceChoice & {
  readonly project: string;
  readonly by?: string | undefined;
} & ({ readonly requests: readonly DecideRequest[] } | { readonly step: 'undo' | 'redo' });

export type DecideResult = {
  readonly decided: readonly { readonly id: string; readonly sampleId: string; readonly ruling: Ruling }[];
  readonly refused: readonly { readonly sampleId: string; readonly ruling: Ruling; readonly message: string }[];
  /** Of an undo or redo: the decisions that it was about. */
  readonly changed: readonly Pick<Decision, 'id' | 'sampleId' | 'ruling'>[];
  readonly warnings: readonly string[];
};

/** Rules on pairs as the review does; several at once are one undo. What cannot be ruled is left out, with the reason. */
export async function decidePairs(ports: AppPorts, options: DecideOptions): Promise<DecideResult> {
  const folder = await openReviewFolder(options.project, options);
  const log = new DecisionsFile(folder.files.decisions());
  await log.refresh();
  const by = options.by ?? userName();
  const at = (): string => new Date(ports.clock.now()).toISOString();
  const stamp = (): DecisionParts['stamp'] => ({ id: `dec_${randomUUID()}`, at: at(), by });
  if ('step' in options) {
    const target = options.step === 'undo' ? log.state.undoTargetOf(by) : log.state.redoTargetOf(by);
    if (target !== undefined) await log.append([{ v: 1, op: 'undo', ...stamp(), target: target.target }]);
    return { decided: [], refused: [], changed: (target?.decisions ?? []).map(({ id, sampleId, ruling }) => ({ id, sampleId, ruling })), warnings: log.warnings };
  }
  const source = await chooseSource(folder, options);
  try {
    const group = options.requests.length > 1 ? `grp_${randomUUID()}` : undefined;
    const decisions: Decision[] = [];
    const refused: DecideResult['refused'][number][] = [];
    for (const request of options.requests) {
      const decision = await decisionFor(folder, source, request, stamp, group);
      if (typeof decision === 'string') refused.push({ sampleId: request.sampleId, ruling: request.ruling, message: decision });
      else decisions.push(decision);
    }
    if (decisions.length > 0) await log.append(decisions satisfies readonly DecisionOperation[]);
    return { decided: decisions.map(({ id, sampleId, ruling }) => ({ id, sampleId, ruling })), refused, changed: [], warnings: log.warnings };
  } finally {
    source?.dispose();
  }
}

/** The decision, or why there is none. */
async function decisionFor(folder: ReviewFolder, source: ReviewSource | undefined, request: DecideRequest, stamp: () => DecisionParts['stamp'], group: string | undefined): Promise<Decision | string> {
  const { sampleId, ruling, label, labelHash, note, confirmed } = request;
  if (ruling === 'edit' && label === undefined) return 'An edit needs a label (--label).';
  if (ruling !== 'edit' && label !== undefined) return 'A label goes with the ruling edit alone.';
  const found = source && (await findPair(source, sampleId));
  const sample = found?.pair.sample ?? (await inDatasets(folder, sampleId));
  if (sample === undefined) return 'The sample is neither among the pairs nor in a dataset of the project.';
  if (typeof sample === 'string') return sample;
  if (labelHash !== undefined && labelHash !== sample.labelHash) return `The label is another one now (${sample.labelHash}). Look at it again.`;
  if (found === undefined && needsPrediction(ruling)) return 'There is no prediction for this sample. Name the round or the file of predictions that has it.';
  const outcome = found === undefined ? { kind: 'ruled' as const, ruling, label } : label === undefined ? ruled(found.pair, ruling as Exclude<Ruling, 'edit'>) : ruledByLabel(found.pair, label);
  if (outcome.kind === 'none') return 'The prediction is no complete answer, so it cannot be taken.';
  const problems = outcome.ruling === 'bothCorrect' || outcome.label === undefined || confirmed === true ? [] : labelProblems(outcome.label, sample.tools);
  if (problems.length > 0) return `The label breaks its tool's definition: ${problems.join(' ')} Say confirmed (--confirm) to store it all the same.`;
  return decisionOf({
    stamp: stamp(), source: { round: found === undefined ? undefined : source?.round, predictions: found === undefined ? undefined : source?.predictions },
    item: found?.item ?? bareItem(sample), way: 'command', ruling: outcome.ruling, label: outcome.label, replaced: sample.label,
    rest: { note, group, confirmed: confirmed === true && labelProblems(outcome.label, sample.tools).length > 0 ? true : undefined },
  });
}

/** A sample that was not probed, as far as a decision needs it. */
function bareItem({ id, labelHash, family }: Sample): QueueItem {
  return { sampleId: id, labelHash, predictionHash: undefined, family, origin: 'file', file: undefined, record: undefined, outcome: 'MATCH', ppl: undefined, tools: [], kinds: [], shape: '', rules: [], verdict: undefined, judge: undefined, promptVersion: undefined, votes: 0, agreeing: 0, weight: 1, text: '' };
}

/** The sample as it stands in the datasets; in words, where it stands there with several labels. */
async function inDatasets({ files, datasets }: ReviewFolder, sampleId: string): Promise<Sample | string | undefined> {
  const found = await findSamples(files, datasets, new Set([sampleId]));
  const labels = new Map(found.map(({ sample }) => [sample.labelHash, sample]));
  if (labels.size > 1) return 'The sample stands in the datasets with several labels. Put them right first (looptool validate names them).';
  return [...labels.values()][0];
}
