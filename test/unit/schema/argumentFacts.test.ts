import { describe, expect, test } from 'vitest';
import type { ToolDefinition } from '../../../src/core/dataset/sample.ts';
import { argumentAt, toolArguments } from '../../../src/core/schema/argumentFacts.ts';

const tool: ToolDefinition = {
  name: 't',
  parameters: {
    type: 'object',
    properties: {
      unit: { type: 'str', enum: ['C', 'F'], default: 'C', description: 'Which unit.' },
      tags: { type: 'Set[str]' },
      day: { type: 'Optional[str]', format: 'date', default: null },
      lines: { type: 'array', items: { type: 'object', properties: { id: { type: 'int' }, marks: { type: 'array', uniqueItems: true } }, required: ['id'] } },
      node: { $ref: '#/$defs/node' },
      toString: { type: 'string' },
    },
    required: ['unit', 'toString'],
    $defs: { node: { type: 'object', properties: { label: { type: 'string', default: '' }, next: { $ref: '#/$defs/node' } } } },
  },
};

describe('facts about arguments', () => {
  test('are what the schema says of each', () => {
    const facts = toolArguments(tool);
    expect([...facts.keys()]).toEqual(['unit', 'tags', 'day', 'lines', 'node', 'toString']);
    expect(facts.get('unit')).toMatchObject({ required: true, types: ['string'], description: 'Which unit.', hasDefault: true, default: 'C', values: ['C', 'F'], isSet: false });
    expect(facts.get('tags')).toMatchObject({ required: false, types: ['array'], isSet: true, hasDefault: false, values: undefined });
    expect(facts.get('day')).toMatchObject({ types: ['string', 'null'], format: 'date', hasDefault: true, default: null });
    expect(facts.get('toString')).toMatchObject({ required: true });
  });

  test('reach into arrays, objects and references', () => {
    expect(argumentAt(tool, ['lines', 3, 'id'])).toMatchObject({ name: 'id', required: true, types: ['integer'] });
    expect(argumentAt(tool, ['lines', 0, 'marks'])).toMatchObject({ isSet: true });
    expect(argumentAt(tool, ['node', 'next', 'next', 'label'])).toMatchObject({ hasDefault: true, default: '' });
    expect(argumentAt(tool, ['lines', 0])).toMatchObject({ types: ['object'] });
    expect(argumentAt(tool, ['constructor'])).toBeUndefined();
    expect(argumentAt(tool, ['unit', 'x'])).toBeUndefined();
    expect(argumentAt(tool, [])).toBeUndefined();
  });

  test('are made once for each tool', () => {
    expect(toolArguments(tool)).toBe(toolArguments({ ...tool }));
  });
});
