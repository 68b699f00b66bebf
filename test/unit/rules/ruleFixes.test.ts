import { describe, expect, test } from 'vitest';
import { readDataset } from '../../../src/core/dataset/dataset.ts';
import { applyEdits } from '../../../src/core/dataset/labelEdit.ts';
import { structureEdits } from '../../../src/core/dataset/structureEdits.ts';
import { parseJson } from '../../../src/core/json/parse.ts';
import { stringifyJson } from '../../../src/core/json/stringify.ts';
import type { JsonValue } from '../../../src/core/json/value.ts';
import type { Fix } from '../../../src/core/rules/finding.ts';
import { checkSample } from '../../../src/core/rules/recordChecker.ts';
import { rules } from '../../../src/core/rules/rules.generated.ts';
import { activeRules } from '../../../src/core/rules/settings.ts';
import { SampleContext } from '../../../src/core/rules/sampleContext.ts';
import { callBlock, looptoolRow, openaiRow, weatherTool } from '../../builders/datasetText.ts';
import { contextOf, type RuleCase } from '../../builders/ruleHits.ts';

const active = activeRules(rules, { profile: 'strict', rules: {} });

/** What each fix, and then each suggestion, of a rule's first finding makes of the label's calls, by its title. */
function outcomes(rule: string, context: SampleContext): Readonly<Record<string, JsonValue>> {
  const hit = checkSample(context, active).find((one) => one.rule === rule);
  if (hit === undefined) throw new Error(`${rule} finds nothing`);
  return Object.fromEntries([...(hit.fixes?.() ?? []), ...(hit.suggestions?.() ?? [])].map((fix) => [fix.title, after(context, fix)]));
}

function after({ sample }: SampleContext, { edits, label }: Fix): JsonValue {
  if (label !== undefined) return label.kind === 'calls' ? label.calls.map((call) => call.arguments) : label.kind === 'text' ? label.text : label.kind;
  const own = sample.label.kind === 'calls' ? sample.label.calls.map(({ name, arguments: args }) => ({ name, arguments: args })) : [];
  const text = stringifyJson({ label: own });
  const placed = structureEdits(text, 0, edits);
  if (placed === undefined) throw new Error('the edits cannot be made');
  const parsed = parseJson(applyEdits(text, placed));
  if (!parsed.ok) throw new Error(parsed.message);
  const { label: calls } = parsed.value as { readonly label: readonly { readonly name: string; readonly arguments: JsonValue }[] }; // As it was written above.
  return calls.map((call, index) => (call.name === own[index]?.name ? call.arguments : call.name));
}

const text = { type: 'string' };
const integer = { type: 'integer' };

