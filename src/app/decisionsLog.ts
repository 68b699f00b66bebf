import { decisionOperationSchema, type DecisionOperation } from '../core/review/decision.ts';
import { foldDecisions, type DecisionState } from '../core/review/foldDecisions.ts';
import { readJournal } from '../node/appendJournal.ts';
import type { ProjectFiles } from '../node/projectFiles.ts';

/** People's decisions of the project, folded. Lines that cannot be read are passed over; the warnings name them. */
export async function readDecisions(files: ProjectFiles): Promise<{ readonly state: DecisionState; readonly warnings: readonly string[] }> {
  const { entries, warnings } = await readJournal<DecisionOperation>(files.decisions(), decisionOperationSchema);
  return { state: foldDecisions(entries), warnings };
}
