import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { planCorrections } from '../../../../src/app/corrections.ts';
import type { LabelChange } from '../../../../src/app/review/labelChange.ts';
import { says } from '../../../../src/core/dataset/answerEdit.ts';
import { noCompanions, type Companions } from '../../../../src/core/dataset/companions.ts';
import { readDataset } from '../../../../src/core/dataset/dataset.ts';
import { labelHash } from '../../../../src/core/dataset/identity.ts';
import { applyEdits } from '../../../../src/core/dataset/labelEdit.ts';
import type { Label, Sample, ToolCall } from '../../../../src/core/dataset/sample.ts';
import { isJsonArray, member, textMember } from '../../../../src/core/json/member.ts';
import { parseJson } from '../../../../src/core/json/parse.ts';
import { canonicalJson, stringifyJson, stringifySpaced } from '../../../../src/core/json/stringify.ts';
import { nodeValue } from '../../../../src/core/json/tree.ts';
import type { JsonObject, JsonValue } from '../../../../src/core/json/value.ts';
import { eachRecord } from '../../../../src/core/jsonl/records.ts';
import { comparePossible, onlyChoice } from '../../../../src/core/toolcall/possible.ts';
import { aceQuestion, bfclQuestion } from '../../../builders/answersProject.ts';
import { sharedData } from '../../../builders/sharedData.ts';

const path = 'possible_answer/q.json';
const companionsOf = (answers: string): Companions => ({ ...noCompanions, answers: [{ stem: 'q', path, records: [...eachRecord(answers)].map((entry) => (entry.ok ? nodeValue(entry.node) : null)) }] });
const read = (questions: string, answers: string): readonly Sample[] => readDataset(questions, { file: 'q.json', steps: 'all', companions: companionsOf(answers) }).samples.map(({ sample }) => sample);

/** The answers after the labels were given to their samples, and what was not. */
function correct(questions: string, answers: string, labels: ReadonlyMap<string, { readonly seen: string; readonly to: LabelChange['to'] }>): { readonly text: string; readonly refused: readonly string[]; readonly back: string } {
  const changes = new Map([...labels].map(([sampleId, { seen, to }]) => [sampleId, { sampleId, labelHash: seen, to, origin: { source: 'person' } }]));
  const plan = planCorrections(questions, { file: 'q.json', steps: 'all', companions: companionsOf(answers), answerTexts: new Map([[path, answers]]) }, changes);
  const corrections = plan.answers.flatMap((one) => one.corrections);
  const text = applyEdits(answers, corrections.flatMap(({ edits }) => edits));
  const undo = new Map(corrections.map(({ sampleId, newHash, old, back }) => [sampleId, { sampleId, labelHash: newHash, to: { label: old }, back, origin: { source: 'person' } }]));
  const reverted = planCorrections(questions, { file: 'q.json', steps: 'all', companions: companionsOf(text), answerTexts: new Map([[path, text]]) }, undo);
  return { text, refused: plan.refused.map(({ message }) => message), back: applyEdits(text, reverted.answers.flatMap((one) => one.corrections.flatMap(({ edits }) => edits))) };
}

const value = fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constantFrom('Oslo', 'Köln', 'a "quoted" one', '\u{1F600}', 'true'), fc.boolean(), fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 3 }), fc.record({ name: fc.constantFrom('Ann', 'Bo'), age: fc.integer({ min: 0, max: 3 }) }, { requiredKeys: ['name'] }));
const args = fc.dictionary(fc.constantFrom('city', 'nights', 'meal', 'price', 'guest', 'x.y'), value, { maxKeys: 4, noNullPrototype: true }) as fc.Arbitrary<JsonObject>;
const call: fc.Arbitrary<ToolCall> = fc.record({ name: fc.constantFrom('trips.book', 'trips.cancel'), arguments: args });
const calls = fc.array(call, { minLength: 1, maxLength: 3 });
const accepted = fc.tuple(fc.array(value, { minLength: 1, maxLength: 3 }), fc.boolean()).map(([values, optional]): JsonValue => [...values.map((one) => onlyChoice(one as JsonValue)), ...(optional ? [''] : [])]);
const possibleArgs = fc.dictionary(fc.constantFrom('city', 'nights', 'meal', 'price', 'guest', 'x.y'), accepted, { maxKeys: 4, noNullPrototype: true }) as fc.Arbitrary<JsonObject>;
const possible = fc.array(fc.record({ name: fc.constantFrom('trips.book', 'trips.cancel'), arguments: possibleArgs }), { maxLength: 3 });
const written = (list: readonly ToolCall[]): JsonValue => list.map(({ name, arguments: own }) => ({ [name]: own }));
const container = fc.constantFrom(
  (rows: readonly JsonValue[]) => rows.map((row) => stringifySpaced(row)).join('\n'),
  (rows: readonly JsonValue[]) => `${rows.map((row) => stringifyJson(row)).join('\r\n')}\r\n`,
  (rows: readonly JsonValue[]) => `[${rows.map((row) => stringifyJson(row, 2)).join(',\n')}]\n`,
);

