import type { SpillFile } from '../../node/spillFile.ts';
import { Uint32Column } from './columns.ts';
import type { PlacedFinding } from './fileChecker.ts';

const [lineWord, columnWord, startWord, lengthWord, words] = [0, 1, 2, 3, 4];

/**
 * Findings of one file, in 16 bytes of memory each: as text in a file that lists may share, read again one by one by whoever
 * goes through them. They go in in any order, and come out in the order of the file that they are of.
 */
export class FindingList implements Iterable<PlacedFinding> {
  private readonly columns = new Uint32Column(8);
  private order: Uint32Array | undefined;
  private limit = Infinity;

  constructor(private readonly texts: SpillFile) {}

  get length(): number {
    return Math.min(this.limit, this.columns.length / words);
  }

  push(finding: PlacedFinding): void {
    const text = Buffer.from(JSON.stringify(finding));
    this.columns.append([finding.line, finding.column, this.texts.length, text.length]);
    this.texts.append(text);
    this.order = undefined;
  }

  /** From now on it holds only the first so many in the order of the file. */
  keepFirst(count: number): void {
    this.limit = Math.min(this.limit, count);
  }

  *[Symbol.iterator](): Generator<PlacedFinding> {
    this.order ??= this.sorted();
    let space = Buffer.alloc(1024);
    for (const number of this.order.subarray(0, this.length)) {
      const length = this.word(number, lengthWord);
      if (length > space.length) space = Buffer.alloc(length);
      this.texts.read(space.subarray(0, length), this.word(number, startWord));
      yield JSON.parse(space.toString('utf8', 0, length)) as PlacedFinding; // What `push` has written.
    }
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
