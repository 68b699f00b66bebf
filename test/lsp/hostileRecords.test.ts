import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dialects } from '../../src/core/dataset/dialects.generated.ts';
import { makeSample } from '../../src/core/dataset/identity.ts';
import type { Label } from '../../src/core/dataset/sample.ts';
import { objectOf } from '../../src/core/json/parse.ts';
import { stringifyJson } from '../../src/core/json/stringify.ts';
import type { JsonObject, JsonValue } from '../../src/core/json/value.ts';
import { callBlock, looptoolRow, openaiRow, weatherTool } from '../builders/datasetText.ts';
import { everyRequest, liveMarkup, shownTexts } from './support/everyRequest.ts';
import type { Session } from './support/session.ts';
import { insideOf, openTrial, ownCalls, startTrial, type TrialDocument } from './support/trial.ts';

let session: Session;
beforeAll(async () => {
  session = await startTrial();
});
afterAll(() => session.stop());

const markup = '</code><img src=x onerror=alert(1)> [x](command:workbench.action.quit) ![y](https://evil.example/x.png) https://evil.example www.evil.example a@evil.example ``` `` ` ~~~ <a href="command:x">y</a> | --- | $(error) &lt; \\';
const unseen = '\u202E\u2066\u200B\u200F\uFEFF\u{E0041}';
const evil = `${markup} ${unseen}`;
const invisible = /[\u061C\u200B\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF]|[\u{E0000}-\u{E007F}]/u;

function hostileTool(name: string, text: string): { name: string; description: string; parameters: JsonObject } {
  const property = objectOf([['type', 'string'], ['description', text], ['enum', [text, 'other']], ['default', text]]);
  return { name, description: text, parameters: objectOf([['type', 'object'], ['properties', objectOf([[text, property], ['__proto__', property], ['constructor', objectOf([['type', 'integer']])]])], ['required', [text, 'constructor', 'toString']]]) };
}

function rowOf(dialect: (typeof dialects)[number], name: string, text: string, label: Label): string | undefined {
  const row = dialect.write?.(makeSample({ tools: [hostileTool(name, text)], messages: [{ role: 'user', content: `${text} please` }], label }));
  return row === undefined ? undefined : stringifyJson(row);
}

const hostileCall = (name: string, text: string): Label => ({ kind: 'calls', calls: [{ name, arguments: objectOf([[text, `${text}!`], ['__proto__', text], ['constructor', '5'], ['hasOwnProperty', objectOf([['__proto__', [text]]])]]) }] });

/** Places that answers can come from, beside the ends and middle of the text. */
function places(document: TrialDocument): readonly number[] {
  const found = document.records.slice(0, 1).flatMap((record) => [
    record.span.start,
    ...ownCalls(record).slice(0, 2).flatMap(({ call, place }) => [place.name, ...(place.arguments === undefined ? [] : Object.keys(call.arguments).flatMap((key) => [[...(place.arguments ?? []), { key }], [...(place.arguments ?? []), key]]))].flatMap((path) => insideOf(document, record, path)?.start ?? [])),
    ...record.parts.tools.slice(0, 1).flatMap(({ places: at }) => insideOf(document, record, at.name)?.start ?? []),
  ]);
  return [0, Math.floor(document.text.length / 2), document.text.length, ...found];
}

let files = 0;
async function asked(text: string, languageId = 'jsonl'): Promise<readonly string[]> {
  const document = await openTrial(session, `file:///data/hostile-${files++}.jsonl`, text, { languageId });
  // At few places of large ones: each request takes its time there.
  const answers = await everyRequest(document, places(document).slice(0, text.length < 500_000 ? undefined : 5));
  await document.close();
  expect(session.isAlive).toBe(true);
  expect(answers.length).toBeGreaterThan(20);
  return answers.flatMap(shownTexts).flatMap(({ what, text: shown, isMarkdown }) => {
    const live = isMarkdown ? liveMarkup(shown) : undefined;
    const hides = invisible.exec(shown)?.[0];
    return [...(live === undefined ? [] : [`${what} has ${live}: ${shown.slice(0, 200)}`]), ...(hides === undefined ? [] : [`${what} hides U+${(hides.codePointAt(0) ?? 0).toString(16)}: ${JSON.stringify(shown.slice(0, 200))}`])];
  });
}

