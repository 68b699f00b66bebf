import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { nodePorts } from '../../../src/app/nodePorts.ts';
import { Reporter } from '../../../src/app/reporter.ts';
import { runSampleAction, type SampleActionTarget } from '../../../src/app/samples/sampleActions.ts';
import { promptText } from '../../../src/cli/writers/promptText.ts';
import { sampleActionResultSchema, type SampleActionResult } from '../../../src/protocol/sampleRequest.ts';
import { startFakeServer, type FakeServer } from '../../fakes/openaiServer.ts';
import { weatherAnswer, writeRemoteProject } from '../../runner/support/remoteProject.ts';

let folder: string;
let server: FakeServer;
const shown = '<|im_start|>user\nweather in Town1<|im_end|>\n<|im_start|>assistant\n';

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'looptool-prompt-'));
  server = await startFakeServer({
    answer: weatherAnswer,
    routes: {
      '/props': () => ({ chat_template: 'x', default_generation_settings: { n_ctx: 40 } }),
      '/apply-template': () => ({ prompt: shown }),
      '/v1/chat/completions/input_tokens': () => ({ input_tokens: 50 }),
      '/tokenize': (body) => ({ tokens: ((body as { content: string }).content.match(/[\s\S]{1,8}/g) ?? []).map((piece, id) => ({ id, piece })) }),
    },
  });
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

async function preview(endpoint: object, target?: SampleActionTarget): Promise<SampleActionResult> {
  writeRemoteProject(folder, server.baseUrl, { samples: 3, endpoint });
  const ports = nodePorts('dist/cli.js', { [new URL(server.baseUrl).origin]: 'key' });
  const reporter = new Reporter(ports.clock, () => undefined);
  const result = await runSampleAction(ports, { project: folder, action: 'prompt', target: target ?? { address: { file: join(folder, 'data/train.jsonl'), record: 1 } }, signal: new AbortController().signal, reporter });
  // The editor reads it as such.
  expect(sampleActionResultSchema.parse(JSON.parse(JSON.stringify(result)))).toEqual(result);
  return result;
}

it("shows what the server makes, that it drops the tools, and that it is too long; no model is asked", async () => {
  const { prompt } = await preview({});
  expect(prompt).toMatchObject({ mode: 'chat', text: shown, tokens: 50, context: 40, warnings: [{ kind: 'toolMissing', tools: ['get_weather'] }] });
  expect(prompt?.refusal).toContain('50 tokens, more than the 40');
  expect(server.requests).toEqual([]);
  expect(prompt && promptText(prompt)).toMatch(/Warning: These tools are not in the prompt: get_weather/);
});

it('shows what is made here, token by token', async () => {
  const { prompt } = await preview({ prompting: 'raw', template: 'chatml' });
  expect(prompt?.text).toContain('"name": "get_weather"');
  expect(prompt?.text?.endsWith(shown)).toBe(true);
  expect(prompt?.pieces?.join('')).toBe(prompt?.text);
  expect(prompt).toMatchObject({ mode: 'raw', template: { name: 'chatml' }, tokens: prompt?.pieces?.length, warnings: [] });
});

it('finds a sample by its id', async () => {
  const { sampleId } = await preview({ prompting: 'raw', template: 'chatml' });
  const again = await preview({ prompting: 'raw', template: 'chatml' }, { sampleId });
  expect(again).toMatchObject({ sampleId, occurrence: { record: 1 } });
  await expect(preview({}, { sampleId: 'smp_nothing' })).rejects.toMatchObject({ code: 'usage' });
});

it('says what it is of where the server shows nothing', async () => {
  await server.close();
  server = await startFakeServer({ answer: weatherAnswer });
  const { prompt } = await preview({});
  expect(prompt).toMatchObject({ mode: 'chat', warnings: [] });
  expect(prompt?.text).toBeUndefined();
  expect(prompt && promptText(prompt)).toMatch(/does not show it/);
});
