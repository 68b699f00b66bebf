import { isJsonArray, listMember, member, objectMember, textMember } from '../../json/member.ts';
import { parseJson } from '../../json/parse.ts';
import type { SourcePath } from '../../json/path.ts';
import { stringifyJson } from '../../json/stringify.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import { readArgumentText } from '../../toolcall/callValue.ts';
import type { CallPlace, Dialect, ReadOptions, RecordProblem, RecordReading, RecordSample } from '../dialect.ts';
import { makeSample } from '../identity.ts';
import { readDialogue, type Turn } from '../reading/dialogue.ts';
import { refusal } from '../reading/singleSample.ts';
import type { ToolBlock } from '../reading/toolBlock.ts';
import type { Label, ToolCall, ToolDefinition } from '../sample.ts';

/**
 * ToolAlpaca: an object for each API. Every instruction with its golden answer is a sample; of the training file every
 * instance is a dialogue. Several steps of which one cannot be read as JSON (it names what an earlier one gives) are a trace.
 */
export const dialect: Dialect = { id: 'toolalpaca', name: 'ToolAlpaca APIs', detect, read };

function detect(record: JsonValue): number {
  if (objectMember(record, 'Function_Description') === undefined) return 0;
  return listMember(record, 'Instructions') !== undefined || listMember(record, 'Instances') !== undefined ? 1 : 0.6;
}

function read(record: JsonValue, { steps }: ReadOptions): RecordReading {
  const descriptions = objectMember(record, 'Function_Description');
  if (descriptions === undefined) return refusal({ path: [], message: 'a ToolAlpaca API needs an object Function_Description' });
  const tools = readTools(descriptions);
  const instances = listMember(record, 'Instances');
  if (instances !== undefined) return readInstances(instances, tools, steps);
  const instructions = listMember(record, 'Instructions') ?? [];
  const answers = listMember(record, 'Golden_Answers') ?? [];
  const samples: RecordSample[] = [];
  const problems: RecordProblem[] = [];
  for (const [index, instruction] of instructions.entries()) {
    const steps = answers[index];
    if (typeof instruction !== 'string') problems.push({ path: ['Instructions', index], message: 'an instruction is not a text' });
    else if (!isJsonArray(steps)) problems.push({ path: ['Instructions', index], message: 'the instruction has no golden answer' });
    else samples.push(readInstruction({ instruction, steps, index }, tools));
  }
  if (instructions.length === 0) problems.push({ path: [], message: 'the API has no instructions' });
  return { samples, problems };
}

function readInstruction({ instruction, steps, index }: { readonly instruction: string; readonly steps: readonly JsonValue[]; readonly index: number }, block: ToolBlock): RecordSample {
  const path: SourcePath = ['Golden_Answers', index];
  const { label, calls, broken } = labelOf(steps, path);
  return {
    sample: makeSample({ tools: block.tools, messages: [{ role: 'user', content: instruction }], label }),
    step: index,
    places: () => ({ tools: block.paths, messages: [['Instructions', index]], label: path, calls, broken }),
  };
}

/** A function's text: its description, `Parameters: {JSON of texts}`, and what it gives. */
function readTools(descriptions: JsonObject): ToolBlock {
  const tools: ToolDefinition[] = [];
  const paths: SourcePath[] = [];
  for (const name of Object.keys(descriptions)) {
    const text = member(descriptions, name);
    if (name === 'components' || typeof text !== 'string') continue;
    tools.push({ name, ...functionOf(text) });
    paths.push(['Function_Description', name]);
  }
  return { tools, paths };
}

function functionOf(text: string): Omit<ToolDefinition, 'name'> {
  const match = /(?:^|\n)Parameters:[ \t]*(.*)(?:\n|$)/.exec(text);
  const parsed = match === null ? undefined : parseJson(match[1] ?? '');
  if (match === null || parsed?.ok !== true || !isJsonObject(parsed.value)) return { description: text };
  const output = text.slice(match.index + match[0].length).trim();
  return { description: text.slice(0, match.index).trim(), parameters: parsed.value, ...(output === '' ? {} : { extras: { output } }) };
}

type Answer = { readonly label: Label; readonly calls: readonly CallPlace[]; readonly broken?: SourcePath | undefined };

function labelOf(steps: readonly JsonValue[], path: SourcePath): Answer {
  const calls: ToolCall[] = [];
  const places: CallPlace[] = [];
  for (const [index, step] of steps.entries()) {
    const read = readStep(step);
    if (typeof read === 'string') {
      if (steps.length > 1) return { label: { kind: 'trace', trace: steps }, calls: [] };
      return { label: { kind: 'invalid', raw: stringifyJson(steps), reason: read }, calls: [], broken: [...path, index, 'Action_Input'] };
    }
    calls.push(read);
    places.push(placeOf([...path, index], step));
  }
  const [first, ...others] = calls;
  if (first === undefined) return { label: { kind: 'noCall' }, calls: [] };
  return { label: { kind: 'calls', calls: [first, ...others] }, calls: places };
}

