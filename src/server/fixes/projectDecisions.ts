import type { DecisionOperation } from '../../core/review/decision.ts';
import { foldDecisions, type DecisionState } from '../../core/review/foldDecisions.ts';
import { DecisionsFile } from '../../app/decisionsFile.ts';
import { ProjectFiles } from '../../node/projectFiles.ts';

/** The decisions of the projects, each file followed since it was first asked for. */
export class ProjectDecisions {
  private readonly files = new Map<string, DecisionsFile>();
  /** Folded anew only when there is more to fold. */
  private readonly states = new WeakMap<readonly DecisionOperation[], { readonly count: number; readonly state: DecisionState }>();

  of(directory: string): DecisionsFile {
    let file = this.files.get(directory);
    if (file === undefined) this.files.set(directory, (file = new DecisionsFile(new ProjectFiles(directory).decisions())));
    return file;
  }

  /** As they stand on disk; none where the file cannot be read. */
  async state(directory: string): Promise<DecisionState | undefined> {
    try {
      const operations = await this.of(directory).read();
      const known = this.states.get(operations);
      if (known?.count === operations.length) return known.state;
      const state = foldDecisions(operations);
      this.states.set(operations, { count: operations.length, state });
      return state;
    } catch {
      return undefined;
    }
  }
}
