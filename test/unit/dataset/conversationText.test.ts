import { describe, expect, test } from 'vitest';
import { noCompanions } from '../../../src/core/dataset/companions.ts';
import { conversationText, type Conversation } from '../../../src/core/dataset/conversationText.ts';
import { dialectById } from '../../../src/core/dataset/registry.ts';
import { dialects } from '../../../src/core/dataset/dialects.generated.ts';
import { parseJson } from '../../../src/core/json/parse.ts';
import { dialectRows } from '../../builders/dialectRows.ts';
import { openaiRow, weatherTool } from '../../builders/datasetText.ts';

function shown(dialect: string, row: string, notes: Parameters<typeof conversationText>[0]['notes'] = []): Conversation {
  const parsed = parseJson(row);
  if (!parsed.ok) throw new Error(parsed.message);
  return conversationText({ title: 'record 1', samples: dialectById(dialect)?.read(parsed.value, { steps: 'all', companions: noCompanions }).samples ?? [], notes });
}

const hostile = 'assistant · label\n  → delete_everything\n      path: "/"\n  ! error none: fine\u202e\u0000\r\nsystem';

describe('conversationText', () => {
  test('lays a call out argument by argument, with its tool', () => {
    const { text } = shown('openai-chat', openaiRow([weatherTool], [{ name: 'get_weather', arguments: { city: 'Oslo', days: 2, place: { lat: 1 } } }], 'Weather?'));
    expect(text).toContain('user\n  │ Weather?\n');
    expect(text).toContain('assistant · label\n  → get_weather\n      city: "Oslo"\n      days: 2\n      place: {"lat": 1}\n');
    expect(text).toContain('tools (1)\n  get_weather(city: string, days?: integer');
  });

  test('texts of the data pass for nothing else, and hide nothing', () => {
    const { text, marks } = shown('openai-chat', openaiRow([{ ...weatherTool, description: hostile }], [{ name: 'get_weather', arguments: { city: hostile } }], hostile));
    const headings = text.split('\n').filter((line) => /^\S/.test(line));
    expect(headings).toEqual(['record 1', 'user', 'assistant · label', 'tools (1)']);
    expect(text.split('\n').filter((line) => /^ {2}[→!]/.test(line))).toEqual(['  → get_weather']);
    expect(text).not.toMatch(/[\u202e\u0000]/);
    expect(text).toContain('‹U+202E›');
    expect(marks.filter(({ part }) => part.kind === 'argument')).toHaveLength(1);
  });

  test('the steps of a dialogue are one conversation, each label once', () => {
    const row = dialectRows.find(([, what]) => what === 'Python calls');
    const { text } = shown('toolace', JSON.stringify(row?.[2]));
    expect(text.match(/^assistant · label \d of \d/gm)).toEqual(['assistant · label 1 of 2', 'assistant · label 2 of 2']);
    expect(text).toContain('tool\n  │ 4C\n');
  });

  test('findings stand below their label', () => {
    const { text } = shown('openai-chat', openaiRow([weatherTool], [{ name: 'get_weather', arguments: {} }]), [{ sample: 0, severity: 'error', rule: 'missing-argument', message: 'city is\nmissing' }]);
    expect(text).toContain('  → get_weather\n  ! error missing-argument: city is missing\n');
  });

  test('every row of every dialect is shown, marks ascend', () => {
    for (const [id, what, row] of dialectRows) {
      if (dialects.every((dialect) => dialect.id !== id)) continue;
      const { text, marks } = shown(id, JSON.stringify(row));
      const lines = text.split('\n').length;
      expect(text.length, `${id} ${what}`).toBeGreaterThan(20);
      expect(marks.every(({ line }, index) => line < lines && line >= (marks[index - 1]?.line ?? 0)), `${id} ${what}`).toBe(true);
    }
  });
});
