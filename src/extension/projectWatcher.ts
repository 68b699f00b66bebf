import { workspace, type Disposable } from 'vscode';

const settleMs = 400;

/**
 * One watcher for what jobs, the command line and other windows write, told of once when a burst is over. Watchers can fail
 * without a word (out of handles, network drives): the refresh command and the job monitor's own reading do not need this.
 */
export class ProjectWatcher implements Disposable {
  readonly #subscriptions: readonly Disposable[];
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly onChange: () => Promise<void>) {
    const watcher = workspace.createFileSystemWatcher('**/{looptool.json,.looptool/decisions.jsonl,.looptool/jobs/*.json,.looptool/rounds/*/round.json}');
    const soon = (): void => this.#soon();
    this.#subscriptions = [watcher, watcher.onDidChange(soon), watcher.onDidCreate(soon), watcher.onDidDelete(soon)];
  }

  /** The first change of a burst starts the clock: a job that writes all the time does not put it off for ever. */
  #soon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.onChange();
    }, settleMs);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const subscription of this.#subscriptions) subscription.dispose();
  }
}
