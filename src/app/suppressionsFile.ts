import { LoopToolError } from '../core/errors.ts';
import type { Suppression } from '../core/rules/suppression.ts';
import { appendLines } from '../node/appendLines.ts';
import { describeSystemError } from '../node/atomicFile.ts';
import { ProjectFiles } from '../node/projectFiles.ts';
import { makeStateFolder } from '../node/stateFolder.ts';

/** Adds a line to `.looptool/suppressions.jsonl` of the project in a folder. Throws `write-failed`. */
export async function addSuppression(directory: string, suppression: Suppression): Promise<void> {
  const files = new ProjectFiles(directory);
  await makeStateFolder(files);
  try {
    await appendLines(files.suppressions(), [suppression]);
  } catch (cause) {
    throw new LoopToolError('write-failed', `${files.suppressions()} could not be written: ${describeSystemError(cause)}. Check free space and permissions, then try again.`, { cause });
  }
}
