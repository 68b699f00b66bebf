import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { doctorReportSchema } from '../../src/protocol/serverReport.ts';
import { startModelServer, type ModelServerTraits } from '../fakes/modelServer.ts';
import { llamaCpp, vllm } from '../fakes/modelServers.ts';
import { runCli, temporaryFolder } from './support/cli.ts';

const cleanUps: (() => unknown)[] = [];
afterAll(async () => {
  for (const work of cleanUps) await work();
});
const folder = temporaryFolder((work) => cleanUps.push(work));

async function started(traits: ModelServerTraits) {
  const server = await startModelServer(traits);
  cleanUps.push(() => server.close());
  return server;
}

test('a server without a project: the screen, exit code 0, and the same as events', async () => {
  const server = await started(llamaCpp);
  const { code, stdout } = await runCli(['doctor', '--url', server.root]);
  expect(code).toBe(0);
  expect(stdout).toContain(`tiny at ${server.baseUrl}\n  server       llama.cpp b9000-abc, ready, no key needed\n  model        listed, 4,096 tokens a request, 4 requests at a time, any name is answered\n`);
  const json = await runCli(['doctor', '--url', server.baseUrl, '--model', 'tiny', '--json']);
  const event = JSON.parse(json.stdout.trim().split('\n').at(-1) ?? '') as { readonly type: string; readonly data: unknown };
  expect(event.type).toBe('result');
  expect(doctorReportSchema.parse(event.data).servers).toMatchObject([{ kind: 'llama.cpp', works: true }]);
});

test('roles of a project: one that cannot work makes the exit code 1, and another role alone does not', async () => {
  const [good, refusing] = [await started(vllm), await started({ ...vllm, refusesTools: { status: 400, message: '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set' } })];
  const project = join(folder, 'project');
  mkdirSync(project);
  const endpoint = (baseUrl: string): object => ({ kind: 'openai', baseUrl, model: 'tiny' });
  writeFileSync(join(project, 'looptool.json'), JSON.stringify({ version: 1, name: 'p', datasets: { seed: [{ path: 'd.jsonl' }] }, endpoints: { policy: endpoint(refusing.baseUrl), judge: endpoint(good.baseUrl), generator: endpoint(good.baseUrl) } }));
  const all = await runCli(['doctor', '--project', project]);
  expect(all.code).toBe(1);
  expect(all.stdout).toContain('✗ A request with tools is refused: "auto" tool choice requires --enable-auto-tool-choice');
  expect(all.stdout).toContain('→ Start vLLM with --enable-auto-tool-choice --tool-call-parser NAME');
  const judge = await runCli(['doctor', 'judge', '--project', project]);
  expect(judge.code).toBe(0);
  expect(judge.stdout).toContain('in order (asked');
  expect(judge.stdout).not.toContain('policy:');
});

test('what cannot be done is said with exit code 2', async () => {
  expect(await runCli(['doctor', 'wizard', '--project', join(folder, 'project')])).toMatchObject({ code: 2, stderr: expect.stringContaining('There is no role "wizard". Roles are policy, judge, judge2, generator.') as string });
  expect(await runCli(['doctor', '--project', join(folder, 'nowhere')])).toMatchObject({ code: 2, stderr: expect.stringMatching(/looptool init.*doctor --url/s) as string });
  expect(await runCli(['doctor', '--url', 'http://127.0.0.1:1/v1', '--key-env', 'LOOPTOOL_NO_SUCH_KEY'])).toMatchObject({ code: 2, stderr: expect.stringContaining('LOOPTOOL_NO_SUCH_KEY is not set') as string });
});
