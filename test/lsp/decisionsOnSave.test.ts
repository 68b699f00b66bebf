import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dialects } from '../../src/core/dataset/dialects.generated.ts';
import { readDataset } from '../../src/core/dataset/dataset.ts';
import { labelHash, makeSample } from '../../src/core/dataset/identity.ts';
import { objectOf } from '../../src/core/json/parse.ts';
import { stringifyJson } from '../../src/core/json/stringify.ts';
import { decisionOperationSchema, type Decision } from '../../src/core/review/decision.ts';
import { foldDecisions } from '../../src/core/review/foldDecisions.ts';
import { FixSession, type FixDocument } from './support/fixSession.ts';
import { projectConfig } from './support/projectConfig.ts';

const tool = { name: 'f', description: 'Does f', parameters: objectOf([['type', 'object'], ['properties', objectOf([['days', objectOf([['type', 'integer']])]])]]) };
type Write = NonNullable<(typeof dialects)[number]['write']>;
const writers = dialects.flatMap(({ id, write }) => (write === undefined ? [] : [[id, write] as const]));

/** A file with a sample for each label. */
function fileOf(write: Write, days: readonly (number | string)[]): string {
  return days.map((day, index) => {
    const sample = makeSample({ tools: [tool], messages: [{ role: 'user', content: `Request ${index}: 1, 2 or 3 days` }], label: { kind: 'calls', calls: [{ name: 'f', arguments: objectOf([['days', day]]) }] } });
    return `${stringifyJson(write(sample))}\n`;
  }).join('');
}

let session: FixSession;
beforeAll(async () => {
  session = await FixSession.start(true, true);
});
afterAll(() => session.stop());

let projects = 0;
/** A project of its own for each test, with an open document that stands on disk. */
async function openIn(text: string, file = 'a.jsonl'): Promise<{ readonly name: string; readonly document: FixDocument }> {
  const name = `p${(projects += 1)}`;
  session.write(`${name}/looptool.json`, projectConfig(file));
  session.write(`${name}/${file}`, text);
  return { name, document: await session.open(`${name}/${file}`, text) };
}

function inForce(name: string): readonly Decision[] {
  return decisionsOf(session.read(`${name}/.looptool/decisions.jsonl`));
}

function decisionsOf(text: string | undefined): readonly Decision[] {
  const lines = (text ?? '').split('\n').filter((line) => line !== '');
  return [...foldDecisions(lines.map((line) => decisionOperationSchema.parse(JSON.parse(line)))).inForce.values()];
}

async function save(document: FixDocument): Promise<void> {
  await document.save();
  await document.settled();
}

function differences(before: string, after: string): Record<string, readonly [string, string]> {
  const samples = (text: string) => readDataset(text, { file: '', steps: 'all' }).samples.map(({ sample }) => sample);
  const old = new Map(samples(before).map((sample) => [sample.id, sample.labelHash]));
  return Object.fromEntries(samples(after).flatMap(({ id, labelHash: hash }) => (old.get(id) === hash ? [] : [[id, [old.get(id) ?? '', hash] as const]])));
}

