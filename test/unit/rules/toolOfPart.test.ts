import { expect, it } from 'vitest';
import type { Sample } from '../../../src/core/dataset/sample.ts';
import { makeSample } from '../../../src/core/dataset/identity.ts';
import { toolOfPart } from '../../../src/core/rules/toolOfPart.ts';

const tools = [{ name: 'find', parameters: {} }, { name: 'pay', parameters: {} }] as unknown as Sample['tools']; // Names are all that is looked at.
const sample = (names: readonly string[]): Sample => makeSample({ tools, messages: [{ role: 'user', content: 'x' }], label: { kind: 'calls', calls: names.map((name) => ({ name, arguments: {} })) } });

it('is the tool that is defined or called at the part, or the only one that the label calls', () => {
  expect(toolOfPart(sample(['pay', 'find']), { part: 'tool', tool: 1 })).toBe('pay');
  expect(toolOfPart(sample(['pay', 'find']), { part: 'value', call: 1, path: ['a'] })).toBe('find');
  expect(toolOfPart(sample(['pay', 'find']), { part: 'call', call: 0 })).toBe('pay');
  expect(toolOfPart(sample(['pay']), { part: 'label' })).toBe('pay');
  expect(toolOfPart(sample(['pay', 'find']), { part: 'label' })).toBeUndefined();
  expect(toolOfPart(sample(['pay']), { part: 'message', message: 0 })).toBeUndefined();
  expect(toolOfPart(sample(['pay']), { part: 'tool', tool: 7 })).toBeUndefined();
});
