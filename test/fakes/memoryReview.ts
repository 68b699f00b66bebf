import type { DecisionOperation } from '../../src/core/review/decision.ts';
import { DecisionFold } from '../../src/core/review/foldDecisions.ts';
import { describePair } from '../../src/core/review/pairs/describePair.ts';
import type { QueueItem } from '../../src/core/review/queue/queueItem.ts';
import type { QueueSpec, SavedQueue } from '../../src/core/review/queue/queueSpec.ts';
import type { DecisionLog } from '../../src/app/review/decisionLog.ts';
import type { ReviewPair, ReviewSource } from '../../src/app/review/reviewSource.ts';
import type { SavedQueues } from '../../src/app/review/session/sessionPorts.ts';

/** Pairs in memory; `replace` is what a journal that grew or a label that was changed is on the disk. */
export class MemorySource implements ReviewSource {
  readonly predictions = undefined;
  warnings: readonly string[] = [];
  disposed = false;
  #pairs: ReadonlyMap<string, ReviewPair> = new Map();
  #items: readonly QueueItem[] = [];

  constructor(
    pairs: readonly ReviewPair[],
    readonly round: number | undefined = 1,
    readonly title = 'Round 1',
  ) {
    this.replace(pairs);
  }

  replace(pairs: readonly ReviewPair[]): void {
    this.#pairs = new Map(pairs.map((pair) => [pair.sample.id, pair]));
    this.#items = pairs.map(describePair);
  }

  get pairs(): readonly ReviewPair[] {
    return [...this.#pairs.values()];
  }

  /** Pairs that are not read yet; `finish` reads them. */
  unread = 0;
  finish = (): void => undefined;
  readonly #settled = new Promise<void>((resolve) => (this.finish = resolve));

  async settled(): Promise<void> {
    return this.#settled;
  }

  async items(): Promise<readonly QueueItem[]> {
    return this.#items;
  }

  async pair(sampleId: string): Promise<ReviewPair | undefined> {
    return this.#pairs.get(sampleId);
  }

  dispose(): void {
    this.disposed = true;
  }
}

/** The lines of a decisions file, shared by the logs of several sessions. */
export class MemoryLines {
  readonly operations: DecisionOperation[] = [];
  readonly watchers = new Set<() => void>();

  constructor(operations: readonly DecisionOperation[] = []) {
    this.operations.push(...operations);
  }

  write(operations: readonly DecisionOperation[]): void {
    this.operations.push(...operations);
    for (const changed of this.watchers) changed();
  }
}

export class MemoryLog implements DecisionLog {
  readonly warnings: readonly string[] = [];
  readonly state = new DecisionFold();
  /** What the next `append` throws. */
  trouble: Error | undefined;
  #read = 0;

  constructor(readonly lines: MemoryLines = new MemoryLines()) {}

  async refresh(): Promise<ReadonlySet<string>> {
    const added = this.lines.operations.slice(this.#read);
    this.#read += added.length;
    return this.state.add(added);
  }

  async append(operations: readonly DecisionOperation[]): Promise<ReadonlySet<string>> {
    const { trouble } = this;
    this.trouble = undefined;
    if (trouble !== undefined) throw trouble;
    this.lines.write(operations);
    return this.refresh();
  }

  watch(changed: () => void): { dispose(): void } {
    this.lines.watchers.add(changed);
    return { dispose: () => void this.lines.watchers.delete(changed) };
  }
}

export class MemoryQueues implements SavedQueues {
  constructor(public queues: readonly SavedQueue[] = []) {}

  async read(): Promise<readonly SavedQueue[]> {
    return this.queues;
  }

  async save(name: string, spec: QueueSpec): Promise<readonly SavedQueue[]> {
    this.queues = [...this.queues.filter((queue) => queue.name !== name), { name, spec }];
    return this.queues;
  }

  async delete(name: string): Promise<readonly SavedQueue[]> {
    this.queues = this.queues.filter((queue) => queue.name !== name);
    return this.queues;
  }
}
