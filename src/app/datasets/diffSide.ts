import { readFile } from 'node:fs/promises';
import type { RecordReader } from '../../core/dataset/recordReader.ts';
import { dialectById } from '../../core/dataset/registry.ts';
import type { Sample } from '../../core/dataset/sample.ts';
import { RecordTexts } from '../../node/recordTexts.ts';
import { Uint32Column } from './columns.ts';
import { IdentityTable } from './identities.ts';
import { identityJob, placeNumbers, type IdentityBatch } from './identityJob.ts';
import type { PreparedInput } from './inputs.ts';
import { readerOf } from './readSetup.ts';
import { runInputs, wholeText, type RunOptions } from './runInputs.ts';

/** Where a sample stands: record and line from 0. */
export type SampleAt = { readonly path: string; readonly record: number; readonly line: number };

const words = placeNumbers + 2;
const [fileWord, offsetHigh, offsetLow, lengthWord, recordWord, lineWord, indexWord] = [0, 1, 2, 3, 4, 5, 6];
const word32 = 2 ** 32;

/** One of the two datasets that are compared: who its samples are and where they stand, in 52 bytes each. */
export class DiffSide {
  readonly identities = new IdentityTable();
  records = 0;
  unreadable = 0;
  private readonly places = new Uint32Column();
  private readonly readers = new Map<PreparedInput, RecordReader>();
  private readonly texts = new RecordTexts();
  private last: { readonly key: string; readonly samples: readonly Sample[] } | undefined;

  constructor(readonly inputs: readonly PreparedInput[]) {}

  async read(options: RunOptions): Promise<void> {
    const setups = this.inputs.map(({ setup }) => setup);
    for await (const { file, result } of runInputs(identityJob, setups, this.inputs, options)) this.add(setups.findIndex((setup) => setup.file === file), result);
  }

  get samples(): number {
    return this.identities.length;
  }

  at(sample: number): SampleAt {
    return { path: this.inputs[this.word(sample, fileWord)]?.path ?? '', record: this.word(sample, recordWord), line: this.word(sample, lineWord) };
  }

  /** The sample itself, read again; undefined where that cannot be done (a stream) or the file has changed. */
  async sample(sample: number): Promise<Sample | undefined> {
    const input = this.inputs[this.word(sample, fileWord)];
    if (input === undefined || !('part' in input.source)) return undefined;
    const { part } = input.source;
    const place = { byteOffset: this.word(sample, offsetHigh) * word32 + this.word(sample, offsetLow), byteLength: this.word(sample, lengthWord), record: this.word(sample, recordWord) };
    const key = `${part.path}\n${place.record}`;
    if (this.last?.key !== key) {
      const whole = input.setup.dialect !== undefined && dialectById(input.setup.dialect)?.unit === 'file';
      const text = whole ? wholeText(await readFile(part.path, 'utf8')) : await this.texts.read(part, place);
      const read = this.reader(input).readText(text, place.record);
      this.last = { key, samples: read.ok ? read.reading.samples.map((one) => one.sample) : [] };
    }
    return this.last?.samples[this.word(sample, indexWord)];
  }

  async close(): Promise<void> {
    await this.texts.close();
  }

  private add(file: number, { records, unreadable, identities, places }: IdentityBatch): void {
    this.records += records;
    this.unreadable += unreadable;
    this.identities.append(identities);
    const rows = new Uint32Array((places.length / placeNumbers) * words);
    for (let from = 0, to = 0; from < places.length; from += placeNumbers, to += words) {
      const [offset = 0, length = 0, record = 0, line = 0, index = 0] = places.subarray(from, from + placeNumbers);
      rows.set([file, Math.floor(offset / word32), offset % word32, length, record, line, index], to);
    }
    this.places.append(rows);
  }

  private reader(input: PreparedInput): RecordReader {
    let reader = this.readers.get(input);
    if (reader === undefined) this.readers.set(input, (reader = readerOf(input.setup)));
    return reader;
  }

  private word(sample: number, word: number): number {
    return this.places.at(sample * words + word);
  }
}
