import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { describe, expect, it } from 'vitest';
import type { Companions } from '../../../src/core/dataset/companions.ts';
import { readDataset, type DatasetReading } from '../../../src/core/dataset/dataset.ts';
import { dialects } from '../../../src/core/dataset/dialects.generated.ts';
import { writeRow } from '../../../src/core/dataset/registry.ts';
import { eachRecord } from '../../../src/core/jsonl/records.ts';
import { nodeValue } from '../../../src/core/json/tree.ts';
import { sharedData } from '../../builders/sharedData.ts';

const root = sharedData ?? '';

/** Dialect, records, samples of all steps, problems. */
const table: readonly (readonly [file: string, dialect: string, records: number, samples: number, problems: number])[] = [
  ['derived_formats/apigen_mt.json', 'sharegpt', 60, 199, 0],
  ['derived_formats/hermes_json.json', 'hermes', 30, 102, 0],
  ['derived_formats/hermes_python_repr.json', 'hermes', 30, 102, 0],
  ['derived_formats/looptool.json', 'looptool', 40, 40, 0],
  ['derived_formats/looptool_gcp_stage.json', 'looptool', 24, 24, 0],
  ['derived_formats/mistral_instruct_fc.jsonl', 'mistral', 60, 199, 0],
  ['derived_formats/openai_finetune.jsonl', 'openai-chat', 60, 199, 0],
  ['derived_formats/toolace_sharegpt.json', 'toolace', 60, 199, 0],
  ['derived_formats/trl_messages_tools.jsonl', 'trl', 60, 199, 0],
  ['derived_formats/xlam_60k.json', 'xlam', 60, 60, 0],
  ['eval-protocol/function_calling.jsonl', 'openai-chat', 7, 7, 0],
  ['eval-protocol/tool_calling_dataset.jsonl', 'openai-chat', 2, 2, 0],
  ['evalscope/fc_example.jsonl', 'openai-chat', 3, 3, 0],
  // One call's arguments are the source of a Python program; nothing behind it has a known context.
  ['functionary/test_case.json', 'openai-chat', 1, 5, 1],
  ['hammer/hammer2.1/sealtool.json', 'hammer', 40, 40, 0],
  ['hammer/masking_sft_data_example.json', 'hammer', 5, 5, 0],
  ['hammer/original/apibank_l1.json', 'xlam', 60, 60, 0],
  ['hammer/original/apibank_l2.json', 'xlam', 60, 60, 0],
  ['hammer/original/sealtool.json', 'xlam', 60, 60, 0],
  ['hammer/original/toolalpaca.json', 'xlam', 60, 60, 0],
  ['llamafactory/glaive_toolcall_en_demo.json', 'sharegpt', 150, 463, 0],
  ['llamafactory/glaive_toolcall_zh_demo.json', 'sharegpt', 150, 478, 0],
  ['llamafactory/reason_tool_use_demo_50.jsonl', 'llamafactory-v1', 25, 53, 0],
  ['nemo-gym/workplace_assistant_example.jsonl', 'responses', 3, 3, 0],
  ['nemo-gym/xlam_fc_example.jsonl', 'responses', 3, 3, 0],
  ['tau-bench/gpt-4o-airline.json', 'tau-bench', 25, 280, 0],
  ['toolrl/api-bank/level-1-api_processed.json', 'toolrl-api-bank', 60, 60, 0],
  ['toolrl/api-bank/level-2-api_processed.json', 'toolrl-api-bank', 36, 36, 0],
  ['toolrl/api-bank/level-3-api_processed.json', 'toolrl-api-bank', 60, 60, 0],
  ['toolrl/rlla_sft.json', 'toolrl', 200, 200, 0],
  ['toolset-training/contentManager_tools_v1.4.jsonl', 'toolset', 130, 130, 0],
  // 35 rows are marked as bad answers.
  ['toolset-training/error_recovery_pairs_v1.5.jsonl', 'toolset', 100, 65, 35],
  ['toolset-training/memoryManager_tools_v1.4.jsonl', 'toolset', 100, 100, 0],
  ['when2call/when2call_test_llm_judge.jsonl', 'when2call', 75, 75, 0],
];

