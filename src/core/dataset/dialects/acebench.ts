import { isJsonArray, listMember, member, textMember } from '../../json/member.ts';
import { objectOf } from '../../json/parse.ts';
import type { SourcePath } from '../../json/path.ts';
import { stringifyJson, stringifySpaced } from '../../json/stringify.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import { parsePythonCalls } from '../../toolcall/pythonCalls.ts';
import type { CallPlace, Dialect, ReadOptions, RecordProblem, RecordReading, RecordSample, SamplePlaces } from '../dialect.ts';
import { alignedCalls, callsObject, memberForms } from '../reading/answerForms.ts';
import { companionRecord } from '../reading/companionIndex.ts';
import { withoutNumber } from '../reading/possibleAnswers.ts';
import { readExtras } from '../reading/recordExtras.ts';
import { callsLabel, refusal, singleSample } from '../reading/singleSample.ts';
import { readToolBlock, type ToolBlock } from '../reading/toolBlock.ts';
import { readTranscript, type TranscriptTurn } from '../reading/transcript.ts';
import type { Label, Message, ToolCall, ToolDefinition } from '../sample.ts';
import type { StructureEdit } from '../structureEdit.ts';

/**
 * ACEBench, English and Chinese: a transcript as the question, concrete values as the answer. Lists of answers are
 * alternatives, names with `_1`, `_2` behind them are calls of one tool. What has to be refused or asked back expects no
 * call; agent tasks (a final state and milestones) are traces.
 */
export const dialect: Dialect = {
  id: 'acebench',
  name: 'ACEBench questions',
  companions: [{ role: 'answers', paths: ['possible_answer/{name}'] }],
  detect,
  read,
  answerEdits,
};

const speakers = new Set(['user', 'system']);

function detect(record: JsonValue): number {
  const question = textMember(record, 'question');
  if (question === undefined || textMember(record, 'id') === undefined || textMember(listMember(record, 'function')?.[0], 'name') === undefined) return 0;
  if (member(record, 'involved_classes') !== undefined) return 1;
  if (!/^\s*(user|system)\s*[:：]/i.test(question)) return 0;
  return member(record, 'time') !== undefined || member(record, 'profile') !== undefined ? 1 : 0.9;
}

function read(record: JsonValue, { companions }: ReadOptions): RecordReading {
  const question = textMember(record, 'question');
  if (question === undefined) return refusal({ path: [], message: 'an ACEBench question needs a text under question' });
  const { extras, problem } = readExtras(record);
  if (problem !== undefined) return refusal(problem);
  const block = readToolBlock(member(record, 'function'));
  if (block.problem !== undefined) return refusal({ path: ['function', ...block.problem.path], message: block.problem.message });
  const own = member(record, 'ground_truth');
  const id = textMember(record, 'id') ?? '';
  const found = own === undefined ? companionRecord(companions, 'answers', 'id', id) : undefined;
  const answer = own === undefined ? found?.value : record;
  const groundTruth = member(answer, 'ground_truth');
  if (groundTruth === undefined) return refusal(missing(id, companions.answers.length > 0));
  const tools = toolsOf(block);
  const { label, calls, broken } = labelOf(groundTruth, { id, tools, milestones: member(answer, 'mile_stone') });
  const context = readContext(record, question);
  const places = (): SamplePlaces => ({
    tools: block.paths.map((path) => ['function', ...path]),
    messages: context.paths,
    label: ['ground_truth'],
    calls,
    ...(broken === undefined ? {} : { broken }),
    answers: found && { file: found.file.path, record: found.record },
  });
  return singleSample({ tools, messages: context.messages, label, family: extras.family, places });
}

function missing(id: string, hasAnswers: boolean): RecordProblem {
  if (hasAnswers) return { path: ['id'], message: `there is no possible answer for ${JSON.stringify(id)}` };
  return { path: [], message: 'the possible answers are missing: put them at possible_answer/<name>, or name them in looptool.json' };
}

const toolLists = new WeakMap<ToolBlock, readonly ToolDefinition[]>();

/** Some tools carry their schema under `arguments`. */
function toolsOf(block: ToolBlock): readonly ToolDefinition[] {
  let tools = toolLists.get(block);
  if (tools === undefined) toolLists.set(block, (tools = block.tools.map(withSchema)));
  return tools;
}

function withSchema(tool: ToolDefinition): ToolDefinition {
  const schema = member(tool.extras, 'arguments');
  if (tool.parameters !== undefined || schema === undefined || !isJsonObject(schema)) return tool;
  const { extras, ...rest } = tool;
  const others = Object.keys(extras ?? {}).filter((key) => key !== 'arguments');
  return { ...rest, parameters: schema, ...(others.length === 0 ? {} : { extras: objectOf(others.map((key) => [key, member(extras, key) ?? null])) }) };
}

