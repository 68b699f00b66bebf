import type { RecordSample } from '../../core/dataset/dialect.ts';
import { labelHash } from '../../core/dataset/identity.ts';
import type { Label } from '../../core/dataset/sample.ts';
import type { DecisionState } from '../../core/review/decisionState.ts';
import { changesLabel } from '../../core/review/foldDecisions.ts';
import { withAlternative } from '../../core/review/withAlternative.ts';
import type { AcceptBothArguments } from '../../protocol/lsp/fixes.ts';
import type { OpenDataset } from '../dataset/openDataset.ts';
import type { RecordView } from '../dataset/recordView.ts';
import type { ServerContext } from '../feature.ts';
import { quickFix, type Draft } from './draft.ts';
import { labelDraft } from './labelDraft.ts';
import { answeredLabel } from '../sampleResults.ts';
import type { LabelSources } from './labelSources.ts';

export const acceptBothCommand = 'looptool.acceptBoth';

/** The answer of the last probe as a label; undefined where it is none, or the label that the sample has. */
function predictedLabel(server: ServerContext, uri: string, { sample }: RecordSample): Label | undefined {
  const label = answeredLabel(server.results.of(uri, sample.id));
  return label === undefined || labelHash(label) === sample.labelHash ? undefined : label;
}

/** What the loop and people say of a sample, as edits of its label. */
export function resultDrafts(server: ServerContext, dataset: OpenDataset, record: RecordView, read: RecordSample, decisions: DecisionState | undefined, sources: LabelSources): readonly Draft[] {
  const put = (title: string, label: Label, source: string): Draft | undefined => labelDraft({ server, dataset, record, read, sources }, quickFix(title), label, source);
  const drafts: (Draft | undefined)[] = [];
  const { sample } = read;
  const reviewed = decisions?.inForce.get(sample.id);
  if (reviewed?.label !== undefined && changesLabel(reviewed) && reviewed.labelHash === sample.labelHash && labelHash(reviewed.label) !== sample.labelHash) drafts.push(put('Take the reviewed label', reviewed.label, 'review'));
  const predicted = predictedLabel(server, dataset.uri, read);
  if (predicted !== undefined) {
    drafts.push(put('Take the prediction as label', predicted, 'prediction'));
    const both = withAlternative(sample.label, predicted);
    drafts.push((both && put('Accept both: keep the prediction as an alternative', both, 'both')) ?? acceptBothDraft(server, dataset.uri, read));
  }
  return drafts.filter((draft) => draft !== undefined);
}

/** Where the file cannot say it, a decision does. */
function acceptBothDraft(server: ServerContext, uri: string, { sample }: RecordSample): Draft | undefined {
  if (!server.trusted() || server.projectOf(uri) === undefined) return undefined;
  const title = 'Accept both: keep the prediction as an alternative';
  const argument: AcceptBothArguments = { uri, sampleId: sample.id, labelHash: sample.labelHash };
  return { action: { ...quickFix(title), command: { title, command: acceptBothCommand, arguments: [argument] } } };
}