it('possible answers that are given another label read back as it, the others stay, and the way back is exact', () => {
  const ids = ['simple_0', 'simple_1', 'simple_2'];
  const questions = ids.map((id) => bfclQuestion(id)).join('\n');
  fc.assert(
    fc.property(fc.tuple(possible, possible, possible), calls, container, fc.boolean(), ([first, own, last], wanted, write, exact) => {
      const answers = write([first, own, last].map((list, n) => ({ id: ids[n] ?? '', ground_truth: written(list) })));
      const before = read(questions, answers);
      const sample = before[1];
      if (sample === undefined) throw new Error('no sample');
      const label: Label = exact && first.length > 0 ? { ...(before[0]?.label as Extract<Label, { kind: 'calls' }>) } : { kind: 'calls', calls: wanted };
      const { text, refused, back } = correct(questions, answers, new Map([[sample.id, { seen: sample.labelHash, to: { label } }]]));
      expect(refused).toEqual([]);
      expect(back).toBe(answers);
      const after = read(questions, text);
      expect(after.map(({ labelHash: hash }) => hash).filter((_, n) => n !== 1)).toEqual(before.map(({ labelHash: hash }) => hash).filter((_, n) => n !== 1));
      const now = after[1]?.label;
      expect(now !== undefined && says(now, label)).toBe(true);
      if (label.kind !== 'calls' || label.possible !== undefined || now?.kind !== 'calls' || own.length === 0) return;
      // What the old answers accept of the new calls they accept with all other values.
      const { pairs } = comparePossible(own, label.calls);
      for (const [index, other] of pairs.entries()) {
        const old = own[index];
        const got = label.calls[other];
        if (old === undefined || got === undefined || !comparePossible([old], [got]).equal) continue;
        expect(now.possible?.map((one) => canonicalJson(one.arguments))).toContain(canonicalJson(old.arguments));
      }
    }),
    { numRuns: 250 },
  );
});

it('possible answers that accept another one accept the old label, too, and say it', () => {
  const questions = bfclQuestion('simple_0');
  fc.assert(
    fc.property(possible.filter((list) => list.length > 0), calls, container, (own, other, write) => {
      const answers = write([{ id: 'simple_0', ground_truth: written(own) }]);
      const [sample] = read(questions, answers);
      if (sample?.label.kind !== 'calls') throw new Error('no sample');
      const { text, refused, back } = correct(questions, answers, new Map([[sample.id, { seen: sample.labelHash, to: { accept: [{ kind: 'calls', calls: [...other] as [ToolCall, ...ToolCall[]] }] } }]]));
      const now = read(questions, text)[0]?.label;
      if (now?.kind !== 'calls') throw new Error('no label');
      expect(now.calls).toEqual(sample.label.calls);
      expect(comparePossible(now.possible ?? [], other).equal).toBe(refused.length === 0);
      expect(back).toBe(answers);
    }),
    { numRuns: 250 },
  );
});

it('answers of ACEBench are given any calls and alternatives', () => {
  const questions = [aceQuestion('normal_0'), aceQuestion('normal_1')].join('\n');
  const object = (list: readonly ToolCall[]): JsonValue => Object.fromEntries(list.map(({ name, arguments: own }, n) => [list.filter((one) => one.name === name).length > 1 ? `${name}_${n + 1}` : name, own]));
  fc.assert(
    fc.property(calls, fc.array(calls, { maxLength: 2 }), calls, fc.array(calls, { maxLength: 2 }), container, (own, others, wanted, alternatives, write) => {
      const answers = write([{ id: 'normal_0', ground_truth: others.length === 0 ? object(own) : [own, ...others].map(object) }, { id: 'normal_1', ground_truth: object(own) }]);
      const [sample, other] = read(questions, answers);
      if (sample === undefined || other === undefined) throw new Error('no sample');
      const label: Label = { kind: 'calls', calls: wanted, ...(alternatives.length === 0 ? {} : { alternatives }) };
      const { text, refused, back } = correct(questions, answers, new Map([[sample.id, { seen: sample.labelHash, to: { label } }]]));
      expect(refused).toEqual([]);
      expect(read(questions, text).map(({ labelHash: hash }) => hash)).toEqual([labelHash(label), other.labelHash]);
      expect(back).toBe(answers);
    }),
    { numRuns: 250 },
  );
});

const fixesFile = sharedData === undefined ? undefined : join(sharedData, '../bfcl_label_fixes.jsonl');
const hasFixes = fixesFile !== undefined && existsSync(fixesFile);
type Fix = { readonly fixId: string; readonly id: string; readonly question: JsonValue; readonly tools: JsonValue; readonly before: JsonValue; readonly after: JsonValue };

