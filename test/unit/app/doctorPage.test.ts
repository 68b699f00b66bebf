import { expect, it } from 'vitest';
import * as fc from 'fast-check';
import { endpointEdit } from '../../../src/core/config/endpointEdit.ts';
import { findingsPage, type PageWords } from '../../../src/app/doctor/editorDoctor.ts';
import { englishWords } from '../../../src/app/doctor/screenWords.ts';
import { withPoolWarnings } from '../../../src/app/doctor/poolWarnings.ts';
import { beforeTemperature } from '../../../src/app/doctor/observe.ts';
import type { ServerReport } from '../../../src/protocol/serverReport.ts';

const server: ServerReport = {
  kind: 'vllm',
  version: '1',
  model: 'm',
  ctx: 4096,
  auth: 'open',
  state: 'ready',
  problem: null,
  listed: ['m'],
  slots: null,
  speculative: false,
  weights: null,
  role: 'policy',
  baseUrl: 'http://127.0.0.1:8000/v1',
  works: true,
  cached: false,
  warnings: [],
};
const words: PageWords = {
  title: 'Servers',
  role: { policy: 'Policy', judge: 'Judge', judge2: 'Second judge', generator: 'Generator' },
  replica: (number) => `replica ${number}`,
  cannotWork: 'Cannot work',
  inOrder: 'In order',
  problems: (count) => `${count} problems`,
  what: 'What',
  found: 'Found',
  whatToDo: 'What to do:',
  notes: 'Notes',
  cached: (time) => `asked ${time}`,
  screen: englishWords,
};

it('what a server says is text on the page: no link, no image, no markup, no cell of its own', () => {
  const hostile = ['[x](command:workbench.action.quit)', '![i](https://evil.example/p.png)', '<img src=x onerror=alert(1)>', '| a | b |', '`code`', '# heading', 'https://evil.example/', '**bold**', '&lt;b&gt;', '$x^2$', '\n\n# second line'];
  for (const text of hostile) {
    const page = findingsPage({ v: 1, servers: [{ ...server, model: text, version: text, warnings: [{ id: 'x', severity: 'warning', seen: text, why: text, fix: text }] }] }, words);
    expect(page).not.toMatch(/(?<!\\)[<`!]?(?<!\\)\[|(?<!\\)\]\(|(?<!\\)<|(?<!\\)`|https?:|command:/);
    expect(page.split('\n').filter((line) => line.startsWith('#'))).toHaveLength(2);
    for (const line of page.split('\n').filter((one) => one.startsWith('|'))) expect(line.match(/(?<!\\)\|/g)).toHaveLength(3);
  }
});

it('the worst stands first, and the state in words', () => {
  const problem = { id: 'x', severity: 'error' as const, seen: 'Nothing listens.', why: 'Why.', fix: 'Start it.' };
  expect(findingsPage({ v: 1, servers: [server, { ...server, works: false, role: 'judge', warnings: [problem] }] }, words)).toMatch(/^# Servers\n\n- ✗ Judge: Cannot work\n- ✓ Policy: In order\n\n## ✗ Judge: m\n\n\*\*Cannot work\*\* .*[^]*Nothing listens[^]*What to do: Start it[^]*## ✓ Policy: m\n\n\*\*In order\*\*/);
});

const endpoint = { kind: 'openai', baseUrl: 'http://127.0.0.1:8080/v1', model: 'x' };
const apply = (text: string, role: string): string | undefined => {
  const edit = endpointEdit(text, role, endpoint);
  return edit && text.slice(0, edit.start) + edit.newText + text.slice(edit.end);
};
const written = '{ "kind": "openai", "baseUrl": "http://127.0.0.1:8080/v1", "model": "x" }';

it('a role is bound by the smallest edit', () => {
  const text = '\uFEFF{\n  "endpoints": {\n    "policy": { "kind": "x" },\n    "judge": {}\n  },\n  "z": 5.0\n}\n';
  expect(apply(text, 'policy')).toBe(text.replace('{ "kind": "x" }', written));
  expect(apply(text, 'judge2')).toBe(text.replace('"judge": {}', `"judge": {},\n    "judge2": ${written}`));
  expect(apply('{"endpoints":{}}', 'policy')).toBe(`{"endpoints":{ "policy": ${written} }}`);
  expect(apply('{"endpoints":{"judge":1}}', 'policy')).toBe(`{"endpoints":{"judge":1, "policy": ${written}}}`);
  for (const other of ['', '[]', '{"endpoints": 3}', '{"endpoints": {']) expect(apply(other, 'policy')).toBeUndefined();
});

it('binding any role of any endpoints changes nothing else', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.constantFrom('policy', 'judge'), fc.constantFrom(undefined, 2), (others, role, indent) => {
      const text = JSON.stringify({ version: 1, endpoints: others }, undefined, indent);
      const changed = JSON.parse(apply(text, role) ?? 'null') as unknown;
      expect(changed).toEqual({ version: 1, endpoints: { ...(JSON.parse(JSON.stringify(others)) as object), [role]: endpoint } });
    }),
  );
});

it('replicas that do not work are not compared', () => {
  const [, other] = withPoolWarnings([{ ...server, works: false, replica: 1 }, { ...server, replica: 2, version: '2' }]);
  expect(other?.warnings).toEqual([]);
});

it('the temperature is told from the distance of the two best tokens alone', () => {
  const row = (first: number, second: number) => [{ token: 'a', bytes: undefined, logprob: first, top: [{ token: 'a', logprob: first }, { token: 'b', logprob: second }] }];
  expect(beforeTemperature(row(-0.2, -2), row(-0.2, -2.01))).toBe(true);
  expect(beforeTemperature(row(-0.2, -2), row(-0.4, -1.6))).toBe(false);
  expect(beforeTemperature(row(0, -9999), row(0, -9999))).toBeUndefined();
  expect(beforeTemperature(row(-0.2, -2), row(-0.2, -3.5))).toBeUndefined();
  expect(beforeTemperature([], row(-1, -2))).toBeUndefined();
});
