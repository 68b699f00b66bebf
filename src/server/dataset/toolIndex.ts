import type { Companions } from '../../core/dataset/companions.ts';
import type { Dialect } from '../../core/dataset/dialect.ts';
import { toolUsesOf, type ToolUses } from '../../core/dataset/toolUses.ts';
import { Turns } from '../../node/turns.ts';
import { noteRead } from '../memory.ts';
import { pause, pauseInBackground } from '../pause.ts';
import { lastSample } from './lastSample.ts';
import type { OpenDataset } from './openDataset.ts';
import { RecordMemo } from './recordMemo.ts';
import { passingRecord } from './splitRecords.ts';

/** How often a tool is defined and called in a dataset, with how many different parameter schemas, and the first record that does. */
export type ToolCounts = { readonly definitions: number; readonly calls: number; readonly schemas: number; readonly firstRecord: number };

/** The tools of an open dataset and their uses. It follows edits in the background: until it has, the counts are those of before, without the records that were edited. */
export interface ToolIndex {
  /** False while records are still to be read; the counts are then too low, or those from before the last edit. */
  readonly isComplete: boolean;
  /** Undefined for a name that the dataset neither defines nor calls, as far as it has been read. */
  tool(name: string): ToolCounts | undefined;
  names(): readonly string[];
  /** Numbers of the records that define or call the tool, ascending; waits until all are known. Undefined when `isStale` said so. */
  recordsOf(name: string, isStale: () => boolean): Promise<readonly number[] | undefined>;
  /** Goes on for a turn before requests that wait, since this one waits for it. */
  hurry(): Promise<void>;
}

const indexes = new WeakMap<OpenDataset, LiveToolIndex>();

/** The index of a dataset; it starts to be built when it is first asked for. Costs nothing when it is up to date. */
export function toolIndexOf(dataset: OpenDataset): ToolIndex {
  let index = indexes.get(dataset);
  if (index === undefined) indexes.set(dataset, (index = new LiveToolIndex(dataset)));
  index.follow();
  return index;
}

type Counts = { definitions: number; calls: number; readonly schemas: Map<string, number> };

/** Of a text so long, in characters, all records are only looked through again when nobody has typed for some milliseconds. */
const longText = 1_000_000;
const restMs = 300;

class LiveToolIndex implements ToolIndex {
  private readonly counts = new Map<string, Counts>();
  private readonly memo: RecordMemo<ToolUses>;
  private builtVersion: number | undefined;
  private companions: Companions | undefined;
  private dialect: Dialect | undefined;
  private building: Promise<void> | undefined;
  private waiting = 0;

  constructor(private readonly dataset: OpenDataset) {
    this.memo = new RecordMemo(dataset.document, (uses) => this.add(uses, -1));
  }

  get isComplete(): boolean {
    const { document, dialect } = this.dataset;
    return this.builtVersion === document.version && this.dialect === dialect && this.companions === this.dataset.record(0)?.companions;
  }

  tool(name: string): ToolCounts | undefined {
    const counts = this.counts.get(name);
    if (counts === undefined) return undefined;
    const { definitions, calls, schemas } = counts;
    const first = (): number => this.firstRecord(name);
    return {
      definitions,
      calls,
      schemas: schemas.size,
      // Looked for only when it is asked for.
      get firstRecord() {
        return first();
      },
    };
  }

  names(): readonly string[] {
    return [...this.counts.keys()];
  }

  async recordsOf(name: string, isStale: () => boolean): Promise<readonly number[] | undefined> {
    for (this.follow(); !this.isComplete; this.follow()) {
      if (isStale()) return undefined;
      await this.hurry();
    }
    const found: number[] = [];
    for (let record = 0, { size } = this.memo; record < size; record += 1) if (has(this.memo.at(record)?.value, name)) found.push(record);
    return found;
  }

  async hurry(): Promise<void> {
    this.waiting += 1;
    await pause();
    this.waiting -= 1;
  }

  follow(): void {
    if (this.isComplete || this.building !== undefined) return;
    this.building = this.build().finally(() => (this.building = undefined));
  }

  /** Goes through all records; begins again when the text changes on the way, with what has been read kept. */
  private async build(): Promise<void> {
    const turns = new Turns(() => pauseInBackground(() => this.waiting > 0));
    do {
      await turns.next();
      await this.rest();
    } while (!(await this.read(turns)));
  }

  /** Until nobody types, or somebody waits. */
  private async rest(): Promise<void> {
    const { document } = this.dataset;
    if (this.builtVersion === undefined || document.length < longText) return;
    let { version } = document;
    for (let until = performance.now() + restMs; this.waiting === 0 && performance.now() < until; ) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      if (document.version !== version) until = performance.now() + restMs;
      ({ version } = document);
    }
  }

  private async read(turns: Turns): Promise<boolean> {
    const { dataset, memo } = this;
    const { version } = dataset.document;
    const companions = dataset.record(0)?.companions;
    // What was read otherwise says nothing.
    if (companions !== this.companions || dataset.dialect !== this.dialect) memo.clear();
    this.companions = companions;
    this.dialect = dataset.dialect;
    let end = 0;
    for (let index = 0; ; index += 1) {
      const record = passingRecord(dataset, index);
      const { start } = record?.span ?? { start: Infinity };
      memo.clearBetween(end, start);
      if (record === undefined) break;
      ({ end } = record.span);
      if (memo.get(start, end) === undefined) {
        noteRead(record.text.length);
        const uses = toolUsesOf(lastSample(dataset, record));
        memo.set(start, end, uses);
        this.add(uses, 1);
      }
      if (!turns.isOver) continue;
      await turns.next();
      if (dataset.document.version !== version || dataset.dialect !== this.dialect) return false;
    }
    this.builtVersion = version;
    return true;
  }

  private firstRecord(name: string): number {
    for (let index = 0, { size } = this.memo; index < size; index += 1) {
      const entry = this.memo.at(index);
      if (!has(entry?.value, name)) continue;
      // There is an entry for each record once all are read.
      return this.isComplete ? index : this.dataset.recordsIn(entry?.start ?? 0, entry?.start ?? 0).first;
    }
    return 0;
  }

  private add({ defined, called }: ToolUses, sign: 1 | -1): void {
    for (const { name, schema } of defined) {
      const found = this.of(name);
      found.definitions += sign;
      const schemas = (found.schemas.get(schema) ?? 0) + sign;
      if (schemas === 0) found.schemas.delete(schema);
      else found.schemas.set(schema, schemas);
      this.drop(name, found);
    }
    for (const [name, calls] of called) {
      const found = this.of(name);
      found.calls += sign * calls;
      this.drop(name, found);
    }
  }

  private of(name: string): Counts {
    let found = this.counts.get(name);
    if (found === undefined) this.counts.set(name, (found = { definitions: 0, calls: 0, schemas: new Map() }));
    return found;
  }

  private drop(name: string, { definitions, calls }: Counts): void {
    if (definitions === 0 && calls === 0) this.counts.delete(name);
  }
}

function has(uses: ToolUses | undefined, name: string): boolean {
  return uses !== undefined && (uses.called.has(name) || uses.defined.some((tool) => tool.name === name));
}
