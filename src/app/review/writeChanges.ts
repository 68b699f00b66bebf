import type { AppliedWriting } from './appliedLog.ts';
import type { ChangedBytes, FilePlan } from './planFile.ts';
import { keepCopy, rewriteFile } from './rewriteFile.ts';

/** Told before each step that a crash could fall behind. */
export type OnStep = (step: 'intend' | 'decide' | 'copy' | 'write' | 'done', file: string) => void | Promise<void>;

/** Writes one file whose changes the log tells of already, and says so there. Gives the path of the copy of the file as it was. */
export async function writeChanges({ file, path, version }: Pick<FilePlan, 'file' | 'path' | 'version'>, changed: readonly ChangedBytes[], writing: AppliedWriting, onStep: OnStep | undefined): Promise<string> {
  await onStep?.('copy', file);
  const backup = await keepCopy(path);
  await onStep?.('write', file);
  await rewriteFile(path, version, changed);
  await onStep?.('done', file);
  await writing.done(file);
  return backup;
}
