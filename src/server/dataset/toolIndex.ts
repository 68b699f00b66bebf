import type { Companions } from '../../core/dataset/companions.ts';
import type { Dialect } from '../../core/dataset/dialect.ts';
import { toolUsesOf, type ToolUses } from '../../core/dataset/toolUses.ts';
import { pause } from '../pause.ts';
import { lastSample, recordKey } from './lastSample.ts';
import type { OpenDataset } from './openDataset.ts';

/** How often a tool is defined and called in a dataset, with how many different parameter schemas, and the first record that does. */
export type ToolCounts = { readonly definitions: number; readonly calls: number; readonly schemas: number; readonly firstRecord: number };

/** The tools of an open dataset and their uses. It follows edits in the background: until it has, the counts are those of before. */
export interface ToolIndex {
  /** False while records are still to be read; the counts are then too low, or those from before the last edit. */
  readonly isComplete: boolean;
  /** Undefined for a name that the dataset neither defines nor calls, as far as it has been read. */
  tool(name: string): ToolCounts | undefined;
  names(): readonly string[];
  /** Numbers of the records that define or call the tool, ascending; waits until all are known. Undefined when `isStale` said so. */
  recordsOf(name: string, isStale: () => boolean): Promise<readonly number[] | undefined>;
}

const indexes = new WeakMap<OpenDataset, LiveToolIndex>();

/** The index of a dataset; it starts to be built when it is first asked for. Costs nothing when it is up to date. */
export function toolIndexOf(dataset: OpenDataset): ToolIndex {
  let index = indexes.get(dataset);
  if (index === undefined) indexes.set(dataset, (index = new LiveToolIndex(dataset)));
  index.follow();
  return index;
}

type Counts = { definitions: number; calls: number; readonly schemas: Set<string>; readonly firstRecord: number };
type Entry = { readonly hash: string; readonly uses: ToolUses };

const charactersBetweenPauses = 200_000;

class LiveToolIndex implements ToolIndex {
  private entries: readonly Entry[] = [];
  private counts = new Map<string, Counts>();
  private builtVersion: number | undefined;
  private companions: Companions | undefined;
  private dialect: Dialect | undefined;
  private building: Promise<void> | undefined;
  /** By the hash of a record's text, so that an edit costs the reading of the records that it touched. */
  private known = new Map<string, ToolUses>();

  constructor(private readonly dataset: OpenDataset) {}

  get isComplete(): boolean {
    const { document, dialect } = this.dataset;
    return this.builtVersion === document.version && this.dialect === dialect && this.companions === this.dataset.record(0)?.companions;
  }

  tool(name: string): ToolCounts | undefined {
    const counts = this.counts.get(name);
    return counts && { definitions: counts.definitions, calls: counts.calls, schemas: counts.schemas.size, firstRecord: counts.firstRecord };
  }

  names(): readonly string[] {
    return [...this.counts.keys()];
  }

  async recordsOf(name: string, isStale: () => boolean): Promise<readonly number[] | undefined> {
    for (this.follow(); !this.isComplete; this.follow()) {
      if (isStale()) return undefined;
      await pause();
    }
    const found: number[] = [];
    for (const [record, { uses }] of this.entries.entries()) if (uses.called.has(name) || uses.defined.some((tool) => tool.name === name)) found.push(record);
    return found;
  }

  follow(): void {
    if (this.isComplete || this.building !== undefined) return;
    this.building = this.build().finally(() => (this.building = undefined));
  }

  /** Goes through all records; begins again when the text changes on the way. */
  private async build(): Promise<void> {
    for (;;) {
      await pause();
      const { version } = this.dataset.document;
      const entries = await this.readEntries(version);
      if (entries === undefined) continue;
      this.entries = entries;
      this.known = new Map(entries.map(({ hash, uses }) => [hash, uses]));
      this.counts = countsOf(entries);
      this.builtVersion = version;
      return;
    }
  }

  private async readEntries(version: number): Promise<readonly Entry[] | undefined> {
    const { dataset } = this;
    const entries: Entry[] = [];
    const companions = dataset.record(0)?.companions;
    // What was read otherwise says nothing.
    if (companions !== this.companions || dataset.dialect !== this.dialect) this.known.clear();
    this.companions = companions;
    this.dialect = dataset.dialect;
    // Before anything is known, what has been read so far is better than nothing.
    const growing = this.builtVersion === undefined ? (this.counts = new Map<string, Counts>()) : undefined;
    let sincePause = 0;
    for (let index = 0; index < dataset.recordCount; index += 1) {
      const record = dataset.record(index);
      if (record === undefined) break;
      const hash = recordKey(record.text);
      let uses = this.known.get(hash);
      if (uses === undefined) this.known.set(hash, (uses = toolUsesOf(lastSample(dataset, record))));
      entries.push({ hash, uses });
      if (growing !== undefined) addUses(growing, uses, index);
      sincePause += record.text.length;
      if (sincePause < charactersBetweenPauses) continue;
      sincePause = 0;
      await pause();
      if (dataset.document.version !== version) return undefined;
    }
    return entries;
  }
}

function countsOf(entries: readonly Entry[]): Map<string, Counts> {
  const counts = new Map<string, Counts>();
  for (const [record, { uses }] of entries.entries()) addUses(counts, uses, record);
  return counts;
}

function addUses(counts: Map<string, Counts>, { defined, called }: ToolUses, record: number): void {
  const of = (name: string): Counts => {
    let found = counts.get(name);
    if (found === undefined) counts.set(name, (found = { definitions: 0, calls: 0, schemas: new Set(), firstRecord: record }));
    return found;
  };
  for (const { name, schema } of defined) {
    const found = of(name);
    found.definitions += 1;
    found.schemas.add(schema);
  }
  for (const [name, calls] of called) of(name).calls += calls;
}
