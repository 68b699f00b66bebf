import { Uint32Column } from './columns.ts';
import type { PlacedFinding } from './fileChecker.ts';

/** Pieces double up to this: there may be many files with a finding or two. */
const mostChunkBytes = 1 << 18;
const [lineWord, columnWord, chunkWord, startWord, endWord, words] = [0, 1, 2, 3, 4, 5];

/**
 * Findings in about 200 bytes each: as text in large pieces, read again one by one by whoever goes through them. They go in
 * in any order, and come out in the order of the file.
 */
export class FindingList implements Iterable<PlacedFinding> {
  private readonly chunks: Buffer[] = [];
  private used = 0;
  private readonly columns = new Uint32Column(8);
  private order: Uint32Array | undefined;
  private limit = Infinity;

  get length(): number {
    return Math.min(this.limit, this.columns.length / words);
  }

  push(finding: PlacedFinding): void {
    const text = JSON.stringify(finding);
    // Three bytes a unit is the most.
    const chunk = this.chunkFor(3 * text.length);
    const start = this.used;
    this.used += chunk.write(text, start, 'utf8');
    this.columns.append([finding.line, finding.column, this.chunks.length - 1, start, this.used]);
    this.order = undefined;
  }

  /** From now on it holds only the first so many in the order of the file. */
  keepFirst(count: number): void {
    this.limit = Math.min(this.limit, count);
  }

  *[Symbol.iterator](): Generator<PlacedFinding> {
    this.order ??= this.sorted();
    for (const number of this.order.subarray(0, this.length)) {
      const text = this.chunks[this.word(number, chunkWord)]?.toString('utf8', this.word(number, startWord), this.word(number, endWord));
      yield JSON.parse(text ?? '') as PlacedFinding; // What `push` has written.
    }
  }

  private chunkFor(bytes: number): Buffer {
    const last = this.chunks.at(-1);
    if (last !== undefined && this.used + bytes <= last.length) return last;
    const chunk = Buffer.allocUnsafeSlow(Math.max(bytes, Math.min(mostChunkBytes, 2 * (last?.length ?? 1024))));
    this.chunks.push(chunk);
    this.used = 0;
    return chunk;
  }

  private sorted(): Uint32Array {
    const order = new Uint32Array(this.columns.length / words);
    for (let i = 0; i < order.length; i += 1) order[i] = i;
    return order.sort((a, b) => this.word(a, lineWord) - this.word(b, lineWord) || this.word(a, columnWord) - this.word(b, columnWord) || a - b);
  }

  private word(finding: number, word: number): number {
    return this.columns.at(finding * words + word);
  }
}
