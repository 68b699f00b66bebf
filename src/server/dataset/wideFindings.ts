import { spanOfPart } from '../../core/rules/places.ts';
import { weaker, type RecordFact } from '../../core/rules/recordChecker.ts';
import { factKind, type DatasetHit, type Fact } from '../../core/rules/rule.ts';
import { Turns } from '../../node/turns.ts';
import type { CheckControl } from '../documents.ts';
import type { LiveDataset } from './liveDataset.ts';
import type { LiveFinding, LiveRecord } from './recordCheck.ts';

/** The samples of a dataset, counted through all of its records. */
type Samples = { readonly records: readonly LiveRecord[]; readonly recordOf: Uint32Array; readonly first: Uint32Array };

/**
 * Runs the rules on the whole set over what is kept of each record and puts their findings there. Undefined when that went
 * stale on the way; else whether anything is other than before. All records have to be checked.
 */
export async function findWide(dataset: LiveDataset, control: CheckControl): Promise<boolean | undefined> {
  const turns = new Turns(control.pause);
  const samples = samplesOf(dataset.live);
  if (samples === undefined) return undefined;
  const found = new Map<LiveRecord, LiveFinding[]>();
  for (const { rule, severity, options } of dataset.checker.wideRules) {
    const facts = await factsOf(factKind(rule), samples, rule.ofTools === true, turns, control);
    if (facts === undefined) return undefined;
    for (const hit of rule.conclude(facts, options)) {
      if (turns.isOver && !(await nextTurn(turns, control))) return undefined;
      if (hit === undefined) continue;
      const index = samples.recordOf[hit.sample] ?? 0;
      const record = samples.records[index];
      const finding = record && place(dataset, samples, index, record, { ...hit, severity: weaker(hit.severity, severity) }, rule.id);
      if (record === undefined || finding === undefined) continue;
      const list = found.get(record);
      if (list === undefined) found.set(record, [finding]);
      else list.push(finding);
    }
  }
  return take(dataset, samples.records, found);
}

/** False when there is no need to go on. */
async function nextTurn(turns: Turns, control: CheckControl): Promise<boolean> {
  await turns.next();
  return !control.isStale();
}

function samplesOf(live: readonly (LiveRecord | undefined)[]): Samples | undefined {
  const records: LiveRecord[] = [];
  let count = 0;
  for (const record of live) {
    if (record === undefined) return undefined;
    records.push(record);
    count += record.samples.length;
  }
  const recordOf = new Uint32Array(count);
  const first = new Uint32Array(records.length);
  let sample = 0;
  for (const [index, record] of records.entries()) {
    first[index] = sample;
    recordOf.fill(index, sample, sample + record.samples.length);
    sample += record.samples.length;
  }
  return { records, recordOf, first };
}

/** Facts of one kind in the order of the samples; equal lists of tools have one, which says all. */
async function factsOf(wanted: string, { records, first }: Samples, ofTools: boolean, turns: Turns, control: CheckControl): Promise<readonly Fact[] | undefined> {
  const facts: Fact[] = [];
  const seen = new Set<RecordFact['fact']>();
  for (const [index, record] of records.entries()) {
    if (index % 256 === 0 && turns.isOver && !(await nextTurn(turns, control))) return undefined;
    for (const { kind, sample, fact } of record.facts) {
      if (kind !== wanted || (ofTools && seen.has(fact))) continue;
      if (ofTools) seen.add(fact);
      facts.push({ sample: (first[index] ?? 0) + sample, fact });
    }
  }
  return facts;
}

function place(dataset: LiveDataset, samples: Samples, index: number, record: LiveRecord, { sample, at, message, severity, related }: DatasetHit & { readonly severity: LiveFinding['severity'] }, rule: string): LiveFinding | undefined {
  const own = sample - (samples.first[index] ?? 0);
  const sampleId = record.samples[own]?.id;
  if (sampleId === undefined || dataset.checker.settings.suppressions.hides(rule, record.says, () => sampleId)) return undefined;
  const [other] = related ?? [];
  const otherIndex = other === undefined ? index : (samples.recordOf[other] ?? index);
  const otherRecord = samples.records[otherIndex];
  const range = at.part === 'record' ? dataset.recordRange(index) : rangeOf(dataset, index, own, at);
  return { rule, severity, message, at, sampleId, range, ...(otherRecord === undefined || otherRecord === record ? {} : { related: { record: otherRecord, number: otherIndex } }) };
}

/** Relative to the record, which is read again for it. */
function rangeOf(dataset: LiveDataset, index: number, own: number, at: DatasetHit['at']): LiveFinding['range'] {
  const view = dataset.readAgain(index);
  const sample = view?.samples[own];
  return view === undefined || sample === undefined ? { start: 0, end: 1 } : spanOfPart(view.locator, sample, at);
}

function take(dataset: LiveDataset, records: readonly LiveRecord[], found: ReadonlyMap<LiveRecord, readonly LiveFinding[]>): boolean {
  let changed = false;
  for (const [index, record] of records.entries()) {
    const now = found.get(record) ?? [];
    if (now.length === record.wide.length && now.every((finding, index) => isSame(finding, record.wide[index]))) continue;
    dataset.setWide(index, now);
    changed = true;
  }
  if (changed) dataset.revision += 1;
  return changed;
}

function isSame(a: LiveFinding, b: LiveFinding | undefined): boolean {
  return b !== undefined && a.rule === b.rule && a.severity === b.severity && a.message === b.message && a.range.start === b.range.start && a.range.end === b.range.end && a.related?.record === b.related?.record;
}
