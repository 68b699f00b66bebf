import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { applyDecisions, type ApplyResult } from '../../../../src/app/applyDecisions.ts';
import { labelChanges, planCorrections } from '../../../../src/app/corrections.ts';
import { nodePorts } from '../../../../src/app/nodePorts.ts';
import { revertDecisions, type RevertResult } from '../../../../src/app/review/revertDecisions.ts';
import type { OnStep } from '../../../../src/app/review/writeChanges.ts';
import { applyEdits } from '../../../../src/core/dataset/labelEdit.ts';
import { recogniseDialect } from '../../../../src/core/dataset/dataset.ts';
import type { Label, Sample, ToolCall } from '../../../../src/core/dataset/sample.ts';
import { foldDecisions } from '../../../../src/core/review/foldDecisions.ts';
import type { Decision } from '../../../../src/core/review/decision.ts';
import { loadCompanions } from '../../../../src/node/companionFiles.ts';
import { aceQuestion, answeredSamples, answersFile, appendDecision, bfclQuestion, bookTool, questionsFile, writeAnswersProject } from '../../../builders/answersProject.ts';

const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true, force: true })));

const ports = nodePorts('dist/cli.js');
const apply = (directory: string, write = true, onStep?: OnStep): Promise<ApplyResult> => applyDecisions(ports, { project: directory, write, by: 'applier', ...(onStep === undefined ? {} : { onStep }) });
const revert = (directory: string): Promise<RevertResult> => revertDecisions(ports, { project: directory, which: { person: 'ann' }, write: true, by: 'reverter' });

type Project = { readonly directory: string; readonly samples: readonly Sample[]; readonly text: (file?: string) => string };
async function project(questions: readonly string[], answers: string, config?: object): Promise<Project> {
  const directory = mkdtempSync(join(tmpdir(), 'looptool-answers-'));
  folders.push(directory);
  writeAnswersProject(directory, questions.join('\n'), answers, config);
  return { directory, samples: await answeredSamples(directory), text: (file = answersFile) => readFileSync(join(directory, file), 'utf8') };
}

const at = (samples: readonly Sample[], n: number): Sample => {
  const sample = samples[n];
  if (sample === undefined) throw new Error(`no sample ${n}`);
  return sample;
};
const book = (args: object): ToolCall => ({ name: 'trips.book', arguments: args as ToolCall['arguments'] });
const calls = (...list: readonly ToolCall[]): Label => ({ kind: 'calls', calls: [...list] });
const audit = (directory: string): readonly Record<string, unknown>[] => readFileSync(join(directory, '.looptool/applied.jsonl'), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);

const bfclAnswers = [
  '{"id": "simple_0", "ground_truth": [{"trips.book": {"city": ["Oslo", "oslo"], "nights": [3], "meal": ["", "half"], "price": [5.0, 5]}}]}',
  '{"id":"simple_1","ground_truth":[{"trips.book":{"city":["K\\u00f6ln"],"nights":[1]}}]}',
  '{"id": "simple_2", "ground_truth": [{"trips.book": {"city": ["Rome"], "nights": [2], "guest": [{"name": ["Ann", "Anne"], "age": [5, ""]}]}}, {"trips.cancel": {"id": [7]}}]}',
].join('\n');
const bfclQuestions = ['simple_0', 'simple_1', 'simple_2'].map((id) => bfclQuestion(id));

