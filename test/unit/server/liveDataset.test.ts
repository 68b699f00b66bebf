import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Companions } from '../../../src/core/dataset/companions.ts';
import { LiveDataset } from '../../../src/server/dataset/liveDataset.ts';
import type { CheckControl } from '../../../src/server/documents.ts';
import { LiveText } from '../../../src/server/text/liveText.ts';
import { callBlock, looptoolRow, openaiRow, weatherTool } from '../../builders/datasetText.ts';
import { dialectRows } from '../../builders/dialectRows.ts';

const patient: CheckControl = { isStale: () => false, pause: () => Promise.resolve() };
const good = looptoolRow([weatherTool], callBlock('get_weather', { city: 'Paris' }));
const wrong = looptoolRow([weatherTool], callBlock('get_weather', { city: 5 }));
const open = (text: string, companions?: () => Companions): LiveDataset => new LiveDataset(new LiveText('file:///a.jsonl', 'jsonl', 1, text), companions && (() => Promise.resolve(companions())));

/** Every finding as `rule record start: text`; checks first. */
async function shown(dataset: LiveDataset): Promise<string[]> {
  expect(await dataset.check(patient)).toBe(true);
  expect(dataset.findings?.length).toBe(dataset.known.error + dataset.known.warning + dataset.known.information);
  return (dataset.findings ?? []).map((f) => `${f.rule} ${f.record} ${f.range.start}: ${dataset.document.slice(f.range.start, f.range.end)}${f.tool === undefined ? '' : ` of ${dataset.document.slice(f.tool.start, f.tool.end)}`}`);
}

function edit(dataset: LiveDataset, start: number, end: number, text: string): void {
  const { document } = dataset;
  document.update([{ range: { start: document.positionAt(start), end: document.positionAt(end) }, text }], document.version + 1);
}

const rowText = dialectRows.map(([, , row]) => JSON.stringify(row));
const piece = fc.constantFrom(good, wrong, wrong, '', '{"instruction": 1}', '{"broken', ' ', openaiRow([weatherTool], [{ name: 'nope', arguments: {} }]), '{"instruction": "a",\n "instruction": "b"}', ...rowText);
const text = fc.oneof(
  fc.array(piece, { maxLength: 8 }).map((parts) => `${wrong}\n${parts.join('\n')}`),
  fc.array(piece, { minLength: 1, maxLength: 8 }).map((parts) => `[\n${parts.join(',\r\n')}\n]`),
  piece.map((row) => row.replaceAll(',', ',\n  ')),
  fc.constantFrom('', '{"name": "looptool"}', '[1, 2]', 'no JSON'),
);

