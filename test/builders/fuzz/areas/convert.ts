import { LoopToolError } from '../../../../src/core/errors.ts';
import { noCompanions } from '../../../../src/core/dataset/companions.ts';
import { dialects } from '../../../../src/core/dataset/dialects.generated.ts';
import { recogniseValues } from '../../../../src/core/dataset/recordReader.ts';
import { writeRow } from '../../../../src/core/dataset/registry.ts';
import type { Label, Sample } from '../../../../src/core/dataset/sample.ts';
import { parseJson } from '../../../../src/core/json/parse.ts';
import type { Rng } from '../../../../src/core/random/rng.ts';
import { must, type FuzzArea } from '../fuzzArea.ts';
import { mutatedSeed, writtenRecord } from '../seeds.ts';

const writable = dialects.filter(({ write }) => write !== undefined);

/** A record becomes a row of another dialect, and that one of a third. */
export const convert: FuzzArea = {
  name: 'convert',
  make: (rng) => {
    const seed = mutatedSeed(rng);
    const text = writtenRecord(rng, seed.record);
    return { size: text.length, show: () => text, run: () => convertRecord(rng, text, seed.dialect) };
  },
};

function convertRecord(rng: Rng, text: string, dialect: string): void {
  const parsed = parseJson(text);
  if (!parsed.ok) return;
  const own = rng.chance(0.5) ? dialects.find(({ id }) => id === dialect) : recogniseValues([parsed.value]).dialect;
  const samples = own?.read(parsed.value, { steps: rng.pick(['all', 'calls', 'last'] as const), companions: noCompanions, index: 0 }).samples ?? [];
  for (const { sample } of samples.slice(0, 3)) {
    const once = through(rng, sample);
    if (once !== undefined) through(rng, once);
  }
}

function through(rng: Rng, sample: Sample): Sample | undefined {
  const dialect = rng.pick(writable);
  let row: string;
  try {
    row = writeRow(dialect.id, sample);
  } catch (error) {
    if (error instanceof LoopToolError) return undefined;
    throw error;
  }
  const parsed = parseJson(row, { maxDepth: 2000 });
  must(parsed.ok, `a row of ${dialect.id} is JSON`);
  const again = parsed.ok ? dialect.read(parsed.value, { steps: 'last', companions: noCompanions, index: 0 }).samples.at(-1)?.sample : undefined;
  if (canBeHeld(sample.label)) must(again !== undefined && again.id === sample.id && again.labelHash === sample.labelHash, `${dialect.id} keeps id and label: ${row.slice(0, 2000)}`);
  return again;
}

/** An unreadable label is nothing that a trainer takes, and names that are no names break the syntax of calls. */
function canBeHeld(label: Label): boolean {
  if (label.kind === 'invalid') return false;
  return label.kind !== 'calls' || [label.calls, ...(label.alternatives ?? [])].flat().every(({ name }) => /^[\w./-]+( [\w./-]+)*$/.test(name));
}
