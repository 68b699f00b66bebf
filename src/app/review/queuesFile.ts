import * as z from 'zod';
import { LoopToolError } from '../../core/errors.ts';
import { queuesFileSchema, type QueueSpec, type SavedQueue } from '../../core/review/queue/queueSpec.ts';
import { describeSystemError, writeFileAtomic } from '../../node/atomicFile.ts';
import { withFileLock } from '../../node/fileLock.ts';
import { ProjectFiles, readText } from '../../node/projectFiles.ts';
import { makeStateFolder } from '../../node/stateFolder.ts';

/** `.looptool/queues.json` of the project in a folder: queues under names, for everybody who works on it. */
export class QueuesFile {
  readonly #files: ProjectFiles;

  constructor(directory: string) {
    this.#files = new ProjectFiles(directory);
  }

  /** In the order in which they were first saved. Throws `config-invalid` where the file cannot be read. */
  async read(): Promise<readonly SavedQueue[]> {
    const path = this.#files.queues();
    const text = await readText(path).catch((cause: unknown) => {
      throw unreadable(path, describeSystemError(cause), cause);
    });
    if (text === undefined) return [];
    return parse(path, text);
  }

  /** A queue that has the name already is replaced. Throws as `read` does, then nothing is written, and `write-failed`. */
  async save(name: string, spec: QueueSpec): Promise<readonly SavedQueue[]> {
    return await this.#change((queues) => {
      const saved = { name, spec };
      return queues.some((queue) => queue.name === name) ? queues.map((queue) => (queue.name === name ? saved : queue)) : [...queues, saved];
    });
  }

  /** Does nothing where there is no queue of the name. Throws as `save` does. */
  async delete(name: string): Promise<readonly SavedQueue[]> {
    return await this.#change((queues) => queues.filter((queue) => queue.name !== name));
  }

  /** Under a lock, so that two windows that save at the same time lose neither queue. */
  async #change(change: (queues: readonly SavedQueue[]) => readonly SavedQueue[]): Promise<readonly SavedQueue[]> {
    await makeStateFolder(this.#files);
    const path = this.#files.queues();
    return await withFileLock(`${path}.lock`, async () => {
      const queues = change(await this.read());
      await writeFileAtomic(path, textOf(queues));
      return queues;
    });
  }
}

/** A queue a line, so that a merge of two people's queues is one of lines. */
function textOf(queues: readonly SavedQueue[]): string {
  return `{"v": 1, "queues": [${queues.map((queue) => `\n  ${JSON.stringify(queue)}`).join(',')}\n]}\n`;
}

function parse(path: string, text: string): readonly SavedQueue[] {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (cause) {
    throw unreadable(path, describeSystemError(cause), cause);
  }
  const parsed = queuesFileSchema.safeParse(value);
  if (!parsed.success) throw unreadable(path, z.prettifyError(parsed.error), parsed.error);
  return parsed.data.queues;
}

function unreadable(path: string, why: string, cause: unknown): LoopToolError {
  return new LoopToolError('config-invalid', `The saved queues in ${path} cannot be read: ${why}. Correct the file or restore it from git; removing it removes the saved queues, no decision.`, { cause });
}
