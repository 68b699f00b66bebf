import { describe, expect, it } from 'vitest';
import { noCompanions, type Companions } from '../../../src/core/dataset/companions.ts';
import { readDataset, type DatasetReading } from '../../../src/core/dataset/dataset.ts';
import type { Label } from '../../../src/core/dataset/sample.ts';
import { parseJson } from '../../../src/core/json/parse.ts';
import { stringifyJson } from '../../../src/core/json/stringify.ts';
import type { JsonValue } from '../../../src/core/json/value.ts';

const booking = {
  name: 'trips.book',
  description: 'Books a trip',
  parameters: {
    type: 'dict',
    properties: {
      city: { type: 'string' },
      note: { type: 'string' },
      nights: { type: 'integer' },
      price: { type: 'float' },
      guests: { type: 'array', items: { type: 'dict', properties: { name: { type: 'string' } }, required: ['name'] } },
      options: { type: 'dict', properties: { meal: { type: 'string' } } },
    },
    required: ['city', 'note'],
  },
};
const question = (id: string | undefined, extra: object = {}): object => ({ ...(id === undefined ? {} : { id }), question: [[{ role: 'system', content: 'Be brief.' }, { role: 'user', content: 'Book it' }]], function: [booking], ...extra });
const value = (json: string): JsonValue => {
  const parsed = parseJson(json);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.value;
};
const answers = (...records: readonly string[]): Companions => ({ ...noCompanions, answers: [{ stem: 'q', path: 'possible_answer/q.json', records: records.map(value) }] });
const read = (records: readonly object[], companions: Companions = noCompanions): DatasetReading => readDataset(records.map((one) => JSON.stringify(one)).join('\n'), { file: 'q.json', steps: 'last', companions });
const labels = (reading: DatasetReading): readonly Label[] => reading.samples.map(({ sample }) => sample.label);
const callsOf = (reading: DatasetReading): string => stringifyJson(labels(reading).map((label): JsonValue => (label.kind === 'calls' ? label.calls.map(({ name, arguments: args }) => ({ [name]: args })) : label.kind)));

describe('BFCL questions', () => {
  it('take their label from the possible answers of the same id', () => {
    const reading = read([question('parallel_1')], answers('{"id": "parallel_0", "ground_truth": []}', '{"id": "parallel_1", "ground_truth": [{"trips.book": {"city": ["Oslo", "oslo"], "note": ["x"], "price": [5.0, 5]}}, {"trips.book": {"city": ["Rome"], "note": ["y"]}}]}'));
    expect(reading.problems).toEqual([]);
    expect(reading.dialect).toBe('bfcl');
    expect(reading.samples[0]?.sample.tools).toEqual([{ name: 'trips.book', description: 'Books a trip', parameters: booking.parameters }]);
    expect(reading.samples[0]?.sample.messages).toEqual([{ role: 'system', content: 'Be brief.' }, { role: 'user', content: 'Book it' }]);
    expect(callsOf(reading)).toBe('[[{"trips.book":{"city":"Oslo","note":"x","price":5.0}},{"trips.book":{"city":"Rome","note":"y"}}]]');
    const [label] = labels(reading);
    expect(label?.kind === 'calls' && stringifyJson(label.possible?.[0]?.arguments ?? null)).toBe('{"city":["Oslo","oslo"],"note":["x"],"price":[5.0,5]}');
    expect(reading.samples[0]?.places()).toEqual({
      tools: [['function', 0]],
      messages: [['question', 0, 0], ['question', 0, 1]],
      label: ['ground_truth'],
      calls: [0, 1].map((index) => ({ call: ['ground_truth', index], name: ['ground_truth', index, { key: 'trips.book' }], arguments: ['ground_truth', index, 'trips.book'] })),
      answers: { file: 'possible_answer/q.json', record: 1 },
    });
  });

  it.each([
    ['an optional argument that may be left out first', '{"nights": ["", 3]}', '{}'],
    ['an optional argument that may be left out otherwise', '{"nights": [3, ""]}', '{"nights":3}'],
    ['an optional argument that has to be left out', '{"nights": [""]}', '{}'],
    ['no acceptable value at all', '{"nights": []}', '{}'],
    ['a required text that is empty', '{"note": [""]}', '{"note":""}'],
    ['a required text that may be empty', '{"note": ["", "x"]}', '{"note":"x"}'],
    ['an unknown argument', '{"other": ["", 1], "more": [2]}', '{"more":2}'],
    ['members of objects', '{"options": [{"meal": ["", "late"], "drink": ["tea", "coffee"], "plain": 4}]}', '{"options":{"drink":"tea","plain":4}}'],
    ['objects in a list', '{"guests": [[{"name": ["Ann", "Anne"]}, {"name": [""]}], "later"]}', '{"guests":[{"name":"Ann"},{"name":""}]}'],
    ['lists as they are', '{"guests": [["a", "b"], ["c"]]}', '{"guests":["a","b"]}'],
    ['keys that objects have by nature', '{"constructor": ["a"], "__proto__": ["b"], "toString": [""]}', '{"constructor":"a","__proto__":"b"}'],
  ])('choose first of %s', (_case, accepted, expected) => {
    const reading = read([question('simple_python_1')], answers(`{"id": "simple_python_1", "ground_truth": [{"trips.book": ${accepted}}]}`));
    expect(callsOf(reading)).toBe(`[[{"trips.book":${expected}}]]`);
  });

  it('of the categories without answers have their label by id', () => {
    const ids = ['irrelevance_1', 'live_irrelevance_1-0-0', 'live_relevance_1-0-0'];
    expect(labels(read(ids.map((id) => question(id))))).toEqual([{ kind: 'noCall' }, { kind: 'noCall' }, { kind: 'anyCall' }]);
    expect(labels(read(ids.map((id) => question(id)), answers('{"id": "simple_0", "ground_truth": []}')))).toHaveLength(3);
  });

  it('without an answer are problems', () => {
    expect(read([question('simple_1')]).problems.map(({ message }) => message)).toEqual(['the possible answers are missing: put them at possible_answer/<name>, or name them in looptool.json']);
    expect(read([question('simple_1'), question('simple_0')], answers('{"id": "simple_0", "ground_truth": []}'))).toMatchObject({ problems: [{ record: 0, column: 7, message: 'there is no possible answer for "simple_1"' }], samples: [{ sample: { label: { kind: 'noCall' } } }] });
  });

  it.each([
    ['{"a": 1}', 'the possible answers are not a list', ['ground_truth']],
    ['[3]', 'a possible answer is not an object', ['ground_truth', 0]],
    ['[{"f": []}]', 'the arguments of f are not an object', ['ground_truth', 0, 'f']],
    ['[{"f": {"a": 5}}]', 'the acceptable values of f.a are not a list', ['ground_truth', 0, 'f', 'a']],
  ])('with the answer %s are invalid', (groundTruth, reason, broken) => {
    const reading = read([question('simple_0')], answers(`{"id": "simple_0", "ground_truth": ${groundTruth}}`));
    expect(labels(reading)).toMatchObject([{ kind: 'invalid', reason }]);
    expect(reading.samples[0]?.places().broken).toEqual(broken);
  });

  it('of the first version have neither ids nor lists', () => {
    const v1 = (functions: unknown): object => ({ question: 'Book it', function: functions });
    const reading = read([v1(booking), v1([booking])], answers('{"trips.book": {"city": ["Oslo"]}}', '{"trips.book_1": {"city": ["Oslo"]}, "trips.book_2": {"city": ["Rome"]}}'));
    expect(reading.dialect).toBe('bfcl');
    expect(callsOf(reading)).toBe('[[{"trips.book":{"city":"Oslo"}}],[{"trips.book":{"city":"Oslo"}},{"trips.book":{"city":"Rome"}}]]');
    expect(reading.samples.map(({ sample }) => sample.messages)).toEqual([[{ role: 'user', content: 'Book it' }], [{ role: 'user', content: 'Book it' }]]);
    expect(reading.samples.map((one) => one.places())).toMatchObject([
      { tools: [['function']], messages: [['question']], label: [], calls: [{ call: [], name: [{ key: 'trips.book' }], arguments: ['trips.book'] }], answers: { record: 0 } },
      { tools: [['function', 0]], calls: [{ arguments: ['trips.book_1'] }, { name: [{ key: 'trips.book_2' }] }], answers: { record: 1 } },
    ]);
  });

  it('may hold their answers themselves', () => {
    const reading = read([question('simple_0', { ground_truth: [{ 'trips.book': { city: ['Oslo'] } }] })]);
    const { spans } = reading.samples[0] ?? {};
    const text = JSON.stringify(question('simple_0', { ground_truth: [{ 'trips.book': { city: ['Oslo'] } }] }));
    expect(spans?.calls.map((call) => text.slice(call.arguments?.start, call.arguments?.end))).toEqual(['{"city":["Oslo"]}']);
  });
});

