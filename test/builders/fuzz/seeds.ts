import { noCompanions, type Companions } from '../../../src/core/dataset/companions.ts';
import { parseJson } from '../../../src/core/json/parse.ts';
import { stringifyJson, stringifySpaced } from '../../../src/core/json/stringify.ts';
import type { JsonValue } from '../../../src/core/json/value.ts';
import type { Rng } from '../../../src/core/random/rng.ts';
import { benchmarkFiles } from '../benchmarkRecords.ts';
import { dialectRows } from '../dialectRows.ts';
import { hostileValue } from './hostile.ts';
import { mutated } from './mutate.ts';

/** A record of some dialect before anything is done to it. */
export type Seed = { readonly dialect: string; readonly record: JsonValue; readonly companions: Companions };

function asParsed(value: unknown): JsonValue {
  const parsed = parseJson(JSON.stringify(value));
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.value;
}

/** Rows of every dialect; a file that is one record as the list of its lines. */
export const seeds: readonly Seed[] = [
  ...dialectRows.map(([dialect, , row]): Seed => ({ dialect, record: asParsed(row), companions: noCompanions })),
  ...benchmarkFiles.flatMap(({ dialect, records, companions }): Seed[] => [...records.map((record) => ({ dialect, record, companions })), { dialect, record: records, companions }]),
];

export function mutatedSeed(rng: Rng): Seed {
  if (rng.chance(0.02)) return { ...rng.pick(seeds), record: hostileValue(rng, 5) };
  const seed = rng.pick(seeds);
  const changes = rng.chance(0.15) ? 0 : rng.between(1, rng.chance(0.2) ? 12 : 3);
  const record = mutated(rng, seed.record, changes);
  if (rng.chance(0.6)) return { ...seed, record };
  const bent = (files: Companions['answers']): Companions['answers'] => files.map((file) => ({ ...file, records: file.records.map((one) => mutated(rng, one, rng.int(3))) }));
  return { ...seed, record, companions: { answers: bent(seed.companions.answers), tools: bent(seed.companions.tools) } };
}

export function writtenRecord(rng: Rng, record: JsonValue): string {
  const kind = rng.int(4);
  const dense = stringifyJson(record);
  // Indentation of deep values has no end.
  if (dense.length > 20_000) return dense;
  return kind === 0 ? dense : kind === 1 ? stringifyJson(record, 2) : kind === 2 ? stringifyJson(record, 2).replaceAll('\n', '\r\n') : stringifySpaced(record);
}
