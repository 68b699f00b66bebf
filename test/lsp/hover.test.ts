import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HoverRequest, type Hover, type MarkupContent } from 'vscode-languageserver/node';
import { dialectRows } from '../builders/dialectRows.ts';
import { callBlock, looptoolRow, openaiRow } from '../builders/datasetText.ts';
import { Session } from './support/session.ts';
import type { SessionDocument } from './support/sessionDocument.ts';

let session: Session;
beforeAll(async () => {
  session = await Session.start();
});
afterAll(() => session.stop());

let opened = 0;
const open = (text: string): Promise<SessionDocument> => session.open(`hover-${(opened += 1)}.jsonl`, text);

type Shown = { readonly text: string; readonly under: string };

async function hoverAt(document: SessionDocument, offset: number): Promise<Shown | undefined> {
  const hover: Hover | null = await session.connection.sendRequest(HoverRequest.type, document.at(offset));
  return hover === null ? undefined : { text: (hover.contents as MarkupContent).value, under: hover.range === undefined ? '' : document.textOf(hover.range) };
}

/** Hovers at the place of a text, its last one unless `from` says where to look. */
async function hoverOn(document: SessionDocument, found: string, from = document.text.lastIndexOf(found)): Promise<Shown> {
  expect(from).toBeGreaterThanOrEqual(0);
  const shown = await hoverAt(document, from + 1);
  if (shown === undefined) throw new Error(`no hover on ${found}`);
  return shown;
}

