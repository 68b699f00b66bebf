import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseProjectConfig } from '../../../src/core/config/parse.ts';

const endpoint = { kind: 'openai', baseUrl: 'http://127.0.0.1:8000/v1', model: 'm' };
const minimal = { version: 1, name: 'demo', datasets: { seed: [{ path: 'train.jsonl' }] }, endpoints: { policy: endpoint, judge: endpoint, generator: endpoint } };

function problemsOf(text: string): readonly string[] {
  const parsed = parseProjectConfig(text);
  return parsed.ok ? [] : parsed.problems.map(({ path, message, line, column }) => `${line}:${column} ${path}: ${message}`);
}

describe('parseProjectConfig', () => {
  it('fills in the defaults of a minimal project', () => {
    const parsed = parseProjectConfig(JSON.stringify(minimal));
    expect(parsed.ok && parsed.config).toMatchObject({ seed: 1, expand: { k: 4 }, compose: { freshShare: 0.3077, selection: 'highPpl' }, trainer: { kind: 'none' } });
  });

  it('takes a byte order mark and whole numbers written as 5.0', () => {
    const parsed = parseProjectConfig(`\uFEFF${JSON.stringify(minimal).replace('"version":1', '"version":1.0,"seed":5.0')}`);
    expect(parsed.ok && parsed.config.seed).toBe(5);
  });

  it('says where the text stops being JSON', () => {
    expect(problemsOf('{\n  "version": 1,\n  oops\n}')).toEqual([expect.stringMatching(/^3:3 : This is not JSON: /u)]);
  });

  it('reports every problem at its place, in the order of the file', () => {
    const text = JSON.stringify({ ...minimal, version: 2, name: '', sead: 1, expand: { k: '4' }, compose: { freshShare: 2 }, datasets: {} }, undefined, 2);
    const problems = problemsOf(text);
    expect(problems).toEqual([
      '2:14 version: "version" must be "1".',
      '3:11 name: "name" must not be empty.',
      '4:15 datasets.seed: "seed" is missing: a list is needed here.',
      expect.stringMatching(/^\d+:3 sead: "sead" is not a setting here\./u),
      expect.stringMatching(/^\d+:10 expand\.k: "k" must be a number, not a text\./u),
      expect.stringMatching(/^\d+:19 compose\.freshShare: "freshShare" must be at most 1\./u),
    ]);
  });

  it.each([
    [{ ...endpoint, kind: 'opnai' }, /endpoints\.judge\.kind: "kind" is none of the known kinds/u],
    [{ ...endpoint, baseUrl: 'localhost' }, /endpoints\.judge\.baseUrl: "baseUrl" must be a URL/u],
    [{ ...endpoint, concurrency: 1.5 }, /endpoints\.judge\.concurrency: "concurrency" must be a whole number, not the number 1\.5/u],
    [undefined, /endpoints\.judge: "judge" is missing/u],
  ])('speaks plainly of a wrong endpoint', (judge, expected) => {
    expect(problemsOf(JSON.stringify({ ...minimal, endpoints: { ...minimal.endpoints, judge } }))).toEqual([expect.stringMatching(expected)]);
  });
});

describe('the schema of looptool.json', () => {
  it('asks only for what a person has to write', () => {
    const schema = JSON.parse(readFileSync(join(import.meta.dirname, '../../../media/schema/looptool.schema.json'), 'utf8')) as unknown;
    expect(schema).toMatchObject({ type: 'object', required: ['version', 'name', 'datasets', 'endpoints'], additionalProperties: false });
  });
});
