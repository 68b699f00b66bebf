import { isJsonArray, listMember, member, objectMember, textMember } from '../../json/member.ts';
import { objectOf } from '../../json/parse.ts';
import type { SourcePath } from '../../json/path.ts';
import type { JsonObject, JsonValue } from '../../json/value.ts';
import type { Dialect, ReadOptions, RecordReading, RecordSample, SamplePlaces } from '../dialect.ts';
import { readChatRecord, refusal } from '../reading/chatRecord.ts';
import { answerTurn } from '../reading/dialogue.ts';
import { extrasKey } from '../reading/recordExtras.ts';
import { readTruth } from '../reading/truthValue.ts';
import type { Label, Sample } from '../sample.ts';
import type { StructureEdit } from '../structureEdit.ts';
import { dialect as looptool } from './looptool.ts';
import { dialect as toolrl } from './toolrl.ts';

/**
 * Rows of verl's parquet files: a system and a user message that hold the texts of LoopTool's or ToolRL's rows, read as these;
 * any other prompt is read as chat messages. The reference answer is `reward_model.ground_truth`.
 */
export const dialect: Dialect = { id: 'verl', name: 'verl rows', detect, read, write, relabel, copies };

const truthPath = ['reward_model', 'ground_truth'];

function detect(record: JsonValue): number {
  return listMember(record, 'prompt') !== undefined && member(objectMember(record, 'reward_model'), 'ground_truth') !== undefined ? 1 : 0;
}

type Inner = { readonly dialect: Dialect; readonly record: JsonObject; readonly paths: ReadonlyMap<string, readonly (string | number)[]> };

/** The row as the dialect that it was made from has it. */
function innerOf(record: JsonValue): Inner | undefined {
  const prompt = listMember(record, 'prompt');
  const output = member(objectMember(record, 'reward_model'), 'ground_truth');
  const [first, second] = prompt ?? [];
  const instruction = textMember(first, 'content');
  const input = textMember(second, 'content');
  if (prompt?.length !== 2 || textMember(first, 'role') !== 'system' || textMember(second, 'role') !== 'user' || instruction === undefined || input === undefined || typeof output !== 'string') return undefined;
  const extras = member(record, extrasKey);
  const row = objectOf([['instruction', instruction], ['input', input], ['output', output], ...(extras === undefined ? [] : [[extrasKey, extras] as const])]);
  const [asLoopTool, asToolrl] = [looptool.detect(row), toolrl.detect(row)];
  if (Math.max(asLoopTool, asToolrl) < 0.7) return undefined;
  return {
    dialect: asToolrl > asLoopTool ? toolrl : looptool,
    record: row,
    paths: new Map<string, readonly (string | number)[]>([['instruction', ['prompt', 0, 'content']], ['input', ['prompt', 1, 'content']], ['output', truthPath]]),
  };
}

function read(record: JsonValue, options: ReadOptions): RecordReading {
  const inner = innerOf(record);
  if (inner === undefined) return readChat(record, options);
  const { samples, problems } = inner.dialect.read(inner.record, options);
  return {
    samples: samples.map((sample): RecordSample => ({ ...sample, places: () => placesIn(inner, sample.places()) })),
    problems: problems.map((problem) => ({ ...problem, path: pathIn(inner, problem.path) })),
  };
}

function readChat(record: JsonValue, { steps }: ReadOptions): RecordReading {
  const prompt = member(record, 'prompt');
  if (!isJsonArray(prompt)) return refusal([], 'a verl row needs a list of messages under prompt');
  const truth = readTruth(member(member(record, 'reward_model'), 'ground_truth'), truthPath);
  if (truth === undefined) return refusal(member(record, 'reward_model') === undefined ? [] : ['reward_model'], 'a verl row needs a ground truth');
  return readChatRecord(record, { lists: [{ list: prompt, path: ['prompt'] }], steps, answer: answerTurn(truth) });
}

function placesIn(inner: Inner, places: SamplePlaces): SamplePlaces {
  return {
    tools: places.tools.map((path) => pathIn(inner, path)),
    messages: places.messages.map((path) => pathIn(inner, path)),
    label: pathIn(inner, places.label),
    calls: places.calls.map((call) => ({ call: pathIn(inner, call.call), name: pathIn(inner, call.name), arguments: call.arguments && pathIn(inner, call.arguments) })),
    broken: places.broken && pathIn(inner, places.broken),
  };
}

function pathIn({ paths }: Inner, path: SourcePath): SourcePath {
  const [first, ...rest] = path;
  return [...((typeof first === 'string' ? paths.get(first) : undefined) ?? (first === undefined ? [] : [first])), ...rest];
}

/** The row of the published converter; its `index` is not the sample's to know. */
function write(sample: Sample): JsonObject {
  const row = looptool.write?.(sample) ?? {};
  const text = (key: string): string => textMember(row, key) ?? '';
  const extras = member(row, extrasKey);
  return {
    data_source: 'toolace',
    prompt: [
      { role: 'system', content: text('instruction') },
      { role: 'user', content: text('input') },
    ],
    ability: 'math',
    reward_model: { style: 'rule', ground_truth: text('output') },
    extra_info: { split: 'train', index: 0, instruction: text('instruction'), input: text('input'), output: text('output') },
    ...(extras === undefined ? {} : { [extrasKey]: extras }),
  };
}

/** The copy of the answer in `extra_info` is kept in step. */
function relabel(record: JsonValue, sample: RecordSample, label: Label): readonly StructureEdit[] | undefined {
  const inner = innerOf(record);
  const edits = inner?.dialect.relabel?.(inner.record, sample, label);
  if (inner === undefined || edits === undefined) return undefined;
  const copied = member(member(record, 'extra_info'), 'output') === member(inner.record, 'output');
  return edits.flatMap((edit) => {
    const path = pathIn(inner, edit.path);
    const isAnswer = truthPath.every((step, index) => path[index] === step);
    return [{ ...edit, path }, ...(copied && isAnswer ? [{ ...edit, path: ['extra_info', 'output', ...path.slice(truthPath.length)] }] : [])];
  });
}

/** The published converter keeps the texts of the row that it was made from in `extra_info`. */
function copies(record: JsonValue): readonly { readonly of: readonly (string | number)[]; readonly at: readonly string[] }[] {
  const inner = innerOf(record);
  return [...(inner?.paths ?? [])].flatMap(([key, of]) => (member(member(record, 'extra_info'), key) === member(inner?.record, key) ? [{ of, at: ['extra_info', key] }] : []));
}
