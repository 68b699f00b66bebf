import { watch, type FSWatcher } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';

const pollMs = 400;

/**
 * Calls back within a second of a change of a file, which need not exist, by any process. Watchers of the system are silent on
 * network drives, after their folder was replaced, or when there are too many of them: the file is looked at as well.
 */
export function watchFile(path: string, changed: () => void): { dispose(): void } {
  return new Watching(path, changed);
}

class Watching {
  #watcher: FSWatcher | undefined;
  #signature: string | undefined;
  #looking = false;
  #again = false;
  #disposed = false;
  readonly #timer: NodeJS.Timeout;

  constructor(
    private readonly path: string,
    private readonly changed: () => void,
  ) {
    this.#timer = setInterval(() => void this.#look(), pollMs);
    this.#timer.unref();
    void this.#look();
  }

  dispose(): void {
    this.#disposed = true;
    clearInterval(this.#timer);
    this.#watcher?.close();
  }

  async #look(): Promise<void> {
    this.#again = this.#looking;
    if (this.#looking) return;
    this.#looking = true;
    this.#listen();
    const signature = await signatureOf(this.path);
    this.#looking = false;
    if (this.#disposed) return;
    const before = this.#signature;
    this.#signature = signature;
    if (before !== undefined && before !== signature) this.changed();
    if (this.#again) await this.#look();
  }

  #listen(): void {
    if (this.#watcher !== undefined || this.#disposed) return;
    try {
      const name = basename(this.path);
      const watcher = watch(dirname(this.path), { persistent: false }, (_, changed) => {
        if (changed === null || changed === name) void this.#look();
      });
      const drop = (): void => {
        watcher.close();
        if (this.#watcher === watcher) this.#watcher = undefined;
      };
      watcher.on('error', drop);
      this.#watcher = watcher;
    } catch {
      // The folder is not there yet, or it cannot be watched: the timer goes on.
    }
  }
}

async function signatureOf(path: string): Promise<string> {
  try {
    const { ino, size, mtimeMs } = await stat(path);
    return `${ino} ${size} ${mtimeMs}`;
  } catch {
    return '';
  }
}
