import { parseJson } from '../../core/json/parse.ts';
import { stringifyJson } from '../../core/json/stringify.ts';
import type { JsonValue } from '../../core/json/value.ts';
import type { Fact } from '../../core/rules/rule.ts';

/**
 * Facts one behind the other, in UTF-16 units: each its length in units (two units, the head of five among them), its sample
 * (two units), its kind, and a text, or anything else as JSON. Few bytes, and no objects to be copied between threads.
 */
export type FactPack = Uint16Array;

export const factHeadUnits = 5;
const [text, json] = [0, 1];

/** Packs the facts of one batch, of one kind each. */
export class FactPacker {
  private readonly packs = new Map<string, { units: Uint16Array; used: number }>();

  push(kind: string, sample: number, fact: JsonValue): void {
    const said = typeof fact === 'string' ? fact : stringifyJson(fact);
    const length = factHeadUnits + said.length;
    let pack = this.packs.get(kind);
    if (pack === undefined) this.packs.set(kind, (pack = { units: new Uint16Array(Math.max(1024, length)), used: 0 }));
    const { units, used } = pack;
    if (used + length > units.length) {
      pack.units = new Uint16Array(Math.max(used + length, 2 * units.length));
      pack.units.set(units);
    }
    const into = pack.units;
    writeWord(into, used, length);
    writeWord(into, used + 2, sample);
    into[used + 4] = typeof fact === 'string' ? text : json;
    for (let i = 0; i < said.length; i += 1) into[used + factHeadUnits + i] = said.charCodeAt(i);
    pack.used += length;
  }

  packed(): ReadonlyMap<string, FactPack> {
    return new Map([...this.packs].map(([kind, { units, used }]) => [kind, units.slice(0, used)]));
  }
}

export function readWord(units: Uint16Array, at: number): number {
  return (units[at] ?? 0) * 0x10000 + (units[at + 1] ?? 0);
}

export function writeWord(units: Uint16Array, at: number, word: number): void {
  units[at] = Math.floor(word / 0x10000);
  units[at + 1] = word % 0x10000;
}

/** The fact that starts at `at` and is wholly there. */
export function factAt(units: Uint16Array, at: number): Fact {
  const bytes = Buffer.from(units.buffer, units.byteOffset, units.byteLength);
  const said = bytes.toString('utf16le', 2 * (at + factHeadUnits), 2 * (at + readWord(units, at)));
  const sample = readWord(units, at + 2);
  if (units[at + 4] === text) return { sample, fact: said };
  const parsed = parseJson(said);
  return { sample, fact: parsed.ok ? parsed.value : null };
}