describe('BFCL answers', () => {
  it.each([
    ['a value that differs becomes the only one, the others keep all that they accept', 0, calls(book({ city: 'oslo', nights: 4, price: 5 })), ['"nights": [3]', '"nights": [4]']],
    ['an argument that may be left out goes on to be so', 0, calls(book({ city: 'Oslo', nights: 3, meal: 'full', price: 5 })), ['["", "half"]', '["full", ""]']],
    ['an argument that is left out goes', 0, calls(book({ city: 'Oslo', nights: 3 })), [', "price": [5.0, 5]', '']],
    ['a further argument comes in the manner of the file', 1, calls(book({ city: 'Köln', nights: 1, price: 2.5 })), ['"nights":[1]', '"nights":[1],"price":[2.5]']],
    ['texts keep the escapes of their file', 1, calls(book({ city: 'Köln-Süd', nights: 1 })), ['K\\u00f6ln', 'K\\u00f6ln-S\\u00fcd']],
    ['a member of an object that differs changes alone', 2, calls(book({ city: 'Rome', nights: 2, guest: { name: 'Anne', age: 6 } }), { name: 'trips.cancel', arguments: { id: 7 } }), ['"age": [5, ""]', '"age": [6, ""]']],
    ['a call that is too many goes', 2, calls({ name: 'trips.cancel', arguments: { id: 7 } }), ['{"trips.book": {"city": ["Rome"], "nights": [2], "guest": [{"name": ["Ann", "Anne"], "age": [5, ""]}]}}, ', '']],
    ['a further call comes behind the others, members of objects as lists', 1, calls(book({ city: 'Köln', nights: 1 }), book({ city: 'Bonn', nights: 2, guest: { name: 'Bo' } })), ['[1]}}]', '[1]}},{"trips.book":{"city":["Bonn"],"nights":[2],"guest":[{"name":["Bo"]}]}}]']],
    ['another tool takes the call over', 2, calls(book({ city: 'Rome', nights: 2, guest: { name: 'Ann', age: 5 } }), { name: 'trips.stop', arguments: { id: 7 } }), ['"trips.cancel"', '"trips.stop"']],
    ['no call at all is an empty list', 1, { kind: 'noCall' }, ['[{"trips.book":{"city":["K\\u00f6ln"],"nights":[1]}}]', '[]']],
  ] as const)('%s', async (_name, index, label, [old, now]) => {
    const built = await project(bfclQuestions, bfclAnswers);
    appendDecision(built.directory, at(built.samples, index), { label });
    const questions = built.text(questionsFile);

    const shown = await apply(built.directory, false);
    expect(shown).toMatchObject({ refused: [], kept: [], notApplicable: 0, files: [{ path: answersFile, edits: [{ sampleId: at(built.samples, index).id }] }] });
    expect(built.text()).toBe(bfclAnswers);
    await apply(built.directory);
    expect(built.text()).toBe(bfclAnswers.replace(old, now));
    expect(built.text(questionsFile)).toBe(questions);
    const after = await answeredSamples(built.directory);
    expect(after.map(({ labelHash }) => labelHash)).toEqual(built.samples.map(({ labelHash }, n) => (n === index ? at(after, n).labelHash : labelHash)));
    expect(at(after, index).labelHash).not.toBe(at(built.samples, index).labelHash);
    expect(audit(built.directory)).toMatchObject([{ op: 'change', file: questionsFile, answers: 'possible_answer/q.json', newHash: at(after, index).labelHash }, { op: 'done', file: questionsFile, answers: 'possible_answer/q.json' }]);
    expect(await apply(built.directory)).toMatchObject({ files: [], refused: [], alreadyApplied: 1 });

    expect(await revert(built.directory)).toMatchObject({ refused: [], files: [{ path: answersFile }] });
    expect(built.text()).toBe(bfclAnswers);
    expect(existsSync(join(built.directory, `${questionsFile}.bak`))).toBe(false);
  });

  it.each([
    ['another value', 0, calls(book({ city: 'Oslo', nights: 4, price: 5 })), ['"nights": [3]', '"nights": [3, 4]']],
    ['an argument that is not required and left out', 0, calls(book({ city: 'Oslo', nights: 3 })), ['[5.0, 5]', '[5.0, 5, ""]']],
    ['a further argument that is not required', 1, calls(book({ city: 'Köln', nights: 1, meal: 'half' })), ['"nights":[1]', '"nights":[1],"meal":["","half"]']],
    ['another object', 2, calls(book({ city: 'Rome', nights: 2, guest: { name: 'Bo' } }), { name: 'trips.cancel', arguments: { id: 7 } }), ['"age": [5, ""]}', '"age": [5, ""]}, {"name": ["Bo"]}']],
  ] as const)('accept %s beside the label', async (_name, index, label, [old, now]) => {
    const built = await project(bfclQuestions, bfclAnswers);
    appendDecision(built.directory, at(built.samples, index), { ruling: 'bothCorrect', label });
    expect(await apply(built.directory)).toMatchObject({ refused: [], kept: [] });
    expect(built.text()).toBe(bfclAnswers.replace(old, now));
    const before = at(built.samples, index).label;
    expect(at(await answeredSamples(built.directory), index).label).toMatchObject({ calls: before.kind === 'calls' ? before.calls : [] });
    expect(await apply(built.directory)).toMatchObject({ files: [], kept: [], alreadyApplied: 1 });
    await revert(built.directory);
    expect(built.text()).toBe(bfclAnswers);
  });

  it.each([
    ['another number of calls', calls(book({ city: 'Köln', nights: 1 }), book({ city: 'Bonn', nights: 1 }))],
    ['another tool', calls({ name: 'trips.cancel', arguments: { id: 7 } })],
    ['an answer without a required argument', calls(book({ city: 'Köln' }))],
  ])('do not hold %s beside the label: it stays in the decisions', async (_name, label) => {
    const built = await project(bfclQuestions, bfclAnswers);
    appendDecision(built.directory, at(built.samples, 1), { ruling: 'bothCorrect', label });
    expect(await apply(built.directory)).toMatchObject({ files: [], refused: [], kept: [{ reason: 'kept', message: expect.stringMatching(/^The label stands in possible_answer\/q\.json, record 2\. .* stays in the decisions/) as string }] });
    expect(built.text()).toBe(bfclAnswers);
  });

  it('are given as a person edited them, in one JSON list and with CRLF too', async () => {
    const text = `[\r\n  ${bfclAnswers.split('\n').join(',\r\n  ')}\r\n]\r\n`;
    const built = await project(bfclQuestions, text);
    const label: Label = { kind: 'calls', calls: [book({ city: 'Bonn', nights: 1 })], possible: [book({ city: ['Bonn', 'bonn'], nights: [1, 2] })] };
    appendDecision(built.directory, at(built.samples, 1), { ruling: 'edit', label });
    await apply(built.directory);
    expect(built.text()).toBe(text.replace('["K\\u00f6ln"],"nights":[1]', '["Bonn","bonn"],"nights":[1,2]'));
    expect(at(await answeredSamples(built.directory), 1).label).toEqual(label);
    await revert(built.directory);
    expect(built.text()).toBe(text);
  });

  it('of BFCL v1 are found by the number of the question, repeated tools with numbers', async () => {
    const questions = ['a', 'b'].map((text) => JSON.stringify({ question: text, function: bookTool }));
    const text = '{"trips.book": {"city": ["A"], "nights": [1]}}\n{"trips.book_1": {"city": ["B"], "nights": [1]}, "trips.book_2": {"city": ["C"], "nights": [2, 3]}}\n';
    const built = await project(questions, text);
    expect(built.samples).toHaveLength(2);
    appendDecision(built.directory, at(built.samples, 0), { label: calls(book({ city: 'A', nights: 1 }), book({ city: 'Z', nights: 1 })) });
    appendDecision(built.directory, at(built.samples, 1), { label: calls(book({ city: 'C', nights: 3 })) });
    await apply(built.directory);
    expect(built.text()).toBe('{"trips.book_1": {"city": ["A"], "nights": [1]}, "trips.book_2": {"city": ["Z"], "nights": [1]}}\n{"trips.book_2": {"city": ["C"], "nights": [2, 3]}}\n');
    await revert(built.directory);
    expect(built.text()).toBe(text);
    appendDecision(built.directory, at(built.samples, 0), { id: 'gone', ruling: 'drop', label: undefined });
    expect(await applyDecisions(ports, { project: built.directory, write: true, drop: true })).toMatchObject({ files: [], refused: [{ reason: 'unwritable', message: expect.stringContaining('found by its number') as string }] });
  });

  it('that stand in the question itself are changed there', async () => {
    const own = `${bfclQuestion('simple_0').slice(0, -1)}, "ground_truth": [{"trips.cancel": {"id": [7, "7"]}}]}`;
    const built = await project([own], '');
    appendDecision(built.directory, at(built.samples, 0), { label: calls({ name: 'trips.cancel', arguments: { id: 8 } }) });
    await apply(built.directory);
    expect(built.text(questionsFile)).toBe(own.replace('[7, "7"]', '[8]'));
    await revert(built.directory);
    expect(built.text(questionsFile)).toBe(own);
  });
});