const cases: readonly (readonly [rule: string, given: RuleCase, fixes: Readonly<Record<string, JsonValue>>])[] = [
  ['added-detail', { request: 'the weather in Nairobi', properties: { city: { type: 'string', description: 'The name of the city' } }, calls: [{ city: 'Nairobi, Kenya' }] }, { 'Leave "Kenya" out': [{ city: 'Nairobi' }] }],
  ['argument-enum', { request: 'in kelvin or so', properties: { unit: { type: 'string', enum: ['celsius', 'kelvin'] } }, calls: [{ unit: 'rankine' }] }, { 'Write "kelvin"': [{ unit: 'kelvin' }] }],
  ['argument-enum', { request: 'the weather', properties: { unit: { type: 'string', enum: ['celsius', 'kelvin'] } }, calls: [{ unit: 'rankine' }] }, { 'Write "celsius"': [{ unit: 'celsius' }], 'Write "kelvin"': [{ unit: 'kelvin' }] }],
  ['argument-type', { request: '3 days', properties: { days: integer }, calls: [{ days: '3' }] }, { 'Write 3': [{ days: 3 }] }],
  ['date-value', { request: 'on 29/02/2024', properties: { day: { type: 'string', description: 'YYYY-MM-DD' } }, calls: [{ day: '29/02/2024' }] }, { 'Write "2024-02-29"': [{ day: '2024-02-29' }] }],
  ['date-value', { request: 'on 03/04/2024', properties: { day: { type: 'string', description: 'YYYY-MM-DD' } }, calls: [{ day: '03/04/2024' }] }, { 'Write "2024-03-04"': [{ day: '2024-03-04' }], 'Write "2024-04-03"': [{ day: '2024-04-03' }] }],
  ['duplicate-call', { request: 'Oslo', properties: { city: text }, calls: [{ city: 'Oslo' }, { city: 'Oslo' }] }, { 'Remove the second call': [{ city: 'Oslo' }] }],
  ['enum-of-another-type', { request: '2 rooms', properties: { rooms: { type: 'integer', enum: ['1', '2', '3'] } }, calls: [{ rooms: 2 }] }, { 'Write "2"': [{ rooms: '2' }] }],
  ['list-cut-short', { request: 'for 5, 10 and 20 days', properties: { days: integer }, calls: [{ days: 5 }] }, { 'Add calls with 10, 20': [{ days: 5 }, { days: 10 }, { days: 20 }] }],
  ['missing-argument', { request: 'Find the book “The Hill” by Ann', properties: { title: text, pages: integer }, optional: ['pages'], calls: [{}] }, { 'Add title: "The Hill"': [{ title: 'The Hill' }], 'Add title: "Ann"': [{ title: 'Ann' }] }],
  ['missing-argument', { request: 'for 3 people and 4 nights', properties: { people: integer, nights: integer }, calls: [{ nights: 4 }] }, { 'Add people: 3': [{ nights: 4, people: 3 }] }],
  ['missing-argument', { request: 'write to ann@example.org', properties: { email: text }, calls: [{}] }, { 'Add email: "ann@example.org"': [{ email: 'ann@example.org' }] }],
  ['placeholder-value', { request: 'the weather in “Oslo”', properties: { city: text }, calls: [{ city: '<city>' }] }, { 'Write "Oslo"': [{ city: 'Oslo' }] }],
  ['placeholder-value', { request: 'the weather', properties: { city: text }, optional: ['city'], calls: [{ city: '<city>' }] }, { 'Leave city out': [{}] }],
  ['ungrounded-date', { request: 'on 2024-03-05, please', properties: { date: text }, calls: [{ date: '2024-03-06' }] }, { 'Write "2024-03-05"': [{ date: '2024-03-05' }] }],
  ['ungrounded-number', { request: 'for 30 days', properties: { days: integer }, calls: [{ days: 12 }] }, { 'Write 30': [{ days: 30 }] }],
  ['ungrounded-text', { request: 'the weather in Oslo', properties: { city: text }, calls: [{ city: 'Paris' }] }, { 'Write "Oslo"': [{ city: 'Oslo' }] }],
  ['ungrounded-flag', { request: 'the weather in Oslo', properties: { hourly: { type: 'boolean', default: false, description: 'one row each hour' } }, optional: ['hourly'], calls: [{ hourly: true }] }, { 'Leave hourly out': [{}] }],
  ['ungrounded-flag', { request: 'the weather in Oslo', properties: { hourly: { type: 'boolean', default: false, description: 'one row each hour' } }, calls: [{ hourly: true }] }, { 'Write false': [{ hourly: false }] }],
  ['unit-mismatch', { request: 'at 5 %', properties: { rate: { type: 'number', description: 'as a decimal' } }, calls: [{ rate: 5 }] }, { 'Write 0.05': [{ rate: 0.05 }] }],
  ['unknown-argument', { request: 'Oslo', properties: { city: text }, calls: [{ city: 'Oslo', xyz: 1 }] }, { 'Remove xyz': [{ city: 'Oslo' }] }],
  ['unknown-tool', { request: 'Oslo', properties: { city: text }, label: { kind: 'calls', calls: [{ name: 'other', arguments: { city: 'Oslo' } }] } }, { 'Call do_it': ['do_it'] }],
  ['wrapped-value', { request: 'the field "userName"', properties: { field: text }, calls: [{ field: "document.getElementById('userName')" }] }, { 'Write "userName"': [{ field: 'userName' }] }],
  ['unused-mention', { request: 'Find the book "The Hill"', properties: { title: text }, optional: ['title'], calls: [{}] }, { 'Write "The Hill" as title': [{ title: 'The Hill' }] }],
  ['broken-text', { request: 'Zürich', properties: { city: text }, calls: [{ city: 'ZÃ¼rich' }] }, { 'Write "Zürich"': [{ city: 'Zürich' }] }],
  ['broken-text', { request: 'it', properties: { city: text }, calls: [{ city: 'donâ€™t' }] }, { 'Write "don’t"': [{ city: 'don’t' }] }],
  ['leaked-special-tokens', { request: 'Oslo', properties: { city: text }, calls: [{ city: 'Oslo<|im_end|>' }] }, { 'Remove <|im_end|>': [{ city: 'Oslo' }] }],
  ['truncated-label', { request: 'a program', properties: {}, label: { kind: 'text', text: 'Here:\n```\nx = 1' } }, { 'Close the code block': 'Here:\n```\nx = 1\n```' }],
];