function fixes(): readonly Fix[] {
  return readFileSync(fixesFile ?? '', 'utf8').split('\n').flatMap((line): readonly Fix[] => {
    const parsed = parseJson(line);
    const row = parsed.ok ? parsed.value : null;
    const part = (key: string): JsonValue => member(row, key) ?? null;
    return part('kind') === 'ast' ? [{ fixId: textMember(row, 'fix_id') ?? '', id: textMember(row, 'id') ?? '', question: part('question_before'), tools: part('function'), before: part('before'), after: part('after') }] : [];
  });
}

it.skipIf(!hasFixes)('the corrections that BFCL made of its answers are made (skipped: the shared data is not there)', () => {
  const rows = fixes();
  const turns = (question: JsonValue): readonly JsonValue[] => (isJsonArray(question) ? question.flatMap((turn) => (isJsonArray(turn) ? turn : [turn])) : [{ role: 'user', content: question }]);
  const questions = rows.map(({ fixId: id, question, tools }) => stringifyJson({ id, question: [[{ role: 'system', content: id }, ...turns(question)]], function: tools })).join('\n');
  const answersWith = (which: 'before' | 'after'): string => rows.map((row) => stringifySpaced({ id: row.fixId, ground_truth: row[which] })).join('\n');
  const [before, after] = [answersWith('before'), answersWith('after')];
  const [old, wanted] = [read(questions, before), read(questions, after)];
  expect(old).toHaveLength(rows.length);
  const changed = old.flatMap((sample, n) => (wanted[n] === undefined || wanted[n].labelHash === sample.labelHash || wanted[n].label.kind === 'invalid' ? [] : [{ sample, n, to: wanted[n].label }]));
  expect(changed.length).toBeGreaterThan(470);
  const { text, refused, back } = correct(questions, before, new Map(changed.map(({ sample, to }) => [sample.id, { seen: sample.labelHash, to: { label: to } }])));
  expect(refused).toEqual([]);
  expect(back).toBe(before);
  const expected = new Map(changed.map(({ n, to }) => [n, labelHash(to)]));
  expect(read(questions, text).map(({ labelHash: hash }) => hash)).toEqual(old.map((sample, n) => expected.get(n) ?? sample.labelHash));
  // As a prediction, which knows no further values.
  const taken = changed.flatMap(({ sample, to }) => (to.kind === 'calls' ? [{ sample, to: { kind: 'calls' as const, calls: to.calls } }] : []));
  const second = correct(questions, before, new Map(taken.map(({ sample, to }) => [sample.id, { seen: sample.labelHash, to: { label: to } }])));
  expect(second.refused).toEqual([]);
  const labels = new Map(read(questions, second.text).map(({ id, label }) => [id, label]));
  for (const { sample, to } of taken) expect(says(labels.get(sample.id) ?? { kind: 'noCall' }, to)).toBe(true);
});

const bfcl = sharedData === undefined ? '' : join(sharedData, 'bfcl');
const answerNames = existsSync(join(bfcl, 'possible_answer')) ? readdirSync(join(bfcl, 'possible_answer')).filter((name) => !name.includes('multi_turn')) : [];

it.skipIf(answerNames.length === 0 || !hasFixes)('published BFCL files, with answers as they were before, change in these answers alone (skipped: the shared data is not there)', () => {
  const corrected = new Map(fixes().map((fix) => [`${fix.id} ${canonicalJson(fix.after)}`, fix]));
  let count = 0;
  for (const name of answerNames) {
    const [questions, published] = [readFileSync(join(bfcl, name), 'utf8'), readFileSync(join(bfcl, 'possible_answer', name), 'utf8')];
    const old = published.split('\n').map((line) => {
      const parsed = parseJson(line);
      const id = parsed.ok ? (textMember(parsed.value, 'id') ?? '') : '';
      const fix = parsed.ok ? corrected.get(`${id.replace(/^simple_python/, 'simple')} ${canonicalJson(member(parsed.value, 'ground_truth') ?? null)}`) : undefined;
      return fix === undefined ? line : stringifySpaced({ id, ground_truth: fix.before });
    });
    const [before, wanted] = [read(questions, old.join('\n')), read(questions, published)];
    const changes = before.flatMap((sample, n) => (wanted[n] === undefined || wanted[n].labelHash === sample.labelHash ? [] : [[sample.id, { seen: sample.labelHash, to: { label: wanted[n].label } }] as const]));
    const { text, refused, back } = correct(questions, old.join('\n'), new Map(changes));
    expect(refused).toEqual([]);
    expect(back).toBe(old.join('\n'));
    expect(text.split('\n').filter((line, n) => line !== old[n])).toHaveLength(changes.length);
    expect(read(questions, text).map(({ labelHash: hash }) => hash)).toEqual(wanted.map(({ labelHash: hash }) => hash));
    count += changes.length;
  }
  expect(count).toBeGreaterThan(250);
});
