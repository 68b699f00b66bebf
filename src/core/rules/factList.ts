import { isJsonArray } from '../json/member.ts';
import { parseJson } from '../json/parse.ts';
import { stringifyJson } from '../json/stringify.ts';
import type { JsonValue } from '../json/value.ts';
import type { Fact, Facts } from './rule.ts';

const chunkUnits = 1 << 18;
/** Sample, number of units in all (two units each) and kind stand before what is kept; a pair has the length of its first text, too. */
const headUnits = 5;
const [text, pair, json] = [0, 1, 2];

/**
 * Facts of millions of samples, in few bytes each: UTF-16 units in large chunks in the place of objects and strings. Texts
 * and pairs of texts are kept as they are, anything else as JSON.
 */
export class FactList implements Facts {
  length = 0;
  private readonly chunks: Uint16Array[] = [];
  private used = chunkUnits;
  private starts = new Uint32Array(1024);
  private readonly long = new Map<number, Fact>();

  push(sample: number, fact: JsonValue): void {
    const index = this.length;
    this.length += 1;
    if (index === this.starts.length) this.grow();
    const [kind, first, second] = partsOf(fact);
    const units = headUnits + first.length + (kind === pair ? 1 + second.length : 0);
    if (units > chunkUnits || first.length > 0xffff) {
      this.long.set(index, { sample, fact });
      return;
    }
    if (this.used + units > chunkUnits) {
      this.chunks.push(new Uint16Array(chunkUnits));
      this.used = 0;
    }
    const chunk = this.chunks.at(-1);
    if (chunk === undefined) return;
    this.starts[index] = (this.chunks.length - 1) * chunkUnits + this.used;
    chunk[this.used] = Math.floor(sample / 0x10000);
    chunk[this.used + 1] = sample % 0x10000;
    chunk[this.used + 2] = Math.floor(units / 0x10000);
    chunk[this.used + 3] = units % 0x10000;
    chunk[this.used + 4] = kind;
    let at = this.used + headUnits;
    if (kind === pair) chunk[at++] = first.length;
    for (const part of [first, second]) for (let i = 0; i < part.length; i += 1) chunk[at++] = part.charCodeAt(i);
    this.used = at;
  }

  at(index: number): Fact | undefined {
    if (index < 0 || index >= this.length) return undefined;
    const long = this.long.get(index);
    if (long !== undefined) return long;
    const start = this.starts[index] ?? 0;
    const chunk = this.chunks[Math.floor(start / chunkUnits)];
    if (chunk === undefined) return undefined;
    const from = start % chunkUnits;
    const units = chunk.subarray(from, from + (chunk[from + 2] ?? 0) * 0x10000 + (chunk[from + 3] ?? 0));
    const [high = 0, low = 0, , , kind, firstLength = 0] = units;
    const sample = high * 0x10000 + low;
    if (kind === pair) return { sample, fact: [decode(units, headUnits + 1, headUnits + 1 + firstLength), decode(units, headUnits + 1 + firstLength, units.length)] };
    const kept = decode(units, headUnits, units.length);
    if (kind === text) return { sample, fact: kept };
    const parsed = parseJson(kept);
    return { sample, fact: parsed.ok ? parsed.value : null };
  }

  *[Symbol.iterator](): Generator<Fact> {
    for (let index = 0; index < this.length; index += 1) {
      const fact = this.at(index);
      if (fact !== undefined) yield fact;
    }
  }

  private grow(): void {
    const grown = new Uint32Array(Math.ceil(this.length * 1.5));
    grown.set(this.starts);
    this.starts = grown;
  }
}

function partsOf(fact: JsonValue): readonly [kind: number, first: string, second: string] {
  if (typeof fact === 'string') return [text, fact, ''];
  const [first, second] = isJsonArray(fact) && fact.length === 2 ? fact : [];
  return typeof first === 'string' && typeof second === 'string' ? [pair, first, second] : [json, stringifyJson(fact), ''];
}

/** In pieces: the arguments of a call are limited. */
function decode(units: Uint16Array, from: number, to: number): string {
  let decoded = '';
  for (let at = from; at < to; at += 4096) decoded += String.fromCharCode(...units.subarray(at, Math.min(to, at + 4096)));
  return decoded;
}