function read(file: string, options: { readonly dialect?: string; readonly companions?: Companions } = {}): DatasetReading {
  return readDataset(readFileSync(join(root, file), 'utf8'), { file, steps: 'all', ...options });
}

async function parquetText(file: string): Promise<string> {
  const rows = await parquetReadObjects({ file: await asyncBufferFromFile(join(root, file)), compressors });
  return JSON.stringify(rows, (_key, value: unknown) => (typeof value === 'bigint' ? Number(value) : value));
}

function kinds(reading: DatasetReading): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { sample } of reading.samples) counts[sample.label.kind] = (counts[sample.label.kind] ?? 0) + 1;
  return counts;
}

describe.skipIf(sharedData === undefined)('published records (skipped where ../shared/data is absent)', () => {
  it.each(table)('of %s are read as %s', (file, dialect, records, samples, problems) => {
    const reading = read(file);
    expect({ dialect: reading.dialect, records: reading.records, samples: reading.samples.length, problems: reading.problems.length, first: reading.problems[0] }).toEqual({ dialect, records, samples, problems, first: reading.problems[0] });
    for (const { sample, places } of reading.samples.slice(0, 50)) {
      const found = places();
      expect(found.tools).toHaveLength(sample.tools.length);
      expect(found.messages).toHaveLength(sample.messages.length);
      expect(found.calls).toHaveLength(sample.label.kind === 'calls' ? sample.label.calls.length : 0);
    }
  });

  it.each([
    ['derived_formats/verl_looptool.parquet', 40],
    ['toolrl/rlla_test.parquet', 40],
  ])('of %s are read as verl rows', async (file, records) => {
    const reading = readDataset(await parquetText(file), { file, steps: 'all' });
    expect(reading).toMatchObject({ dialect: 'verl', confidence: 1, records, problems: [] });
    expect(reading.samples).toHaveLength(records);
    expect(reading.samples.every(({ sample }) => sample.tools.length > 0)).toBe(true);
  });

  it('hold labels of every kind that the datasets have', () => {
    expect(kinds(read('evalscope/fc_example.jsonl'))).toEqual({ anyCall: 2, noCall: 1 });
    expect(kinds(read('hammer/masking_sft_data_example.json'))).toEqual({ noCall: 1, calls: 4 });
    expect(kinds(read('eval-protocol/function_calling.jsonl'))).toEqual({ calls: 7 });
    expect(kinds(read('nemo-gym/workplace_assistant_example.jsonl'))).toEqual({ calls: 3 });
    expect(read('when2call/when2call_test_llm_judge.jsonl').samples.flatMap(({ sample }) => (sample.label.kind === 'text' ? [sample.label.textKind?.kind] : [])).filter((kind) => kind === 'ask')).toHaveLength(22);
  });

  it.each(table)('of %s, written in every dialect that can be, give the same ids, labels and families', (file) => {
    for (const { sample } of read(file).samples.slice(0, 12)) {
      for (const { id, write } of dialects) {
        if (write === undefined) continue;
        const [back] = readDataset(writeRow(id, sample), { file, steps: 'last', dialect: id }).samples;
        expect([id, back?.sample.id, back?.sample.labelHash, back?.sample.family]).toEqual([id, sample.id, sample.labelHash, sample.family]);
      }
    }
  });

  it('of other datasets are claimed by none of these dialects', () => {
    const known = new Set(table.map(([file]) => file));
    const own = new Set(table.map(([, dialect]) => dialect));
    const claimed = jsonFiles(root)
      .filter((file) => !known.has(file) && !/INDEX|_tools\.json|tool_schemas|few_shot/.test(file))
      .flatMap((file) => {
        const records = [...eachRecord(readFileSync(join(root, file), 'utf8'))].slice(0, 5).flatMap((entry) => (entry.ok ? [nodeValue(entry.node)] : []));
        return dialects.filter(({ id }) => own.has(id)).flatMap(({ id, detect }) => (records.some((record) => detect(record) > 0.5) ? [`${file}: ${id}`] : []));
      });
    expect(claimed).toEqual([]);
  });

  it('of one dialogue have one id in every layout that says the same', () => {
    const ids = new Map(['openai_finetune.jsonl', 'trl_messages_tools.jsonl', 'mistral_instruct_fc.jsonl', 'apigen_mt.json', 'toolace_sharegpt.json'].map((name) => [name, read(`derived_formats/${name}`).samples.map(({ sample }) => sample.id)]));
    const openai = ids.get('openai_finetune.jsonl') ?? [];
    const same = (name: string): number => openai.filter((id, index) => ids.get(name)?.[index] === id).length;
    // These three differ in the style of calls alone.
    expect(same('trl_messages_tools.jsonl')).toBe(199);
    expect(same('mistral_instruct_fc.jsonl')).toBe(199);
    // These have a system message of their own: a policy, and the instructions around the tools.
    expect(same('apigen_mt.json')).toBe(0);
    expect(same('toolace_sharegpt.json')).toBe(0);
    // Whether calls and tools are JSON or Python is no difference.
    const hermes = ['hermes_json.json', 'hermes_python_repr.json'].map((name) => read(`derived_formats/${name}`).samples.map(({ sample }) => `${sample.id} ${sample.labelHash}`));
    expect(hermes[0]).toEqual(hermes[1]);
  });

  it('of the layouts with a system message of their own differ in that message alone', () => {
    const bare = (name: string): readonly string[] =>
      read(`derived_formats/${name}`).samples.map(({ sample }) => JSON.stringify([sample.messages.filter(({ role }) => role !== 'system').map((message) => (message.role === 'tool' ? message.content : message)), sample.label, sample.tools.map(({ name: tool, description, parameters }) => [tool, description, parameters])]));
    const openai = bare('openai_finetune.jsonl');
    expect(bare('apigen_mt.json')).toEqual(openai);
    expect(bare('toolace_sharegpt.json')).toEqual(openai);
  });

  it('of LoopTool have one id as JSON and in parquet', async () => {
    const parquet = readDataset(await parquetText('derived_formats/verl_looptool.parquet'), { file: 'x', steps: 'all' });
    expect(parquet.samples.map(({ sample }) => sample.id)).toEqual(read('derived_formats/looptool.json').samples.map(({ sample }) => sample.id));
  });

  it('take their tools from the catalogue beside them', () => {
    const companion = (file: string): Companions => ({ answers: [], tools: [{ stem: basename(file, '.json'), path: file, records: [...eachRecord(readFileSync(join(root, file), 'utf8'))].flatMap((entry) => (entry.ok ? [nodeValue(entry.node)] : [])) }] });
    const toolset = read('toolset-training/memoryManager_tools_v1.4.jsonl', { companions: companion('toolset-training/tool_schemas.json') });
    const names = new Set(toolset.samples[0]?.sample.tools.map(({ name }) => name));
    expect(names.size).toBe(47);
    const unknown = toolset.samples.flatMap(({ sample }) => (sample.label.kind === 'calls' ? sample.label.calls.filter(({ name }) => !names.has(name)) : []));
    // Two rows call tools that there are none of: a finding, not the reader's fault.
    expect(unknown.map(({ name }) => name)).toEqual(['memoryManager_updateSessionMetadata', 'memoryManager_deleteWorkspace']);
    const airline = read('tau-bench/gpt-4o-airline.json', { companions: companion('tau-bench/airline_tools.json') });
    expect(airline.samples[0]?.sample.tools).toHaveLength(14);
    expect(read('tau-bench/gpt-4o-airline.json', { companions: companion('tau-bench/retail_tools.json') }).samples[0]?.sample.tools).toEqual([]);
  });
});

function jsonFiles(folder: string): readonly string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return jsonFiles(path);
    return /\.jsonl?$/.test(name) ? [relative(root, path)] : [];
  });
}
