import type { JsonValue } from '../json/value.ts';
import { noCompanions, type Companions } from './companions.ts';
import type { Dialect, RecordReading, Steps } from './dialect.ts';
import { dialects } from './dialects.generated.ts';
import { RecordParser } from './recordParser.ts';

/** A record that is JSON. `warnings` tell of what the parser tolerated, such as a doubled key. */
export type ReadValue = { readonly ok: true; readonly value: JsonValue; readonly dialect: Dialect; readonly reading: RecordReading; readonly warnings: readonly string[] };
/** `offset` is a UTF-16 offset of the record's text. */
export type RefusedText = { readonly ok: false; readonly offset: number; readonly message: string };

export type Recognised = { readonly dialect: Dialect | undefined; readonly confidence: number };

/** So many records of a file are looked at to recognise its dialect. */
export const recordsLookedAt = 20;

/** The dialect that the first records of a file are of, with its mean confidence over them. */
export function recogniseValues(values: readonly JsonValue[]): Recognised {
  return rankDialects(values).reduce<Recognised>((best, one) => (one.confidence > best.confidence ? one : best), { dialect: undefined, confidence: 0 });
}

/** Every dialect with its mean confidence over the first records of a file, in no order. */
export function rankDialects(values: readonly JsonValue[]): readonly { readonly dialect: Dialect; readonly confidence: number }[] {
  const looked = values.slice(0, recordsLookedAt);
  return dialects.map((dialect) => {
    const sum = looked.reduce<number>((total, value) => total + dialect.detect(value), 0);
    return { dialect, confidence: looked.length === 0 ? 0 : sum / looked.length };
  });
}

/** Another dialect than the file's has to be this sure before it takes a record. */
const leastForOther = 0.9;

/**
 * Reads the records of one file. A record that is not of the file's dialect, but plainly of another, is read as that one, so
 * that mixed files lose nothing.
 */
export class RecordReader {
  private readonly parser = new RecordParser();

  constructor(
    readonly dialect: Dialect | undefined,
    private readonly options: { readonly steps: Steps; readonly companions?: Companions | undefined; readonly fixed?: boolean },
  ) {}

  /** `index` is the record's place in its file, from 0. */
  readText(text: string, index: number): ReadValue | RefusedText {
    const parsed = this.parser.parse(text);
    return parsed.ok ? { ok: true, warnings: parsed.warnings, ...this.readValue(parsed.value, index) } : parsed;
  }

  readValue(value: JsonValue, index: number): { readonly value: JsonValue; readonly dialect: Dialect; readonly reading: RecordReading } {
    const dialect = this.dialectOf(value) ?? unknownDialect;
    return { value, dialect, reading: dialect.read(value, { steps: this.options.steps, companions: this.options.companions ?? noCompanions, index }) };
  }

  private dialectOf(value: JsonValue): Dialect | undefined {
    const { dialect } = this;
    if (dialect !== undefined && (this.options.fixed === true || dialect.unit === 'file' || dialect.detect(value) > 0)) return dialect;
    const other = recogniseValues([value]);
    return other.confidence >= leastForOther ? other.dialect : dialect;
  }
}

/** What reads the records that no dialect knows: as problems. */
export const unknownDialect: Dialect = {
  id: 'unknown',
  name: 'no known dialect',
  detect: () => 0,
  read: () => ({ samples: [], problems: [{ path: [], message: 'the record is of no known dialect' }] }),
};
