import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readDataset } from '../../src/core/dataset/dataset.ts';
import { dialects } from '../../src/core/dataset/dialects.generated.ts';
import { makeSample } from '../../src/core/dataset/identity.ts';
import type { Label, ToolCall } from '../../src/core/dataset/sample.ts';
import { objectOf } from '../../src/core/json/parse.ts';
import { stringifyJson } from '../../src/core/json/stringify.ts';
import type { JsonValue } from '../../src/core/json/value.ts';
import { checkDataset } from '../../src/core/rules/checkDataset.ts';
import { FixSession, type FixDocument } from './support/fixSession.ts';

const tool = {
  name: 'get_weather',
  description: 'Says how the weather is',
  parameters: objectOf([
    ['type', 'object'],
    ['properties', objectOf([['city', objectOf([['type', 'string']])], ['days', objectOf([['type', 'integer']])], ['unit', objectOf([['type', 'string'], ['enum', ['celsius', 'kelvin']]])]])],
    ['required', ['city']],
  ]),
};
const request = 'How is the weather in “Zürich”? 3 days, in kelvin.';
const right: readonly (readonly [string, JsonValue])[] = [['city', 'Zürich'], ['days', 3], ['unit', 'kelvin']];

function call(members: readonly (readonly [string, JsonValue])[], name = tool.name): ToolCall {
  return { name, arguments: objectOf(members) };
}

/** What is wrong, and the label after each fix, by its title. */
const errors: readonly { readonly rule: string; readonly wrong: ToolCall; readonly fixes: Readonly<Record<string, ToolCall>>; readonly preferred?: boolean }[] = [
  { rule: 'argument-type', wrong: call([['city', 'Zürich'], ['days', '3'], ['unit', 'kelvin']]), fixes: { 'Write 3': call(right) }, preferred: true },
  { rule: 'argument-enum', wrong: call([['city', 'Zürich'], ['days', 3], ['unit', 'Kelvin']]), fixes: { 'Write "kelvin"': call(right) } },
  { rule: 'unknown-tool', wrong: call(right, 'get_wether'), fixes: { 'Call get_weather': call(right) } },
  { rule: 'unknown-argument', wrong: call([['citi', 'Zürich'], ['days', 3], ['unit', 'kelvin']]), fixes: { 'Rename to "city"': call(right), 'Remove citi': call(right.slice(1)) } },
  { rule: 'missing-argument', wrong: call(right.slice(1)), fixes: { 'Add city: "Zürich"': call([...right.slice(1), ['city', 'Zürich']]) } },
  { rule: 'quoted-value', wrong: call([['city', '"Zürich"'], ['days', 3], ['unit', 'kelvin']]), fixes: { 'Take the quotation marks away': call(right) } },
];

function row(dialect: (typeof dialects)[number], label: Label, about: string): string | undefined {
  const sample = makeSample({ tools: [tool], messages: [{ role: 'user', content: `${about} ${request}` }], label });
  const written = dialect.write?.(sample);
  return written === undefined ? undefined : stringifyJson(written);
}

const containers: readonly (readonly [string, (rows: readonly string[]) => string])[] = [
  ['lines', (rows) => `${rows.join('\n')}\n`],
  ['lines that end in CRLF', (rows) => rows.join('\r\n')],
  ['a list', (rows) => `[\n  ${rows.join(',\n  ')}\n]\n`],
];
const written = dialects.filter(({ write }) => write !== undefined);

let session: FixSession;
beforeAll(async () => {
  session = await FixSession.start(false);
});
afterAll(() => session.stop());

const others = /^(?:Suppress|Disable|Fix all)/;

async function checkFixes(document: FixDocument, rows: readonly string[], { rule, fixes, preferred }: (typeof errors)[number]): Promise<void> {
  const actions = (await document.actionsOn(rule)).filter(({ title }) => !others.test(title));
  expect(actions.map(({ title }) => title)).toEqual(Object.keys(fixes));
  expect(actions.map(({ isPreferred }) => isPreferred ?? false)).toEqual(actions.map(() => preferred ?? false));
  const before = readDataset(document.text, { file: '', steps: 'all' });
  for (const action of actions) {
    expect(action.diagnostics).toMatchObject([{ code: rule }]);
    const text = await document.textWith(action);
    const after = readDataset(text, { file: '', steps: 'all' });
    expect(after.problems).toEqual(before.problems);
    expect(after.samples.map(({ sample }) => sample.id)).toEqual(before.samples.map(({ sample }) => sample.id));
    expect(after.samples[1]?.sample.label).toEqual({ kind: 'calls', calls: [fixes[action.title]] });
    expect(checkDataset(text, after).filter((finding) => finding.rule === rule)).toEqual([]);
    for (const good of [rows[0], rows[2]]) expect(text).toContain(good);
    // What stands before and behind the label is as it was.
    const label = before.samples[1]?.spans.label;
    expect(text.startsWith(document.text.slice(0, label?.start))).toBe(true);
    if (before.dialect === 'verl') expectCopies(text);
    else expect(text.endsWith(document.text.slice(label?.end))).toBe(true);
  }
}

