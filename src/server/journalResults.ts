import { dirname } from 'node:path';
import { projectFolderOf } from '../app/projectFolder.ts';
import { SampleHistory } from '../app/history/sampleHistory.ts';
import { pathOf } from './projects.ts';
import type { SampleResult, SampleResults } from './sampleResults.ts';

/** How often journals of open datasets are looked at. A file that did not change costs one `stat`. */
const lookEveryMs = 2000;

/**
 * Results from the journals of the projects that open documents belong to. A project is read in the background when it is
 * first asked about; `onDidChange` tells when there is more. What a project's journals hold is let go with its last document.
 */
export class JournalResults implements SampleResults {
  readonly #histories = new Map<string, SampleHistory>();
  /** Projects by folder of a document, as of the last look. */
  readonly #folders = new Map<string, string | undefined>();
  readonly #listeners = new Set<() => void>();
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly openUris: () => Iterable<string>) {}

  of(uri: string, sampleId: string): SampleResult | undefined {
    const directory = this.#directoryOf(uri);
    return directory === undefined ? undefined : this.#history(directory).get(sampleId);
  }

  inProject(uri: string): boolean {
    return this.#directoryOf(uri) !== undefined;
  }

  readonly onDidChange = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Looks at all files now. Resolves when what was added is in force. */
  async refresh(): Promise<void> {
    this.#folders.clear();
    const used = new Set([...this.openUris()].map((uri) => this.#directoryOf(uri)));
    for (const directory of this.#histories.keys()) if (!used.has(directory)) this.#histories.delete(directory);
    const changed = await Promise.all([...this.#histories.values()].map((history) => history.refresh().catch(() => false)));
    if (changed.includes(true)) this.#tell();
  }

  #history(directory: string): SampleHistory {
    const known = this.#histories.get(directory);
    if (known !== undefined) return known;
    const history = new SampleHistory(directory);
    this.#histories.set(directory, history);
    void history.refresh().then(
      (changed) => changed && this.#tell(),
      () => undefined,
    );
    this.#look();
    return history;
  }

  /** As long as there is anything to look at. */
  #look(): void {
    if (this.#timer !== undefined || this.#histories.size === 0) return;
    this.#timer = setTimeout(() => {
      void this.refresh().finally(() => {
        this.#timer = undefined;
        this.#look();
      });
    }, lookEveryMs);
    this.#timer.unref();
  }

  #directoryOf(uri: string): string | undefined {
    const file = pathOf(uri);
    if (file === undefined) return undefined;
    const folder = dirname(file);
    if (!this.#folders.has(folder)) this.#folders.set(folder, projectFolderOf(file));
    return this.#folders.get(folder);
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
