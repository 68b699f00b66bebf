import { describe, expect, test } from 'vitest';
import type { Message } from '../../../src/core/dataset/sample.ts';
import { conversationValues } from '../../../src/core/rules/grounding/conversationValues.ts';
import { provenanceOf } from '../../../src/core/rules/grounding/provenance.ts';

const messages: readonly Message[] = [
  { role: 'system', content: 'You know Paris.' },
  { role: 'user', content: 'Book "The Grand" in Oslo and New York City for 3 nights from 2024-05-06. Mail ann@example.org.' },
  { role: 'assistant', content: '', calls: [{ name: 'find', arguments: { q: 'x' } }] },
  { role: 'tool', content: '{"id": "H-17", "price": 120.5}' },
];
const kinds = (value: Parameters<typeof provenanceOf>[0], schema?: Parameters<typeof provenanceOf>[1]): readonly string[] => provenanceOf(value, schema, { messages }).map((one) => (one.kind === 'said' ? `${one.message}${one.quotation === undefined ? '' : ` ${one.quotation.match}`}` : one.kind));

describe('where a value comes from', () => {
  test.each([
    ['Oslo', ['1 Oslo']],
    ['oslo', ['1 Oslo']],
    ['H-17', ['3 H-17']],
    [3, ['1 3']],
    [2024, ['1 2024']],
    ['NYC', ['otherName']],
    ['Paris', ['0 Paris']],
    ['Rome', ['unknown']],
    [72, ['derivable']],
    [['Oslo', 'Rome'], ['1 Oslo', 'unknown']],
  ] as const)('%j: %j', (value, expected) => {
    expect(kinds(value)).toEqual(expected);
  });

  test('the default and listed values of the schema', () => {
    expect(kinds('metric', { default: 'metric' })).toEqual(['default']);
    expect(kinds('metric', { enum: ['metric', 'us'] })).toEqual(['listed']);
  });

  test('quotes what stands around the match', () => {
    expect(provenanceOf('Oslo', undefined, { messages })[0]).toMatchObject({ quotation: { before: 'Book "The Grand" in ', match: 'Oslo' } });
  });
});

describe('values of a conversation', () => {
  const values = (types: readonly string[], isDate = false): readonly unknown[] => conversationValues(messages, { types, isDate }).map(({ value }) => value);

  test('texts: results first, then quotations, addresses, dates and names, doubtful ones last', () => {
    expect(values(['string'])).toEqual(expect.arrayContaining(['H-17', 'The Grand', 'Oslo', 'New York City', '2024-05-06', 'ann@example.org']));
    expect(values(['string']).slice(-2)).toEqual(['Book', 'Mail']);
    expect(values(['string'], true)[1]).toBe('2024-05-06');
  });

  test('numbers, whole ones where such are wanted', () => {
    expect(values(['number'])).toEqual(expect.arrayContaining([120.5, 3]));
    expect(values(['integer'])).not.toContain(120.5);
    expect(values(['boolean'])).toEqual([]);
  });
});
