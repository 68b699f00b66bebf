import { RecordCutter } from '../core/jsonl/recordCutter.ts';
import { rawRecord, type DecodeUtf8, type RawRecord } from '../core/jsonl/recordSplitter.ts';
import type { RecordBatch, RecordContainer } from './datasetSource.ts';

/**
 * A batch of records as it travels to a worker: the bytes, not yet decoded, with what is known about each record in a flat
 * list. Both buffers are handed over, not copied.
 */
export type ByteBatch = {
  readonly file: string;
  readonly container: RecordContainer;
  readonly firstIndex: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Six numbers a record: start and end in `bytes`, byte offset in the file, line, column, number of its message or -1. */
  readonly records: Float64Array<ArrayBuffer>;
  readonly messages: readonly string[];
};

const perRecord = 6;

export function transferOf(batch: ByteBatch): ArrayBuffer[] {
  return [batch.bytes.buffer, batch.records.buffer];
}

/** The same records as `RecordSplitter` makes of the same bytes. */
export function decodeBatch(batch: ByteBatch, decode: DecodeUtf8): RecordBatch {
  const { bytes, records, messages, firstIndex, file, container } = batch;
  const decoded: RawRecord[] = [];
  for (let at = 0; at < records.length; at += perRecord) {
    const [start = 0, end = 0, byteOffset = 0, line = 0, column = 0, message = -1] = records.subarray(at, at + perRecord);
    const index = firstIndex + at / perRecord;
    const text = messages[message];
    if (text === undefined) decoded.push(rawRecord({ bytes, start, end, index, byteOffset, line, column }, decode));
    else decoded.push({ index, text: '', byteOffset, byteLength: 0, line, column, problem: { message: text, offset: 0, readable: false } });
  }
  return { file, container, records: decoded };
}

/** Collects the records of one file into byte batches. Bytes are copied once, a stretch of neighbouring records at a time. */
export class ByteBatcher {
  private readonly cutter: RecordCutter;
  private space: Uint8Array<ArrayBuffer>;
  private used = 0;
  private records: number[] = [];
  private messages: string[] = [];
  private index = 0;
  private firstIndex = 0;
  // The stretch that is not copied yet.
  private source: Uint8Array | undefined;
  private from = 0;
  private to = 0;

  constructor(
    private readonly file: string,
    private readonly batchBytes: number,
    options: { readonly maxRecordBytes?: number } = {},
  ) {
    this.space = new Uint8Array(batchBytes * 2);
    this.cutter = new RecordCutter((bytes, start, end, byteOffset, line, column, problem) => this.take(bytes, start, end, [byteOffset, line, column], problem), { ...options, release: () => this.copy() });
  }

  get done(): boolean {
    return this.cutter.done;
  }

  /** A batch when enough records have come. */
  push(chunk: Uint8Array): ByteBatch | undefined {
    this.cutter.push(chunk);
    return this.used >= this.batchBytes ? this.flush() : undefined;
  }

  /** The last batch, which may be empty. */
  end(): ByteBatch {
    this.cutter.end();
    return this.flush();
  }

  private take(bytes: Uint8Array, start: number, end: number, [byteOffset, line, column]: readonly [number, number, number], problem: string | undefined): undefined {
    this.index++;
    if (problem !== undefined) {
      this.records.push(0, 0, byteOffset, line, column, this.messages.push(problem) - 1);
      return;
    }
    if (this.source !== bytes || start < this.to) {
      this.copy();
      this.source = bytes;
      this.from = start;
    }
    this.to = end;
    const at = this.used + start - this.from;
    this.records.push(at, at + end - start, byteOffset, line, column, -1);
  }

  private copy(): void {
    if (this.source === undefined) return;
    const stretch = this.source.subarray(this.from, this.to);
    if (this.used + stretch.length > this.space.length) {
      const space = new Uint8Array(Math.max(this.used + stretch.length, 2 * this.space.length));
      space.set(this.space.subarray(0, this.used));
      this.space = space;
    }
    this.space.set(stretch, this.used);
    this.used += stretch.length;
    this.source = undefined;
    this.from = this.to = 0;
  }

  private flush(): ByteBatch {
    const batch: ByteBatch = { file: this.file, container: this.cutter.container, firstIndex: this.firstIndex, bytes: this.space.subarray(0, this.used), records: Float64Array.from(this.records), messages: this.messages };
    this.space = new Uint8Array(this.batchBytes * 2);
    this.used = 0;
    this.records = [];
    this.messages = [];
    this.firstIndex = this.index;
    return batch;
  }
}

/** Records that are decoded already, such as the rows of Parquet, on their way to a worker. */
export function encodeBatch(batch: RecordBatch): ByteBatch {
  const texts = batch.records.map((record) => Buffer.from(record.text));
  const bytes = new Uint8Array(texts.reduce((sum, text) => sum + text.length, 0));
  const records = new Float64Array(perRecord * texts.length);
  let at = 0;
  texts.forEach((text, i) => {
    const record = batch.records[i];
    bytes.set(text, at);
    records.set([at, at + text.length, record?.byteOffset ?? 0, record?.line ?? 0, record?.column ?? 0, -1], perRecord * i);
    at += text.length;
  });
  return { file: batch.file, container: batch.container, firstIndex: batch.records[0]?.index ?? 0, bytes, records, messages: [] };
}
