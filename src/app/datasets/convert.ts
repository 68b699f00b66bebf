import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import type { Loss } from '../../core/dataset/convertRecord.ts';
import type { Steps } from '../../core/dataset/dialect.ts';
import { dialects } from '../../core/dataset/dialects.generated.ts';
import { dialectById } from '../../core/dataset/registry.ts';
import { LoopToolError } from '../../core/errors.ts';
import type { Progress } from '../../node/datasetSource.ts';
import { fileChunks } from '../../node/fileChunks.ts';
import { OutputFile, streamOutput } from '../../node/outputFile.ts';
import type { AppPorts } from '../ports.ts';
import { convertJob, type ConvertedBatch, type UnreadableRecord } from './convertJob.ts';
import { prepareInputs, type PreparedInput } from './inputs.ts';
import type { OutputContainer } from './outputContainer.ts';
import { runInputs } from './runInputs.ts';
import { parquetWriter, textWriter, type RowWriter } from './rowWriter.ts';

export type ConvertOptions = {
  /** Files, folders, `-` for the standard input. */
  readonly files: readonly string[];
  readonly to: string;
  readonly from?: string | undefined;
  readonly steps?: Steps | undefined;
  /** `-` for the standard output. */
  readonly output: string;
  /** By the name of the output when absent: .json a list, .parquet Parquet, any other JSON Lines. */
  readonly container?: OutputContainer | undefined;
  /** Whether a file that is there may be replaced. */
  readonly force: boolean;
  readonly threads?: number | undefined;
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly signal: AbortSignal;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
};

export type CountedLoss = Loss & { readonly count: number };

export type ConvertResult = {
  readonly inputs: readonly { readonly path: string; readonly dialect: string; readonly confidence: number; readonly notes: readonly string[] }[];
  readonly output: string;
  readonly container: OutputContainer;
  /** True when nothing was to be changed, and the bytes are those of the input. */
  readonly copied: boolean;
  readonly records: number;
  readonly samples: number;
  readonly rows: number;
  /** Readable records that give no sample, and so no row. */
  readonly empty: number;
  /** Records, or parts of records, that cannot be read: all of them counted, the first ones with their places (lines and columns from 0). */
  readonly unreadable: { readonly count: number; readonly first: readonly (UnreadableRecord & { readonly path: string })[] };
  /** What the rows do not hold, the most frequent first. */
  readonly losses: readonly CountedLoss[];
  readonly notes: readonly string[];
};

const mostPlaces = 20;

/** Writes datasets in another dialect or container, record by record. Throws LoopToolError `usage`, `dataset-missing`, `dataset-unreadable`, `write-failed` or `worker-failed`. */
export async function convert(ports: AppPorts, options: ConvertOptions): Promise<ConvertResult> {
  const container = containerOf(options);
  requireWritable(options.to);
  if (options.output !== '-') await requireFree(options);
  const inputs = await prepareInputs(options.files, { dialect: options.from, steps: options.steps, stdin: options.stdin, signal: options.signal });
  const run = new Conversion(ports, options, inputs, container);
  return (await run.copy()) ?? (await run.convert());
}

function containerOf({ container, output }: ConvertOptions): OutputContainer {
  const byName = new Map<string, OutputContainer>([['.json', 'array'], ['.parquet', 'parquet']]);
  const chosen = container ?? byName.get(extname(output).toLowerCase()) ?? 'jsonl';
  if (chosen === 'parquet' && output === '-') throw new LoopToolError('usage', 'Parquet cannot be written to the standard output. Name a file: -o FILE');
  return chosen;
}

function requireWritable(to: string): void {
  if (dialectById(to)?.write !== undefined) return;
  const writable = dialects.filter(({ write }) => write !== undefined).map(({ id }) => id);
  const known = dialectById(to) === undefined ? 'There is no dialect' : 'Nothing is trained on, and so nothing is written in, the dialect';
  throw new LoopToolError('usage', `${known} ${JSON.stringify(to)}. Use one of ${writable.join(', ')}.`);
}

async function requireFree({ output, files, force }: ConvertOptions): Promise<void> {
  if (force) return;
  const there = await access(output, constants.F_OK).then(() => true, () => false);
  if (!there) return;
  const isInput = files.some((file) => file !== '-' && resolve(file) === resolve(output));
  throw new LoopToolError('usage', `${output} is there already${isInput ? ' and is what would be converted' : ''}. Name another file, or use --force to replace it.`);
}