describe('hostile rows', () => {
  test('what would be markup is recognised as such', () => {
    for (const live of ['<img src=x>', '[x](command:y)', '![x]', 'https://x', '`` ` ``` x', '&#60; <b>']) expect(liveMarkup(live)).toBeDefined();
    expect(liveMarkup('**Call** of ` <b>` ` and \\<b\\> &#60;b\n\n````typescript\n[x](y) ``` z\n````')).toBeDefined();
    expect(liveMarkup('**Call** of ` <b> ` and &#60;b\n\n````typescript\n[x](y) ``` z\n````')).toBeUndefined();
  });

  const written = dialects.filter(({ write }) => write !== undefined);
  test.each(written.map((dialect) => [dialect.id, dialect] as const))('of %s: nothing that a row says is markup, and nothing in it can hide', async (_id, dialect) => {
    for (const name of ['get_weather', evil]) {
      const rows = [rowOf(dialect, name, evil, hostileCall(name, evil)), rowOf(dialect, name, evil, { kind: 'text', text: evil })];
      expect(await asked(`${rows.join('\n')}\n`)).toEqual([]);
    }
  });

  const long = 'é"\\ '.repeat(250_000);
  const deep = (levels: number, inner: JsonValue = 1): string => `${'{"a":['.repeat(levels)}${JSON.stringify(inner)}${']}'.repeat(levels)}`;
  const good = looptoolRow([weatherTool], callBlock('get_weather', { city: 'Paris' }));
  const openai = (args: string): string => openaiRow([weatherTool], [{ name: 'get_weather', arguments: args }]);
  const texts: readonly (readonly [string, string])[] = [
    ['a string of a megabyte as a value', openaiRow([weatherTool], [{ name: 'get_weather', arguments: { city: long } }])],
    ['a string of a megabyte as a name', looptoolRow([weatherTool], callBlock(long, { city: 'x' }))],
    ['a string of a megabyte as a description', looptoolRow([{ ...weatherTool, description: long }], callBlock('get_weather', { city: 'Paris' }))],
    ['a request of a megabyte', looptoolRow([weatherTool], callBlock('get_weather', { city: 'Paris' }), long)],
    ['arguments 200 levels deep', openai(`{"city": ${deep(100)}}`)],
    ['arguments 4,000 levels deep', openai(`{"city": ${deep(2000)}}`)],
    ['a record 40,000 levels deep', `{"messages": ${deep(20_000)}, "tools": []}`],
    ['40,000 brackets that are never closed', `${good}\n{"instruction": ${'['.repeat(40_000)}`],
    ['a schema 1,000 levels deep', openaiRow([{ name: 'get_weather', parameters: JSON.parse(deep(500)) as unknown }], [{ name: 'get_weather', arguments: {} }])],
    ['keys of prototypes', `{"__proto__": {"messages": []}, "messages": [{"role": "user", "content": "x"}, {"role": "assistant", "__proto__": 1, "tool_calls": [{"type": "function", "function": {"name": "__proto__", "arguments": "{\\"__proto__\\": {\\"constructor\\": 1}, \\"toString\\": 2}"}}, {"type": "function", "function": {"name": "constructor", "arguments": "{\\"valueOf\\": 1}"}}]}], "tools": [{"type": "function", "function": {"name": "__proto__", "parameters": {"type": "object", "properties": {"__proto__": {"type": "string"}}, "required": ["__proto__", "hasOwnProperty"]}}}]}`],
    ['lone surrogates', `${openai('{"city": "\\\\ud800 x \\\\udc00"}').replace('Paris', '\\ud83d')}\n${openai('{"city": "\uD800"}')}`],
    ['the same key twice', openai('{"city": "Paris", "city": 5, "days": 1, "days": "2"}')],
    ['numbers beyond numbers', openai('{"city": 1e999, "days": -0, "unit": 123456789012345678901234567890, "tags": [NaN, Infinity]}')],
    ['null characters and broken escapes', `${openai('{"city": "\\u0000\\\\x"}')}\n{"instruction": "\\q", "input": "\\u12", "output": ""}`],
    ['other values than rows', '1\nnull\n"x"\n[]\n[[1], {}]\n{}\n' + good],
    ['rows of other shapes', `${good}\n{"instruction": null, "input": [], "output": {}}\n{"messages": "x", "tools": 5}\n{"messages": [null, 5, [], {"role": 7, "tool_calls": {"a": 1}}], "tools": [null, 5, "x"]}`],
  ];
  test.each(texts)('%s', async (_title, text) => {
    expect(await asked(`${text}\n`)).toEqual([]);
    // Large ones once: each request reads them anew.
    if (text.length < 500_000) expect(await asked(`[\r\n  ${text.split('\n').join(',\r\n  ')}\r\n]`, 'json')).toEqual([]);
  });
});
