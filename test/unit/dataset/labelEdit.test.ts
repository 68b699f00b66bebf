import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDataset, type ReadSample } from '../../../src/core/dataset/dataset.ts';
import { dialects } from '../../../src/core/dataset/dialects.generated.ts';
import { writeRow } from '../../../src/core/dataset/registry.ts';
import { labelHash } from '../../../src/core/dataset/identity.ts';
import { applyEdits, argumentSpan, labelEdits } from '../../../src/core/dataset/labelEdit.ts';
import type { Label, ToolCall } from '../../../src/core/dataset/sample.ts';
import { parseJson } from '../../../src/core/json/parse.ts';
import { stringifyJson } from '../../../src/core/json/stringify.ts';
import { JsonNumber } from '../../../src/core/json/value.ts';
import * as build from '../../builders/samples.ts';

const writers = dialects.filter((dialect) => dialect.write !== undefined);
const file = { file: 'x', steps: 'last' } as const;

function sampleOf(text: string, record = 0, dialect?: string): ReadSample {
  const found = readDataset(text, { ...file, dialect }).samples.find((sample) => sample.occurrence.record === record);
  if (found === undefined) throw new Error(`record ${record} gives no sample`);
  return found;
}

/** The same rows in the layouts that datasets come in. */
const layouts: readonly ((rows: readonly string[]) => string)[] = [
  (rows) => `${rows.join('\n')}\n`,
  (rows) => `\ufeff${rows.join('\r\n\r\n')}`,
  (rows) => `[${rows.join(',')}]`,
  (rows) => JSON.stringify(rows.map(reparsed), null, 2),
  (rows) => rows.map((row) => row.replace(/[\u0080-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)).join('\n'),
  (rows) => rows.map((row) => row.replaceAll('/', '\\/').replaceAll('O', '\\u004f')).join('\n'),
];

function reparsed(row: string): unknown {
  const parsed = parseJson(row);
  if (!parsed.ok) throw new Error(parsed.message);
  // Only texts of the layout below are made from it: literals beyond JavaScript's numbers stay out of this property.
  return JSON.parse(stringifyJson(parsed.value)) as unknown;
}

describe('labelEdits', () => {
  it.each(writers)('of $name give exactly the new label and leave all other bytes alone', (dialect) => {
    fc.assert(
      fc.property(build.sample, build.label, fc.constantFrom(...layouts), (sample, label, layout) => {
        const other = writeRow(dialect.id, build.forecastSample());
        const text = layout([other, writeRow(dialect.id, sample), other]);
        const before = sampleOf(text, 1, dialect.id);
        const edits = labelEdits(text, before, label);
        const edited = applyEdits(text, edits);
        const after = sampleOf(edited, 1, dialect.id);
        expect(after.sample.id).toBe(before.sample.id);
        expect(after.sample.labelHash).toBe(labelHash(label));
        expect(edits.every(({ start, end }) => start >= before.spans.record.start && end <= before.spans.record.end)).toBe(true);
        expect(sampleOf(edited, 0, dialect.id).sample).toEqual(sampleOf(text, 0, dialect.id).sample);
        expect(sampleOf(edited, 0, dialect.id).spans).toEqual(sampleOf(text, 0, dialect.id).spans);
        expect(sampleOf(edited, 2, dialect.id).sample).toEqual(sampleOf(text, 2, dialect.id).sample);
        expect(labelEdits(edited, after, label)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it.each(writers)('of $name touch nothing but the argument where one argument differs', (dialect) => {
    fc.assert(
      fc.property(build.toolCall, build.toolCall, build.jsonValue, build.jsonValue, fc.constantFrom(...layouts), (first, second, from, to, layout) => {
        // Marks in a list of Python calls are marks, quoted or not: then the calls have to be written otherwise.
        fc.pre(dialect.id !== 'toolace' || !/think>|tool_call>|im_end/.test(stringifyJson([first, second, from, to])));
        const written: ToolCall = { ...second, arguments: { ...second.arguments, target: from, after: 1 } };
        const text = layout([writeRow(dialect.id, build.forecastSample({ kind: 'calls', calls: [first, written] }))]);
        const before = sampleOf(text, 0, dialect.id);
        const target = before.spans.calls[1]?.values.find(({ name }) => name === 'target')?.value;
        const [same, other] = before.sample.label.kind === 'calls' ? before.sample.label.calls : [];
        if (same === undefined || other === undefined) throw new Error('the label has lost its calls');
        const edits = labelEdits(text, before, { kind: 'calls', calls: [same, { ...other, arguments: { ...other.arguments, target: to } }] });
        // verl rows have a copy of the answer, which comes behind it.
        const own = dialect.id === 'verl' ? edits.slice(0, edits.length / 2) : edits;
        for (const edit of own) {
          expect(edit.start).toBeGreaterThanOrEqual(target?.start ?? Infinity);
          expect(edit.end).toBeLessThanOrEqual(target?.end ?? -1);
        }
        expect(edits.slice(own.length).map(({ newText }) => newText)).toEqual(own.length === edits.length ? [] : own.map(({ newText }) => newText));
      }),
      { numRuns: 300 },
    );
  });

  it('keep the escapes of each level', () => {
    const row = '{"messages": [{"role": "user", "content": "x"}, {"role": "assistant", "tool_calls": [{"id": "1", "type": "function", "function": {"name": "f", "arguments": "{\\"city\\": \\"Troms\\\\u00f8\\", \\"n\\":1}"}}]}], "tools": []}';
    const edits = labelEdits(row, sampleOf(row), { kind: 'calls', calls: [{ name: 'f', arguments: { city: 'a "b"', n: 1 } }] });
    expect(applyEdits(row, edits)).toBe(row.replace('Troms\\\\u00f8', 'a \\\\\\"b\\\\\\"'));
  });

  it('write non-ASCII characters as the string around them does', () => {
    const text = layouts[4]?.([writeRow('looptool', build.forecastSample())]) ?? '';
    const edits = labelEdits(text, sampleOf(text), { kind: 'calls', calls: [{ name: 'notify', arguments: { text: '7 °C, Ålesund', times: 2 } }] });
    expect(edits.map((edit) => edit.newText).join('|')).toBe('7 \\u00b0C, \\u00c5lesund');
  });

  it('change an integer to a float where that is asked for', () => {
    const text = writeRow('looptool', build.forecastSample());
    const edits = labelEdits(text, sampleOf(text), { kind: 'calls', calls: [{ name: 'notify', arguments: { text: '4 °C', times: new JsonNumber('2.0') } }] });
    expect(edits).toEqual([{ start: text.indexOf('2}}') + 1, end: text.indexOf('2}}') + 1, newText: '.0' }]);
  });

  it('keep other members, call ids and the style of arguments of an OpenAI message', () => {
    const message = '{"role":"assistant","weight":1,"content":null,"tool_calls":[{"id":"abc","type":"function","function":{"name":"f","arguments":{"x":1}}}],"name":"bot"}';
    const row = `{"messages":[{"role":"user","content":"x"},${message}],"tools":[]}`;
    const edits = labelEdits(row, sampleOf(row), { kind: 'calls', calls: [{ name: 'f', arguments: { x: 1, y: 2 } }, { name: 'g', arguments: {} }] });
    expect(applyEdits(row, edits)).toBe(
      row.replace(message, '{"role":"assistant","weight":1,"content":null,"tool_calls":[{"id":"abc","type":"function","function":{"name":"f","arguments":{"x":1,"y":2}}},{"id":"call_2","type":"function","function":{"name":"g","arguments":{}}}],"name":"bot"}'),
    );
    const text: Label = { kind: 'text', text: 'Which x?' };
    expect(applyEdits(row, labelEdits(row, sampleOf(row), text))).toBe(row.replace(message, '{"role":"assistant","weight":1,"content":"Which x?","name":"bot"}'));
  });

  it('refuse a text that changed since it was read', () => {
    const text = writeRow('looptool', build.forecastSample());
    const read = sampleOf(text);
    const label: Label = { kind: 'text', text: 'no' };
    for (const changed of [text.replace('times\\": 2', 'times\\": 3'), text.replace('Oslo', 'Rome'), ` ${text}`.slice(0, -3), '']) {
      expect(() => labelEdits(changed, read, label)).toThrow(expect.objectContaining({ code: 'label-changed' }) as Error);
    }
  });
});

describe('argumentSpan', () => {
  it.each(writers)('of $name leads to any part of an argument, and to the deepest that exists', (dialect) => {
    const text = writeRow(dialect.id, build.forecastSample({ kind: 'calls', calls: [{ name: 'f', arguments: { list: [{ 'a"': 'x\n' }, 25] } }] }));
    const read = sampleOf(text, 0, dialect.id);
    const part = (...path: readonly (string | number)[]): string => {
      const span = argumentSpan(text, read, 0, path);
      const written = text.slice(span?.start, span?.end);
      // Where arguments stand as they are, there is no level of escapes to take off.
      return text.includes('{"list":') ? written : (JSON.parse(`"${written}"`) as string);
    };
    expect(part('list', 1)).toBe('25');
    expect(part('list', 0, 'a"')).toBe('"x\\n"');
    expect(part('list', 1, 'none')).toBe('25');
    expect(part('missing')).toBe(part());
    expect(argumentSpan(text, read, 1, [])).toBeUndefined();
  });
});
