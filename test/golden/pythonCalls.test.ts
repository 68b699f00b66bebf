import { existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import { isJsonObject, type JsonValue } from '../../src/core/json/value.ts';
import { parseJson } from '../../src/core/json/parse.ts';
import { pythonParseParity } from '../../src/core/toolcall/bfclCalls.ts';
import { sharedData } from '../builders/sharedData.ts';

const file = sharedData === undefined ? '' : `${dirname(sharedData)}/bfcl_pythonic_parse_vectors.jsonl`;

function disagrees(line: string): boolean {
  const parsed = parseJson(line);
  const row: JsonValue = parsed.ok ? parsed.value : null;
  if (!isJsonObject(row) || typeof row['text'] !== 'string' || typeof row['parsed_ok'] !== 'boolean') return true;
  return !pythonParseParity({ text: row['text'], parsed_ok: row['parsed_ok'], calls: row['calls'] ?? null });
}

test.skipIf(!existsSync(file))("agrees with BFCL's decoder on every row of the published vectors (skipped where these are absent)", () => {
  const lines = readFileSync(file, 'utf8').split('\n').filter((line) => line !== '');
  expect(lines.length).toBeGreaterThan(0);
  expect(lines.filter(disagrees).map((line) => line.slice(0, 400))).toEqual([]);
});
