import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dialects } from '../../../src/core/dataset/dialects.generated.ts';
import { recogniseDialect } from '../../../src/core/dataset/dataset.ts';
import { stringifyJson } from '../../../src/core/json/stringify.ts';
import { firstLookCharacters, looksLikeDataset } from '../../../src/extension/language/firstLook.ts';
import { benchmarkFiles } from '../../builders/benchmarkRecords.ts';
import { dialectRows } from '../../builders/dialectRows.ts';
import { sharedData } from '../../builders/sharedData.ts';

/** [dialect, what, row as text]. */
const rows: readonly (readonly [string, string, string])[] = [
  ...dialectRows.map(([dialect, what, row]) => [dialect, what, JSON.stringify(row)] as const),
  ...benchmarkFiles.flatMap(({ dialect, records }, file) => (dialect === 'api-bank' ? records : records.slice(0, 2)).map((record, index) => [dialect, `file ${file} record ${index}`, stringifyJson(record)] as const)),
  ['bfcl-multi-turn', 'a task', JSON.stringify({ id: 'multi_turn_base_0', question: [[{ role: 'user', content: 'Move it' }]], initial_config: {}, path: [], involved_classes: ['MathAPI'] })],
  ['companion', 'answers', JSON.stringify({ id: 'a', ground_truth: [{ pay: { amount: [5] } }] })],
  ['companion', 'a tool', JSON.stringify({ name: 'pay', description: 'Pays', parameters: { type: 'object' } })],
];

/** Everything but the first record is out of sight. */
const start = (text: string): string => text.slice(0, firstLookCharacters);

describe('the first look at a document', () => {
  it('has a row of every dialect to know', () => {
    expect(dialects.map(({ id }) => id).filter((id) => !rows.some(([dialect]) => dialect === id))).toEqual([]);
  });

  it.each(rows)('knows %s (%s), one a line, in an array, and over many lines', (_dialect, _what, row) => {
    expect(looksLikeDataset(start(row))).toBe(true);
    expect(looksLikeDataset(start(`${row}\n${row}`))).toBe(true);
    expect(looksLikeDataset(start(`\ufeff[\r\n  ${row},`))).toBe(true);
    expect(looksLikeDataset(start(JSON.stringify([JSON.parse(row)], undefined, 4)))).toBe(true);
  });

  it.each(dialectRows)('knows %s (%s) by a record whose first text goes on and on', (_dialect, _what, row) => {
    const long = JSON.stringify(row, (key, value: unknown) => (key === 'instruction' && typeof value === 'string' ? value.padEnd(9000, ' and more') : value));
    expect(looksLikeDataset(start(long))).toBe(true);
  });

  const others: readonly (readonly [string, string])[] = [
    ['nothing', ''],
    ['a bracket', '{'],
    ['numbers', '[1, 2]'],
    ['a text', '"messages"'],
    ['prose', '# markdown {"messages": ['],
    ['messages that are none', '{"messages": 5}'],
    ['translations', '{"messages": {"role": "Rolle", "content": "Inhalt"}, "system": "System"}'],
    ['package.json', '{"name": "app", "description": "Does it", "version": "1.0.0", "scripts": {"build": "tsc"}, "dependencies": {"zod": "4"}, "contributes": {"commands": [{"command": "a", "title": "b"}]}, "tools": {"node": "20"}}'],
    ['package-lock.json', '{"name": "app", "lockfileVersion": 3, "packages": {"": {"name": "app", "dependencies": {"zod": "4"}}, "node_modules/zod": {"version": "4", "integrity": "sha512-x"}}}'],
    ['composer.lock', '{"_readme": ["This file locks"], "content-hash": "x", "packages": [{"name": "a/b", "description": "d", "version": "1", "require": {"php": "8"}}]}'],
    ['tsconfig.json', '{\n  // comments\n  "compilerOptions": {"target": "es2022", "paths": {"@/*": ["./*"]}}, "include": ["src"]}'],
    ['GeoJSON', '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"name": "Oslo", "role": "capital"}, "geometry": {"type": "Point", "coordinates": [10, 59]}}]}'],
    ['settings', '{"editor.fontSize": 12, "json.schemas": [{"fileMatch": ["a"], "url": "b"}], "[json]": {"editor.tabSize": 2}}'],
    ['tasks', '{"version": "2.0.0", "tasks": [{"label": "build", "type": "shell", "command": "make", "args": ["all"], "problemMatcher": []}], "inputs": [{"id": "a", "type": "promptString"}]}'],
    ['a notebook', '{"cells": [{"cell_type": "code", "source": ["print(1)"], "outputs": [{"output_type": "stream", "text": ["1"]}], "metadata": {}}], "metadata": {"kernelspec": {"name": "python3"}}, "nbformat": 4}'],
    ['dotnet-tools.json', '{"version": 1, "isRoot": true, "tools": {"csharpier": {"version": "0.30", "commands": ["csharpier"]}}}'],
    ['a JSON Schema', '{"$schema": "http://json-schema.org/draft-07/schema#", "title": "T", "description": "d", "type": "object", "properties": {"messages": {"type": "array", "items": {"type": "object", "properties": {"role": {"type": "string"}}}}}}'],
    ['OpenAPI', '{"openapi": "3.1.0", "info": {"title": "t", "description": "d"}, "paths": {"/pay": {"get": {"parameters": [{"name": "amount", "in": "query"}]}}}}'],
    ['a deployment template', '{"$schema": "x", "contentVersion": "1.0.0.0", "parameters": {"name": {"value": "a"}}, "resources": []}'],
    ['MCP servers', '{"mcpServers": {"files": {"command": "npx", "args": ["-y", "server"], "env": {}}}}'],
    ['log lines', '{"level": "info", "time": 1, "msg": "started", "role": "api", "input": "x"}\n{"level": "info"}'],
    ['questions and answers of people', '[{"question": "Where?", "answer": "Here.", "id": 1}]'],
    ['people', '[{"name": "Ann", "description": "d", "role": "user", "tools": ["hammer"]}]'],
    ['a project of ours', '{"version": 1, "name": "p", "datasets": {"seed": [{"path": "a.jsonl"}]}, "endpoints": {}}'],
  ];

  it.each(others)('passes over %s', (_what, text) => {
    expect(looksLikeDataset(text)).toBe(false);
    expect(looksLikeDataset(`[${text}`)).toBe(false);
  });

  it.skipIf(sharedData === undefined)('knows every published file that the readers know', () => {
    const missed = filesBelow(sharedData ?? '').filter((file) => {
      const text = readFileSync(file, 'utf8');
      return recogniseDialect(text).confidence >= 0.5 && !looksLikeDataset(start(text));
    });
    expect(missed).toEqual([]);
  }, 60_000);
});

const mostBytes = 3_000_000;

function filesBelow(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((file) => /\.jsonl?$/.test(file) && statSync(file).size < mostBytes);
}
