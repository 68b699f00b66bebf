import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseJson } from '../../../src/core/json/parse.ts';
import { stringifyJson } from '../../../src/core/json/stringify.ts';
import type { JsonObject } from '../../../src/core/json/value.ts';
import { datasetParts } from '../../../src/node/datasetParts.ts';
import { readRecordBatches } from '../../../src/node/datasetSource.ts';
import { openParquet, type ParquetSchema } from '../../../src/node/parquet.ts';
import { schemaOf, writeParquet } from '../../../src/node/parquetWrite.ts';
import { sharedData } from '../../builders/sharedData.ts';

const { signal } = new AbortController();
const folder = (): string => mkdtempSync(join(tmpdir(), 'looptool-parquet-'));

function rowOf(text: string): JsonObject {
  const parsed = parseJson(text);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.value as JsonObject;
}

async function readAll(path: string): Promise<{ readonly schema: ParquetSchema; readonly rows: readonly string[]; readonly groups: number }> {
  const file = await openParquet(path);
  try {
    const rows: string[] = [];
    let groups = 0;
    for await (const batch of file.batches(signal)) {
      groups++;
      rows.push(...batch.map((row) => stringifyJson(row)));
    }
    return { schema: file.schema, rows, groups };
  } finally {
    await file.close();
  }
}

async function roundTrip(rows: readonly string[], schema: ParquetSchema): Promise<Awaited<ReturnType<typeof readAll>>> {
  const path = join(folder(), 'rows.parquet');
  expect(await writeParquet(path, rows.map(rowOf), schema, signal)).toEqual({ ok: true, rows: rows.length });
  return readAll(path);
}

const verl = schemaOf({ prompt: { list: { struct: { role: 'string', content: 'string' } } }, reward_model: { struct: { ground_truth: 'string', style: 'string' } }, index: 'int64', weight: 'double', ok: 'boolean', tags: { list: 'string' } });
const verlRows = [
  '{"prompt":[{"role":"user","content":"é😀"},{"role":"system","content":null}],"reward_model":{"ground_truth":"{}","style":null},"index":9007199254740993,"weight":5.0,"ok":true,"tags":["a",null,""]}',
  '{"prompt":[],"reward_model":null,"index":-1,"weight":0.1,"ok":null,"tags":[]}',
  '{"prompt":[{"role":null,"content":null},null],"reward_model":{"ground_truth":null,"style":null},"index":0,"weight":-0.0,"ok":true,"tags":[null]}',
  '{"prompt":null,"reward_model":{"ground_truth":null,"style":"rule"},"index":null,"weight":null,"ok":false,"tags":null}',
];

describe('Parquet', () => {
  it.each(['UNCOMPRESSED', 'SNAPPY', 'GZIP', 'BROTLI', 'ZSTD'] as const)('keeps nested rows through %s', async (codec) => {
    const result = await roundTrip(verlRows, { ...verl, codec });
    expect(result.rows).toEqual(verlRows);
    expect(result.schema.elements).toMatchObject(verl.elements);
  });

  it('keeps what JavaScript numbers and dates cannot hold', async () => {
    const schema: ParquetSchema = {
      codec: 'SNAPPY',
      keyValues: [{ key: 'origin', value: 'test' }],
      elements: [
        { name: 'root', num_children: 10 },
        { name: 'micros', type: 'INT64', repetition_type: 'OPTIONAL', converted_type: 'TIMESTAMP_MICROS' },
        { name: 'nanos', type: 'INT64', repetition_type: 'OPTIONAL', logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: false, unit: 'NANOS' } },
        { name: 'day', type: 'INT32', repetition_type: 'OPTIONAL', converted_type: 'DATE' },
        { name: 'price', type: 'INT64', repetition_type: 'OPTIONAL', converted_type: 'DECIMAL', scale: 2, precision: 18 },
        { name: 'large', type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL', converted_type: 'DECIMAL', scale: 3, precision: 38 },
        { name: 'count', type: 'INT64', repetition_type: 'OPTIONAL', converted_type: 'UINT_64' },
        { name: 'small', type: 'INT32', repetition_type: 'OPTIONAL', converted_type: 'UINT_32' },
        { name: 'bytes', type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL' },
        { name: 'json', type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL', converted_type: 'JSON' },
        { name: 'id', type: 'FIXED_LEN_BYTE_ARRAY', type_length: 16, repetition_type: 'OPTIONAL', logical_type: { type: 'UUID' } },
      ],
    };
    const rows = [
      '{"micros":"2024-02-29T23:59:59.123456Z","nanos":"1969-12-31T23:59:59.000000001","day":"2024-02-29","price":1234567890123456.78,"large":-123456789012345678901234567890.125,"count":18446744073709551615,"small":4294967295,"bytes":"text","json":"{\\"a\\": 5.0}","id":"00112233-4455-6677-8899-aabbccddeeff"}',
      '{"micros":"1969-12-31T23:59:59.999999Z","nanos":"1970-01-01T00:00:00","day":"1969-12-31","price":-0.05,"large":0.001,"count":0,"small":0,"bytes":{"$bytes":"/w=="},"json":null,"id":null}',
    ];
    const result = await roundTrip(rows, schema);
    expect(result.rows).toEqual(rows);
    expect(result.schema).toMatchObject({ keyValues: schema.keyValues, elements: schema.elements });
  });

  it('reads one row group at a time', async () => {
    const rows = Array.from({ length: 12_000 }, (_, i) => `{"n":${i}}`);
    const result = await roundTrip(rows, schemaOf({ n: 'int64' }));
    expect(result.groups).toBe(3);
    expect(result.rows).toEqual(rows);
  });

  it.each([
    ['{"n":1.5}', 'column "n" needs a whole number'],
    ['{"n":9223372036854775808}', 'column "n" needs a whole number of 64 bits'],
    ['{"m":1}', 'the schema has no column "m"'],
  ])('does not write a row that the schema cannot hold: %s', async (row, message) => {
    const target = folder();
    expect(await writeParquet(join(target, 'x.parquet'), ['{"n":1}', row].map(rowOf), schemaOf({ n: 'int64' }), signal)).toEqual({ ok: false, row: 1, message });
    expect(readdirSync(target)).toEqual([]);
  });

  it('is known by its content and gives its rows as records', async () => {
    const path = join(folder(), 'rows.json');
    await writeParquet(path, verlRows.map(rowOf), verl, signal);
    const records = [];
    for await (const batch of readRecordBatches(await datasetParts(path), { signal })) {
      expect(batch.container).toBe('parquet');
      records.push(...batch.records);
    }
    expect(records.map(({ index, line, text }) => [index, line, text])).toEqual(verlRows.map((text, i) => [i, i, text]));
  });

  it('that is cut is an error that names the file', async () => {
    const path = join(folder(), 'cut.parquet');
    writeFileSync(path, 'PAR1 and no more');
    await expect(openParquet(path)).rejects.toMatchObject({ code: 'dataset-unreadable', userMessage: expect.stringContaining(path) as string });
  });

  describe.each(['toolrl/rlla_test.parquet', 'derived_formats/verl_looptool.parquet'])('of %s', (name) => {
    it.skipIf(sharedData === undefined)('is written back with the same rows and schema', async () => {
      const original = await readAll(join(sharedData ?? '', name));
      expect(original.rows).toHaveLength(40);
      const again = await roundTrip(original.rows, original.schema);
      expect(again.rows).toEqual(original.rows);
      expect(again.schema.elements).toEqual(original.schema.elements);
    });
  });
});
