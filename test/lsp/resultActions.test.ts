import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CodeAction } from 'vscode-languageserver/node';
import { dialects } from '../../src/core/dataset/dialects.generated.ts';
import { readDataset } from '../../src/core/dataset/dataset.ts';
import { stringifyJson } from '../../src/core/json/stringify.ts';
import { decisionOperationSchema, type Decision } from '../../src/core/review/decision.ts';
import { foldDecisions } from '../../src/core/review/foldDecisions.ts';
import { buildProject, cityLabel, decide, type BuiltProject } from '../builders/builtProject.ts';
import { FixSession, type FixDocument } from './support/fixSession.ts';

let session: FixSession;
beforeAll(async () => {
  session = await FixSession.start(true, true);
});
afterAll(() => session.stop());

const writers = dialects.flatMap(({ id, write }) => (write === undefined ? [] : [[id, write] as const]));
let projects = 0;

/** A project whose round answered its first three samples with Lyon in the place of Paris; its dataset in a dialect. */
async function openProject(write: NonNullable<(typeof dialects)[number]['write']>): Promise<{ readonly project: BuiltProject; readonly document: FixDocument; readonly name: string }> {
  const name = `p${(projects += 1)}`;
  session.write(`${name}/.keep`, '');
  const project = buildProject(join(session.folder, name));
  const text = project.samples.map((sample) => `${stringifyJson(write(sample))}\n`).join('');
  writeFileSync(project.datasetFile, text);
  return { project, document: await session.open(`${name}/data/train.jsonl`, text), name };
}

/** Journals are read behind the first question. */
async function offered(document: FixDocument, line: number, title: string): Promise<CodeAction> {
  const start = { line, character: 0 };
  for (let tries = 0; tries < 100; tries += 1) {
    const action = (await document.actionsAt({ start, end: start })).find((one) => one.title.startsWith(title));
    if (action !== undefined) return action;
    await session.connection.sendNotification('looptool/refreshResults');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`${title} is not offered`);
}

const samplesIn = (text: string) => readDataset(text, { file: '', steps: 'all' }).samples.map(({ sample }) => sample);

function inForce({ directory }: BuiltProject): readonly Decision[] {
  const lines = readFileSync(join(directory, '.looptool/decisions.jsonl'), 'utf8').split('\n').filter((line) => line !== '');
  return [...foldDecisions(lines.map((line) => decisionOperationSchema.parse(JSON.parse(line)))).inForce.values()];
}

describe('what the loop knows of a sample, as edits of its label', () => {
  test.each(writers)('%s: takes the prediction, which saved is that ruling', async (_, write) => {
    const { project, document } = await openProject(write);
    const action = await offered(document, 1, 'Take the prediction as label');
    const before = samplesIn(document.text);
    await session.apply(await document.editOf(action));
    const after = samplesIn(document.text);
    expect(after.map(({ id }) => id)).toEqual(before.map(({ id }) => id));
    expect(after.map(({ label }) => label)).toEqual(before.map(({ label }, index) => (index === 1 ? cityLabel('Lyon', 2) : label)));
    await document.save();
    await document.settled();
    expect(inForce(project)).toMatchObject([{ sampleId: before[1]?.id, labelHash: before[1]?.labelHash, ruling: 'takePrediction', source: 'prediction', label: cityLabel('Lyon', 2), replaced: cityLabel('Paris', 2) }]);
    const start = { line: 1, character: 0 };
    expect((await document.actionsAt({ start, end: start })).map(({ title }) => title)).not.toContain('Take the prediction as label');
  });

  test.each(writers)('%s: accepts both, in the file', async (_, write) => {
    const { project, document } = await openProject(write);
    const action = await offered(document, 0, 'Accept both');
    const before = samplesIn(document.text);
    await session.apply(await document.editOf(action));
    const after = samplesIn(document.text);
    expect(after[0]?.label).toEqual({ ...cityLabel('Paris', 1), alternatives: [cityLabel('Lyon', 1).calls] });
    expect(after.map(({ id }) => id)).toEqual(before.map(({ id }) => id));
    expect(after.slice(1)).toEqual(before.slice(1));
    await document.save();
    await document.settled();
    expect(inForce(project)).toMatchObject([{ ruling: 'edit', source: 'both', label: { alternatives: [cityLabel('Lyon', 1).calls] } }]);
  });

  test('takes the reviewed label, once, and not for another label than the person saw', async () => {
    const [[, write] = []] = writers;
    if (write === undefined) throw new Error('no writer');
    const { project, document } = await openProject(write);
    const [first, second] = project.samples;
    if (first === undefined || second === undefined) throw new Error('no samples');
    decide(project.directory, first, cityLabel('Nice', 1));
    decide(project.directory, second, cityLabel('Nice', 2), { labelHash: 'lbl_other' });
    const action = await offered(document, 0, 'Take the reviewed label');
    await session.apply(await document.editOf(action));
    expect(samplesIn(document.text)[0]?.label).toEqual(cityLabel('Nice', 1));
    await document.save();
    await document.settled();
    expect(inForce(project)).toHaveLength(2);
    for (const line of [0, 1]) {
      const start = { line, character: 0 };
      expect((await document.actionsAt({ start, end: start })).map(({ title }) => title)).not.toContain('Take the reviewed label');
    }
  });

  test('nothing is offered for matches, nor in the middle of the messages', async () => {
    const [[, write] = []] = writers;
    if (write === undefined) throw new Error('no writer');
    const { document } = await openProject(write);
    await offered(document, 0, 'Take the prediction');
    const start = { line: 4, character: 0 };
    expect((await document.actionsAt({ start, end: start })).map(({ title }) => title)).toEqual([]);
    const inside = { line: 0, character: 30 };
    expect((await document.actionsAt({ start: inside, end: inside })).map(({ title }) => title)).toEqual([]);
  });
});
