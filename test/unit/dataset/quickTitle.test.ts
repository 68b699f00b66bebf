import { describe, expect, test } from 'vitest';
import { noCompanions } from '../../../src/core/dataset/companions.ts';
import { quickTitle } from '../../../src/core/dataset/quickTitle.ts';
import { recordTitle } from '../../../src/core/dataset/recordOutline.ts';
import { dialectById } from '../../../src/core/dataset/registry.ts';
import { parseJson } from '../../../src/core/json/parse.ts';
import { callBlock, looptoolRow, openaiRow, weatherTool } from '../../builders/datasetText.ts';
import { dialectRows } from '../../builders/dialectRows.ts';

const titleOf = (text: string, dialect: string): string => {
  const parsed = parseJson(text);
  return parsed.ok ? recordTitle(dialectById(dialect)?.read(parsed.value, { steps: 'last', companions: noCompanions, index: 0 }).samples ?? []) : 'not JSON';
};

describe('a title from the text alone', () => {
  test.each(dialectRows.map(([dialect, what, row]) => [`${dialect}, ${what}`, dialect, JSON.stringify(row)] as const))('is that of the record in %s', (_title, dialect, text) => {
    const quick = quickTitle(text, dialect);
    if (quick !== undefined) expect(quick).toBe(titleOf(text, dialect));
    if (dialect === 'openai-chat') expect(quick).toBeDefined();
  });

  test.each(['one', 'two\n"quoted" \\ \u00e9\u{1f600}', 'long '.repeat(300), 'exact'.repeat(16), '\u{1f600}'.repeat(250), 'hidden\u202e\u0000'])('of %j', (said) => {
    for (const [dialect, text] of [['openai-chat', openaiRow([weatherTool], [], said)], ['looptool', looptoolRow([weatherTool], callBlock('get_weather', {}), said)]] as const) {
      expect(quickTitle(text, dialect)).toBe(titleOf(text, dialect));
    }
  });

  test('is left to the reader where the text is other than it is written by default', () => {
    expect(quickTitle('{"messages":[{"content":"a","role":"user"}]}', 'openai-chat')).toBeUndefined();
    expect(quickTitle('{}', 'constructor')).toBeUndefined();
  });
});
