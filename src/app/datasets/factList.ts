import type { Fact, Facts } from '../../core/rules/rule.ts';
import { SpillFile } from '../../node/spillFile.ts';
import { Uint32Column } from './columns.ts';
import { factAt, factHeadUnits, readWord, writeWord, type FactPack } from './factPack.ts';

const unitBytes = 2;
const blockUnits = 1 << 15;
const cached = 4096;

/**
 * Facts of millions of samples, in next to no memory: they lie in a file. Those that are asked for by their number again and
 * again are few (the first ones of many alike), and are kept.
 */
export class FactList implements Facts {
  length = 0;
  /** Units of every fact while all are of one length, as those of nearly all rules; else `starts` says where each begins. */
  private width: number | undefined;
  private starts: Uint32Column | undefined;
  private readonly recent: (readonly [index: number, fact: Fact] | undefined)[] = [];
  private space = new Uint16Array(128);

  constructor(private readonly file: SpillFile = new SpillFile()) {}

  /** Facts of one batch, whose samples are numbered from `firstSample` on from now on. The pack is used up. */
  append(pack: FactPack, firstSample: number): void {
    const before = this.file.length / unitBytes;
    for (let at = 0; at < pack.length; ) {
      const units = readWord(pack, at);
      writeWord(pack, at + 2, firstSample + readWord(pack, at + 2));
      this.note(before + at, units);
      at += units;
    }
    this.file.append(new Uint8Array(pack.buffer, pack.byteOffset, pack.byteLength));
  }

  at(index: number): Fact | undefined {
    if (index < 0 || index >= this.length) return undefined;
    const kept = this.recent[index % cached];
    if (kept?.[0] === index) return kept[1];
    const fact = this.read(index);
    this.recent[index % cached] = [index, fact];
    return fact;
  }

  *[Symbol.iterator](): Generator<Fact> {
    let block = new Uint16Array(blockUnits);
    const end = this.file.length / unitBytes;
    for (let start = 0; start < end; ) {
      const units = this.units(block, start);
      let at = 0;
      while (at + factHeadUnits <= units && at + readWord(block, at) <= units) {
        yield factAt(block, at);
        at += readWord(block, at);
      }
      if (at === 0) block = new Uint16Array(2 * block.length);
      start += at;
    }
  }

  close(): void {
    this.file.close();
  }

  private note(start: number, units: number): void {
    this.width ??= units;
    if (this.starts === undefined && units !== this.width) {
      this.starts = new Uint32Column();
      for (let index = 0; index < this.length; index += 1) this.starts.push(index * this.width);
    }
    this.starts?.push(start);
    this.length += 1;
  }

  private read(index: number): Fact {
    const start = this.starts?.at(index) ?? index * (this.width ?? 0);
    if (this.starts === undefined && this.space.length < (this.width ?? 0)) this.space = new Uint16Array(this.width ?? 0);
    this.units(this.space, start);
    const wanted = readWord(this.space, 0);
    if (wanted > this.space.length) {
      this.space = new Uint16Array(wanted);
      this.units(this.space, start);
    }
    return factAt(this.space, 0);
  }

  /** Reads units into `target`; returns how many there were. */
  private units(target: Uint16Array, start: number): number {
    return this.file.read(new Uint8Array(target.buffer, target.byteOffset, target.byteLength), unitBytes * start) / unitBytes;
  }
}
