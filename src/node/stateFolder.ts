import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LoopToolError } from '../core/errors.ts';
import { describeSystemError, systemErrorCode } from './atomicFile.ts';
import type { ProjectFiles } from './projectFiles.ts';

/** What people decided is worth committing. All else is made by runs (checkpoints, replies, logs) or is secret (the server's key). */
const ignored = '*\n!.gitignore\n!decisions.jsonl\n!applied.jsonl\n!suppressions.jsonl\n!baseline.json\n!queues.json\n';

/** Makes `.looptool` with its `.gitignore`, whoever comes first; one that is there stays as people have made it. */
export async function makeStateFolder(files: ProjectFiles): Promise<void> {
  try {
    await mkdir(files.state(), { recursive: true });
    await writeFile(join(files.state(), '.gitignore'), ignored, { flag: 'wx' });
  } catch (cause) {
    if (systemErrorCode(cause) === 'EEXIST') return;
    throw new LoopToolError('write-failed', `${files.state()} could not be made: ${describeSystemError(cause)}. Check free space and permissions, then run the command again.`, { cause });
  }
}
