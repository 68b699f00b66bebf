import { describe, expect, test } from 'vitest';
import type { Label, ToolCall, ToolDefinition } from '../../../src/core/dataset/sample.ts';
import type { JsonObject } from '../../../src/core/json/value.ts';
import { compareInMode, type CompareMode } from '../../../src/core/toolcall/compareInMode.ts';

const call = (args: JsonObject, name = 'f'): ToolCall => ({ name, arguments: args });
const label = (...calls: ToolCall[]): Label & { readonly kind: 'calls' } => ({ kind: 'calls', calls });
const tools: ToolDefinition[] = [{ name: 'f', parameters: { type: 'dict', properties: { city: { type: 'string' }, days: { type: 'array', items: { type: 'integer' } }, at: { type: 'dict' } }, required: ['city'] } }];
const bfcl: CompareMode = { mode: 'bfcl', language: 'python', tools };

describe('the comparer in its modes', () => {
  test('differs on what each reference overlooks, and says what that is', () => {
    const right = label(call({ city: 'New York', days: [1, 2] }));
    const got = [call({ city: 'new york', days: [1, 2] })];
    expect(compareInMode(right, got, { mode: 'default' })).toMatchObject({ equal: false, differences: [{ path: [0, 'city'], severity: 'warning' }] });
    expect(compareInMode(right, got, { mode: 'looptool' })).toMatchObject({ equal: false, differences: [{ path: [0, 'city'] }] });
    expect(compareInMode(right, got, bfcl)).toMatchObject({ equal: true, differences: [], forgiven: [{ path: [0, 'city'], severity: 'info' }] });
    const turned = [call({ city: 'New York', days: [2, 1] })];
    expect(compareInMode(right, turned, { mode: 'looptool' })).toMatchObject({ equal: true, differences: [], forgiven: [{ kind: 'order', severity: 'info' }] });
    expect(compareInMode(right, turned, bfcl)).toMatchObject({ equal: false, differences: [{ kind: 'value', path: [0, 'days'] }] });
  });

  test('looptool tells apart what only normal forms make equal', () => {
    const found = compareInMode(label(call({ city: 'é' })), [call({ city: 'e\u0301' })], { mode: 'looptool' });
    expect(found).toMatchObject({ equal: false, differences: [{ severity: 'warning' }] });
  });

  test('bfcl takes the possible answers of a label, and makes them of one that has none', () => {
    const possible = [call({ city: ['Oslo', 'Christiania'], days: ['', [1]], at: [{ h: [9, 10] }] })];
    const withPossible: Label & { readonly kind: 'calls' } = { kind: 'calls', calls: [call({ city: 'Oslo' })], possible };
    expect(compareInMode(withPossible, [call({ city: 'christiania', at: { h: 10 } })], bfcl).equal).toBe(true);
    expect(compareInMode(withPossible, [call({ city: 'Oslo', at: { h: 11 } })], bfcl)).toMatchObject({ equal: false, differences: [{ path: [0, 'at', 'h'] }] });
    expect(compareInMode(label(call({ city: 'Oslo', at: { h: 9 } })), [call({ city: 'Oslo', at: { h: 9 } })], bfcl).equal).toBe(true);
    expect(compareInMode(label(call({ city: 'Oslo' })), [call({ city: 'Oslo', at: { h: 9 } })], bfcl)).toMatchObject({ equal: false, differences: [{ kind: 'extra-argument' }] });
  });

  test('parallel calls of bfcl come in any order', () => {
    const [oslo, rome] = [call({ city: 'Oslo' }), call({ city: 'Rome' })];
    expect(compareInMode(label(oslo, rome), [rome, oslo], bfcl).equal).toBe(true);
    expect(compareInMode(label(oslo, rome), [rome, rome], bfcl)).toMatchObject({ equal: false, differences: [{ kind: 'value', path: [0, 'city'] }] });
  });

  test('default takes its options', () => {
    const mode: CompareMode = { mode: 'default', options: { setLike: () => true } };
    expect(compareInMode(label(call({ days: [1, 2] })), [call({ days: [2, 1] })], mode).equal).toBe(true);
  });
});
