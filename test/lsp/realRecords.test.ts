import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recogniseDialect } from '../../src/core/dataset/dataset.ts';
import { containerOf, eachRecord } from '../../src/core/jsonl/records.ts';
import { loadCompanions } from '../../src/node/companionFiles.ts';
import { sharedData } from '../builders/sharedData.ts';
import { tryDiagnostics, tryFixes } from './support/abilities.ts';
import { withBrokenLabels } from './support/brokenLabels.ts';
import type { Session } from './support/session.ts';
import { tryDocument } from './support/tryDocument.ts';
import { table, Tally } from './support/tally.ts';
import { openTrial, startTrial } from './support/trial.ts';

const files: readonly (readonly [column: string, file: string, records?: number])[] = [
  ['ToolRL', 'toolrl/rlla_sft.json'],
  ['BFCL', 'bfcl/BFCL_v4_simple_python.json'],
  ['BFCL parallel', 'bfcl/BFCL_v4_live_parallel.json'],
  ['Hermes JSON', 'derived_formats/hermes_json.json'],
  ['Hermes Python', 'derived_formats/hermes_python_repr.json'],
  ['OpenAI', 'derived_formats/openai_finetune.jsonl'],
  ['OpenAI, answers', 'eval-protocol/function_calling.jsonl'],
  ['TRL', 'derived_formats/trl_messages_tools.jsonl'],
  ['Mistral', 'derived_formats/mistral_instruct_fc.jsonl'],
  ['xLAM', 'derived_formats/xlam_60k.json'],
  ['xLAM, Hammer', 'hammer/original/toolalpaca.json'],
  ['Hammer', 'hammer/hammer2.1/sealtool.json'],
  ['LoopTool', 'derived_formats/looptool.json'],
  ['ToolACE', 'derived_formats/toolace_sharegpt.json'],
  ['APIGen-MT', 'derived_formats/apigen_mt.json'],
  ['API-Bank', 'api-bank/lv1-lv2-samples/level-1-given-desc/AddAgenda-level-1-2.jsonl'],
  ['API-Bank, ToolRL', 'toolrl/api-bank/level-1-api_processed.json'],
  ['When2Call', 'when2call/when2call_test_llm_judge.jsonl'],
  ['Seal-Tools', 'seal-tools/dev.jsonl'],
  ['ACEBench', 'acebench/data_en/data_normal_atom_enum.json'],
  ['NESTFUL', 'nestful/executable-data.json'],
  ['tau-bench', 'tau-bench/gpt-4o-airline.json', 2],
  ['LLaMA-Factory', 'llamafactory/glaive_toolcall_en_demo.json'],
  ['LLaMA-Factory v1', 'llamafactory/reason_tool_use_demo_50.jsonl', 4],
  ['Responses', 'nemo-gym/workplace_assistant_example.jsonl'],
  ['Toolset', 'toolset-training/contentManager_tools_v1.4.jsonl'],
];

const ofFile: ReadonlySet<string> = new Set(['outline', 'folding', 'selection', 'semantic tokens', 'code lenses', 'document links', 'inlay hints', 'status', 'conversation', 'edit label', 'card of a sample']);

/** The first records of a dataset, in its own list or lines. */
function firstRecords(text: string, count: number): string {
  const entries = [...eachRecord(text)].slice(0, count);
  const last = entries.at(-1);
  const end = last?.ok === true ? last.node.end : text.length;
  return containerOf(text) === 'array' ? `${text.slice(0, end)}\n]\n` : `${text.slice(0, end)}\n`;
}

describe.skipIf(sharedData === undefined)('every ability on published records (skipped where ../shared/data is absent)', () => {
  let session: Session;
  const tallies: (readonly [string, Tally])[] = [];
  beforeAll(async () => {
    session = await startTrial();
  });
  afterAll(async () => {
    await session.stop();
    if (process.env['LOOPTOOL_ABILITIES'] !== undefined) process.stdout.write(`${table(tallies, (ability) => !ofFile.has(ability))}\n\n${table(tallies, (ability) => ofFile.has(ability))}\n`);
  });

  test.each(files.map(([column, file, records = 10]) => [column, file, records] as const))('%s', async (column, file, count) => {
    const path = join(sharedData ?? '', file);
    const text = firstRecords(readFileSync(path, 'utf8'), count);
    const { dialect } = recogniseDialect(text);
    const { companions } = await loadCompanions(path, dialect);
    const open = (content: string) => openTrial(session, pathToFileURL(path).href, content, { languageId: file.endsWith('.jsonl') ? 'jsonl' : 'json', companions });
    const document = await open(text);
    const tally = new Tally();
    tallies.push([column, tally]);
    expect(document.reading.samples.length).toBeGreaterThan(0);
    await tryDocument(document, tally);
    const mistaken = await withBrokenLabels(document);
    await document.close();
    if (mistaken !== undefined) {
      const other = await open(mistaken);
      await tryFixes(other, await tryDiagnostics(other, tally), tally, 3);
      await other.close();
    }
    if (process.env['LOOPTOOL_ABILITIES'] === 'why') process.stdout.write(tally.reasons.map((reason) => `${column}, ${reason}\n`).join(''));
    expect(tally.wrong).toEqual([]);
  });
});
