import { isJsonArray } from '../json/member.ts';
import { parseJson } from '../json/parse.ts';
import { canonicalJson, stringifySpaced } from '../json/stringify.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../json/value.ts';
import { noCompanions } from './companions.ts';
import type { Dialect, RecordReading, RecordSample, Steps } from './dialect.ts';
import { extrasKey } from './reading/recordExtras.ts';
import type { Sample } from './sample.ts';

/**
 * Something of a record that its conversion does not hold. `part`: the record's own word for it (`reasoning`, `images`);
 * `field`: a member of the record that no sample takes up; `tool extras`: what a dataset says of a tool beside its definition;
 * `prose`: text beside the calls of a label; `context`, `label`, `family`: what a sample reads back as differs; `added step`:
 * an answer that was context only, or left out by `steps`, and reads back as a sample.
 */
export type Loss = { readonly kind: 'part' | 'field' | 'tool extras' | 'prose' | 'context' | 'label' | 'family' | 'added step'; readonly name?: string };

/** Rows as JSON texts on one line each, in the order of the samples. */
export type ConvertedRecord = { readonly rows: readonly string[]; readonly losses: readonly Loss[] };

/**
 * Writes the samples of one record as rows of another dialect. A row that holds a dialogue stands for all samples that read
 * back from it, so that a record of several steps stays one row where the dialect can say so; every row is read back, and
 * what does not come out the same is a loss.
 */
export function convertRecord(value: JsonValue, samples: readonly RecordSample[], target: Dialect, steps: Steps): ConvertedRecord {
  if (target.write === undefined || samples.length === 0) return { rows: [], losses: [] };
  const rows: string[] = [];
  const losses: Loss[] = lossesOfRecord(value, samples);
  const left = [...samples];
  // The longest sample first: its row may hold the others.
  for (let last = left.pop(); last !== undefined; last = left.pop()) {
    const row = target.write(last.sample);
    let text = stringifySpaced(row);
    let held = holds(readBack(text, target, steps), last, left);
    if (held.added.size > 0 && target.contextOnly !== undefined) {
      const marked = stringifySpaced(target.contextOnly(row, held.added));
      const again = holds(readBack(marked, target, steps), last, left);
      if (again.losses.length < held.losses.length) [text, held] = [marked, again];
    }
    rows.push(text);
    losses.push(...held.losses);
    for (const sample of held.samples) left.splice(left.indexOf(sample), 1);
  }
  return { rows: rows.reverse(), losses };
}

type Held = {
  /** Earlier samples of the record that the row holds too. */
  readonly samples: readonly RecordSample[];
  /** Steps of the row that are samples of no one. */
  readonly added: ReadonlySet<number>;
  readonly losses: readonly Loss[];
};

/** What a row, as it reads back, holds of the sample that it was written for and of the samples before it. */
function holds(back: readonly RecordSample[], written: RecordSample, before: readonly RecordSample[]): Held {
  const own = back.findLast(({ sample }) => isSame(sample, written.sample));
  if (own === undefined) return { samples: [], added: new Set(), losses: differences(written.sample, back.at(-1)?.sample) };
  const losses = [...lossesBeside(written, own)];
  const taken = new Set([own]);
  const samples: RecordSample[] = [];
  for (const earlier of before.toReversed()) {
    const found = back.find((one) => !taken.has(one) && isSame(one.sample, earlier.sample));
    if (found === undefined) continue;
    losses.push(...lossesBeside(earlier, found));
    taken.add(found);
    samples.push(earlier);
  }
  const added = back.filter((one) => !taken.has(one));
  return { samples, added: new Set(added.map(({ step }) => step)), losses: [...losses, ...added.map((): Loss => ({ kind: 'added step' }))] };
}

function readBack(text: string, target: Dialect, steps: Steps): RecordReading['samples'] {
  const parsed = parseJson(text);
  return parsed.ok ? target.read(parsed.value, { steps, companions: noCompanions, index: 0 }).samples : [];
}

function isSame(a: Sample, b: Sample): boolean {
  return a.labelHash === b.labelHash && a.id === b.id && a.family === b.family;
}

function differences(sample: Sample, back: Sample | undefined): Loss[] {
  const losses: Loss[] = [];
  if (back?.id !== sample.id) losses.push({ kind: 'context' });
  if (back?.labelHash !== sample.labelHash) losses.push({ kind: 'label', name: sample.label.kind });
  if (back?.id === sample.id && back.family !== sample.family) losses.push({ kind: 'family' });
  return losses;
}

/** What stands beside a sample and is no part of its identity. */
function lossesBeside(read: RecordSample, back: RecordSample): readonly Loss[] {
  const losses: Loss[] = [];
  if (read.prose !== undefined && read.prose !== back.prose) losses.push({ kind: 'prose' });
  const lost = read.sample.tools.some(({ extras }, i) => extras !== undefined && canonicalJson(extras) !== canonicalJson(back.sample.tools[i]?.extras ?? null));
  if (lost) losses.push({ kind: 'tool extras' });
  return losses;
}

function lossesOfRecord(value: JsonValue, samples: readonly RecordSample[]): Loss[] {
  const parts = new Set(samples.flatMap(({ unheld }) => unheld ?? []));
  const fields = isJsonObject(value) ? fieldsBeside(value, samples).filter((field) => !parts.has(field)) : [];
  return [...[...parts].map((name): Loss => ({ kind: 'part', name })), ...fields.map((name): Loss => ({ kind: 'field', name }))];
}

/** Members of the record that no part of a sample stands in. What is empty says nothing. */
function fieldsBeside(record: JsonObject, samples: readonly RecordSample[]): readonly string[] {
  const used = new Set<unknown>([extrasKey]);
  for (const { places } of samples) {
    const { tools, messages, label, answers } = places();
    for (const path of [...tools, ...messages, ...(answers === undefined ? [label] : [])]) used.add(path[0]);
  }
  return Object.keys(record).filter((key) => !used.has(key) && !isEmpty(record[key] ?? null));
}

function isEmpty(value: JsonValue): boolean {
  if (value === null || value === '') return true;
  return isJsonArray(value) ? value.length === 0 : isJsonObject(value) && Object.keys(value).length === 0;
}
