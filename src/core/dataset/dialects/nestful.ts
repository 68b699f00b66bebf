import { isJsonArray, listMember, member, textMember } from '../../json/member.ts';
import type { SourcePath } from '../../json/path.ts';
import { stringifyJson } from '../../json/stringify.ts';
import { isJsonObject, type JsonValue } from '../../json/value.ts';
import type { CallPlace, Dialect, ReadOptions, RecordReading } from '../dialect.ts';
import { calledTools, companionTools, type ToolKeys } from '../reading/companionTools.ts';
import { callsLabel, refusal, singleSample } from '../reading/singleSample.ts';
import type { Label, ToolCall } from '../sample.ts';

/**
 * NESTFUL: a request and the nested calls that answer it. Calls that use what earlier ones give (`$var1.field$`) are a trace;
 * the pseudo call `var_result` at the end gathers the results and is no call. Tools are those called, from the spec list.
 */
export const dialect: Dialect = {
  id: 'nestful',
  name: 'NESTFUL questions',
  companions: [{ role: 'tools', paths: ['{stem--data}-spec.json', '{stem}-spec.json'] }],
  detect,
  read,
};

const toolKeys: ToolKeys = { name: 'name', description: 'description', parameters: ['query_parameters', 'arguments', 'parameters'] };

function detect(record: JsonValue): number {
  const output = listMember(record, 'output');
  if (textMember(record, 'input') === undefined || output === undefined || textMember(output[0], 'name') === undefined) return 0;
  return textMember(output.at(-1), 'name') === 'var_result' || textMember(output[0], 'label') !== undefined ? 1 : 0.6;
}

function read(record: JsonValue, { companions }: ReadOptions): RecordReading {
  const input = textMember(record, 'input');
  const output = listMember(record, 'output');
  if (input === undefined || output === undefined) return refusal({ path: [], message: 'a NESTFUL question needs a text input and a list output' });
  const { label, calls, broken } = labelOf(output);
  const tools = calledTools(companionTools(companions, toolKeys), output.flatMap((call) => textMember(call, 'name') ?? []));
  return singleSample({
    tools,
    messages: [{ role: 'user', content: input }],
    label,
    places: () => ({ tools: tools.map(() => []), messages: [['input']], label: ['output'], calls, broken }),
  });
}

type Answer = { readonly label: Label; readonly calls: readonly CallPlace[]; readonly broken?: SourcePath };

function labelOf(output: readonly JsonValue[]): Answer {
  const calls: ToolCall[] = [];
  const places: CallPlace[] = [];
  for (const [index, value] of output.entries()) {
    const name = textMember(value, 'name');
    const args = member(value, 'arguments');
    const path: SourcePath = ['output', index];
    if (name === undefined || args === undefined || !isJsonObject(args)) {
      return { label: { kind: 'invalid', raw: stringifyJson(output), reason: 'a call needs a text name and an object arguments' }, calls: [], broken: path };
    }
    if (name === 'var_result') continue;
    calls.push({ name, arguments: args });
    places.push({ call: path, name: [...path, 'name'], arguments: [...path, 'arguments'] });
  }
  if (calls.some((call) => usesResult(call.arguments))) return { label: { kind: 'trace', trace: output }, calls: [] };
  return { label: callsLabel(calls), calls: places };
}

function usesResult(value: JsonValue): boolean {
  if (typeof value === 'string') return /\$var_?\d+[^$]*\$/.test(value);
  if (isJsonArray(value)) return value.some(usesResult);
  return isJsonObject(value) && Object.values(value).some(usesResult);
}
