import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { readDataset } from '../../src/core/dataset/dataset.ts';
import { stringifyJson } from '../../src/core/json/stringify.ts';
import { parseJson } from '../../src/core/json/parse.ts';
import { jsonValueSchema } from '../../src/core/json/value.ts';

/**
 * Ids are in people's journals and decisions, so these vectors are fixed for ever: a change that breaks one is wrong,
 * however good its reason. New vectors may be added.
 */
const vectorsSchema = z.array(z.object({ name: z.string(), row: jsonValueSchema, id: z.string(), labelHash: z.string(), family: z.string() }));

const parsed = parseJson(readFileSync(new URL('identity.json', import.meta.url), 'utf8'));
const vectors = vectorsSchema.parse(parsed.ok ? parsed.value : undefined);

describe('sample identity', () => {
  it.each(vectors)('is fixed for: $name', ({ row, id, labelHash, family }) => {
    const { samples, problems } = readDataset(stringifyJson(row), { file: 'golden', steps: 'last' });
    expect(problems).toEqual([]);
    expect(samples.map(({ sample }) => ({ id: sample.id, labelHash: sample.labelHash, family: sample.family }))).toEqual([{ id, labelHash, family }]);
  });

  it('has vectors of every sort', () => {
    expect(vectors.length).toBeGreaterThanOrEqual(12);
  });

  it('is the same for the same dialogue in both dialects', () => {
    const same = vectors.filter(({ name }) => name.startsWith('the same dialogue'));
    expect(same.length).toBe(4);
    expect(new Set(same.map(({ id, labelHash, family }) => [id, labelHash, family].join())).size).toBe(1);
  });
});
