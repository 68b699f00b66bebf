import { isJsonArray, listMember, member, objectMember, textMember } from '../../json/member.ts';
import type { SourcePath } from '../../json/path.ts';
import { stringifyJson, stringifySpaced } from '../../json/stringify.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import { readCall } from '../../toolcall/callValue.ts';
import type { Dialect, ReadOptions, RecordReading, RecordSample } from '../dialect.ts';
import { chatCallPlaces, readChatTurns, type ReadTurns } from '../reading/chatMessages.ts';
import { refusal } from '../reading/chatRecord.ts';
import { answerTurn, readDialogue, type AssistantStep, type Turn } from '../reading/dialogue.ts';
import { readExtras } from '../reading/recordExtras.ts';
import { readToolBlock } from '../reading/toolBlock.ts';
import { readTruth } from '../reading/truthValue.ts';
import type { Label, ToolCall } from '../sample.ts';
import type { StructureEdit } from '../structureEdit.ts';

/** Rows for OpenAI's Responses API (NeMo-Gym): items under `responses_create_params`, the expected calls beside them. */
export const dialect: Dialect = { id: 'responses', name: 'Responses API rows', detect, read, relabel };

const paramsKey = 'responses_create_params';
const answerKeys = ['expected_answers', 'ground_truth', 'expected_answer'];

function detect(record: JsonValue): number {
  const params = objectMember(record, paramsKey);
  return params !== undefined && member(params, 'input') !== undefined ? 1 : 0;
}

function read(record: JsonValue, { steps }: ReadOptions): RecordReading {
  const params = objectMember(record, paramsKey);
  if (params === undefined) return refusal([], `the row has no ${paramsKey}`);
  const { extras, problem } = readExtras(record);
  if (problem !== undefined) return { samples: [], problems: [problem] };
  const tools = readToolBlock(member(params, 'tools'));
  if (tools.problem !== undefined) return refusal([paramsKey, 'tools', ...tools.problem.path], tools.problem.message);
  const input = readInput(params);
  if (input === undefined) return refusal([paramsKey], 'the input is no text and no list of items');
  const answer = answerOf(record);
  const turns = answer === undefined || input.problem !== undefined ? input.turns : [...input.turns, answer];
  const unheld = listMember(params, 'input')?.some((item) => textMember(item, 'type') === 'reasoning') === true ? ['reasoning'] : [];
  return readDialogue({ tools, toolsPath: [paramsKey, 'tools'], ...input, turns, extras, steps, messagesPath: [paramsKey, 'input'], unheld });
}

function answerOf(record: JsonValue): Turn | undefined {
  for (const key of answerKeys) {
    const truth = readTruth(member(record, key), [key]);
    if (truth !== undefined) return answerTurn(truth);
  }
  return undefined;
}

function readInput(params: JsonObject): ReadTurns | undefined {
  const input = member(params, 'input');
  const instructions = textMember(params, 'instructions');
  const head: readonly Turn[] = instructions === undefined || instructions === '' ? [] : [{ message: { role: 'system', content: instructions }, path: [paramsKey, 'instructions'] }];
  if (typeof input === 'string') return { turns: [...head, { message: { role: 'user', content: input }, path: [paramsKey, 'input'] }] };
  if (!isJsonArray(input)) return undefined;
  const items = readItems(input, [paramsKey, 'input']);
  return { ...items, turns: [...head, ...items.turns] };
}

/** Calls that follow one another are one turn; a message before them stays a turn of its own. */
function readItems(items: readonly JsonValue[], path: SourcePath): ReadTurns {
  const turns: Turn[] = [];
  let ids: readonly (string | undefined)[] = [];
  let answered = 0;
  for (let index = 0; index < items.length; index++) {
    const item = items[index] ?? null;
    const at: SourcePath = [...path, index];
    if (turns.length > 0 && turns.at(-1)?.message === undefined) return { turns, problem: { path: turns.at(-1)?.path ?? path, message: 'the calls of this message cannot be read, nor what follows them' } };
    switch (textMember(item, 'type') ?? 'message') {
      case 'reasoning':
        break;
      case 'function_call': {
        const from = index;
        while (textMember(items[index + 1], 'type') === 'function_call') index++;
        const calls = items.slice(from, index + 1);
        ids = calls.map((call) => textMember(call, 'call_id'));
        answered = 0;
        turns.push(callsTurn(calls, path, from));
        break;
      }
      case 'function_call_output': {
        const answers = ids.indexOf(textMember(item, 'call_id') ?? '');
        turns.push({ message: { role: 'tool', content: outputText(member(item, 'output')), ...(answers < 0 || answers === answered ? {} : { answers }) }, path: at });
        answered++;
        break;
      }
      case 'message': {
        const read = readChatTurns([item], []);
        const turn = read.turns[0];
        if (turn === undefined) return { turns, problem: { path: [...path, index, ...(read.problem?.path.slice(1) ?? [])], message: read.problem?.message ?? 'the message cannot be read' } };
        turns.push(movedTo(at, turn));
        break;
      }
      default:
        return { turns, problem: { path: at, message: `an item of the type ${JSON.stringify(textMember(item, 'type'))} is not known` } };
    }
  }
  return { turns };
}

function movedTo(path: SourcePath, turn: Turn): Turn {
  return { ...turn, path, ...(turn.step === undefined ? {} : { step: { ...turn.step, path, calls: () => [], broken: () => path } }) };
}

function outputText(output: JsonValue | undefined): string {
  return typeof output === 'string' ? output : output === undefined || output === null ? '' : stringifySpaced(output);
}

function callsTurn(list: readonly JsonValue[], path: SourcePath, from: number): Turn {
  const at: SourcePath = [...path, from];
  const step = (label: Label): AssistantStep => ({ label, path: at, calls: () => chatCallPlaces(list, (index) => [...path, from + index]), broken: () => at, answer: '', trained: true });
  const calls: ToolCall[] = [];
  for (const call of list) {
    const read = readCall(call, 'lenient');
    if (!read.ok) return { message: undefined, path: at, step: step({ kind: 'invalid', raw: stringifyJson(list), reason: read.message }) };
    calls.push(read.call);
  }
  const [first, ...others] = calls;
  const label: Label = first === undefined ? { kind: 'noCall' } : { kind: 'calls', calls: [first, ...others] };
  return { message: { role: 'assistant', content: '', calls }, path: at, step: step(label) };
}

/** Arguments stay what they were in the row, objects or JSON texts. */
function relabel(record: JsonValue, sample: RecordSample, label: Label): readonly StructureEdit[] | undefined {
  const path = sample.places().label;
  const [key] = path;
  if (typeof key !== 'string' || !answerKeys.includes(key) || path.length > 1) return undefined;
  const old = member(record, key);
  if (label.kind === 'noCall') return [{ kind: 'set', path: [key], value: [] }];
  if (label.kind !== 'calls') return label.kind === 'text' ? [{ kind: 'set', path: [key], value: label.text }] : undefined;
  const texts = isJsonArray(old) && typeof member(old[0], 'arguments') === 'string';
  const value = label.calls.map((call) => ({ name: call.name, arguments: texts ? stringifySpaced(call.arguments) : call.arguments }));
  const single = old !== undefined && isJsonObject(old) && value.length === 1 ? value[0] : undefined;
  return [{ kind: 'set', path: [key], value: single ?? value }];
}
