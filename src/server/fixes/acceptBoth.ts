import type { OperationStamp } from '../../core/review/savedLabels.ts';
import type { AcceptBothArguments } from '../../protocol/lsp/fixes.ts';
import type { ServerContext } from '../feature.ts';
import { answeredLabel } from '../sampleResults.ts';
import type { ProjectDecisions } from './projectDecisions.ts';

/** Writes the decision that the prediction is right beside the label, for labels that cannot hold it themselves. Throws `write-failed`. */
export async function acceptBoth(server: ServerContext, decisions: ProjectDecisions, { uri, sampleId, labelHash }: AcceptBothArguments, { by, at, newId }: OperationStamp): Promise<void> {
  const project = server.projectOf(uri);
  const result = server.results.of(uri, sampleId);
  const label = answeredLabel(result);
  if (project === undefined || label === undefined || !server.trusted()) return;
  const round = result?.round;
  await decisions.of(project.directory).append([{ v: 1, op: 'decide', id: newId(), at: at(), by, sampleId, labelHash, ruling: 'bothCorrect', label, source: 'prediction', ...(round === undefined ? {} : { round }) }]);
}
