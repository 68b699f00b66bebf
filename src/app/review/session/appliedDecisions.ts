import type { ProjectFiles } from '../../../node/projectFiles.ts';
import { readApplied } from '../appliedLog.ts';

/** Decisions whose labels stand in the datasets, by id: what a session counts no longer as to be applied. */
export async function appliedDecisions(files: ProjectFiles): Promise<ReadonlySet<string>> {
  const { state } = await readApplied(files);
  return new Set(state.standing.flatMap(({ decision }) => decision ?? []));
}