function placeOf(call: SourcePath, step: JsonValue): CallPlace {
  const blank = (textMember(step, 'Action_Input') ?? '').trim() === '';
  return { call, name: [...call, 'Action'], arguments: blank ? undefined : [...call, 'Action_Input', { json: 0 }] };
}

function readStep(step: JsonValue): ToolCall | string {
  const name = textMember(step, 'Action');
  if (name === undefined) return 'a step has no Action';
  const input = textMember(step, 'Action_Input');
  if (input === undefined) return 'a step has no text Action_Input';
  const read = readArgumentText(input, 'lenient');
  if (read.ok) return hasPlaceholder(read.value) ? 'a value is a placeholder' : { name, arguments: read.value };
  return /\$\{|\{[a-z ]+\}/i.test(input) ? `a value is a placeholder: ${read.message}` : read.message;
}

function hasPlaceholder(value: JsonValue): boolean {
  if (typeof value === 'string') return /^(\$\{[^{}]*\}|\{[a-z][a-z ]*\})$/i.test(value);
  if (isJsonArray(value)) return value.some(hasPlaceholder);
  return isJsonObject(value) && Object.values(value).some(hasPlaceholder);
}

/** Instances of the training file: `{input, intermediate_steps: [[[action, input, log], observation], …], output}`. */
function readInstances(instances: readonly JsonValue[], tools: ToolBlock, steps: ReadOptions['steps']): RecordReading {
  const samples: RecordSample[] = [];
  const problems: RecordProblem[] = [];
  let number = 0;
  for (const [index, instance] of instances.entries()) {
    const path: SourcePath = ['Instances', index];
    const input = textMember(instance, 'input');
    if (input === undefined) {
      problems.push({ path, message: 'an instance has no text input' });
      continue;
    }
    const turns: Turn[] = [{ message: { role: 'user', content: input }, path: [...path, 'input'] }];
    for (const [at, step] of (listMember(instance, 'intermediate_steps') ?? []).entries()) turns.push(...stepTurns(step, [...path, 'intermediate_steps', at]));
    const output = textMember(instance, 'output');
    if (output !== undefined && output.trim() !== '') turns.push(textTurn(output, [...path, 'output']));
    const read = readDialogue({ tools, toolsPath: [], turns: untilUnreadable(turns), extras: {}, steps, messagesPath: path });
    samples.push(...read.samples.map((sample) => ({ ...sample, step: number + sample.step })));
    problems.push(...read.problems);
    number += turns.filter((turn) => turn.step !== undefined).length;
  }
  return { samples, problems };
}

function untilUnreadable(turns: readonly Turn[]): readonly Turn[] {
  const broken = turns.findIndex(({ message }) => message === undefined);
  return broken < 0 ? turns : turns.slice(0, broken + 1);
}

function textTurn(text: string, path: SourcePath): Turn {
  return { message: { role: 'assistant', content: text, calls: [] }, path, step: { label: { kind: 'text', text: text.trim() }, path, calls: () => [], answer: text, trained: true } };
}

function stepTurns(step: JsonValue, path: SourcePath): readonly Turn[] {
  const action = isJsonArray(step) ? step[0] : undefined;
  const [name, input] = isJsonArray(action) ? action : [];
  const read = typeof name === 'string' && typeof input === 'string' ? readArgumentText(input, 'lenient') : { ok: false as const, message: 'a step is not [[action, input, …], observation]' };
  const call: SourcePath = [...path, 0];
  const base = { path: call, answer: '', trained: true };
  if (!read.ok || typeof name !== 'string') {
    const reason = read.ok ? 'a step has no action' : read.message;
    return [{ message: undefined, path: call, step: { ...base, label: { kind: 'invalid', raw: stringifyJson(step), reason }, calls: () => [], broken: () => [...call, 1] } }];
  }
  const calls = [{ name, arguments: read.value }] as const;
  const places = (): readonly CallPlace[] => [{ call, name: [...call, 0], arguments: typeof input === 'string' && input.trim() !== '' ? [...call, 1, { json: 0 }] : undefined }];
  const observation = isJsonArray(step) ? step[1] : undefined;
  return [
    { message: { role: 'assistant', content: '', calls }, path: call, step: { ...base, label: { kind: 'calls', calls }, calls: places } },
    ...(typeof observation === 'string' ? [{ message: { role: 'tool', content: observation } as const, path: [...path, 1] }] : []),
  ];
}
