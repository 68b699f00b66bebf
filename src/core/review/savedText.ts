import { changedRecords, type ChangedRecord } from '../dataset/changedRecords.ts';
import type { Companions } from '../dataset/companions.ts';
import type { Dialect } from '../dataset/dialect.ts';
import type { Label } from '../dataset/sample.ts';

export type HashedLabel = { readonly label: Label; readonly labelHash: string };
export type LabelChange = { readonly sampleId: string; readonly before: HashedLabel; readonly after: HashedLabel };

/** Samples that a save took out of the file, kept in case that they come back with the next one. */
const mostLost = 1000;

/** What a dataset's file holds, as far as the editor knows: with each save it tells which samples have another label now. */
export class SavedText {
  private readonly lost = new Map<string, HashedLabel>();

  /** Texts are asked for when they are needed: few files are ever saved with other labels. */
  constructor(private text: () => string) {}

  get current(): () => string {
    return this.text;
  }

  /** The file was changed by somebody else: what it says now is where the next save starts from. */
  rebase(text: () => string): void {
    this.text = text;
    this.lost.clear();
  }

  /**
   * Of samples with several occurrences the last one that changed counts. A label that cannot be read is none: the sample is
   * taken for lost until it has one again. Labels in companion files are left out. Yields so that other work comes in.
   */
  *save(saved: () => string, dialect: Dialect, companions: Companions): Generator<undefined, readonly LabelChange[]> {
    const before = this.text();
    const text = saved();
    this.text = saved;
    // A file that is one record altogether is read as such.
    const changed = yield* changedRecords(before, text, dialect.companions !== undefined || dialect.unit === 'file');
    const whole = dialect.unit === 'file';
    const old = yield* labelsOf(whole ? joined(yield* changedRecords('', before, true)) : changed.before, dialect, companions);
    const current = yield* labelsOf(whole ? joined(yield* changedRecords('', text, true)) : changed.after, dialect, companions);
    return this.compare(old, current);
  }

  private compare(old: LabelsById, current: LabelsById): readonly LabelChange[] {
    const changes: LabelChange[] = [];
    for (const [sampleId, labels] of current) {
      const lost = this.lost.get(sampleId);
      const earlier = old.get(sampleId) ?? (lost === undefined ? [] : [lost]);
      this.lost.delete(sampleId);
      let change: LabelChange | undefined;
      for (const [index, after] of labels.entries()) {
        const before = earlier[index];
        if (before !== undefined && before.labelHash !== after.labelHash) change = { sampleId, before, after };
      }
      if (change !== undefined) changes.push(change);
    }
    for (const [sampleId, [first]] of old) {
      if (first === undefined || current.has(sampleId)) continue;
      this.lost.set(sampleId, first);
      const [oldest] = this.lost.keys();
      if (this.lost.size > mostLost && oldest !== undefined) this.lost.delete(oldest);
    }
    return changes;
  }
}

type LabelsById = ReadonlyMap<string, readonly HashedLabel[]>;

function joined({ after }: { readonly after: readonly ChangedRecord[] }): readonly ChangedRecord[] {
  return [{ value: after.map(({ value }) => value), index: 0 }];
}

function* labelsOf(records: readonly ChangedRecord[], dialect: Dialect, companions: Companions): Generator<undefined, LabelsById> {
  const labels = new Map<string, HashedLabel[]>();
  for (const [number, { value, index }] of records.entries()) {
    if (number % 50 === 49) yield undefined;
    for (const { sample, places } of dialect.read(value, { steps: 'all', companions, index: Math.max(0, index) }).samples) {
      if (sample.label.kind === 'invalid' || places().answers !== undefined) continue;
      const { id, label, labelHash } = sample;
      const known = labels.get(id);
      if (known === undefined) labels.set(id, [{ label, labelHash }]);
      else known.push({ label, labelHash });
    }
  }
  return labels;
}
