import { readFile } from 'node:fs/promises';
import type { RecordReader } from '../../core/dataset/recordReader.ts';
import { dialectById } from '../../core/dataset/registry.ts';
import type { Sample } from '../../core/dataset/sample.ts';
import { RecordTexts } from '../../node/recordTexts.ts';
import { IdentityTable } from './identities.ts';
import { identityJob, type IdentityBatch } from './identityJob.ts';
import type { PreparedInput } from './inputs.ts';
import { readerOf } from './readSetup.ts';
import { runInputs, wholeText, type RunOptions } from './runInputs.ts';
import { SamplePlaces } from './samplePlaces.ts';

/** Where a sample stands: record and line from 0. */
export type SampleAt = { readonly path: string; readonly record: number; readonly line: number };

/** One of the two datasets that are compared: who its samples are and where they stand, in some 30 bytes each. */
export class DiffSide {
  readonly identities = new IdentityTable();
  records = 0;
  unreadable = 0;
  private readonly places = new SamplePlaces<PreparedInput>();
  private readonly readers = new Map<PreparedInput, RecordReader>();
  private readonly texts = new RecordTexts();
  private last: { readonly key: string; readonly samples: readonly Sample[] } | undefined;

  constructor(readonly inputs: readonly PreparedInput[]) {}

  async read(options: RunOptions): Promise<void> {
    const setups = this.inputs.map(({ setup }) => setup);
    for await (const { file, result } of runInputs(identityJob, setups, this.inputs, options)) this.add(this.inputs.find(({ setup }) => setup.file === file), result);
  }

  get samples(): number {
    return this.identities.length;
  }

  at(sample: number): SampleAt {
    const { file, record, line } = this.places.at(sample);
    return { path: file.path, record, line };
  }

  /** The sample itself, read again; undefined where that cannot be done (a stream) or the file has changed. */
  async sample(sample: number): Promise<Sample | undefined> {
    const place = this.places.at(sample);
    const input = place.file;
    if (!('part' in input.source)) return undefined;
    const { part } = input.source;
    const key = `${part.path}\n${place.record}`;
    if (this.last?.key !== key) {
      const whole = input.setup.dialect !== undefined && dialectById(input.setup.dialect)?.unit === 'file';
      const text = whole ? wholeText(await readFile(part.path, 'utf8')) : await this.texts.read(part, place);
      const read = this.reader(input).readText(text, place.record);
      this.last = { key, samples: read.ok ? read.reading.samples.map((one) => one.sample) : [] };
    }
    return this.last?.samples[place.index];
  }

  async close(): Promise<void> {
    await this.texts.close();
  }

  private add(input: PreparedInput | undefined, { records, unreadable, identities, places }: IdentityBatch): void {
    if (input === undefined) return;
    this.records += records;
    this.unreadable += unreadable;
    this.identities.append(identities);
    this.places.add(input, places);
  }

  private reader(input: PreparedInput): RecordReader {
    let reader = this.readers.get(input);
    if (reader === undefined) this.readers.set(input, (reader = readerOf(input.setup)));
    return reader;
  }
}