describe('ACEBench answers', () => {
  const text = [
    '{"id": "normal_0", "ground_truth": {"trips.book": {"city": "Oslo", "nights": 3, "guest": {"name": "Ann"}}}}',
    '{"id": "normal_1", "ground_truth": [{"trips.cancel": {"id": 1}}, {"trips.cancel": {"id": 2}}]}',
    '{"id": "normal_2", "ground_truth": {"trips.cancel_1": {"id": 1}, "trips.cancel_2": {"id": 2}}}',
    '',
  ].join('\n');
  const questions = ['normal_0', 'normal_1', 'normal_2'].map(aceQuestion);
  const cancel = (id: number): ToolCall => ({ name: 'trips.cancel', arguments: { id } });

  it.each([
    ['a value', 0, {}, calls(book({ city: 'Oslo', nights: 3, guest: { name: 'Bo' } })), ['"Ann"', '"Bo"']],
    ['a second call of the tool', 0, {}, calls(book({ city: 'Oslo', nights: 3, guest: { name: 'Ann' } }), book({ city: 'Rome', nights: 1 })), ['"trips.book": {"city": "Oslo", "nights": 3, "guest": {"name": "Ann"}}', '"trips.book_1": {"city": "Oslo", "nights": 3, "guest": {"name": "Ann"}}, "trips.book_2": {"city": "Rome", "nights": 1}']],
    ['one answer in the place of several', 1, {}, calls(cancel(3)), ['[{"trips.cancel": {"id": 1}}, {"trips.cancel": {"id": 2}}]', '[{"trips.cancel": {"id": 3}}]']],
    ['a call less', 2, {}, calls(cancel(1)), [', "trips.cancel_2": {"id": 2}', '']],
    ['an answer beside the label', 0, { ruling: 'bothCorrect' }, calls(cancel(9)), ['{"trips.book": {"city": "Oslo", "nights": 3, "guest": {"name": "Ann"}}}', '[{"trips.book": {"city": "Oslo", "nights": 3, "guest": {"name": "Ann"}}}, {"trips.cancel": {"id": 9}}]']],
    ['a further answer beside several', 1, { ruling: 'bothCorrect' }, calls(cancel(3)), ['{"id": 2}}]', '{"id": 2}}, {"trips.cancel": {"id": 3}}]']],
  ] as const)('hold %s', async (_name, index, ruling, label, [old, now]) => {
    const built = await project(questions, text);
    appendDecision(built.directory, at(built.samples, index), { label, ...ruling });
    expect(await apply(built.directory)).toMatchObject({ refused: [], kept: [] });
    expect(built.text()).toBe(text.replace(old, now));
    const after = await answeredSamples(built.directory);
    expect(after.filter(({ labelHash }, n) => labelHash !== at(built.samples, n).labelHash)).toHaveLength(1);
    if (!('ruling' in ruling)) expect(at(after, index).label).toEqual(label);
    expect(await apply(built.directory)).toMatchObject({ files: [], alreadyApplied: 1 });
    await revert(built.directory);
    expect(built.text()).toBe(text);
  });
});

