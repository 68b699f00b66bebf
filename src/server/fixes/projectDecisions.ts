import type { DecisionState } from '../../core/review/decisionState.ts';
import { DecisionsFile } from '../../app/decisionsFile.ts';
import { ProjectFiles } from '../../node/projectFiles.ts';

/** The decisions of the projects, each file followed since it was first asked for. */
export class ProjectDecisions {
  private readonly files = new Map<string, DecisionsFile>();

  of(directory: string): DecisionsFile {
    let file = this.files.get(directory);
    if (file === undefined) this.files.set(directory, (file = new DecisionsFile(new ProjectFiles(directory).decisions())));
    return file;
  }

  /** As they stand on disk; none where the file cannot be read. */
  async state(directory: string): Promise<DecisionState | undefined> {
    try {
      const file = this.of(directory);
      await file.refresh();
      return file.state;
    } catch {
      return undefined;
    }
  }
}
