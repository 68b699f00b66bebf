import type { Companions } from '../../src/core/dataset/companions.ts';
import { parseJson } from '../../src/core/json/parse.ts';
import type { JsonValue } from '../../src/core/json/value.ts';

/** A small file in a benchmark's layout, made up here. */
export type BenchmarkFile = { readonly dialect: string; readonly records: readonly JsonValue[]; readonly companions: Companions };

const none: Companions = { answers: [], tools: [] };

/** Values as the parser gives them: objects without a prototype, and for a text `#5.0` the number that is written so. */
export function parsed(value: unknown): JsonValue {
  const read = parseJson(JSON.stringify(value).replace(/"#([\d.]+)"/g, '$1'));
  if (!read.ok) throw new Error(read.message);
  return read.value;
}

export function answersFile(...records: readonly unknown[]): Companions {
  return { answers: [{ stem: 'q', path: 'possible_answer/q.json', records: records.map(parsed) }], tools: [] };
}

export function toolsFile(...records: readonly unknown[]): Companions {
  return { answers: [], tools: [{ stem: 'tools', path: 'tools.json', records: records.map(parsed) }] };
}

const file = (dialect: string, records: readonly unknown[], companions: Companions = none): BenchmarkFile => ({ dialect, records: records.map(parsed), companions });

const tool = { name: 'book_trip', description: 'Books', parameters: { type: 'dict', properties: { city: { type: 'string' }, nights: { type: 'integer' } }, required: ['city'] } };
const schemaless = { name: 'stock.track', description: 'Tracks', arguments: { type: 'object', properties: { place: { type: 'string' } }, required: ['place'] }, results: { type: 'object' } };

export const bfclFile = file('bfcl', [{ id: 'simple_python_0', question: [[{ role: 'user', content: 'Two nights in Oslo' }]], function: [tool] }], answersFile({ id: 'simple_python_0', ground_truth: [{ book_trip: { city: ['Oslo', 'oslo'], nights: [2, ''] } }] }));

export const acebenchFile = file(
  'acebench',
  [
    { id: 'normal_atom_list_0', question: 'user: Track it\nsystem: Where?\nuser: In Oslo: the harbour\nsystem: [stock.track(place="Oslo")]\nsystem: Done.\nuser: And Rome twice\n', function: [schemaless, tool], time: 'It is May 1, 2024.' },
    { id: 'normal_atom_list_1', question: 'user: Go', function: [tool], profile: { home: 'Oslo' } },
    { id: 'special_incomplete_0', question: 'user: Book something', function: [tool], time: '' },
    { id: 'agent_multi_step_0', question: 'I am Eve.', function: [tool], initial_config: {}, involved_classes: ['Trips'], path: [] },
  ],
  answersFile(
    { id: 'normal_atom_list_0', ground_truth: { 'stock.track_1': { place: 'Rome' }, 'stock.track_2': { place: 'Rome' } } },
    { id: 'normal_atom_list_1', ground_truth: [{ book_trip: { city: 'Oslo' } }, { book_trip: { city: 'Oslo, NO' } }] },
    { id: 'special_incomplete_0', ground_truth: { book_trip: ['city'] } },
    { id: 'agent_multi_step_0', ground_truth: [{ Trips: { booked: '#1.0' } }], mile_stone: ["[book_trip(city='Oslo')]"] },
  ),
);

export const apiBankFile = file(
  'api-bank',
  [
    { role: 'User', text: 'Wake me at 7' },
    { role: 'AI', text: 'One moment. ' },
    { role: 'API', api_name: 'AddAlarm', param_dict: { time: '07:00' }, result: { api_name: 'AddAlarm', input: {}, output: { id: '#5.0' }, exception: null } },
    { role: 'API', api_name: 'Ring', param_dict: {}, result: { output: null, exception: 'no bell' } },
    { role: 'AI', text: 'Done.' },
  ],
  toolsFile([{ name: 'Ring', description: 'r', input_parameters: {} }, { name: 'Other', input_parameters: {} }, { name: 'AddAlarm', description: 'a', input_parameters: { time: { type: 'str', description: 't' } }, output_parameters: {} }]),
);

const sealTool = { api_name: 'getBlock', api_description: 'Gets', field: 'Blocks', parameters: { number: { type: 'str' } }, required: ['number'], responses: {} };
export const sealToolsFile = file(
  'seal-tools',
  [
    { id: 'easy-1', query: 'Block 57', calling: [{ api: 'getBlock', parameters: { number: '57' }, responses: ['API_call_0'] }] },
    { id: 'hard-1', query: 'Block, then look', calling: [{ api: 'getBlock', parameters: { number: '57' }, responses: ['API_call_0'] }, { api: 'look', parameters: { at: ['API_call_0'] }, responses: [] }] },
  ],
  toolsFile(sealTool),
);
export const sealToolsPromptFile = file('seal-tools', [
  {
    id: 'dev-1',
    conversations: [
      { from: 'human', value: `Choose.\n\nInput:\napi_list = [{'api_name': 'getBlock', 'api_description': 'Gets "it"', 'parameters': {'number': {'type': 'str'}}, 'required': ['number'], 'on': True}]\ntask_instruction = "Block "57", please."\nOutput:\n` },
      { from: 'gpt', value: `[{'api': 'getBlock', 'parameters': {'number': "5'7"}, 'responses': ['API_call_0']}]` },
    ],
  },
]);

