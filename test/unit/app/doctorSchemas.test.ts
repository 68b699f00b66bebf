import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { examineProject } from '../../../src/app/doctor/doctor.ts';
import { projectConfigSchema } from '../../../src/core/config/projectConfig.ts';
import { keySource } from '../../../src/node/environmentKeys.ts';
import { ProjectFiles } from '../../../src/node/projectFiles.ts';
import { startModelServer, type ModelServerTraits } from '../../fakes/modelServer.ts';
import { llamaCpp, vllm } from '../../fakes/modelServers.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const work of cleanUps.splice(0)) await work();
});

/** What the doctor advises where a server holds calls to schemas; empty where it says nothing of it. */
async function advice(traits: ModelServerTraits, settings: object = {}): Promise<string> {
  const server = await startModelServer(traits);
  const folder = mkdtempSync(join(tmpdir(), 'looptool-doctor-'));
  cleanUps.push(() => server.close(), () => rmSync(folder, { recursive: true, force: true }));
  const policy = { kind: 'openai', baseUrl: server.baseUrl, model: 'tiny', ...settings };
  const endpoints = { policy, judge: { kind: 'simulated', model: 'simulated-judge' }, generator: { kind: 'simulated', model: 'simulated-generator' } };
  const config = projectConfigSchema.parse({ version: 1, name: 'n', datasets: { seed: [{ path: 'd.jsonl' }] }, endpoints });
  const clock = { now: () => 1_000_000, sleep: () => Promise.resolve() };
  const { servers } = await examineProject(new ProjectFiles(folder), config, ['policy'], { clock, signal: new AbortController().signal, fresh: false, wait: false, waits: { identifyMs: 2000, askMs: 5000 }, keyOf: keySource({}) });
  return servers.flatMap(({ warnings }) => warnings).filter(({ id }) => id === 'held-to-schemas').map(({ fix }) => fix).join('');
}

it('llama.cpp holds calls to their schemas, unless its parser is off or the endpoint keeps it away', async () => {
  expect(await advice(llamaCpp)).toContain('"toolChoice": "none"');
  expect(await advice(llamaCpp, { sampling: { toolChoice: 'none' } })).toBe('');
  expect(await advice(llamaCpp, { prompting: 'raw' })).toBe('');
  expect(await advice({ ...llamaCpp, toolParser: false })).toBe('');
  expect(await advice(vllm)).toBe('');
});
