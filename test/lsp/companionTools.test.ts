import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dialectById } from '../../src/core/dataset/registry.ts';
import { loadCompanions } from '../../src/node/companionFiles.ts';
import { weatherTool } from '../builders/datasetText.ts';
import { tryDefinitions, tryDiagnostics, tryHovers, tryRename } from './support/abilities.ts';
import type { Session } from './support/session.ts';
import { tryLabels } from './support/shapes.ts';
import { Tally } from './support/tally.ts';
import { openTrial, startTrial } from './support/trial.ts';

const folder = mkdtempSync(join(tmpdir(), 'looptool-tools-'));
let session: Session;
beforeAll(async () => {
  session = await startTrial();
});
afterAll(async () => {
  await session.stop();
  rmSync(folder, { recursive: true });
});

test('tools that stand in a file of their own are found there, and labels of their records can be edited', async () => {
  writeFileSync(join(folder, 'airline_tools.json'), JSON.stringify([{ type: 'function', function: { ...weatherTool, name: 'another' } }, { type: 'function', function: weatherTool }], null, 1));
  const call = { id: '1', type: 'function', function: { name: 'get_weather', arguments: '{"city": "Oslo", "days": 2}' } };
  const row = { task_id: 1, reward: 1, info: {}, traj: [{ role: 'system', content: '# Airline Agent Policy' }, { role: 'user', content: 'Weather in Oslo, 2 days?' }, { role: 'assistant', content: null, tool_calls: [call] }, { role: 'tool', tool_call_id: '1', name: 'get_weather', content: '4C' }, { role: 'assistant', content: 'Cold.' }], trial: 0 };
  const path = join(folder, 'rows.jsonl');
  const { companions } = await loadCompanions(path, dialectById('tau-bench'));
  expect(companions.tools).toHaveLength(1);
  const document = await openTrial(session, pathToFileURL(path).href, `${JSON.stringify(row)}\n`, { companions });
  const tally = new Tally();
  // A check waits for the files that the records are read with.
  await tryDiagnostics(document, tally);
  await tryDefinitions(document, tally);
  await tryHovers(document, tally);
  await tryRename(document, tally, 1);
  await tryLabels(document, tally);
  expect(tally.wrong).toEqual([]);
  expect(Object.fromEntries([...tally.counts].map(([ability, { good, refused }]) => [ability, good + refused]))).toMatchObject({ 'definition in another file': 1, references: 1, rename: 1, 'edit label': 2 });
});
