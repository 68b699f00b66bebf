import type { Steps } from '../../core/dataset/dialect.ts';
import { RecordReader } from '../../core/dataset/recordReader.ts';
import { dialectById } from '../../core/dataset/registry.ts';
import { unpackCompanions, type PackedCompanion } from './packedCompanions.ts';

/** Everything that a thread needs to read the records of one file; plain data. */
export type ReadSetup = {
  /** What batches call the file: its absolute path, or the name of a stream. */
  readonly file: string;
  /** Undefined where the file is of no known dialect. */
  readonly dialect: string | undefined;
  /** True when it was named, not recognised: then every record is read as it. */
  readonly fixedDialect: boolean;
  readonly steps: Steps;
  readonly companions: readonly PackedCompanion[];
};

export function readerOf({ dialect, steps, companions, fixedDialect }: ReadSetup): RecordReader {
  return new RecordReader(dialect === undefined ? undefined : dialectById(dialect), { steps, companions: unpackCompanions(companions), fixed: fixedDialect });
}

/** Readers of several inputs, each made when its first records come. */
export class InputReaders {
  private readonly readers = new Map<string, { readonly reader: RecordReader; readonly input: ReadSetup }>();

  constructor(private readonly inputs: readonly ReadSetup[]) {}

  /** `file` is that of a batch. */
  of(file: string): { readonly reader: RecordReader; readonly input: ReadSetup } {
    let known = this.readers.get(file);
    if (known !== undefined) return known;
    const input = this.inputs.find((one) => one.file === file);
    if (input === undefined) throw new Error(`there is no set-up for ${file}`);
    this.readers.set(file, (known = { reader: readerOf(input), input }));
    return known;
  }
}
