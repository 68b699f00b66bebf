import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { version } from '../../package.json';
import { parseProjectConfig } from '../../src/core/config/parse.ts';
import { readDataset } from '../../src/core/dataset/dataset.ts';
import { labelHash } from '../../src/core/dataset/identity.ts';
import type { Label } from '../../src/core/dataset/sample.ts';
import { serverFileSchema } from '../../src/protocol/serverFile.ts';
import { eventsOf, runCli, startCli, temporaryFolder } from './support/cli.ts';
import { weatherRows, writeRemoteProject } from './support/remoteProject.ts';

const cleanUps: (() => void)[] = [];
const newFolder = () => temporaryFolder((work) => cleanUps.push(work));
afterAll(() => cleanUps.forEach((work) => work()));

test('init makes a project of the data that it finds, and does not touch one that is there', async () => {
  const project = newFolder();
  mkdirSync(join(project, 'data'));
  writeFileSync(join(project, 'data/mine.jsonl'), weatherRows(0, 3).map((row) => `${JSON.stringify(row)}\n`).join(''));
  writeFileSync(join(project, 'package.json'), '{"name": "not data"}');
  expect((await runCli(['init', '--project', project])).code).toBe(0);
  expect(readFileSync(join(project, 'looptool.json'), 'utf8')).toContain('"data/mine.jsonl"');
  expect(readFileSync(join(project, 'looptool.json'), 'utf8')).not.toContain('package.json');
  const again = await runCli(['init', '--project', project]);
  expect(again.code).toBe(2);
  expect(again.stderr).toContain('is a project already');
});

test('init takes files for measuring as held-out sets, asks for no key on this machine, and says what to do next where', async () => {
  const project = newFolder();
  mkdirSync(join(project, 'data'));
  const text = weatherRows(0, 3).map((row) => `${JSON.stringify(row)}\n`).join('');
  for (const name of ['train', 'latest', 'my_test', 'eval-2024', 'dev', 'validation', 'held-out']) writeFileSync(join(project, `data/${name}.jsonl`), text);
  writeFileSync(join(project, 'dev.jsonl'), text);
  const made = await runCli(['init', '--project', project]);
  expect(made.stdout).toContain(`looptool run --rounds 1 --project ${project}`);
  const config = parseProjectConfig(readFileSync(join(project, 'looptool.json'), 'utf8'));
  expect(config).toMatchObject({ ok: true });
  if (!config.ok) return;
  expect(config.config.datasets.seed.map(({ path }) => path)).toEqual(['data/latest.jsonl', 'data/train.jsonl']);
  expect(config.config.datasets.heldOut.map(({ name, path }) => [name, path])).toEqual([
    ['dev.jsonl', 'dev.jsonl'],
    ['data/dev.jsonl', 'data/dev.jsonl'],
    ['eval-2024', 'data/eval-2024.jsonl'],
    ['held-out', 'data/held-out.jsonl'],
    ['my_test', 'data/my_test.jsonl'],
    ['validation', 'data/validation.jsonl'],
  ]);
  expect(JSON.stringify(config.config.endpoints)).not.toContain('apiKeyEnv');
  expect((await runCli(['status', '--project', project])).stdout).toContain(`Next: looptool run --rounds 1 --project ${project}`);
});

test('--version says the version and is no error', async () => {
  expect(await runCli(['--version'])).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: '' });
});

test('validate ends with 1 where there are findings, with their line, and with 0 where there are none', async () => {
  const folder = newFolder();
  const good = join(folder, 'good.jsonl');
  const bad = join(folder, 'bad.jsonl');
  const lines = weatherRows(1, 3).map((row) => JSON.stringify(row));
  writeFileSync(good, `${lines.join('\n')}\n`);
  writeFileSync(bad, `${lines[0]}\n${(lines[1] ?? '').replace('\\"city\\"', '\\"town\\"')}\n{"messages": [\n`);
  expect((await runCli(['validate', good])).code).toBe(0);
  const found = await runCli(['validate', bad]);
  expect(found.code).toBe(1);
  expect(found.stdout).toMatch(/bad\.jsonl:2:\d+ error /);
  expect(found.stdout).toMatch(/bad\.jsonl:3:\d+ error /);
  const json = eventsOf((await runCli(['validate', '--json', bad])).stdout);
  expect(json).toHaveLength(1);
  expect(json[0]).toMatchObject({ type: 'result', command: 'validate' });
  expect((await runCli(['validate', join(folder, 'missing.jsonl')])).code).toBe(2);
});