class Conversion {
  private records = 0;
  private samples = 0;
  private rows = 0;
  private empty = 0;
  private foreign = 0;
  private unreadableCount = 0;
  private readonly unreadable: (UnreadableRecord & { path: string })[] = [];
  private readonly losses = new Map<string, Loss & { count: number }>();

  constructor(
    private readonly ports: AppPorts,
    private readonly options: ConvertOptions,
    private readonly inputs: readonly PreparedInput[],
    private readonly container: OutputContainer,
  ) {}

  /** Where nothing is asked to change, the bytes stay: those of unreadable records and between records too. */
  async copy(): Promise<ConvertResult | undefined> {
    const [input, ...others] = this.inputs;
    const { to, steps, output, stdout, signal } = this.options;
    const same = { jsonl: 'lines', array: 'array', parquet: 'parquet' }[this.container];
    if (input === undefined || others.length > 0 || !('part' in input.source) || steps !== undefined || input.setup.dialect !== to || input.container !== same) return undefined;
    const looked = new Conversion(this.ports, this.options, this.inputs, this.container);
    await looked.run(undefined);
    if (looked.foreign > 0) return undefined;
    const { path } = input.source.part;
    if (output === '-') {
      const out = streamOutput(stdout, signal);
      // The stream may hold a piece beyond the next one.
      for await (const chunk of fileChunks(path, { signal })) await out.write(Buffer.from(chunk));
    } else if (resolve(output) !== resolve(path)) {
      const file = await OutputFile.create(output);
      try {
        for await (const chunk of fileChunks(path, { signal })) await file.write(chunk);
        await file.commit();
      } finally {
        await file.discard();
      }
    }
    return looked.result(true, []);
  }

  async convert(): Promise<ConvertResult> {
    const writer = await this.writer();
    try {
      await this.run(writer);
      return this.result(false, await writer.end());
    } finally {
      await writer.discard();
    }
  }

  private async writer(): Promise<RowWriter> {
    const { output, stdout, signal } = this.options;
    if (this.container === 'parquet') return parquetWriter(output, signal);
    if (output === '-') return textWriter(streamOutput(stdout, signal), this.container, { commit: async () => undefined, discard: async () => undefined });
    const file = await OutputFile.create(output);
    return textWriter(file, this.container, { commit: () => file.commit(), discard: () => file.discard() });
  }

  private async run(writer: RowWriter | undefined): Promise<void> {
    const { to, steps, threads, signal, onProgress } = this.options;
    const setup = { inputs: this.inputs.map((input) => input.setup), to, anew: steps !== undefined, shape: writer !== undefined && this.container === 'parquet', between: this.container === 'array' ? ',\n' : '\n' };
    for await (const { file, result } of runInputs(convertJob, setup, this.inputs, { assetsDirectory: this.ports.assetsDirectory, threads, signal, onProgress })) {
      this.add(file, result);
      await writer?.write(result.text, result.shape);
    }
  }

  private add(file: string, batch: ConvertedBatch): void {
    this.records += batch.records;
    this.samples += batch.samples;
    this.rows += batch.rows;
    this.empty += batch.empty;
    this.foreign += batch.foreign;
    this.unreadableCount += batch.unreadable.length;
    const path = this.inputs.find(({ setup }) => setup.file === file)?.path ?? file;
    for (const one of batch.unreadable) if (this.unreadable.length < mostPlaces) this.unreadable.push({ ...one, path });
    for (const { count, ...loss } of batch.losses) {
      const key = `${loss.kind}\n${loss.name ?? ''}`;
      const known = this.losses.get(key);
      if (known === undefined) this.losses.set(key, { ...loss, count });
      else known.count += count;
    }
  }

  private result(copied: boolean, notes: readonly string[]): ConvertResult {
    return {
      inputs: this.inputs.map(({ path, setup, confidence, notes: own }) => ({ path, dialect: setup.dialect ?? 'unknown', confidence, notes: own })),
      output: this.options.output,
      container: this.container,
      copied,
      records: this.records,
      samples: this.samples,
      rows: this.rows,
      empty: this.empty,
      unreadable: { count: this.unreadableCount, first: this.unreadable },
      losses: [...this.losses.values()].sort((a, b) => b.count - a.count || (`${a.kind}${a.name ?? ''}` < `${b.kind}${b.name ?? ''}` ? -1 : 1)),
      notes,
    };
  }
}
