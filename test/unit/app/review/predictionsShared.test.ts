import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openPredictionsSource } from '../../../../src/app/review/predictionsSource.ts';
import { sharedData } from '../../../builders/sharedData.ts';

type Question = { readonly id: string };
type Answer = { readonly id: string; readonly ground_truth: readonly Readonly<Record<string, Readonly<Record<string, readonly unknown[]>>>>[] };

const lines = <T>(file: string): readonly T[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as T);

/** Of the acceptable values of each argument the first; arguments that may be left out are. */
function firstChoice({ ground_truth: calls }: Answer): readonly object[] {
  return calls.map((call) => Object.fromEntries(Object.entries(call).map(([name, args]) => [name, JSON.stringify(Object.fromEntries(Object.entries(args).flatMap(([key, values]) => (values.includes('') ? [] : [[key, values[0]]]))))])));
}

/** Objects among the acceptable values hold choices again: they are no values that a model could write. */
function isPlain(answer: Answer | undefined): boolean {
  const values = answer?.ground_truth.flatMap((call) => Object.values(call).flatMap((args) => Object.values(args).flat())) ?? [];
  return !values.some((value) => JSON.stringify(value).includes('{'));
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'looptool-shared-predictions-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

// The data of the benchmark lies beside the repository, where it does; nothing of it is in it.
describe.skipIf(sharedData === undefined)('results on real BFCL questions', () => {
  const data = join(sharedData ?? '', 'bfcl');

  it.each(['parallel', 'multiple', 'live_parallel_multiple'])('match where they are the first choice, and differ where a call is left out: %s', async (category) => {
    const ids = lines<Question>(join(data, `BFCL_v4_${category}.json`)).map(({ id }) => id);
    const answers = new Map(lines<Answer>(join(data, 'possible_answer', `BFCL_v4_${category}.json`)).map((answer) => [answer.id, answer]));
    const plain = ids.filter((id) => isPlain(answers.get(id)));
    const file = join(folder, `BFCL_v4_${category}_result.json`);
    const results = plain.map((id, index) => {
      const calls = firstChoice(answers.get(id) ?? { id, ground_truth: [] });
      return { id, result: index % 3 === 0 ? calls.slice(1) : calls };
    });
    writeFileSync(file, results.map((result) => `${JSON.stringify(result)}\n`).join(''));
    const source = await openPredictionsSource(file, { questions: [data] });
    const items = await source.items();
    const different = new Set(plain.filter((_id, index) => index % 3 === 0));
    expect(different.size).toBeGreaterThan(3);
    expect(items.length).toBe(different.size);
    expect(items.every(({ kinds, outcome }) => outcome === 'EMPTY' || kinds.includes('missing-call'))).toBe(true);
    expect(source.warnings).toHaveLength(1);
    for (const { sampleId } of items.slice(0, 5)) expect(await source.pair(sampleId)).toMatchObject({ origin: 'file', sample: { id: sampleId } });
  });
});