describe('a file with answers', () => {
  const label = calls(book({ city: 'Bonn', nights: 1 }));

  it('that changed since the decision is left alone', async () => {
    const built = await project(bfclQuestions, bfclAnswers);
    appendDecision(built.directory, at(built.samples, 1), { label });
    const changed = bfclAnswers.replace('"nights":[1]', '"nights":[9]');
    writeFileSync(join(built.directory, answersFile), changed);
    expect(await apply(built.directory)).toMatchObject({ files: [], refused: [{ path: questionsFile, record: 1, reason: 'stale' }] });
    expect(built.text()).toBe(changed);
  });

  it('that changed after the label was written keeps it, and the revert says so', async () => {
    const built = await project(bfclQuestions, bfclAnswers);
    appendDecision(built.directory, at(built.samples, 1), { label });
    await apply(built.directory);
    writeFileSync(join(built.directory, answersFile), built.text().replace('"nights":[1]', '"nights":[9]'));
    expect(await revert(built.directory)).toMatchObject({ files: [], refused: [{ reason: 'stale' }], decisions: [] });
  });

  it('gives no answer another label that other questions are read with, too', async () => {
    const built = await project([...bfclQuestions, bfclQuestion('simple_1', 'Another request with the same id')], bfclAnswers);
    appendDecision(built.directory, at(built.samples, 1), { label });
    expect(await apply(built.directory)).toMatchObject({ files: [], refused: [{ reason: 'unwritable', message: expect.stringContaining('Other questions are read with it') as string }] });
    expect(built.text()).toBe(bfclAnswers);
  });

  it('is written once for several datasets that are read with it', async () => {
    const companions = { answers: answersFile };
    const config = { seed: [{ path: questionsFile }], heldOut: [{ name: 'copy', path: 'data/copy.json', companions }] };
    const built = await project(bfclQuestions, bfclAnswers, config);
    writeFileSync(join(built.directory, 'data/copy.json'), bfclQuestions.slice(1).join('\n'));
    appendDecision(built.directory, at(built.samples, 1), { label });
    const { files } = await apply(built.directory);
    expect(files.map(({ path }) => path)).toEqual([answersFile]);
    expect(built.text()).toBe(bfclAnswers.replace('K\\u00f6ln', 'Bonn'));
    expect(audit(built.directory).map(({ op, file }) => [op, file])).toEqual([['change', questionsFile], ['change', 'data/copy.json'], ['done', questionsFile], ['done', 'data/copy.json']]);
    await revert(built.directory);
    expect(built.text()).toBe(bfclAnswers);
    writeFileSync(join(built.directory, 'data/copy.json'), bfclQuestion('simple_1', 'Another request'));
    appendDecision(built.directory, at(built.samples, 1), { id: 'again', label });
    expect(await apply(built.directory)).toMatchObject({ files: [], refused: [{ reason: 'unwritable' }] });
  });

  it.each(['intend', 'copy', 'write', 'done'] as const)('is told the truth about after a crash before the step %s', async (step) => {
    const built = await project(bfclQuestions, bfclAnswers);
    appendDecision(built.directory, at(built.samples, 1), { label });
    await expect(apply(built.directory, true, (now) => { if (now === step) throw new Error('killed'); })).rejects.toThrow('killed');
    expect(built.text() === bfclAnswers).toBe(step !== 'done');
    await apply(built.directory);
    expect(built.text()).toBe(bfclAnswers.replace('K\\u00f6ln', 'Bonn'));
    await revert(built.directory);
    expect(built.text()).toBe(bfclAnswers);
  });

  it('is another file to edit in the plan of an editor', async () => {
    const built = await project(bfclQuestions, bfclAnswers);
    const sample = at(built.samples, 1);
    const text = built.text(questionsFile);
    const { companions } = await loadCompanions(join(built.directory, questionsFile), recogniseDialect(text).dialect);
    const decision: Decision = { v: 1, op: 'decide', id: 'd', at: '', by: 'ann', sampleId: sample.id, labelHash: sample.labelHash, ruling: 'takePrediction', label };
    const plan = planCorrections(text, { file: questionsFile, steps: 'all', companions, answerTexts: new Map([['possible_answer/q.json', bfclAnswers]]) }, labelChanges(foldDecisions([decision])));
    expect(plan).toMatchObject({ corrections: [], refused: [], applied: [], answers: [{ file: 'possible_answer/q.json', corrections: [{ sampleId: sample.id, answers: { file: 'possible_answer/q.json', record: 1 } }] }] });
    expect(applyEdits(bfclAnswers, plan.answers.flatMap(({ corrections }) => corrections.flatMap(({ edits }) => edits)))).toBe(bfclAnswers.replace('K\\u00f6ln', 'Bonn'));
  });

  it('holds no text', async () => {
    const built = await project(bfclQuestions, bfclAnswers);
    appendDecision(built.directory, at(built.samples, 1), { label: { kind: 'text', text: 'Which city?' } });
    expect(await apply(built.directory)).toMatchObject({ files: [], refused: [{ reason: 'unwritable', message: 'The label stands in possible_answer/q.json, record 2. BFCL questions: an answer cannot say this label. Correct it there by hand.' }] });
  });
});
