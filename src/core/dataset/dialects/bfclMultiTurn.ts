import { isJsonArray, listMember, member, textMember } from '../../json/member.ts';
import { isJsonObject, type JsonValue } from '../../json/value.ts';
import type { Companions } from '../companions.ts';
import type { Dialect, ReadOptions, RecordProblem, RecordReading, SamplePlaces } from '../dialect.ts';
import { companionRecord } from '../reading/companionIndex.ts';
import { isTurnList, readQuestion } from '../reading/questionTurns.ts';
import { readExtras } from '../reading/recordExtras.ts';
import { refusal, singleSample } from '../reading/singleSample.ts';
import { readToolBlock } from '../reading/toolBlock.ts';
import type { ToolDefinition } from '../sample.ts';

/**
 * BFCL tasks of several turns against simulated APIs (multi-turn, memory, web search). Tools come from the docs of the
 * classes that are involved; the ground truth, Python calls turn by turn, is a trace: it is read and shown, never probed.
 */
export const dialect: Dialect = {
  id: 'bfcl-multi-turn',
  name: 'BFCL multi-turn tasks',
  companions: [
    { role: 'answers', paths: ['possible_answer/{name}'] },
    { role: 'tools', paths: ['multi_turn_func_doc/*.json', '../multi_turn_func_doc/*.json'] },
  ],
  detect,
  read,
};

/** The leaderboard's own table. */
const docsOfClass = new Map([
  ['GorillaFileSystem', 'gorilla_file_system'],
  ['MathAPI', 'math_api'],
  ['MessageAPI', 'message_api'],
  ['TwitterAPI', 'posting_api'],
  ['PostingAPI', 'posting_api'],
  ['TicketAPI', 'ticket_api'],
  ['TradingBot', 'trading_bot'],
  ['TravelAPI', 'travel_booking'],
  ['VehicleControlAPI', 'vehicle_control'],
  ['WebSearchAPI', 'web_search'],
  ['MemoryAPI_kv', 'memory_kv'],
  ['MemoryAPI_vector', 'memory_vector'],
  ['MemoryAPI_rec_sum', 'memory_rec_sum'],
]);

function detect(record: JsonValue): number {
  return listMember(record, 'involved_classes') !== undefined && isTurnList(member(record, 'question')) ? 1 : 0;
}

function read(record: JsonValue, { companions }: ReadOptions): RecordReading {
  if (!isJsonObject(record)) return refusal({ path: [], message: 'a BFCL task has to be an object' });
  const { extras, problem } = readExtras(record);
  if (problem !== undefined) return refusal(problem);
  const question = readQuestion(member(record, 'question'), ['question']);
  if (question.problem !== undefined) return refusal(question.problem);
  const found = toolsOf(record, companions);
  if (found.problem !== undefined) return refusal(found.problem);
  const truth = groundTruth(record, companions);
  if ('message' in truth) return refusal(truth);
  const places = (): SamplePlaces => ({
    tools: found.tools.map(() => ['involved_classes']),
    messages: question.paths,
    label: ['ground_truth'],
    calls: [],
    answers: truth.answers,
  });
  return singleSample({ tools: found.tools, messages: question.messages, label: { kind: 'trace', trace: truth.value }, family: extras.family, places });
}

type Truth = { readonly value: JsonValue; readonly answers: SamplePlaces['answers'] };

function groundTruth(record: JsonValue, companions: Companions): Truth | RecordProblem {
  const own = member(record, 'ground_truth');
  if (own !== undefined) return { value: own, answers: undefined };
  const id = textMember(record, 'id');
  if (id === undefined) return { path: [], message: 'the task has no id to find its possible answer by' };
  if (companions.answers.length === 0) return { path: [], message: 'the possible answers are missing: put them at possible_answer/<name>, or name them in looptool.json' };
  const found = companionRecord(companions, 'answers', 'id', id);
  const value = member(found?.value, 'ground_truth');
  if (found === undefined || value === undefined) return { path: ['id'], message: `there is no possible answer for ${JSON.stringify(id)}` };
  return { value, answers: { file: found.file.path, record: found.record } };
}

type Tools = { readonly tools: readonly ToolDefinition[]; readonly problem?: RecordProblem };

const toolSets = new WeakMap<Companions, Map<string, Tools>>();

/** Tools of the classes, those that the task excludes left out. Tasks of the same classes share one list. */
function toolsOf(record: JsonValue, companions: Companions): Tools {
  let known = toolSets.get(companions);
  if (known === undefined) toolSets.set(companions, (known = new Map<string, Tools>()));
  const id = textMember(record, 'id') ?? '';
  const classes = listMember(record, 'involved_classes') ?? [];
  const excluded = listMember(record, 'excluded_function') ?? [];
  const backend = /^memory_(kv|vector|rec_sum)(?=_|$)/.exec(id)?.[1] ?? '';
  const key = JSON.stringify([classes, excluded, backend]);
  let tools = known.get(key);
  if (tools === undefined) known.set(key, (tools = readClasses(classes, new Set(excluded), { backend, companions })));
  return tools;
}

function readClasses(classes: readonly JsonValue[], excluded: ReadonlySet<JsonValue>, { backend, companions }: { readonly backend: string; readonly companions: Companions }): Tools {
  const tools: ToolDefinition[] = [];
  for (const [index, name] of classes.entries()) {
    const path = ['involved_classes', index];
    if (typeof name !== 'string') return { tools, problem: { path, message: 'a class is not named by a text' } };
    const stem = docsOfClass.get(name === 'MemoryAPI' ? `MemoryAPI_${backend}` : name) ?? name;
    const file = companions.tools.find((one) => one.stem === stem);
    if (file === undefined) return { tools, problem: { path, message: `the function docs of ${name} are missing: put them at multi_turn_func_doc/${stem}.json, or name them in looptool.json` } };
    const block = readToolBlock(file.records.flatMap((one) => (isJsonArray(one) ? one : [one])));
    if (block.problem !== undefined) return { tools, problem: { path, message: `the function docs ${file.path}: ${block.problem.message}` } };
    tools.push(...block.tools.filter((tool) => !excluded.has(tool.name)));
  }
  return { tools };
}
