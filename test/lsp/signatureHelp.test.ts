import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SignatureHelpRequest, type SignatureHelp } from 'vscode-languageserver/node';
import { dialectRows } from '../builders/dialectRows.ts';
import { openaiRow } from '../builders/datasetText.ts';
import { Session } from './support/session.ts';

let session: Session;
beforeAll(async () => {
  session = await Session.start();
});
afterAll(() => session.stop());

let opened = 0;

/** The parameter that is marked at the `‸` of a row that stands behind a good one, with the signature around it. */
async function helpAt(row: string, good: string): Promise<{ readonly label: string; readonly active: string | undefined } | undefined> {
  const document = await session.open(`signature-${(opened += 1)}.jsonl`, `${good}\n${row.replace('‸', '')}\n`);
  const help: SignatureHelp | null = await session.connection.sendRequest(SignatureHelpRequest.type, document.at(good.length + 1 + row.indexOf('‸')));
  const signature = help?.signatures[0];
  if (signature === undefined) return undefined;
  const place = signature.parameters?.[help?.activeParameter ?? -1]?.label;
  return { label: signature.label, active: typeof place === 'object' ? signature.label.slice(...place) : place };
}

const written = /(\\*["'])?city\1(?:: ?|=)(\\*["'])Oslo\2/g;

describe.each(dialectRows.filter(([dialect, what, row]) => !/whether|completion|asks|ToolRL text|several calls|LoopTool text/.test(what) && /city\W+: ?\{/.test(JSON.stringify(row)) && (dialect !== 'when2call-sft' || what !== 'a preference')))('%s (%s)', (_dialect, _what, row) => {
  test('marks the argument at its value and at its key', async () => {
    const text = JSON.stringify(row);
    const marked: (string | undefined)[] = [];
    for (const { index, 0: match } of text.matchAll(written)) {
      for (const at of [match.indexOf('Oslo') + 1, match.indexOf('city') + 1]) marked.push((await helpAt(`${text.slice(0, index + at)}‸${text.slice(index + at)}`, text))?.active);
    }
    expect(marked.filter((one) => one !== undefined).length).toBeGreaterThanOrEqual(2);
    expect(new Set(marked.filter((one) => one !== undefined))).toEqual(new Set([expect.stringMatching(/^city\??: string(?: \| null)?$/)]));
  });
});

const tool = { name: 'get_weather', parameters: { type: 'object', properties: { days: { type: 'integer', default: 7 }, city: { type: 'string' }, tags: { type: 'array', items: { type: 'string' } } }, required: ['city'] } };
const row = (args: string): string => openaiRow([tool], [{ name: 'get_weather', arguments: args }]);
const label = 'get_weather(days?: integer = 7, city: string, tags?: string[])';

describe('the signature', () => {
  test.each([
    ['in empty arguments, the first one', '{‸}', 'days?: integer = 7'],
    ['behind a comma, the next one that is not given', '{"days": 1, ‸}', 'city: string'],
    ['at a value that is not there yet', '{"tags": ‸}', 'tags?: string[]'],
    ['in a text without an end', '{"city": "Os‸', 'city: string'],
  ])('marks %s', async (_name, args, active) => {
    expect(await helpAt(row(args), row('{"city": "Oslo"}'))).toEqual({ label, active });
  });

  test('is not shown in words, nor for unknown tools', async () => {
    const good = row('{"city": "Oslo"}');
    expect(await helpAt(good.replace('How is', 'How‸ is'), good)).toBeUndefined();
    expect(await helpAt(openaiRow([tool], [{ name: 'nope', arguments: '{‸}' }]), good)).toBeUndefined();
    expect(await session.connection.sendRequest(SignatureHelpRequest.type, { textDocument: { uri: 'file:///no' }, position: { line: 0, character: 0 } })).toBeNull();
  });
});
