import { isJsonArray, listMember, member, objectMember } from '../../json/member.ts';
import { objectOf } from '../../json/parse.ts';
import type { SourcePath } from '../../json/path.ts';
import { stringifyJson } from '../../json/stringify.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import type { Companions } from '../companions.ts';
import type { CallPlace, Dialect, ReadOptions, RecordReading } from '../dialect.ts';
import { companionTools, type ToolKeys } from '../reading/companionTools.ts';
import { readQuestion } from '../reading/questionTurns.ts';
import { callsLabel, refusal, singleSample } from '../reading/singleSample.ts';
import type { Label, ToolCall, ToolDefinition } from '../sample.ts';

/**
 * CallNavi: messages, and which APIs to call with which parameters. A value `$$$` may be anything, so that answers with one are
 * traces: read and shown. Tools are all of the domain's, from its schema file.
 */
export const dialect: Dialect = {
  id: 'callnavi',
  name: 'CallNavi questions',
  companions: [{ role: 'tools', paths: ['../APISchema/{name}', 'APISchema/{name}'] }],
  detect,
  read,
};

const toolKeys: ToolKeys = { name: 'name', description: 'description', parameters: ['parameters'] };

function detect(record: JsonValue): number {
  return listMember(record, 'question') !== undefined && listMember(member(record, 'ground_truth'), 'API') !== undefined ? 1 : 0;
}

function read(record: JsonValue, { companions }: ReadOptions): RecordReading {
  const question = readQuestion(member(record, 'question'), ['question']);
  if (question.problem !== undefined) return refusal(question.problem);
  const truth = objectMember(record, 'ground_truth');
  const names = listMember(truth, 'API');
  if (truth === undefined || names === undefined) return refusal({ path: [], message: 'a CallNavi question needs a list ground_truth.API' });
  const tools = toolsOf(companions);
  const { label, calls } = labelOf(truth, names);
  return singleSample({
    tools,
    messages: question.messages,
    label,
    places: () => ({ tools: tools.map(() => []), messages: question.paths, label: ['ground_truth'], calls }),
  });
}

const toolLists = new WeakMap<Companions, readonly ToolDefinition[]>();

function toolsOf(companions: Companions): readonly ToolDefinition[] {
  let tools = toolLists.get(companions);
  if (tools === undefined) toolLists.set(companions, (tools = [...companionTools(companions, toolKeys).values()]));
  return tools;
}

function labelOf(truth: JsonObject, names: readonly JsonValue[]): { readonly label: Label; readonly calls: readonly CallPlace[] } {
  const parameters = listMember(truth, 'parameters') ?? [];
  const invalid = (reason: string): { label: Label; calls: readonly CallPlace[] } => ({ label: { kind: 'invalid', raw: stringifyJson(truth), reason }, calls: [] });
  // No parameters at all is how calls without any are written.
  if (parameters.length > 0 && parameters.length !== names.length) return invalid('there are not as many parameters as APIs');
  const calls: ToolCall[] = [];
  const places: CallPlace[] = [];
  for (const [index, name] of names.entries()) {
    const args = parameters.length === 0 ? objectOf([]) : (parameters[index] ?? null);
    if (typeof name !== 'string') return invalid('an API is not named by a text');
    if (!isJsonObject(args)) return invalid('the parameters of a call are not an object');
    calls.push({ name, arguments: args });
    const path: SourcePath = ['ground_truth', 'API', index];
    places.push({ call: path, name: path, arguments: parameters.length === 0 ? undefined : ['ground_truth', 'parameters', index] });
  }
  if (calls.some((call) => isOpen(call.arguments))) return { label: { kind: 'trace', trace: truth }, calls: [] };
  return { label: callsLabel(calls), calls: places };
}

function isOpen(value: JsonValue): boolean {
  if (typeof value === 'string') return /^\${2,3}$/.test(value);
  if (isJsonArray(value)) return value.some(isOpen);
  return isJsonObject(value) && Object.values(value).some(isOpen);
}
