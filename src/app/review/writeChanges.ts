import type { AnswersFile } from './answersPlan.ts';
import type { AppliedWriting } from './appliedLog.ts';
import type { ChangedBytes, FilePlan } from './filePlan.ts';
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

/** The same for a file with answers, for all datasets that are read with it. */
export async function writeAnswers({ path, version, owners, changed }: AnswersFile, shown: string, writing: AppliedWriting, onStep: OnStep | undefined): Promise<string> {
  await onStep?.('copy', shown);
  const backup = await keepCopy(path);
  await onStep?.('write', shown);
  await rewriteFile(path, version, changed);
  await onStep?.('done', shown);
  for (const { file, answers } of owners) await writing.done(file, answers);
  return backup;
}
