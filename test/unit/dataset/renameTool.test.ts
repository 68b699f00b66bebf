import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { noCompanions } from '../../../src/core/dataset/companions.ts';
import { recogniseDialect } from '../../../src/core/dataset/dataset.ts';
import type { Dialect, RecordSample } from '../../../src/core/dataset/dialect.ts';
import { RecordLocator } from '../../../src/core/dataset/locate.ts';
import { recordTools } from '../../../src/core/dataset/recordTools.ts';
import { editsOfCopies, isRenamed, mentionsOf, renameEdits, renameProblem, type Renaming } from '../../../src/core/dataset/renameTool.ts';
import type { TextEdit } from '../../../src/core/dataset/spans.ts';
import { editsIn } from '../../../src/core/dataset/structureEdits.ts';
import { parseJson } from '../../../src/core/json/parse.ts';
import type { JsonValue } from '../../../src/core/json/value.ts';
import { eachRecord } from '../../../src/core/jsonl/records.ts';
import { dialectRows } from '../../builders/dialectRows.ts';
import { sharedData } from '../../builders/sharedData.ts';

function read(text: string, dialect: Dialect): { readonly value: JsonValue; readonly samples: readonly RecordSample[] } {
  const parsed = parseJson(text);
  if (!parsed.ok) throw new Error(parsed.message);
  return { value: parsed.value, samples: dialect.read(parsed.value, { steps: 'all', companions: noCompanions }).samples };
}

function applied(text: string, edits: readonly TextEdit[]): string {
  return [...edits].sort((a, b) => b.start - a.start).reduce((result, { start, end, newText }) => result.slice(0, start) + newText + result.slice(end), text);
}

/** What comes of a renaming of a record, in a word; `right` where it reads as it should and nothing else changed. */
function outcome(text: string, dialect: Dialect, renaming: Renaming): string {
  const { value, samples } = read(text, dialect);
  const locator = new RecordLocator(text, 0);
  const tools = recordTools(locator, samples, value);
  const problem = renameProblem(samples, tools, dialect.id, renaming);
  if (problem !== undefined) return `refused: ${problem}`;
  const edits = editsIn(locator, renameEdits(tools, renaming).own);
  if (edits === undefined) return 'no edits';
  const all = [...edits, ...editsOfCopies(locator, tools, edits)];
  const after = applied(text, all);
  if (!isRenamed(samples, read(after, dialect).samples, renaming)) return 'reads otherwise';
  const mentioned = applied(text, [...all, ...mentionsOf(locator, all, renaming)]);
  const old = renaming.parameter ?? renaming.tool;
  return after.replaceAll(renaming.to, old) === text && mentioned.replaceAll(renaming.to, old) === text ? 'right' : 'other text changed';
}

/** Every tool that a record calls, and one argument of each call. */
function renamings({ samples }: { readonly samples: readonly RecordSample[] }): readonly Renaming[] {
  const calls = samples.flatMap(({ sample }) => (sample.label.kind === 'calls' ? sample.label.calls : []));
  const byTool = new Map(calls.map((call) => [call.name, call]));
  return [...byTool].flatMap(([tool, call]) => {
    const [parameter] = Object.keys(call.arguments);
    return [{ tool, to: 'renamed_name_1' }, ...(parameter === undefined ? [] : [{ tool, parameter, to: 'renamed_name_2' }])];
  });
}

describe('renaming', () => {
  test.each(dialectRows.map(([dialect, what, row]) => [`${dialect}, ${what}`, dialect, row] as const))('in %s changes the names and nothing else', (_title, _dialect, row) => {
    const text = JSON.stringify(row);
    const { dialect } = recogniseDialect(text, _dialect);
    if (dialect === undefined) throw new Error('no dialect');
    for (const renaming of renamings(read(text, dialect))) expect(outcome(text, dialect, renaming)).toBe('right');
  });

  test('is seen not to be right where something kept the old name, or something else changed', () => {
    const row = (name: string, called: string, city = 'Oslo'): string =>
      JSON.stringify({ messages: [{ role: 'user', content: 'x' }, { role: 'assistant', content: null, tool_calls: [{ id: 'a', type: 'function', function: { name: called, arguments: JSON.stringify({ city }) } }] }], tools: [{ type: 'function', function: { name, parameters: { type: 'object', properties: { city: {} } } } }] });
    const { dialect } = recogniseDialect(row('f', 'f'), 'openai-chat');
    if (dialect === undefined) throw new Error('no dialect');
    const renaming = { tool: 'f', to: 'g' };
    const before = read(row('f', 'f'), dialect).samples;
    const isRight = (text: string): boolean => isRenamed(before, read(text, dialect).samples, renaming);
    expect([isRight(row('g', 'g')), isRight(row('g', 'f')), isRight(row('f', 'g')), isRight(row('g', 'g', 'Rome')), isRight(row('f', 'f'))]).toEqual([true, false, false, false, false]);
  });
});

/** Files of real records, and the dialects they are of. */
const files = ['derived_formats/apigen_mt.json', 'derived_formats/hermes_json.json', 'derived_formats/hermes_python_repr.json', 'derived_formats/looptool.json', 'derived_formats/mistral_instruct_fc.jsonl', 'derived_formats/openai_finetune.jsonl', 'derived_formats/toolace_sharegpt.json', 'derived_formats/trl_messages_tools.jsonl', 'derived_formats/xlam_60k.json', 'hammer/original/toolalpaca.json', 'llamafactory/glaive_toolcall_en_demo.json', 'nemo-gym/xlam_fc_example.jsonl', 'tau-bench/gpt-4o-airline.json', 'toolrl/rlla_sft.json', 'toolrl/api-bank/level-1-api_processed.json', 'toolset-training/memoryManager_tools_v1.4.jsonl'];
const mostRecords = 15;

describe.skipIf(sharedData === undefined)('renaming in real records', () => {
  test.each(files)('%s', (file) => {
    const path = join(sharedData ?? '', file);
    expect(existsSync(path)).toBe(true);
    const text = readFileSync(path, 'utf8');
    const { dialect } = recogniseDialect(text);
    if (dialect === undefined) throw new Error('no dialect');
    const outcomes = new Map<string, number>();
    let records = 0;
    for (const entry of eachRecord(text)) {
      if (!entry.ok || records++ >= mostRecords) continue;
      const record = text.slice(entry.node.start, entry.node.end);
      for (const renaming of renamings(read(record, dialect))) {
        const found = outcome(record, dialect, renaming);
        outcomes.set(found, (outcomes.get(found) ?? 0) + 1);
      }
    }
    expect([...outcomes.keys()]).toEqual(['right']);
  });
});