const callSyntax = /(\\*["'])?city\1(?:: ?|=)(\\*["'])Oslo\2/g;

describe.each(dialectRows.filter(([, what, row]) => !/whether|completion|asks|ToolRL text|several calls|LoopTool text/.test(what) && JSON.stringify(row).search(callSyntax) >= 0))('%s (%s)', (_dialect, _what, row) => {
  const text = JSON.stringify(row);

  test('on an argument says where its value comes from', async () => {
    const document = await open(`${text}\n`);
    const shown = await Promise.all([...text.matchAll(callSyntax)].map(({ index, 0: match }) => hoverAt(document, index + match.indexOf('Oslo') + 1)));
    const argument = shown.find((one) => one?.text.includes('**Argument**'));
    expect(argument?.text).toContain('turn ');
    expect(argument?.text).toContain('**` Oslo `**');
    expect(argument?.under).toMatch(/^\\*["']Oslo\\*["']$/);
  });

  test('at its start has a card', async () => {
    const document = await open(`${text}\n${text}\n`);
    const shown = await hoverAt(document, text.length + 1);
    expect(shown?.text).toMatch(/^\*\*Record 2\*\* of 2, /);
    expect(shown?.text).toContain('Not probed');
    expect(shown?.under).toBe('{');
  });
});

const tool = {
  name: 'get_weather',
  description: 'Weather of a <b>day</b> [x](command:evil) https://evil.example `code`',
  parameters: { type: 'object', properties: { city: { type: 'string', description: 'Which | one' }, days: { type: 'integer', default: 7 }, unit: { type: 'string', enum: ['celsius', 'kelvin'] }, far: { type: 'number' } }, required: ['city', 'unit'] },
};
const request = 'What is the weather in Zürich for the next three days?';

describe('a hover', () => {
  test('on a call has a table of its arguments, missing ones too', async () => {
    const document = await open(`${openaiRow([tool], [{ name: 'get_weather', arguments: { city: 'Zürich', days: '3', town: 1 } }], request)}\n`);
    const { text, under } = await hoverOn(document, '"get_weather"', document.text.indexOf('"get_weather"'));
    expect(under).toBe('"get_weather"');
    expect(text).toContain('get_weather(city: string, days?: integer = 7, unit: string, far?: number)');
    expect(text).toContain('| ` city ` | ` "Zürich" ` | ` string `, required | ok |');
    expect(text).toMatch(/\| ` days ` \| ` "3" ` \| ` integer ` \| ✗ days is string .* expected integer \|/);
    expect(text).toMatch(/\| ` town ` \| ` 1 ` \| not declared \| ✗ /);
    expect(text).toMatch(/\| ` unit ` \| — \| ` string ` of ` "celsius", "kelvin" `, required \| ✗ /);
    await expect.poll(async () => (await hoverOn(document, '"get_weather"', document.text.indexOf('"get_weather"'))).text).toContain('1 call and 1 definition in this dataset');
  });

  test('on an argument has its schema, verdict and origin', async () => {
    const document = await open(`${looptoolRow([tool], callBlock('get_weather', { city: 'Zürich', days: 3, unit: 'celsius', far: 86.5 }), request)}\n`);
    const city = await hoverOn(document, '\\"city\\":');
    expect(city.under).toBe('\\"city\\"');
    expect(city.text).toContain('` string `, required');
    expect(city.text).toContain('turn 1, user: ` What is the weather in ` **` Zürich `** ` for the next three days? `');
    expect((await hoverOn(document, '3', document.text.lastIndexOf('\\"days\\": ') === -1 ? document.text.lastIndexOf(':3') : document.text.lastIndexOf(': 3'))).text).toContain('turn 1, user, in other words');
    expect((await hoverOn(document, 'celsius')).text).toContain('one of the values of the schema');
    expect((await hoverOn(document, '86.5')).text).toContain('not found in the conversation');
    const standard = await open(`${looptoolRow([tool], callBlock('get_weather', { city: 'Zürich', days: 7, unit: 'kelvin' }), request)}\n`);
    expect((await hoverOn(standard, ':7')).text).toContain('equal to the default');
  });

  test('on a definition says what the tool is', async () => {
    const document = await open(`${looptoolRow([tool], callBlock('get_weather', { city: 'Zürich' }), request)}\n`);
    const { text } = await hoverOn(document, 'get_weather', document.text.indexOf('get_weather'));
    expect(text).toContain('get_weather(city: string');
    expect((await hoverOn(document, 'Which | one')).text).toContain('**Argument** ` city ` of ` get_weather `');
  });

  test('on a call of an unknown tool says so', async () => {
    const document = await open(`${looptoolRow([tool], callBlock('getWeather', { city: 'Zürich' }), request)}\n`);
    expect((await hoverOn(document, 'getWeather')).text).toMatch(/\*\*Call\*\* of ` getWeather `[^]*✗ /);
  });

  test('shows hostile text as text', async () => {
    const hostile = '`` [x](command:workbench.action.quit) <img src=x onerror=y> ‮evil​ |\n\n# h\n```\n~~~';
    const document = await open(`${openaiRow([{ ...tool, description: hostile }], [{ name: 'get_weather', arguments: { city: hostile, [hostile]: 'https://evil.example' } }], hostile)}\n`);
    for (const place of ['"get_weather"', 'command', '{']) {
      const { text } = place === '{' ? ((await hoverAt(document, 0)) ?? { text: '' }) : await hoverOn(document, place, place === 'command' ? document.text.lastIndexOf(place) : document.text.indexOf(place));
      expect(text).not.toBe('');
      expect(outsideOfCode(text)).not.toMatch(/(?<!\\)\[|(?<!\\)<|https?:\/\/|command(?!\\)\(|^# h/m);
      expect(text).not.toMatch(/[\u202e\u200b]/);
    }
    expect((await hoverOn(document, '"get_weather"', document.text.indexOf('"get_weather"'))).text).toContain('‹U+202E›');
  });

  test('cuts what is long, and stays below 100 KB', async () => {
    const args = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`argument${index}`, 'x'.repeat(5000)]));
    const wide = { ...tool, parameters: { type: 'object', properties: Object.fromEntries(Object.keys(args).map((name) => [name, { type: 'string', description: 'd'.repeat(5000), enum: ['e'.repeat(5000)] }])) } };
    const document = await open(`${openaiRow([wide], [{ name: 'get_weather', arguments: args }], 'x'.repeat(100_000))}\n`);
    for (const offset of [0, document.text.indexOf('"get_weather"') + 1, document.text.indexOf('xxxx\\"')]) {
      const shown = await hoverAt(document, offset);
      expect(Buffer.byteLength(shown?.text ?? '')).toBeGreaterThan(10);
      expect(Buffer.byteLength(shown?.text ?? '')).toBeLessThanOrEqual(100_000);
    }
    expect((await hoverOn(document, '"get_weather"', document.text.indexOf('"get_weather"'))).text).toMatch(/more characters[^]*… 460 more arguments/);
  });

  test('has nothing for words, blank lines and documents that are not open', async () => {
    const document = await open(`${looptoolRow([tool], callBlock('get_weather', { city: 'Zürich' }), request)}\n\n`);
    expect(await hoverAt(document, document.text.indexOf('What is'))).toBeUndefined();
    expect(await hoverAt(document, document.text.length)).toBeUndefined();
    expect(await session.connection.sendRequest(HoverRequest.type, { textDocument: { uri: 'file:///no' }, position: { line: 0, character: 0 } })).toBeNull();
  });
});

/** Markdown without its code spans and fences. */
function outsideOfCode(text: string): string {
  return text.replaceAll(/(?<![\\`])(`+)(?!`)[^]*?(?<!`)\1(?!`)/g, '');
}
