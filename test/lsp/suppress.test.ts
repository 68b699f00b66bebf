import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dialects } from '../../src/core/dataset/dialects.generated.ts';
import { readDataset } from '../../src/core/dataset/dataset.ts';
import { makeSample } from '../../src/core/dataset/identity.ts';
import { objectOf } from '../../src/core/json/parse.ts';
import { stringifyJson } from '../../src/core/json/stringify.ts';
import { callBlock, looptoolRow, weatherTool } from '../builders/datasetText.ts';
import { FixSession, type FixDocument } from './support/fixSession.ts';
import { projectConfig } from './support/projectConfig.ts';

const wrong = (about: string): string => looptoolRow([weatherTool], callBlock('get_weather', { city: 'Oslo', days: '3' }), `${about}: Oslo, 3 days`);

let trusted: FixSession;
let untrusted: FixSession;
beforeAll(async () => {
  trusted = await FixSession.start(true);
  untrusted = await FixSession.start(false);
});
afterAll(async () => {
  await trusted.stop();
  await untrusted.stop();
});

const rulesOf = async (document: FixDocument): Promise<unknown[]> => (await document.diagnostics()).map(({ code }) => code);

describe('suppressions', () => {
  test('in a project "here" is a line for the sample, "in this file" one for the file, at once', async () => {
    trusted.write('p/looptool.json', projectConfig('data/a.jsonl'));
    const text = `${wrong('One')}\n${wrong('Two')}\n`;
    const document = await trusted.open('p/data/a.jsonl', text);
    const here = (await document.actionsOn('argument-type')).find(({ title }) => title === 'Suppress argument-type here');
    await trusted.run(here?.command);
    expect(await rulesOf(document)).toEqual(['argument-type']);
    const [first] = readDataset(text, { file: '', steps: 'all' }).samples;
    expect(trusted.read('p/.looptool/suppressions.jsonl')).toBe(`${JSON.stringify({ v: 1, rule: 'argument-type', sampleId: first?.sample.id })}\n`);
    expect(trusted.read('p/.looptool/.gitignore')).toContain('!suppressions.jsonl');
    const inFile = (await document.actionsOn('argument-type')).find(({ title }) => title === 'Suppress argument-type in this file');
    await trusted.run(inFile?.command);
    expect(await rulesOf(document)).toEqual([]);
    const other = await trusted.open('p/data/b.jsonl', text);
    expect(await rulesOf(other)).toEqual(['argument-type']);
    expect(document.text).toBe(text);
  });

  test('a rule can be disabled in looptool.json, whatever stands there of it', async () => {
    const lints = [undefined, {}, { profile: 'strict' }, { rules: {} }, { rules: { 'argument-type': 'warning' } }, { rules: { 'argument-type': { severity: 'warning' } } }];
    for (const [index, lint] of lints.entries()) {
      const name = `disable${index}`;
      trusted.write(`${name}/looptool.json`, projectConfig('a.jsonl', lint));
      const document = await trusted.open(`${name}/a.jsonl`, `${wrong('One')}\n`);
      const action = (await document.actionsOn('argument-type')).find(({ title }) => title === 'Disable argument-type in looptool.json');
      await trusted.apply(await document.editOf(action));
      expect(await rulesOf(document)).not.toContain('argument-type');
      const config = JSON.parse(trusted.read(`${name}/looptool.json`) ?? '') as { readonly name: string; readonly lint: { readonly rules: unknown } };
      expect(config.lint.rules).toEqual({ 'argument-type': typeof (lint?.rules as { readonly [id: string]: unknown } | undefined)?.['argument-type'] === 'object' ? { severity: 'off' } : 'off' });
      expect(config.name).toBe('test');
    }
  });

  test.each(dialects.flatMap((dialect) => (dialect.write === undefined ? [] : [[dialect.id, dialect.write] as const])))('outside of a project a record of %s says it itself', async (id, write) => {
    const rows = ['One', 'Two'].map((about) => {
      const sample = makeSample({
        tools: [{ name: 'f', description: 'Does f', parameters: objectOf([['type', 'object'], ['properties', objectOf([['days', objectOf([['type', 'integer']])]])]]) }],
        messages: [{ role: 'user', content: `${about}: 3 days` }],
        label: { kind: 'calls', calls: [{ name: 'f', arguments: objectOf([['days', '3']]) }] },
      });
      return stringifyJson(write(sample));
    });
    const document = await untrusted.open(`loose-${id}.jsonl`, `${rows.join('\n')}\n`);
    const titles = (await document.actionsOn('argument-type')).map(({ title }) => title);
    expect(titles).toContain('Suppress argument-type here');
    expect(titles.filter((title) => title.startsWith('Suppress') || title.startsWith('Disable'))).toHaveLength(1);
    const before = readDataset(document.text, { file: '', steps: 'all' }).samples.map(({ sample }) => [sample.id, sample.labelHash]);
    await untrusted.apply(await document.editOf((await document.actionsOn('argument-type')).find(({ title }) => title.startsWith('Suppress'))));
    expect(await rulesOf(document)).toEqual(['argument-type']);
    await untrusted.apply(await document.editOf((await document.actionsOn('argument-type')).find(({ title }) => title.startsWith('Suppress'))));
    expect(await rulesOf(document)).toEqual([]);
    expect(readDataset(document.text, { file: '', steps: 'all' }).samples.map(({ sample }) => [sample.id, sample.labelHash])).toEqual(before);
  });

  test('two rules on one record stand in one list', async () => {
    const row = looptoolRow([weatherTool], callBlock('get_weather', { city: 'Oslo', days: '3', unit: 'Kelvin' }), 'Oslo, 3 days, in kelvin');
    const document = await untrusted.open('two.jsonl', `${row}\n`);
    for (const rule of ['argument-type', 'argument-enum']) {
      await untrusted.apply(await document.editOf((await document.actionsOn(rule)).find(({ title }) => title === `Suppress ${rule} here`)));
    }
    expect(await rulesOf(document)).toEqual([]);
    expect(JSON.parse(document.text)).toMatchObject({ looptool: { ignore: ['argument-type', 'argument-enum'] } });
  });

  test('in an untrusted project nothing is written beside the documents', async () => {
    untrusted.write('q/looptool.json', projectConfig('a.jsonl'));
    const document = await untrusted.open('q/a.jsonl', `${wrong('One')}\n`);
    const actions = (await document.actionsOn('argument-type')).filter(({ title }) => title.startsWith('Suppress'));
    expect(actions.map(({ title, command }) => [title, command])).toEqual([['Suppress argument-type here', undefined]]);
    await untrusted.run({ title: '', command: 'looptool.suppress', arguments: [{ uri: document.uri, rule: 'argument-type', file: 'a.jsonl' }] });
    expect(untrusted.read('q/.looptool/suppressions.jsonl')).toBeUndefined();
    mkdirSync(join(untrusted.folder, 'q', '.looptool'));
    await untrusted.connection.sendNotification('looptool/trust', { trusted: true });
    expect((await document.actionsOn('argument-type')).map(({ title }) => title)).toContain('Suppress argument-type in this file');
    await untrusted.connection.sendNotification('looptool/trust', { trusted: false });
  });
});