describe('fixes of rules', () => {
  test.each(cases.map(([rule, given, fixes], index) => [`${rule} ${index}`, rule, given, fixes] as const))('%s', (_, rule, given, fixes) => {
    expect(outcomes(rule, contextOf(given))).toEqual(fixes);
  });

  test('an identifier is found in the result of an earlier call under the same name', () => {
    const row = JSON.stringify({
      messages: [
        { role: 'user', content: 'Cancel the order of Ann' },
        { role: 'assistant', content: null, tool_calls: [{ id: 'a', type: 'function', function: { name: 'find', arguments: '{"name": "Ann"}' } }] },
        { role: 'tool', tool_call_id: 'a', content: '{"orders": [{"orderId": "A-104"}, {"order_id": "A-105"}]}' },
        { role: 'assistant', content: null, tool_calls: [{ id: 'b', type: 'function', function: { name: 'cancel', arguments: '{}' } }] },
      ],
      tools: [
        { type: 'function', function: { name: 'find', description: 'Finds orders', parameters: { type: 'object', properties: { name: text } } } },
        { type: 'function', function: { name: 'cancel', description: 'Cancels an order', parameters: { type: 'object', properties: { order_id: text }, required: ['order_id'] } } },
      ],
    });
    const read = readDataset(row, { file: '', steps: 'all' }).samples.at(-1);
    if (read === undefined) throw new Error('no sample');
    const context = new SampleContext(read, read.record, read.dialect, 0);
    const hit = checkSample(context, active).find(({ rule }) => rule === 'missing-argument');
    expect(hit?.suggestions?.().map(({ title }) => title)).toEqual(['Add order_id: "A-104"', 'Add order_id: "A-105"']);
  });
});

/** A record's text with the first fix of a rule. */
function fixed(row: string, rule: string): string {
  const [read] = readDataset(row, { file: '', steps: 'all' }).samples;
  if (read === undefined) throw new Error('no sample');
  const [fix] = checkSample(new SampleContext(read, read.record, read.dialect, 0), active).find((one) => one.rule === rule)?.fixes?.() ?? [];
  const edits = fix && structureEdits(row, 0, fix.edits);
  if (edits === undefined) throw new Error('no fix');
  return applyEdits(row, edits);
}

describe('fixes outside of arguments', () => {
  test('prose goes from before and from behind the calls, and from beside them', () => {
    const block = callBlock('get_weather', { city: 'Oslo' });
    expect(fixed(looptoolRow([weatherTool], `Let me look.\n${block}`), 'prose-beside-call')).toBe(looptoolRow([weatherTool], block));
    expect(fixed(looptoolRow([weatherTool], `${block}\n\nDone.`), 'prose-beside-call')).toBe(looptoolRow([weatherTool], block));
    const openai = openaiRow([weatherTool], [{ name: 'get_weather', arguments: { city: 'Oslo' } }]);
    expect(fixed(openai.replace('"content":null', '"content":"Let me \\"look\\"."'), 'prose-beside-call')).toBe(openai.replace('"content":null', '"content":""'));
  });

  test('a message is put right where it stands', () => {
    const right = openaiRow([weatherTool], [{ name: 'get_weather', arguments: { city: 'Oslo' } }], 'Wie ist es in Zürich?');
    expect(fixed(right.replace('Zürich?', 'ZÃ¼rich?'), 'broken-text')).toBe(right);
    expect(fixed(right.replace('Zürich?', 'Zürich?<|im_end|>'), 'leaked-special-tokens')).toBe(right);
  });

  test('a tool that is defined twice in the same way is defined once', () => {
    const once = openaiRow([weatherTool], [{ name: 'get_weather', arguments: { city: 'Oslo' } }]);
    const twice = openaiRow([weatherTool, weatherTool], [{ name: 'get_weather', arguments: { city: 'Oslo' } }]);
    expect(fixed(twice, 'duplicate-tool')).toBe(once);
    const other = openaiRow([weatherTool, { ...weatherTool, description: 'Another' }], [{ name: 'get_weather', arguments: { city: 'Oslo' } }]);
    expect(() => fixed(other, 'duplicate-tool')).toThrow('no fix');
  });
});