export const toolAlpacaFile = file('toolalpaca', [
  {
    Name: 'Axe',
    Function_Description: { getAxe: 'Gets an axe\nParameters: {"size": "Required. integer. The size."}\nOutput: fine', other: 'Nothing to see', components: '' },
    Instructions: ['Axe of 5', 'Then', 'Broken', 'Any'],
    Golden_Answers: [
      [{ Action: 'getAxe', Action_Input: '{"size": 5.0}' }],
      [{ Action: 'getAxe', Action_Input: '{"size": 5}' }, { Action: 'other', Action_Input: '{"id": ${id from getAxe}}' }],
      [{ Action: 'getAxe', Action_Input: '{"size": ${a size}}' }],
      [{ Action: 'getAxe', Action_Input: '{"size": "${size}"}' }],
    ],
  },
  { Name: 'Axe', Function_Description: { getAxe: 'Gets' }, Instances: [{ input: 'Axe!', output: 'Here.', intermediate_steps: [[['getAxe', '{"size": 1}', 'log'], 'an axe']] }, { input: 'Bad', output: '', intermediate_steps: [[['getAxe', '{', 'log'], 'x']] }] },
]);

export const nestfulFile = file(
  'nestful',
  [
    { input: 'gcd, then square', output: [{ name: 'gcd', arguments: { a: 54, b: 24 }, label: 'var1' }, { name: 'square', arguments: { of: '$var1.gcd$' }, label: 'var2' }, { name: 'var_result', arguments: { all: '$var2$' } }] },
    { input: 'two gcds', output: [{ name: 'gcd', arguments: { a: '#4.0' }, label: 'var1' }, { name: 'var_result', arguments: { all: '$var1$' } }] },
  ],
  toolsFile({ name: 'gcd', description: 'g', query_parameters: { a: { type: 'integer', required: true } }, output_parameters: {} }, { name: 'square', description: 's', arguments: { of: { required: true } } }),
);

export const toolBenchFile = file('toolbench', [
  {
    api_list: [{ category_name: 'C', tool_name: 'My Tool!', api_name: '2nd Search', api_description: 'Finds', required_parameters: [{ name: 'q', type: 'STRING', description: 'd', default: 'x' }], optional_parameters: [{ name: 'n', type: 'NUMBER', default: '5' }], method: 'GET' }],
    query: 'Find it',
    'relevant APIs': [['My Tool!', '2nd Search']],
    query_id: 1,
  },
]);
const asked = [{ role: 'system', content: 's' }, { role: 'user', content: 'u' }, { role: 'assistant', content: 't', function_call: { name: 'find', arguments: '{"q": "x"}' } }];
export const toolBenchAnswerFile = file('toolbench', [
  { win: true, answer_generation: { function: [{ name: 'find', description: 'f', parameters: { type: 'object', properties: {} } }], train_messages: [asked, [...asked, { role: 'function', name: 'find', content: 'r' }, { role: 'assistant', content: null, function_call: { name: 'Finish', arguments: '{}' } }]] } },
]);

export const rotBenchFile = file('rotbench', [
  {
    id: '1',
    conversations: [
      { from: 'system', value: 'Tools:\n[{"name": "say", "description": "d", "parameters": {"type": "object", "properties": {}}}]\nBegin!' },
      { from: 'user', value: 'Say hi' },
      { from: 'assistant', value: ['Thought:\nAction: say\nAction Input: {"text": "hi"}', 'Thought:\nAction: say\nAction Input: {"text": "Hi"}'] },
    ],
  },
]);

export const callNaviFile = file(
  'callnavi',
  [
    { id: 'a1', question: [{ role: 'user', content: 'Pay 5' }], ground_truth: { API: ['pay', 'list'], parameters: [{ amount: '#5.0' }, {}] } },
    { id: 'a2', question: [{ role: 'user', content: 'List' }], ground_truth: { API: ['list'], parameters: [] } },
    { id: 'a3', question: [{ role: 'user', content: 'Pay' }], ground_truth: { API: ['pay'], parameters: [{ amount: '$$$' }] } },
    { id: 'a4', question: [{ role: 'user', content: 'Pay' }], ground_truth: { API: ['pay'], parameters: [{}, {}] } },
  ],
  toolsFile([{ name: 'pay', description: 'p', parameters: { type: 'object', properties: {} } }, { name: 'list', parameters: { type: 'object', properties: {} } }]),
);

export const toolTalkFile = file('tooltalk', [
  {
    name: 'x',
    apis_used: ['Find'],
    user: { name: 'Ann' },
    metadata: { timestamp: '2023-09-11' },
    conversation: [
      { index: 0, role: 'user', text: 'Find it' },
      { index: 1, role: 'assistant', text: 'Found.', apis: [{ request: { api_name: 'Find', parameters: { q: 'it' } }, response: { hits: '#1.0' }, exception: null }, { request: { api_name: 'Find', parameters: { q: 'more' } }, response: null, exception: 'none left' }] },
    ],
  },
]);

export const tau2File = file('tau2', [{ id: '0', user_scenario: { persona: null, instructions: { reason_for_call: 'Cancel', known_info: 'You are Ann' } }, evaluation_criteria: { actions: [{ action_id: '0', name: 'cancel', arguments: { id: 'A' } }], nl_assertions: null } }]);
export const tauFewShotFile = file('tau-few-shot', [{ messages_display: 'user: Cancel, please.\nassistant: None\ntool: done' }]);

export const benchmarkFiles: readonly BenchmarkFile[] = [bfclFile, acebenchFile, apiBankFile, sealToolsFile, sealToolsPromptFile, toolAlpacaFile, nestfulFile, toolBenchFile, toolBenchAnswerFile, rotBenchFile, callNaviFile, toolTalkFile, tau2File, tauFewShotFile];