function sorted(decisions: Record<string, unknown>): string {
  return JSON.stringify(Object.entries(decisions).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function byId(decisions: readonly Decision[]): Record<string, readonly [string, string]> {
  return Object.fromEntries(decisions.map(({ sampleId, labelHash: seen, label }) => [sampleId, [seen, label === undefined ? '' : labelHash(label)] as const]));
}

describe('decisions on save', () => {
  test.each(writers)('%s: a saved label is a decision, the old one saved again takes it back', async (_, write) => {
    const first = fileOf(write, [1, 2, 3]);
    const { name, document } = await openIn(first);
    await document.change(fileOf(write, [1, 3, 3]));
    await document.diagnostics();
    expect(inForce(name)).toEqual([]);
    await save(document);
    const [decision] = inForce(name);
    expect(decision).toMatchObject({ ruling: 'edit', source: 'edit', replaced: { kind: 'calls', calls: [{ name: 'f', arguments: { days: 2 } }] }, label: { kind: 'calls', calls: [{ name: 'f', arguments: { days: 3 } }] } });
    expect(byId(inForce(name))).toEqual(differences(first, document.text));
    await document.change(first);
    await save(document);
    expect(inForce(name)).toEqual([]);
    expect(session.read(`${name}/.looptool/decisions.jsonl`)?.split('\n')).toHaveLength(3);
  });

  test('a fix that is saved is a decision with the rule as its source; undone before, it is none', async () => {
    const [[, write] = []] = writers;
    if (write === undefined) throw new Error('no writer');
    const first = fileOf(write, ['3', 2]);
    const { name, document } = await openIn(first);
    const fix = (await document.actionsOn('argument-type')).find(({ title }) => title === 'Write 3');
    await session.apply(await document.editOf(fix));
    const fixed = document.text;
    await document.change(first);
    await save(document);
    expect(inForce(name)).toEqual([]);
    await document.change(fixed);
    await save(document);
    expect(inForce(name)).toMatchObject([{ ruling: 'edit', source: 'rule:argument-type' }]);
  });

  test('a checkout that the document follows is no decision, and the next edit starts from it', async () => {
    const [[, write] = []] = writers;
    if (write === undefined) throw new Error('no writer');
    const checkedOut = fileOf(write, [2, 2, 2]);
    const { name, document } = await openIn(fileOf(write, [1, 1, 1]));
    await document.settled();
    await document.follow(checkedOut);
    await save(document);
    expect(inForce(name)).toEqual([]);
    await document.change(fileOf(write, [2, 2, 3]));
    await save(document);
    expect(byId(inForce(name))).toEqual(differences(checkedOut, document.text));
  });

  test('so it is in editors that do not tell of it', async () => {
    const [[, write] = []] = writers;
    if (write === undefined) throw new Error('no writer');
    const other = await FixSession.start(true);
    try {
      const checkedOut = fileOf(write, [2, 2, 2]);
      other.write('looptool.json', projectConfig('a.jsonl'));
      other.write('a.jsonl', fileOf(write, [1, 1, 1]));
      const document = await other.open('a.jsonl', fileOf(write, [1, 1, 1]));
      await document.settled();
      const path = other.write('a.jsonl', checkedOut);
      const past = new Date(Date.now() - 5000);
      utimesSync(path, past, past);
      await document.change(checkedOut);
      await document.settled();
      await document.change(fileOf(write, [2, 2, 3]));
      await save(document);
      const decisions = decisionsOf(other.read('.looptool/decisions.jsonl'));
      expect(byId(decisions)).toEqual(differences(checkedOut, document.text));
    } finally {
      await other.stop();
    }
  });

  test('a document that was restored unsaved starts from what stands on disk', async () => {
    const [[, write] = []] = writers;
    if (write === undefined) throw new Error('no writer');
    const name = `p${(projects += 1)}`;
    session.write(`${name}/looptool.json`, projectConfig('a.jsonl'));
    session.write(`${name}/a.jsonl`, fileOf(write, [1, 1]));
    const document = await session.open(`${name}/a.jsonl`, fileOf(write, [1, 2]));
    await session.connection.sendNotification('looptool/openedDirty', { uri: document.uri });
    await document.settled();
    await save(document);
    expect(byId(inForce(name))).toEqual(differences(fileOf(write, [1, 1]), document.text));
  });

  test('two windows that save one label make one decision', async () => {
    const [[, write] = []] = writers;
    if (write === undefined) throw new Error('no writer');
    const { name, document } = await openIn(fileOf(write, [1]));
    const other = await FixSession.start(true);
    try {
      const second = await other.open(join('..', session.folder.split('/').at(-1) ?? '', name, 'a.jsonl'), document.text);
      await document.change(fileOf(write, [2]));
      await save(document);
      await second.change(fileOf(write, [2]));
      await save(second);
      expect((session.read(`${name}/.looptool/decisions.jsonl`) ?? '').split('\n')).toHaveLength(2);
      await second.change(fileOf(write, [3]));
      await save(second);
      expect(inForce(name)).toMatchObject([{ label: { calls: [{ arguments: { days: 3 } }] }, replaced: { calls: [{ arguments: { days: 1 } }] } }]);
    } finally {
      await other.stop();
    }
  });

  test('without trust, outside of a project and for files of rounds nothing is written', async () => {
    const [[, write] = []] = writers;
    if (write === undefined) throw new Error('no writer');
    const { name, document } = await openIn(fileOf(write, [1, 1]));
    session.write(`${name}/.looptool/rounds/0001/train.jsonl`, fileOf(write, [1]));
    const train = await session.open(`${name}/.looptool/rounds/0001/train.jsonl`, fileOf(write, [1]));
    await train.change(fileOf(write, [2]));
    await train.save();
    const loose = await session.open('loose.jsonl', fileOf(write, [1]));
    await loose.change(fileOf(write, [2]));
    await loose.save();
    await session.connection.sendNotification('looptool/trust', { trusted: false });
    await document.change(fileOf(write, [2, 1]));
    await save(document);
    await loose.settled();
    await train.settled();
    expect(inForce(name)).toEqual([]);
    expect(session.read('.looptool/decisions.jsonl')).toBeUndefined();
    await session.connection.sendNotification('looptool/trust', { trusted: true });
    await document.change(fileOf(write, [2, 2]));
    await save(document);
    expect(inForce(name)).toMatchObject([{ label: { calls: [{ arguments: { days: 2 } }] } }]);
  });

  test('after any edits, undos and saves the decisions in force are the difference between the file at first and at last', async () => {
    const labels = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 3, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...writers), labels, fc.array(fc.tuple(labels, fc.boolean()), { minLength: 1, maxLength: 5 }), async ([, write], start, steps) => {
        const first = fileOf(write, start);
        const { name, document } = await openIn(first);
        let last = first;
        for (const [days, isSaved] of steps) {
          await document.change(fileOf(write, days));
          if (!isSaved) continue;
          await save(document);
          last = document.text;
        }
        expect(sorted(byId(inForce(name)))).toBe(sorted(differences(first, last)));
      }),
      { numRuns: 25 },
    );
  });
});