describe('an open dataset', () => {
  test('knows after any edits what it knows when opened afresh', async () => {
    const change = fc.record({ from: fc.double({ min: 0, max: 1, noNaN: true }), length: fc.integer({ min: 0, max: 400 }), text: fc.oneof(fc.constantFrom('', 'x', '"', '\n', ',', '}', '7'), piece.map((row) => `\n${row}\n`)), check: fc.boolean(), look: fc.double({ min: 0, max: 1, noNaN: true }) });
    await fc.assert(
      fc.asyncProperty(text, fc.array(change, { maxLength: 6 }), async (start, changes) => {
        const dataset = open(start);
        for (const one of changes) {
          const at = Math.floor(one.from * dataset.document.length);
          edit(dataset, at, Math.min(dataset.document.length, at + one.length), one.text);
          if (one.check) await shown(dataset);
          const offset = Math.floor(one.look * dataset.document.length);
          const view = dataset.recordAt(offset);
          if (view !== undefined) {
            expect(view.span.start <= offset && offset <= view.span.end).toBe(true);
            expect(dataset.document.slice(view.span.start, view.span.end)).toBe(view.text);
            expect(dataset.record(view.index)).toBe(view);
          }
        }
        const fresh = open(dataset.document.getText());
        // While the first records are broken, the dialect stays what it was.
        if (fresh.dialect !== dataset.dialect) return;
        expect(await shown(dataset)).toEqual(await shown(fresh));
        expect(dataset.recordCount).toBe(fresh.recordCount);
        expect(Array.from({ length: dataset.recordCount }, (_, index) => dataset.record(index)?.span)).toEqual(Array.from({ length: fresh.recordCount }, (_, index) => fresh.record(index)?.span));
      }),
      { numRuns: 150 },
    );
  });

  test.each([['lines', '', '\n', ''], ['a list', '[', ',\n', ']']])('checks again only the records that an edit touched, in %s', async (_, head, separator, tail) => {
    const dataset = open(head + Array.from({ length: 300 }, () => wrong).join(separator) + tail);
    const before = await shown(dataset);
    expect(before).toHaveLength(300);
    const known = [...dataset.live];
    const view = dataset.record(200);
    const touched = dataset.record(100)?.span ?? { start: 0, end: 0 };
    edit(dataset, touched.start, touched.end, good);
    expect(await shown(dataset)).toHaveLength(299);
    expect(dataset.live.filter((record, index) => record === known[index])).toHaveLength(299);
    expect(dataset.record(200)).toBe(view);
    expect(view?.base).toBe((dataset.record(199)?.span.end ?? 0) + separator.length);
  });

  test('lets others in while it checks, stops when its text is stale, and is right the next time', async () => {
    const dataset = open(Array.from({ length: 3000 }, () => wrong).join('\n'));
    let pauses = 0;
    expect(await dataset.check({ isStale: () => pauses > 2, pause: () => Promise.resolve(void (pauses += 1)) })).toBe(false);
    expect(dataset.findings).toBeUndefined();
    expect(dataset.known.error).toBeGreaterThan(0);
    expect(await shown(dataset)).toHaveLength(3000);
  });

  test('leaves files alone that are no datasets', async () => {
    for (const text of ['', '{"name": "looptool"}', '{\n  "name": "looptool"\n}', '[1, 2]', '{"a":1}\n{"a":2}', 'no JSON at all']) expect(await shown(open(text))).toEqual([]);
  });

  test('stays the dialect that it is while its only record is broken', async () => {
    const dataset = open(`${wrong}\n`);
    expect(await shown(dataset)).toHaveLength(1);
    edit(dataset, 0, 1, '');
    expect((await shown(dataset)).map((one) => one.split(' ')[0])).toEqual(['unreadable-record']);
    edit(dataset, 0, 0, '{');
    expect(await shown(dataset)).toHaveLength(1);
  });

  test('knows nothing any more of what edits made no dataset', async () => {
    const dataset = open(`${wrong}\n{"broken`);
    expect(await shown(dataset)).not.toEqual([]);
    edit(dataset, 0, wrong.length, '{"name": 1}\n[1, 2]');
    expect(dataset.dialect).toBeUndefined();
    expect(dataset.known).toEqual({ error: 0, warning: 0, information: 0 });
    expect(await shown(dataset)).toEqual([]);
  });

  test('is read as the dialect that it is forced to be', async () => {
    const dataset = open(`${good}\n`);
    dataset.forceDialect('xlam');
    expect(dataset.dialect?.id).toBe('xlam');
    expect((await shown(dataset))[0]).toMatch(/^unreadable-record/);
    dataset.forceDialect('no-such');
    expect(dataset.dialect?.id).toBe('xlam');
    dataset.forceDialect(undefined);
    expect(await shown(dataset)).toEqual([]);
  });

  test('reads questions with their companion files, again when these change', async () => {
    const question = (id: string): string => JSON.stringify({ id, question: [[{ role: 'user', content: 'x' }]], function: [{ name: 'f', description: 'd', parameters: { type: 'dict', properties: {} } }] });
    const answers = (name: string): Companions => ({ answers: [{ stem: 'q', path: 'q', records: [{ id: 'simple_1', ground_truth: [{ [name]: {} }] }] }], tools: [] });
    let companions = answers('f');
    const dataset = open(`${question('simple_0')}\n${question('simple_1')}`, () => companions);
    const before = await shown(dataset);
    companions = answers('g');
    expect((await shown(dataset)).length).toBe(before.length + 1);
    expect(dataset.record(1)?.samples[0]?.sample.label).toMatchObject({ calls: [{ name: 'g' }] });
  });

  test('shows where the tool is defined that a finding is about', async () => {
    const [first] = await shown(open(`${good}\n${wrong}\n`));
    expect(first).toMatch(/^argument-type 1 \d+: 5 of \{\\"name\\":\\"get_weather\\"/);
  });
});
