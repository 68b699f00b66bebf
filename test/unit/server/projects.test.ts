import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Projects } from '../../../src/server/projects.ts';
import { callBlock, looptoolRow, weatherTool } from '../../builders/datasetText.ts';

let root: string;
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'looptool-projects-'))));
afterEach(() => rmSync(root, { recursive: true }));

const endpoint = { kind: 'openai', baseUrl: 'http://127.0.0.1:1/v1', model: 'm' };
function config(more: Readonly<Record<string, unknown>> = {}, dataset: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({ version: 1, name: 'p', datasets: { seed: [{ path: 'data/train.jsonl', ...dataset }] }, endpoints: { policy: endpoint, judge: endpoint, generator: endpoint }, ...more });
}
const write = (name: string, text: string): void => {
  mkdirSync(join(root, name, '..'), { recursive: true });
  writeFileSync(join(root, name), text);
};
const uri = (name: string): string => pathToFileURL(join(root, name)).href;

describe('projects of documents', () => {
  test('are the nearest looptool.json at or above the document', () => {
    write('looptool.json', config());
    write('inner/looptool.json', config({ lint: { profile: 'strict' } }));
    const projects = new Projects(() => undefined);
    expect(projects.of(uri('data/train.jsonl'))).toMatchObject({ directory: root, rules: { profile: 'recommended' } });
    expect(projects.of(uri('inner/deep/a.jsonl'))).toMatchObject({ directory: join(root, 'inner'), rules: { profile: 'strict' } });
    for (const outside of ['untitled:Untitled-1', 'git:/data/train.jsonl', 'file:///no/such/place.jsonl', 'file://%', '']) expect(projects.of(outside)).toBeUndefined();
  });

  test('know dialect, steps and companion files of their datasets', () => {
    write('looptool.json', config({}, { dialect: 'xlam', steps: 'all', companions: { answers: 'answers.json' } }));
    const project = new Projects(() => undefined).of(uri('data/train.jsonl'));
    expect(project?.dataset(join(root, 'data', 'train.jsonl'))).toEqual({ dialect: 'xlam', steps: 'all', companions: { answers: [join(root, 'answers.json')] } });
    expect(project?.dataset(join(root, 'data', 'other.jsonl'))).toBeUndefined();
  });

  test('stay the same until a file changes, and are looked at again then', () => {
    write('looptool.json', config());
    const projects = new Projects(() => undefined);
    const first = projects.fresh(uri('a.jsonl'));
    expect(projects.fresh(uri('a.jsonl'))).toBe(first);
    write('.looptool/suppressions.jsonl', 'no JSON\n{"v":1,"sampleId":"smp_1","rule":"argument-type"}\n{"v":2}\n');
    const second = projects.fresh(uri('a.jsonl'));
    expect(second?.suppressions.hides('argument-type', {}, () => 'smp_1')).toBe(true);
    rmSync(join(root, 'looptool.json'));
    expect(projects.fresh(uri('a.jsonl'))).toBeUndefined();
    expect(projects.of(uri('a.jsonl'))).toBeUndefined();
  });

  test('keep the recommended rules while looptool.json is wrong', () => {
    const projects = new Projects(() => undefined);
    for (const wrong of ['{', config({ lint: { rules: { 'no-such-rule': 'off' } } })]) {
      write('looptool.json', wrong);
      expect(projects.fresh(uri('a.jsonl'))?.rules).toEqual({ profile: 'recommended', rules: {} });
    }
  });

  test('get to know the requests of their benchmarks afterwards', async () => {
    write('bench.jsonl', `${looptoolRow([weatherTool], callBlock('get_weather', { city: 'Paris' }), 'How warm will it be in the city of Paris at the end of this week?')}\n`);
    write('looptool.json', config({ lint: { benchmarks: ['bench.jsonl'] } }));
    const changed = vi.fn();
    const projects = new Projects(changed);
    expect(projects.of(uri('a.jsonl'))?.rules.rules).toEqual({});
    await vi.waitFor(() => expect(changed).toHaveBeenCalledOnce());
    expect(projects.of(uri('a.jsonl'))?.rules.rules).toHaveProperty('benchmark-leak');
  });
});