/** verl rows keep a copy of the answer. */
function expectCopies(text: string): void {
  for (const { record } of readDataset(text, { file: '', steps: 'all' }).samples) {
    const { reward_model: truth, extra_info: info } = record as { readonly reward_model: { readonly ground_truth: string }; readonly extra_info: { readonly output: string } }; // As it was written.
    expect(info.output).toBe(truth.ground_truth);
  }
}

describe('quick fixes put each finding right and change nothing else', () => {
  test('there are enough dialects to try', () => expect(written.length).toBeGreaterThanOrEqual(8));

  test.each(written.map((dialect) => [dialect.id, dialect] as const))('%s', async (id, dialect) => {
    let tried = 0;
    for (const [index, error] of errors.entries()) {
      const good = row(dialect, { kind: 'calls', calls: [call(right)] }, 'First.');
      const wrong = row(dialect, { kind: 'calls', calls: [error.wrong] }, 'Second.');
      const last = row(dialect, { kind: 'calls', calls: [call(right)] }, 'Third.');
      if (good === undefined || wrong === undefined || last === undefined) throw new Error('nothing written');
      for (const [name, contain] of containers) {
        const document = await session.open(`${id}-${index}-${name}.jsonl`, contain([good, wrong, last]));
        await checkFixes(document, [good, wrong, last], error);
        tried += 1;
      }
    }
    expect(tried).toBe(errors.length * containers.length);
  });
});

describe('actions on whole records', () => {
  const records = (labels: readonly string[], abouts: readonly string[], days: JsonValue = 3): readonly string[] => labels.map((city, index) => {
    const [dialect] = written;
    const text = dialect && row(dialect, { kind: 'calls', calls: [call([['city', city], ['days', days], ['unit', 'kelvin']])] }, abouts[index] ?? '');
    if (text === undefined) throw new Error('nothing written');
    return text;
  });

  test.each(containers)('a duplicate goes with its line or its comma: %s', async (name, contain) => {
    const rows = records(['Zürich', 'Zürich', 'Zürich', 'Zürich'], ['One', 'Two', 'One', 'Two']);
    for (const [kept, removed] of [[[0, 1, 3], 2], [[0, 1, 2], 3]] as const) {
      const document = await session.open(`duplicates-${name}-${removed}.jsonl`, contain(rows));
      // As the rules on the whole set tell it, in the background.
      const diagnostic = { range: document.rangeOf(rows[removed] ?? '', true), message: '', source: 'looptool', code: 'duplicate-sample' };
      const action = (await document.actionsAt(diagnostic.range, { diagnostics: [diagnostic] })).find(({ title }) => title === 'Remove the record');
      expect(await document.textWith(action)).toBe(contain(kept.map((index) => rows[index] ?? '')));
    }
  });

  test('of labels that contradict each other one is taken for the other', async () => {
    const document = await session.open('contradicting.json', `[\n${records(['Zürich', 'Bern'], ['One', 'One']).join(',\n')}\n]\n`, 'json');
    const action = (await document.actionsOn('contradicting-labels')).find(({ title }) => title.startsWith('Take the label of line'));
    expect(action?.title).toBe('Take the label of line 3');
    const text = await document.textWith(action);
    const labels = readDataset(text, { file: '', steps: 'all' }).samples.map(({ sample }) => sample.labelHash);
    expect(new Set(labels).size).toBe(1);
    expect(text).toContain('Bern');
    expect(text).not.toContain('"city": "Zürich"');
  });

  test('at the first column the fixes of the whole record are there', async () => {
    const rows = records(['Zürich'], ['One'], '3');
    const document = await session.open('column.jsonl', `${rows.join('\n')}\n`);
    const start = { line: 0, character: 0 };
    expect((await document.diagnostics()).map(({ code }) => code)).toEqual(['argument-type']);
    expect((await document.actionsAt({ start, end: start })).map(({ title }) => title)).toContain('Write 3');
    const end = { line: 0, character: 20 };
    expect((await document.actionsAt({ start: { line: 0, character: 10 }, end })).map(({ title }) => title)).toEqual([]);
  });

  test.each([
    ['nothing', ''],
    ['broken JSON', '{"instruction": "x", "output": '],
    ['no dataset', '{"a": 1}\n{"b": 2}\n'],
    ['a broken line among good ones', `${records(['Zürich'], ['One']).join('')}\n{"instruction": nope}\n`],
  ])('nothing is offered and nothing fails for %s', async (name, text) => {
    const document = await session.open(`hostile-${name}.jsonl`, text);
    const range = { start: { line: 0, character: 0 }, end: { line: 9, character: 9 } };
    await document.diagnostics();
    expect(await document.actionsAt(range)).toEqual([]);
    expect(await session.connection.sendRequest('textDocument/codeAction', { textDocument: { uri: 'file:///nowhere.jsonl' }, range, context: { diagnostics: [] } })).toEqual([]);
  });
});