type Context = { readonly messages: readonly Message[]; readonly paths: readonly SourcePath[] };

/** What the benchmark puts into its system prompt (the time, the profile), then the turns of the transcript. */
function readContext(record: JsonValue, question: string): Context {
  const messages: Message[] = [];
  const paths: SourcePath[] = [];
  for (const key of ['time', 'profile']) {
    const value = member(record, key);
    if (value === undefined || value === null || value === '') continue;
    messages.push({ role: 'system', content: typeof value === 'string' ? value : stringifySpaced(value) });
    paths.push([key]);
  }
  for (const turn of readTranscript(question, speakers, 'user')) {
    messages.push(messageOf(turn));
    paths.push(['question', { from: turn.from, to: turn.to }]);
  }
  return { messages, paths };
}

function messageOf({ speaker, content }: TranscriptTurn): Message {
  if (speaker !== 'system') return { role: 'user', content };
  const read = content.startsWith('[') && content.endsWith(']') ? parsePythonCalls(content, { mode: 'lenient' }) : undefined;
  return read?.ok === true && read.calls.length > 0 ? { role: 'assistant', content: '', calls: read.calls } : { role: 'assistant', content, calls: [] };
}

type Answer = { readonly label: Label; readonly calls: readonly CallPlace[]; readonly broken?: SourcePath };

function labelOf(groundTruth: JsonValue, { id, tools, milestones }: { readonly id: string; readonly tools: readonly ToolDefinition[]; readonly milestones: JsonValue | undefined }): Answer {
  if (milestones !== undefined || id.startsWith('agent_')) {
    return { label: { kind: 'trace', trace: { ...(milestones === undefined ? {} : { mile_stone: milestones }), ground_truth: groundTruth } }, calls: [] };
  }
  if (typeof groundTruth === 'string' || id.startsWith('special_')) return { label: { kind: 'noCall' }, calls: [] };
  const lists: (readonly ToolCall[])[] = [];
  const places: CallPlace[] = [];
  for (const [index, choice] of (isJsonArray(groundTruth) ? groundTruth : [groundTruth]).entries()) {
    const path: SourcePath = isJsonArray(groundTruth) ? ['ground_truth', index] : ['ground_truth'];
    if (!isJsonObject(choice)) return unreadable(groundTruth, 'an answer is not an object', path);
    const calls: ToolCall[] = [];
    for (const key of Object.keys(choice)) {
      const args = member(choice, key);
      if (args === undefined || !isJsonObject(args)) return unreadable(groundTruth, `the arguments of ${key} are not an object`, [...path, key]);
      calls.push({ name: withoutNumber(key, tools), arguments: args });
      if (index === 0) places.push({ call: [...path, key], name: [...path, { key }], arguments: [...path, key] });
    }
    lists.push(calls);
  }
  const [first = [], ...alternatives] = lists;
  return { label: callsLabel(first, alternatives), calls: places };
}

/** Several answers are alternatives: a list stays one, and an object becomes one where there are several. */
function* answerEdits(record: JsonValue, { sample, places }: RecordSample, label: Label): Generator<readonly StructureEdit[]> {
  if ((label.kind !== 'calls' && label.kind !== 'noCall') || (label.kind === 'calls' && label.possible !== undefined)) return;
  const { tools, label: old } = sample;
  const calls = label.kind === 'calls' ? label.calls : [];
  const further = label.kind === 'calls' ? (label.alternatives ?? []) : [];
  const base: SourcePath = ['ground_truth'];
  const own = member(record, 'ground_truth');
  const known = old.kind === 'calls' ? 1 + (old.alternatives?.length ?? 0) : 0;
  if (known > 0 && (isJsonArray(own) || further.length === 0)) {
    const rest: StructureEdit[] = [];
    for (let index = 1; index < known; index += 1) {
      const alternative = further[index - 1];
      if (alternative === undefined) rest.push({ kind: 'remove', path: [...base, index] });
      else rest.push({ kind: 'set', path: [...base, index], value: callsObject(alternative, tools) });
    }
    for (let index = known; index <= further.length; index += 1) rest.push({ kind: 'set', path: [...base, index], value: callsObject(further[index - 1] ?? [], tools) });
    const written = { calls: old.kind === 'calls' ? old.calls : [], places: places().calls };
    for (const edits of memberForms(isJsonArray(own) ? [...base, 0] : base, written, alignedCalls(written.calls, calls), tools)) yield [...edits, ...rest];
  }
  const whole = [calls, ...further].map((list) => callsObject(list, tools));
  yield [{ kind: 'set', path: base, value: isJsonArray(own) || further.length > 0 ? whole : (whole[0] ?? null) }];
}

function unreadable(raw: JsonObject | JsonValue, reason: string, broken: SourcePath): Answer {
  return { label: { kind: 'invalid', raw: stringifyJson(raw), reason }, calls: [], broken };
}
