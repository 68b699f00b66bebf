import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dialects } from '../../src/core/dataset/dialects.generated.ts';
import { makeSample } from '../../src/core/dataset/identity.ts';
import { objectOf } from '../../src/core/json/parse.ts';
import { stringifyJson } from '../../src/core/json/stringify.ts';
import { dialectRows } from '../builders/dialectRows.ts';
import type { Session } from './support/session.ts';
import { table, Tally } from './support/tally.ts';
import { openTrial, startTrial } from './support/trial.ts';
import { tryDocument } from './support/tryDocument.ts';

const tool = {
  name: 'get_weather',
  description: 'Says how the weather is',
  parameters: objectOf([['type', 'object'], ['properties', objectOf([['city', objectOf([['type', 'string']])], ['days', objectOf([['type', 'integer']])], ['unit', objectOf([['type', 'string'], ['enum', ['celsius', 'kelvin']]])]])], ['required', ['city']]]),
};
const wrong = makeSample({
  tools: [tool],
  messages: [{ role: 'user', content: 'How is the weather in “Zürich”? 3 days, in kelvin.' }],
  label: { kind: 'calls', calls: [{ name: 'get_weather', arguments: objectOf([['city', 'Zürich'], ['days', '3'], ['unit', 'Kelvin']]) }] },
});

/** Our own rows, and for each dialect that can be written one with findings that have fixes. */
const rows: readonly (readonly [title: string, row: unknown])[] = [
  ...dialectRows.map(([dialect, what, row]) => [`${dialect}, ${what}`, row] as const),
  ...dialects.flatMap(({ id, write }) => (write === undefined ? [] : [[`${id}, with findings`, JSON.parse(stringifyJson(write(wrong)))] as const])),
];

const layouts: readonly (readonly [string, (row: unknown) => string])[] = [
  ['a list with indentation, lines ending in CRLF', (row) => `${JSON.stringify([row, row], null, 2).replaceAll('\n', '\r\n')}\r\n`],
  ['a list with tabs and a byte order mark', (row) => `\uFEFF${JSON.stringify([row, row], null, '\t')}\n`],
  ['one object with indentation', (row) => `${JSON.stringify(row, null, 4)}\n`],
];

let session: Session;
beforeAll(async () => {
  session = await startTrial();
});
afterAll(() => session.stop());

let files = 0;

describe.each(layouts)('every ability in %s', (layout, write) => {
  const all = new Tally();
  // So that no test passes for want of anything to try.
  afterAll(() => {
    if (process.env['LOOPTOOL_ABILITIES'] !== undefined) process.stdout.write(`${table([[layout, all]])}\n`);
    for (const ability of ['diagnostics', 'quick fixes', 'hover on a call', 'completion of values', 'rename', 'folding', 'edit label']) expect(all.counts.get(ability)?.good, ability).toBeGreaterThan(20);
  });
  test.each(rows)('%s', async (_title, row) => {
    const document = await openTrial(session, `untitled:array-${files++}.json`, write(row), { languageId: 'json' });
    expect(document.reading.samples.length).toBeGreaterThan(0);
    const tally = new Tally();
    await tryDocument(document, tally);
    await document.close();
    all.add(tally);
    expect(tally.wrong).toEqual([]);
  });
});