test('a command that cannot run ends with 2 and says what to do; --json says it in the last event', async () => {
  const folder = newFolder();
  const plain = await runCli(['run', '--project', folder]);
  expect(plain.code).toBe(2);
  expect(plain.stderr).toContain('looptool init');
  expect(existsSync(join(folder, '.looptool'))).toBe(false);
  const json = await runCli(['run', '--json', '--project', folder]);
  expect(json.code).toBe(2);
  expect(eventsOf(json.stdout).at(-1)).toMatchObject({ type: 'job-end', status: 'failed', code: 'config-missing' });
  expect((await runCli(['run', '--rounds', '0'])).code).toBe(2);
  expect((await runCli(['nonsense'])).code).toBe(2);
  expect((await runCli(['--help'])).code).toBe(0);
  writeFileSync(join(folder, 'looptool.json'), '{"version": 1, "name": 5}');
  expect((await runCli(['status', '--project', folder])).stderr).toMatch(/looptool\.json:1:\d+ name:/);
});

test('a stage whose input is missing says which stage comes first', async () => {
  const project = newFolder();
  writeRemoteProject(project, 'http://127.0.0.1:9/v1', { samples: 3, trainer: { kind: 'command', argv: ['true'] } });
  const run = await runCli(['probe', '--project', project], { env: { TEST_KEY: 'x' } });
  expect(run.code).toBe(2);
  expect(run.stderr).toContain('looptool train --round 1');
});

test('review apply shows what it would change, writes only when told to, and keeps the file as it was', async () => {
  const project = newFolder();
  writeRemoteProject(project, 'http://127.0.0.1:9/v1', { samples: 6 });
  const path = join(project, 'data/train.jsonl');
  const original = readFileSync(path, 'utf8');
  const sample = readDataset(original, { file: 'data/train.jsonl', steps: 'last' }).samples[5]?.sample;
  const label: Label = { kind: 'calls', calls: [{ name: 'get_weather', arguments: { city: 'Town5' } }] };
  mkdirSync(join(project, '.looptool'));
  const decision = { v: 1, op: 'decide', id: 'd1', at: '2026-01-01T00:00:00Z', by: 'me', sampleId: sample?.id, labelHash: sample?.labelHash, ruling: 'takePrediction', label };
  appendFileSync(join(project, '.looptool/decisions.jsonl'), `${JSON.stringify(decision)}\n`);

  const shown = await runCli(['review', 'apply', '--project', project]);
  expect(shown.code).toBe(0);
  expect(shown.stdout).toMatch(/@@ line 6 @@\n-.*Nowhere.*\n\+.*Town5/);
  expect(readFileSync(path, 'utf8')).toBe(original);

  const written = await runCli(['review', 'apply', '--write', '--project', project]);
  expect(written.code).toBe(0);
  const changed = readFileSync(path, 'utf8');
  const before = original.split('\n');
  expect(changed.split('\n').filter((line, index) => line !== before[index])).toEqual([before[5]?.replace('Nowhere', 'Town5')]);
  expect(readDataset(changed, { file: 'data/train.jsonl', steps: 'last' }).samples[5]?.sample.labelHash).toBe(labelHash(label));
  expect(readFileSync(`${path}.bak`, 'utf8')).toBe(original);

  expect((await runCli(['review', 'apply', '--project', project])).stdout).toContain('0 labels would be changed, 1 stand already');
});

test('serve says where it serves, refuses to serve twice, and ends with its file', async () => {
  const project = newFolder();
  await runCli(['init', '--sample', '--smoke', '--project', project]);
  const file = join(project, '.looptool/server.json');
  const second: Awaited<ReturnType<typeof runCli>>[] = [];
  const keys: string[] = [];
  const serving = startCli(['serve', '--json', '--project', project], {
    env: { LOOPTOOL_SERVER_KEY: 'a-key-of-mine' },
    onLine: () => {
      keys.push(serverFileSchema.parse(JSON.parse(readFileSync(file, 'utf8'))).key);
      void runCli(['serve', '--project', project]).then((result) => {
        second.push(result);
        serving.child.kill('SIGINT');
      });
    },
  });
  const { code, stdout } = await serving.exit;
  expect(code).toBe(130);
  expect(second[0]).toMatchObject({ code: 2 });
  expect(second[0]?.stderr).toContain('already runs');
  expect(eventsOf(stdout)[0]).toMatchObject({ type: 'result', command: 'serve' });
  expect(existsSync(file)).toBe(false);
  // A key comes from the environment, never as an argument.
  expect(keys).toEqual(['a-key-of-mine']);
  expect(stdout).not.toContain('a-key-of-mine');
  expect(await runCli(['serve', '--key', 'x', '--project', project])).toMatchObject({ code: 2, stderr: expect.stringContaining("unknown option '--key'") as string });
});