describe('BFCL multi-turn tasks', () => {
  const doc = (name: string): JsonValue => ({ name, description: 'd', parameters: { type: 'dict', properties: {} }, response: {} });
  const companions: Companions = {
    answers: [{ stem: 'q', path: 'possible_answer/q.json', records: [{ id: 'multi_turn_base_0', ground_truth: [["cd(folder='a')"], []] }] }],
    tools: [
      { stem: 'gorilla_file_system', path: 'multi_turn_func_doc/gorilla_file_system.json', records: [doc('cd'), doc('rm')] },
      { stem: 'memory_kv', path: 'multi_turn_func_doc/memory_kv.json', records: [doc('remember')] },
    ],
  };
  const task = (id: string, classes: readonly string[], extra: object = {}): object => ({ id, question: [[{ role: 'user', content: 'Go' }], [], [{ role: 'user', content: 'And back' }]], initial_config: {}, path: ['x'], involved_classes: classes, ...extra });

  it('are traces with the tools of their classes', () => {
    const reading = read([task('multi_turn_base_0', ['GorillaFileSystem'], { excluded_function: ['rm'] }), task('memory_kv_0', ['MemoryAPI'], { ground_truth: ['blue'] })], companions);
    expect(reading.problems).toEqual([]);
    expect(reading.dialect).toBe('bfcl-multi-turn');
    expect(labels(reading)).toEqual([{ kind: 'trace', trace: [["cd(folder='a')"], []] }, { kind: 'trace', trace: ['blue'] }]);
    expect(reading.samples.map(({ sample }) => sample.tools.map(({ name }) => name))).toEqual([['cd'], ['remember']]);
    expect(reading.samples[0]?.sample.messages.map(({ content }) => content)).toEqual(['Go', 'And back']);
    expect(reading.samples[0]?.places().answers).toEqual({ file: 'possible_answer/q.json', record: 0 });
  });

  it('without docs or answers are problems', () => {
    const messages = (one: object, of: Companions): readonly string[] => read([one], of).problems.map(({ message }) => message);
    expect(messages(task('multi_turn_base_0', ['TicketAPI']), companions)).toEqual(['the function docs of TicketAPI are missing: put them at multi_turn_func_doc/ticket_api.json, or name them in looptool.json']);
    expect(messages(task('multi_turn_base_9', ['GorillaFileSystem']), companions)).toEqual(['there is no possible answer for "multi_turn_base_9"']);
    expect(messages(task('multi_turn_base_0', ['GorillaFileSystem']), { ...companions, answers: [] })).toHaveLength(1);
  });
});
